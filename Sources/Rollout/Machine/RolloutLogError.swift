/// Why a rollout's log cannot be read on. Nothing is skipped and nothing is guessed.
package enum RolloutLogError: Error, Equatable {
    /// No row of the state table has this event in this phase.
    case impossible(event: String, phase: String, seq: Int)
    /// A flip that expects another epoch than its lane has.
    case wrongEpoch(symbol: String, expected: Int, found: Int, seq: Int)
    case unknownSymbol(String, seq: Int)
    case timeRunsBack(atNs: Int64, lastNs: Int64, seq: Int)
    case unknownEvent(String)
    case unknownSchema(Int, seq: Int)
    /// The payload of a row does not hold what its event needs.
    case wrongPayload(event: String, field: String)
    /// Entries between these two are missing.
    case gap(expected: Int, found: Int)
    /// An entry's hash is not that of its content, or does not follow from the entry before.
    case brokenChain(seq: Int)
    /// Another entry of this number was there before.
    case conflict(seq: Int)
}

extension RolloutLogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .impossible(let event, let phase, let seq):
            "rollout log, entry \(seq): \(event) cannot happen in \(phase); the log was changed or "
                + "belongs to another version"
        case .wrongEpoch(let symbol, let expected, let found, let seq):
            "rollout log, entry \(seq): the flip of \(symbol) expects epoch \(expected), "
                + "but its lane is at \(found)"
        case .unknownSymbol(let symbol, let seq):
            "rollout log, entry \(seq): the run does not trade \(symbol)"
        case .timeRunsBack(let atNs, let lastNs, let seq):
            "rollout log, entry \(seq): its time \(atNs) is before \(lastNs), the last entry's"
        case .unknownEvent(let name):
            "rollout log: unknown event \(name); read it with the version that wrote it"
        case .unknownSchema(let schema, let seq):
            "rollout log, entry \(seq): unknown schema \(schema); read it with the version that "
                + "wrote it"
        case .wrongPayload(let event, let field):
            "rollout log: the payload of \(event) has no usable \(field)"
        case .gap(let expected, let found):
            "rollout log: entry \(expected) is missing before entry \(found)"
        case .brokenChain(let seq): "rollout log, entry \(seq): the hash does not match"
        case .conflict(let seq): "rollout log, entry \(seq): another entry has this number"
        }
    }
}
