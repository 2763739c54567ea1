import Desk
import Features
import Market

/// Looks at the run on each evaluation tick. All rules live in ``RolloutLine``; without one, which
/// is so where no model decides, ticks are counted and nothing else.
package actor RolloutController {
    private var order = SliceOrder()
    private var line: RolloutLine?
    package private(set) var evaluationTickCount = 0

    private let idleRoutes: [Role?]

    init(_ line: RolloutLine?, symbolCount: Int) {
        self.line = line
        idleRoutes = [Role?](repeating: .champion, count: symbolCount)
    }

    /// Whether the desk plays slices step by step, between ``nextStep()`` and ``observe(_:)``.
    var steers: Bool { line?.steers == true }

    func open(
        _ slice: MarketSlice, _ rows: [FeatureRows], _ scores: SliceScores, _ btc: BTCColumns?
    ) {
        order.advance(to: slice.number)
        evaluationTickCount += slice.evaluationTickCount
        line?.open(slice, rows, scores, btc)
    }

    /// Whom the acted ledger of each symbol follows as things stand.
    var routes: [Role?] { line?.routes ?? idleRoutes }

    func nextStep() -> RolloutLine.Step? { line?.nextStep() }

    /// True when the run ends here.
    func observe(_ records: DeskRecords) -> Bool { line?.observe(records) == true }

    func close(_ records: DeskRecords) -> RolloutRecords {
        line?.close(records) ?? RolloutRecords()
    }

    func observeAll(_ records: DeskRecords) -> RolloutRecords {
        line?.observeAll(records) ?? RolloutRecords()
    }

    func finish(atNs: Int64) -> RolloutRecords { line?.finish(atNs: atNs) ?? RolloutRecords() }
}
