import Market

/// Bends snapshots of books, level by level outward from the best, so that what a level becomes
/// never depends on whether those behind it were read.
///
/// A snapshot that was sound stays sound, and one that was crossed or lacks a side stays that.
struct BookBend {
    private var bids: Side
    private var asks: Side

    /// Where a side's columns are.
    private struct Side {
        var count = 0
        var prices: [Int]
        var sizes: [Int]

        init(levels: Int) {
            prices = [Int](repeating: 0, count: levels)
            sizes = prices
        }
    }

    init(_ schema: StreamSchema) {
        bids = Side(levels: schema.levels)
        asks = bids
        for (index, column) in schema.columns.enumerated() {
            switch column {
            case .bidCount: bids.count = index
            case .askCount: asks.count = index
            case .bidPrice(let level): bids.prices[level] = index
            case .bidSize(let level): bids.sizes[level] = index
            case .askPrice(let level): asks.prices[level] = index
            case .askSize(let level): asks.sizes[level] = index
            default: break
            }
        }
    }

    func bend(_ columns: inout [[Int64]], _ runs: [BentRows]) {
        for index in bids.sizes + asks.sizes where !columns[index].isEmpty {
            bend(sizes: &columns[index], runs)
        }
        let priced = runs.filter(\.bend.bendsBookPrices)
        guard !priced.isEmpty, !columns[bids.prices[0]].isEmpty else { return }
        let recorded = (bids: columns[bids.prices[0]], asks: columns[asks.prices[0]])
        let shifts = bendTouches(&columns, priced)
        bendDepth(&columns, bids, below: recorded.bids, outward: -1, shifts, priced)
        bendDepth(&columns, asks, below: recorded.asks, outward: 1, shifts, priced)
    }

    private func bend(sizes: inout [Int64], _ runs: [BentRows]) {
        for run in runs where run.bend.size != Billionths.one {
            let scale = GridScale(multiplier: run.bend.size, unit: run.bend.lotUnits)
            for row in run.rows { sizes[row] = scale.scaled(sizes[row]) }
        }
    }

    /// Bends the best levels, and returns by how much each row's sides moved outward after that.
    private func bendTouches(_ columns: inout [[Int64]], _ runs: [BentRows]) -> [Int64] {
        var memory = RegimeMemory()
        var shifts = [Int64](repeating: 0, count: columns[0].count)
        for run in runs {
            let price = PriceBend(run.bend)
            let tick = run.bend.tickUnits
            for row in run.rows {
                let (bid, ask) = (columns[bids.prices[0]][row], columns[asks.prices[0]][row])
                let bidCount = columns[bids.count][row]
                let isSound = bidCount > 0 && columns[asks.count][row] > 0 && 0 < bid && bid < ask
                var newBid = price.bent(bid, &memory)
                var newAsk = price.bent(ask, &memory)
                if bid > 0 { newBid = max(newBid, bidCount * tick) }
                if isSound {
                    newAsk = max(newAsk, newBid + tick)
                    let shift = run.bend.shift(ofSpread: newAsk - newBid)
                    shifts[row] = shift
                    newBid = max(newBid - shift, bidCount * tick)
                    newAsk += shift
                }
                columns[bids.prices[0]][row] = newBid
                columns[asks.prices[0]][row] = newAsk
            }
        }
        return shifts
    }

    /// Bends the levels behind the best, each a tick at least beyond the one before it.
    private func bendDepth(
        _ columns: inout [[Int64]], _ side: Side, below best: [Int64], outward sign: Int64,
        _ shifts: [Int64], _ runs: [BentRows]
    ) {
        var recordedAbove = best
        let counts = columns[side.count]
        for level in side.prices.indices.dropFirst() {
            let index = side.prices[level]
            let recorded = columns[index]
            guard !recorded.isEmpty else { return }
            let above = columns[side.prices[level - 1]]
            bend(
                &columns[index], beyond: above, whichWas: recordedAbove, counts: counts,
                Level(index: Int64(level), outward: sign), shifts, runs)
            recordedAbove = recorded
        }
    }

    private struct Level {
        let index: Int64
        let outward: Int64
    }

    private func bend(
        _ prices: inout [Int64], beyond above: [Int64], whichWas recordedAbove: [Int64],
        counts: [Int64], _ level: Level, _ shifts: [Int64], _ runs: [BentRows]
    ) {
        var memory = RegimeMemory()
        for run in runs {
            let price = PriceBend(run.bend)
            let tick = run.bend.tickUnits
            for row in run.rows {
                let recorded = prices[row]
                // A level that is not there has no price.
                guard recorded > 0, level.index < counts[row] else { continue }
                var bent = price.bent(recorded, &memory) + level.outward * shifts[row]
                if level.outward > 0 {
                    if recorded > recordedAbove[row] { bent = max(bent, above[row] + tick) }
                } else {
                    if recorded < recordedAbove[row] { bent = min(bent, above[row] - tick) }
                    // Bids that come near nothing keep a tick for each of those behind them. The
                    // count says how many there are, whether they were read or not.
                    bent = max(bent, (counts[row] - level.index) * tick)
                }
                prices[row] = bent
            }
        }
    }
}

extension MarketBend {
    /// How far each side moves outward where the spread is so wide.
    fileprivate func shift(ofSpread width: Int64) -> Int64 {
        guard spread > Billionths.one else { return 0 }
        let wider = Int128(width) * Int128(spread - Billionths.one)
        let divisor = 2 * Int128(Billionths.one) * Int128(tickUnits)
        let ticks = (wider + divisor - 1) / divisor
        return Int64(min(ticks, Int128(PriceBend.priceMax / tickUnits))) * tickUnits
    }
}
