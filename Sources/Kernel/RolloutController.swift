package import Market

/// Looks at the run on each evaluation tick. Without a rollout it counts them.
package actor RolloutController {
    private var order = SliceOrder()
    package private(set) var evaluationTickCount = 0

    package init() {}

    package func observe(_ slice: MarketSlice) {
        order.advance(to: slice.number)
        evaluationTickCount += slice.evaluationTickCount
    }
}
