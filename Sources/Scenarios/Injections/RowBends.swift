package import Market

/// What injections do to a stream's rows one by one, whatever stands around them.
///
/// A function of the row and its times alone, so any lane may bend any block, and reading a block
/// once more with all its levels gives the same rows. A bend of prices is the same for all events
/// of one of the run's candles, so books, trades and candles go on agreeing.
package struct RowBends: Sendable {
    private let injections: [PlacedInjection]
    private let noise: FutureNoise?
    private let instrument: Instrument
    private let candleNs: Int64

    /// Nil where nothing bends streams of this kind.
    ///
    /// - Parameter candleNs: of the run's candles: a price is bent alike within each of them.
    package init?(
        _ injections: [PlacedInjection], noise: FutureNoise?, kind: StreamKind,
        instrument: Instrument, candleNs: Int64
    ) {
        let bending = injections.filter { $0.bends(kind) }
        guard !bending.isEmpty || noise != nil else { return nil }
        self.injections = bending
        self.noise = noise
        self.instrument = instrument
        self.candleNs = candleNs
    }

    /// Bends the rows of a block; `visibleNs` says when each of them is seen.
    ///
    /// Columns that were not read stay empty, and those that were come out as they do beside all
    /// others.
    package func bend(_ block: inout ColumnBlock, visibleNs: [Int64]) {
        let runs = runs(of: block.eventTimes)
        let noisy = noise.map { $0.rows(seen: visibleNs) } ?? 0..<0
        guard !runs.isEmpty || !noisy.isEmpty else { return }
        let readCount = block.columns.prefix { !$0.isEmpty }.count
        let schema = block.schema
        block.fill(rowCount: block.rowCount, columnCount: readCount) { columns in
            if !runs.isEmpty { bend(&columns, schema, runs) }
            noise?.disturb(&columns, schema, noisy, of: instrument)
        }
    }

    private func bend(_ columns: inout [[Int64]], _ schema: StreamSchema, _ runs: [BentRows]) {
        switch schema.kind {
        case .candles: CandleBend(schema, instrument).bend(&columns, runs)
        case .books: BookBend(schema).bend(&columns, runs)
        case .trades:
            if let price = schema.index(of: .price) { bend(&columns[price], runs) }
        case .funding:
            if let price = schema.index(of: .markPrice) { bend(&columns[price], runs) }
            if let rate = schema.index(of: .fundingRate) {
                for run in runs where run.bend.addedRate != 0 {
                    for row in run.rows { columns[rate][row] += run.bend.addedRate }
                }
            }
        }
    }

    private func bend(_ prices: inout [Int64], _ runs: [BentRows]) {
        var memory = RegimeMemory()
        for run in runs where run.bend.bendsPrices {
            let price = PriceBend(run.bend)
            for row in run.rows { prices[row] = price.bent(prices[row], &memory) }
        }
    }

    /// Rows that something happens to, cut where that changes.
    private func runs(of eventNs: [Int64]) -> [BentRows] {
        guard var earliestNs = eventNs.first else { return [] }
        // Rows stand in the order in which they are seen, which need not be that of their events.
        var latestNs = earliestNs
        for timeNs in eventNs {
            earliestNs = min(earliestNs, timeNs)
            latestNs = max(latestNs, timeNs)
        }
        let met = injections.filter {
            $0.startNs < latestNs && $0.bentThroughNs(candleNs: candleNs) >= earliestNs
        }
        guard !met.isEmpty else { return [] }
        var runs: [BentRows] = []
        var row = 0
        while row < eventNs.count {
            let bend = MarketBend(
                met, atNs: eventNs[row], instrument: instrument, candleNs: candleNs)
            let first = row
            repeat { row += 1 } while row < eventNs.count && bend.contains(eventNs[row])
            if bend.isBending { runs.append(BentRows(rows: first..<row, bend: bend)) }
        }
        return runs
    }
}

/// Rows of one block that are bent alike.
struct BentRows {
    let rows: Range<Int>
    let bend: MarketBend
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

    /// The event time of the last row that is another for it.
    fileprivate func bentThroughNs(candleNs: Int64) -> Int64 {
        switch kind {
        case .flashCrash, .correlatedCrash: CrashPath(self, candleNs: candleNs).endNs
        case .volatilityRegime: .max
        default: endNs
        }
    }
}
