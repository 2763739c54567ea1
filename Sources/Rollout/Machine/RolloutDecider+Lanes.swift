import JSON

// Lanes change in two phases: a flip is requested, comes into force at the next tick, and counts as
// done once a decision of its model was followed.

extension RolloutDecider {
    static let stallNs: Int64 = 5 * 60_000_000_000

    mutating func request(_ model: Lane.Model, _ lane: Int, atNs: Int64) {
        record(
            .flipRequested(
                symbol: state.lanes[lane].symbol, model, expectedEpoch: state.lanes[lane].epoch),
            atNs)
    }

    /// All lanes that follow the candidate, or are about to.
    mutating func requestReturn(atNs: Int64) {
        for lane in state.lanes.indices where state.lanes[lane].isOnCandidate {
            request(.champion, lane, atNs: atNs)
        }
    }

    mutating func applyFlips(atNs: Int64) {
        for lane in state.lanes.indices {
            guard let flip = state.lanes[lane].flip, flip.appliedNs == nil,
                flip.requestedNs < atNs
            else { continue }
            record(
                .flipApplied(
                    symbol: state.lanes[lane].symbol, flip.target,
                    epoch: state.lanes[lane].epoch + 1), atNs)
            step.flips.append(
                AppliedFlip(symbol: lane, model: flip.target, openPositions: plan.openPositions))
        }
    }

    mutating func confirmFlips(_ findings: BarFindings) {
        for lane in state.lanes.indices {
            guard let flip = state.lanes[lane].flip, let appliedNs = flip.appliedNs,
                appliedNs <= findings.tickNs, findings.served[lane] == flip.target
            else { continue }
            record(
                .flipConfirmed(symbol: state.lanes[lane].symbol, flip.target), findings.tickNs,
                fromNs: appliedNs)
        }
    }

    /// When a lane on its way back came into force that a bar has closed since without confirming;
    /// nil for any other, and once it was said.
    func stallingSinceNs(_ lane: Lane) -> Int64? {
        guard let flip = lane.flip, flip.target == .champion, let appliedNs = flip.appliedNs,
            lastBarNs >= appliedNs, !state.isStalled,
            state.phase(after: .rollbackStalled) != nil
        else { return nil }
        return appliedNs
    }

    mutating func noticeStall(atNs: Int64) {
        let stalled = state.lanes.filter { lane in
            stallingSinceNs(lane).map { atNs - $0 >= Self.stallNs } ?? false
        }
        guard let first = stalled.compactMap({ $0.flip?.appliedNs }).min() else { return }
        record(
            .rollbackStalled, atNs, fromNs: first,
            detail: [
                "severity": "P1", "symbols": .array(stalled.map { .string($0.symbol) }),
                "run": "tapedeck kill trading",
            ])
    }
}
