package import Market

/// What injections do to the order, the times and the presence of a stream's rows: what came before
/// a row decides with it.
///
/// Blocks pass in the stream's order. One that no injection touches passes as it is.
package struct RowMoves: Sendable {
    private let injections: [PlacedInjection]

    /// Rows of a stream and when each is seen.
    package struct Rows: Sendable {
        package var block: ColumnBlock
        package var visibleNs: [Int64]
        /// Those that are of the run.
        package var rows: Range<Int>

        package init(block: ColumnBlock, visibleNs: [Int64], rows: Range<Int>) {
            self.block = block
            self.visibleNs = visibleNs
            self.rows = rows
        }
    }

    /// Nil where nothing moves rows of streams of this kind.
    package init?(
        _ injections: [PlacedInjection], kind: StreamKind, schema: StreamSchema, candleNs: Int64,
        symbol: String, seed: UInt64
    ) {
        let moving = injections.filter { $0.moves(kind) }
        guard !moving.isEmpty else { return nil }
        self.injections = moving
    }

    /// Whether a block whose rows are seen within `visibleNs` has to pass with all of its levels,
    /// because rows of it are dropped, repeated or reordered.
    package func touches(_ visibleNs: ClosedRange<Int64>) -> Bool {
        false
    }

    /// Whether the next block has to go through ``move(_:)``: it is touched, or rows of an earlier
    /// one are still to come.
    package func isNeeded(for visibleNs: ClosedRange<Int64>) -> Bool {
        touches(visibleNs)
    }

    /// The rows that are handed on in the place of a block's.
    package mutating func move(_ rows: Rows) -> Rows {
        rows
    }

    /// What is left when the stream has ended; nil for nothing.
    package mutating func rest() -> Rows? {
        nil
    }
}

extension PlacedInjection {
    fileprivate func moves(_ stream: StreamKind) -> Bool {
        switch kind {
        case .feedGap, .frozenFeed, .duplicates, .outOfOrder, .nanBurst: stream != .funding
        case .clockSkew: stream == .books || stream == .trades
        case .latencySpike: true
        case .flashCrash, .correlatedCrash, .halvingStep, .volatilityRegime, .spreadBlowOut,
            .depthDrought, .fundingSpike, .feeChange, .exchangeOutage:
            false
        }
    }
}
