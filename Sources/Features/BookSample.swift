import Market

/// The six book features of a bar, NaN until known.
struct BookSample: Sendable {
    var mid = Double.nan
    var spreadBps = Double.nan
    var imbalanceBest = Double.nan
    var imbalanceFive = Double.nan
    var kyleLambda = Double.nan
    var orderFlowImbalance = Double.nan

    /// In the order of `FeatureFamilies.L2.all`.
    subscript(index: Int) -> Double {
        switch index {
        case 0: mid
        case 1: spreadBps
        case 2: imbalanceBest
        case 3: imbalanceFive
        case 4: kyleLambda
        case 5: orderFlowImbalance
        default: preconditionFailure("a sample has no feature \(index)")
        }
    }
}

extension BookSample: StateEncodable {
    func encode(into state: inout StateEncoder) {
        for index in FeatureFamilies.L2.all.indices { state.add(self[index]) }
    }
}
