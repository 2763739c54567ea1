import Journal
import Rollout

/// Where a rollout stands, event by event. A log that cannot be followed tells nothing more:
/// metrics are no judge of it, `tapedeck rollout verify` is.
struct RolloutFold: Sendable {
    private static let names = [
        "registered", "shadow", "shadow_review", "canary", "canary_review", "ramp", "soak",
        "hold", "rolling_back", "returning", "closed",
    ]

    /// Until the plan is known.
    private var waiting: [RolloutEvent] = []
    private var symbols: [String] = []
    private var state: RolloutState?
    private var isLost = false

    mutating func add(_ row: JournalRow) {
        guard !isLost else { return }
        do throws(RolloutHistoryError) {
            let entry = try RolloutHistory.Entry(ChainedRow(seq: 0, row, hash: []))
            try take(entry)
        } catch {
            isLost = true
            state = nil
        }
    }

    private mutating func take(_ entry: RolloutHistory.Entry) throws(RolloutHistoryError) {
        waiting.append(entry.event)
        if case .candidateRegistered = entry.event.kind {
            symbols = RolloutHistory.symbols(entry.event.detail)?.map(\.name) ?? []
        }
        if case .policyFrozen = entry.event.kind {
            state = RolloutState(plan: try RolloutHistory.plan(entry), symbols: symbols)
        }
        guard state != nil else { return }
        for event in waiting {
            do throws(RolloutLogError) {
                try state?.apply(event)
            } catch {
                throw .log(seq: entry.seq, error)
            }
        }
        waiting = []
    }

    /// All stages, and which of them it is; none before the rollout's plan is known.
    var stages: [(name: String, isNow: Bool)] {
        guard let state else { return [] }
        let now = state.phase.name.prefix { $0 != "(" }
        return Self.names.map { ($0, $0 == now) }
    }

    var lanes: [(symbol: String, isOnCandidate: Bool)] {
        guard let state else { return [] }
        return zip(symbols, state.lanes).map { ($0, $1.isOnCandidate) }
    }
}
