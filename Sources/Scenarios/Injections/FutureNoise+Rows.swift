import Market
import Numerics

// What noise puts in the place of a row: prices, sizes, sides and rates that could have been, at the
// times at which the row's own were. Drawn from a hash of the seed, the stream and the row, so that
// it is the same however blocks are cut.

extension FutureNoise {
    func disturb(
        _ columns: inout [[Int64]], _ schema: StreamSchema, _ rows: Range<Int>,
        of instrument: Instrument
    ) {
        guard !rows.isEmpty else { return }
        let index: (Column) -> Int? = { schema.index(of: $0) }
        var stream = RandomStream(seed: seed, instrument.symbol, schema.kind.rawValue)
        let source = Source(
            seed: stream.next(),
            hashed: [0] + schema.kind.told.compactMap(index), instrument: instrument)
        switch schema.kind {
        case .candles: disturb(candles: rows, &columns, index, source)
        case .books: disturb(books: rows, &columns, index, source, levels: schema.levels)
        case .trades:
            guard let price = index(.price), let size = index(.size), let side = index(.side)
            else { return }
            for row in rows {
                var draws = source.draws(columns, row)
                columns[price][row] = draws.price(near: columns[price][row])
                columns[size][row] = draws.size(near: columns[size][row])
                columns[side][row] = draws.side(of: columns[side][row])
            }
        case .funding:
            guard let rate = index(.fundingRate), let mark = index(.markPrice) else { return }
            for row in rows {
                var draws = source.draws(columns, row)
                columns[rate][row] += draws.rate()
                if columns[mark][row] > 0 {
                    columns[mark][row] = draws.price(near: columns[mark][row])
                }
            }
        }
    }

    private struct Source {
        let seed: UInt64
        let hashed: [Int]
        let instrument: Instrument

        func draws(_ columns: [[Int64]], _ row: Int) -> NoiseDraws {
            NoiseDraws(seed: seed, row: row, columns, hashed: hashed, instrument)
        }
    }

    private func disturb(
        candles rows: Range<Int>, _ columns: inout [[Int64]], _ index: (Column) -> Int?,
        _ source: Source
    ) {
        guard let open = index(.open), let high = index(.high), let low = index(.low),
            let close = index(.close), let volume = index(.volume)
        else { return }
        let quoteVolume = index(.quoteVolume)
        let flow = index(.tradeCount).flatMap { count in
            index(.takerBuyVolume).flatMap { bought in
                index(.takerBuyQuoteVolume).map { (count: count, bought: bought, paid: $0) }
            }
        }
        let scale = CashScale(source.instrument)
        func set(_ index: Int, _ row: Int, _ value: Int128) {
            if !columns[index].isEmpty { columns[index][row] = Int64(clamping: value) }
        }
        for row in rows {
            var draws = source.draws(columns, row)
            let (first, last) = (
                draws.price(near: columns[open][row]), draws.price(near: columns[close][row])
            )
            let highest = max(first, last) + draws.ticks(below: 20)
            let lowest = max(min(first, last) - draws.ticks(below: 20), draws.tick)
            let traded = draws.size(near: columns[volume][row])
            let average = lowest + (highest - lowest) / 2
            columns[open][row] = first
            columns[high][row] = highest
            columns[low][row] = lowest
            columns[close][row] = last
            columns[volume][row] = traded
            if let quoteVolume {
                set(quoteVolume, row, scale.cash(price: average, size: traded))
            }
            if let flow {
                let bought = draws.part(of: traded)
                set(flow.count, row, Int128(1 + draws.integer(below: 1_000)))
                set(flow.bought, row, Int128(bought))
                set(flow.paid, row, scale.cash(price: average, size: bought))
            }
        }
    }

    /// Levels from the best outward, each drawn after the one before it: those that were not read
    /// change nothing about those that were.
    private func disturb(
        books rows: Range<Int>, _ columns: inout [[Int64]], _ index: (Column) -> Int?,
        _ source: Source, levels: Int
    ) {
        guard let bidCount = index(.bidCount), let askCount = index(.askCount) else { return }
        let places = (0..<levels).compactMap { level in
            index(.bidPrice(level)).flatMap { bid in
                index(.askPrice(level)).map { ask in (bid: bid, ask: ask) }
            }
        }.prefix { !columns[$0.bid].isEmpty && !columns[$0.ask].isEmpty }
        guard let best = places.first else { return }
        for row in rows {
            var draws = source.draws(columns, row)
            let counts = (bids: columns[bidCount][row], asks: columns[askCount][row])
            let recorded = columns[counts.bids > 0 ? best.bid : best.ask][row]
            var bid = max(draws.price(near: recorded), counts.bids * draws.tick)
            var ask = bid + draws.tick + draws.ticks(below: 20)
            for (level, place) in places.enumerated() {
                // A size stands beside its price.
                if level < counts.bids {
                    columns[place.bid][row] = bid
                    columns[place.bid + 1][row] = draws.size(near: columns[place.bid + 1][row])
                }
                if level < counts.asks {
                    columns[place.ask][row] = ask
                    columns[place.ask + 1][row] = draws.size(near: columns[place.ask + 1][row])
                }
                // A tick is left for each bid that is still to come.
                let left = (counts.bids - Int64(level) - 1) * draws.tick
                bid = max(bid - draws.tick - draws.ticks(below: 4), left)
                ask += draws.tick + draws.ticks(below: 4)
            }
        }
    }
}

extension StreamKind {
    /// What a row's hash is made of beside its time: columns that whoever reads the kind reads.
    fileprivate var told: [Column] {
        switch self {
        case .candles: [.open, .high, .low, .close, .volume]
        case .trades: [.price, .size, .side]
        case .books: [.bidPrice(0), .bidSize(0), .askPrice(0), .askSize(0)]
        case .funding: [.fundingRate, .markPrice]
        }
    }
}
