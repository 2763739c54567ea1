package import Features
package import Market
package import Scenarios

/// One symbol that the desk trades.
package struct DeskSymbol: Sendable {
    package let instrument: Instrument
    /// Where it stands among the symbols of a slice.
    package let sliceIndex: Int
    /// Of the candles in the slice.
    package let candleNs: Int64
    /// When the last row that it can be traded by is visible: a stream that ends before the run
    /// does is a delisting.
    package let lastVisibleNs: Int64
    /// When funding is due, as far as the tape's prints tell: nil for spot.
    package let fundingIntervalNs: Int64?
    /// What injections do to its venue.
    package let conditions: VenueConditions

    package init(
        instrument: Instrument, sliceIndex: Int, candleNs: Int64, lastVisibleNs: Int64,
        fundingIntervalNs: Int64?, conditions: VenueConditions = .undisturbed
    ) {
        self.instrument = instrument
        self.sliceIndex = sliceIndex
        self.candleNs = candleNs
        self.lastVisibleNs = lastVisibleNs
        self.fundingIntervalNs = fundingIntervalNs
        self.conditions = conditions
    }
}

/// What all orders of a run have in common.
package struct DeskSettings: Sendable {
    package let execution: Execution
    package let strategy: Strategy
    package let barNs: Int64
    package let barDelayNs: Int64
    /// From a tick to the venue: compute and order latency.
    package let orderLatencyNs: Int64
    package let hasCandidate: Bool

    package init(
        execution: Execution, strategy: Strategy, barNs: Int64, barDelayNs: Int64,
        orderLatencyNs: Int64, hasCandidate: Bool
    ) {
        self.execution = execution
        self.strategy = strategy
        self.barNs = barNs
        self.barDelayNs = barDelayNs
        self.orderLatencyNs = orderLatencyNs
        self.hasCandidate = hasCandidate
    }
}
