package import Market

/// What injections do to a stream's rows one by one, whatever stands around them.
///
/// A function of the row and its times alone, so any lane may bend any block, and reading a block
/// once more with all its levels gives the same rows.
package struct RowBends: Sendable {
    private let injections: [PlacedInjection]
    private let noise: FutureNoise?
    private let instrument: Instrument
    private let candleNs: Int64

    /// Nil where nothing bends streams of this kind.
    ///
    /// - Parameters:
    ///   - candleNs: of the run's candles: a price is bent alike within each of them.
    ///   - seed: the scenario's.
    package init?(
        _ injections: [PlacedInjection], noise: FutureNoise?, kind: StreamKind,
        instrument: Instrument, candleNs: Int64, seed: UInt64
    ) {
        let bending = injections.filter { $0.bends(kind) }
        guard !bending.isEmpty || noise != nil else { return nil }
        self.injections = bending
        self.noise = noise
        self.instrument = instrument
        self.candleNs = candleNs
    }

    /// Bends the rows of a block; `visibleNs` says when each of them is seen.
    package func bend(_ block: inout ColumnBlock, visibleNs: [Int64]) {
    }
}

extension PlacedInjection {
    fileprivate func bends(_ stream: StreamKind) -> Bool {
        switch kind {
        case .flashCrash, .correlatedCrash, .halvingStep, .volatilityRegime: true
        case .spreadBlowOut, .depthDrought: stream == .books
        case .fundingSpike: stream == .funding
        case .feedGap, .frozenFeed, .duplicates, .outOfOrder, .nanBurst, .clockSkew, .latencySpike,
            .feeChange, .exchangeOutage:
            false
        }
    }
}
