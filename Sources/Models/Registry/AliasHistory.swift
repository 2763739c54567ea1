import Files
import JSON
import Market

/// The flips of a model's aliases, a line each: the one truth of where an alias points.
///
/// Each line ends with a hash over the line before it and itself, so that no line can be edited,
/// dropped or moved without the next one showing it. A line without its newline is what a writer
/// that died left: the flip did not happen.
struct AliasHistory {
    private(set) var flips: [AliasFlip] = []
    /// The bytes of whole lines; what follows was torn off.
    let soundSize: Int
    let tornSize: Int
    /// What the next line's hash begins with: the last line's, or the model's name.
    private var link: String

    init(_ bytes: [UInt8], of name: ModelName) throws(AliasHistoryError) {
        let newline = UInt8(ascii: "\n")
        soundSize = bytes.lastIndex(of: newline).map { $0 + 1 } ?? 0
        tornSize = bytes.count - soundSize
        link = name.description
        let lines = bytes[..<soundSize].split(separator: newline, omittingEmptySubsequences: false)
        for (index, line) in lines.dropLast().enumerated() {
            do throws(AliasHistoryProblem) {
                try take(Array(line))
            } catch {
                throw AliasHistoryError(line: index + 1, problem: error)
            }
        }
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
        link = hash(of: flip)
        flips.append(flip)
    }

    /// The line that `flip` makes after those that are there, without its newline.
    func text(of flip: AliasFlip) -> String {
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
        ]
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
