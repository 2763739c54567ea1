import Files
import JSON
import Market

/// The flips of a model's aliases, a line each: the one truth of where an alias points.
///
/// Each line ends with a hash over the line before it and itself, so that no line can be edited,
/// dropped or moved without the next one showing it. A line without its newline is what a writer
/// that died left: the flip did not happen. Flips that belong together count those that follow; where
/// these are missing, none of them happened.
struct AliasHistory {
    private(set) var flips: [AliasFlip] = []
    /// The bytes of what happened; what follows was torn off.
    private(set) var soundSize = 0
    private(set) var tornSize: Int
    /// What the next line's hash begins with: the last line's, or the model's name.
    private var link: String

    init(_ bytes: [UInt8], of name: ModelName) throws(AliasHistoryError) {
        let newline = UInt8(ascii: "\n")
        link = name.description
        tornSize = bytes.count
        let wholeSize = bytes.lastIndex(of: newline).map { $0 + 1 } ?? 0
        let lines = bytes[..<wholeSize].split(separator: newline, omittingEmptySubsequences: false)
        var size = 0
        // As of the last line that nothing has to follow.
        var sound = (flips: flips, link: link)
        for (index, line) in lines.dropLast().enumerated() {
            do throws(AliasHistoryProblem) {
                try take(Array(line))
            } catch {
                throw AliasHistoryError(line: index + 1, problem: error)
            }
            size += line.count + 1
            if flips.last?.following == 0 {
                soundSize = size
                sound = (flips, link)
            }
        }
        (flips, link) = sound
        tornSize -= soundSize
    }

    private mutating func take(_ line: [UInt8]) throws(AliasHistoryProblem) {
        let flip: AliasFlip
        do throws(JSONError) {
            flip = try AliasFlip(JSONNode.parse(line))
        } catch {
            throw .unreadable(error)
        }
        guard Array(text(of: flip).utf8) == line else { throw .changed }
        let state = self.state(of: flip.alias)
        guard flip.epoch == (state?.epoch ?? 0) + 1, flip.from == state?.version else {
            throw .outOfOrder
        }
        if let before = flips.last, before.following > 0, flip.following != before.following - 1 {
            throw .outOfOrder
        }
        link = hash(of: flip)
        flips.append(flip)
    }

    /// Takes a flip that is about to be written, and returns its line.
    mutating func add(_ flip: AliasFlip) -> String {
        let line = text(of: flip) + "\n"
        link = hash(of: flip)
        flips.append(flip)
        return line
    }

    /// The line that `flip` makes after those that are there, without its newline.
    private func text(of flip: AliasFlip) -> String {
        let hash = JSONMember("hash", .string(hash(of: flip)))
        return JSONValue.object(flip.members + [hash]).text()
    }

    private func hash(of flip: AliasFlip) -> String {
        "\(SHA256.digest(of: Array((link + JSONValue.object(flip.members).text()).utf8)))"
    }

    func state(of alias: ModelAlias) -> AliasState? {
        flips.last { $0.alias == alias }.map {
            AliasState(version: $0.to, epoch: $0.epoch, digest: $0.digest)
        }
    }
}

extension AliasFlip {
    fileprivate var members: [JSONMember] {
        [
            JSONMember("at", "\(Timestamp(nanoseconds: atNs))"),
            JSONMember("alias", .string(alias.rawValue)),
            JSONMember("epoch", JSONValue(epoch)),
            JSONMember("from", from.map { JSONValue($0) } ?? .null),
            JSONMember("to", JSONValue(to)),
            JSONMember("digest", "\(digest)"),
            JSONMember("by", .string(by)),
            JSONMember("why", .string(why)),
        ] + (following > 0 ? [JSONMember("following", JSONValue(following))] : [])
    }

    fileprivate init(_ node: JSONNode) throws(JSONError) {
        var fields = try JSONFields(node)
        let at = try fields.required("at")
        alias = try fields.choice("alias", ModelAlias.self)
        epoch = try fields.integer("epoch", in: 1...Int.max)
        let from = try fields.required("from")
        self.from = from.node.content == .null ? nil : try from.integer(in: 1...Int.max)
        to = try fields.integer("to", in: 1...Int.max)
        let digest = try fields.required("digest")
        by = try fields.string("by")
        why = try fields.string("why")
        following = try fields.integer(
            "following", in: 0...ModelAlias.allCases.count, default: 0)
        _ = try fields.string("hash")
        try fields.finish()
        guard let time = Timestamp(try at.string()) else { throw at.refusal("must be a time") }
        atNs = time.nanoseconds
        guard let value = Digest(hexadecimal: try digest.string()) else {
            throw digest.refusal("must be 64 hexadecimal digits")
        }
        self.digest = value
    }
}
