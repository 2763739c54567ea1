import Files
import JSON
import Kernel
import Models
import Reports
import Rollout
import Scenarios

/// What a locked rollout does to the registry: each symbol's aliases, all of a symbol or none.
struct RolloutCommit {
    private let history: RolloutHistory
    private let registry: ModelRegistry

    init(_ history: RolloutHistory, registry: String) {
        self.history = history
        self.registry = ModelRegistry(registry)
    }

    /// Carries it out, and says so. Doing it again changes nothing.
    func make() throws {
        guard
            let closed = history.entries.last(where: { $0.event.kind == .attemptClosed(.locked) }),
            case .array(let elements) = closed.event.detail?["aliases"]
        else { return }
        let moves = try elements.map { try Move($0) }
        let signed = history.entries.last { entry in
            if case .signedOff(.full, _) = entry.event.kind { true } else { false }
        }
        for move in moves where move.alias == .champion {
            guard let champion = move.from else {
                throw RolloutCommandError.notLocked(symbol: move.symbol)
            }
            var epochs: [ModelAlias: Int] = [:]
            for other in moves where other.symbol == move.symbol {
                epochs[other.alias] = other.expectedEpoch
            }
            let flips = try registry.commit(
                AliasCommit(champion: champion, candidate: move.to, epochs: epochs),
                of: move.model, by: signed?.event.by ?? "tapedeck rollout",
                why: "rollout \("\(history.rollout)".prefix(16)) locked", atNs: WallClock.nowNs())
            for flip in flips {
                Console.note(
                    "\(flip.alias.rawValue) of \(move.model): version \(flip.to), "
                        + "epoch \(flip.epoch)")
            }
        }
    }

    private struct Move {
        let symbol: String
        let model: ModelName
        let alias: ModelAlias
        let expectedEpoch: Int
        let from: AliasCommit.Version?
        let to: AliasCommit.Version

        init(_ document: JSONValue) throws {
            var fields = try JSONField(JSONNode.parse(document.text())).object()
            symbol = try fields.string("symbol")
            alias = try fields.choice("alias", ModelAlias.self)
            expectedEpoch = try fields.integer("expected_epoch", in: 0...Int.max)
            let from = try fields.required("from")
            self.from = from.node.content == .null ? nil : try Self.version(from).version
            let to = try fields.required("to")
            let (name, version) = try Self.version(to)
            guard let model = ModelName(name) else { throw to.refusal("names no model") }
            self.model = model
            self.to = version
        }

        private static func version(
            _ field: JSONField
        ) throws(JSONError) -> (name: String, version: AliasCommit.Version) {
            var fields = try field.object()
            let name = try fields.string("name")
            let number = try fields.integer("version", in: 1...Int.max)
            let digest = try fields.required("digest")
            guard let value = Digest(hexadecimal: try digest.string()) else {
                throw digest.refusal("must be 64 hexadecimal digits")
            }
            return (name, AliasCommit.Version(number: number, digest: value))
        }
    }
}
