import Desk
import Features
import Market
import Scenarios
import TestSupport

/// All events of some symbols, to be cut into slices at will.
struct DeskMarket {
    struct SymbolEvents {
        var instrument: Instrument
        var books: [BookSnapshot] = []
        var candles: [Candle] = []
        var funding: [FundingPrint] = []
        var lastVisibleNs = Int64.max
        var fundingIntervalNs: Int64?
        var injections: [PlacedInjection] = []

        init(_ name: String, kind: Instrument.Kind = .spot, lots: [(Int64, Int64)] = [(0, 1)]) {
            instrument = Instrument(
                venue: "test", id: name, symbol: name, kind: kind, priceDecimals: 2,
                sizeDecimals: 3, quoteDecimals: 4,
                spans: lots.map { ValiditySpan(startNs: $0.0, tickUnits: 1, lotUnits: $0.1) })
        }
    }

    static let second = Timestamp.secondNs
    static let barNs = 60 * second

    var symbols: [SymbolEvents]
    /// From an event to when it is seen.
    var feedNs: Int64 = 0
    /// How many bars there are, from 0 on.
    var barCount = 10
    var bookLevels = 3
    var deepLevels = DeepLevels.present

    /// How levels beyond the best five are had.
    enum DeepLevels { case present, whenAsked, never }

    struct DeepLevelsRead: Error {}
    /// Where each symbol stands in a slice.
    var sliceIndexes: [Int]?

    var barDelayNs: Int64 { feedNs }
    var endNs: Int64 { Int64(barCount) * Self.barNs + barDelayNs }

    var deskSymbols: [DeskSymbol] {
        symbols.enumerated().map { index, symbol in
            DeskSymbol(
                instrument: symbol.instrument, sliceIndex: sliceIndexes?[index] ?? index,
                candleNs: Self.barNs, lastVisibleNs: symbol.lastVisibleNs,
                fundingIntervalNs: symbol.fundingIntervalNs,
                conditions: VenueConditions(symbol.injections))
        }
    }

    // MARK: - Slices

    private struct Event {
        let visibleNs: Int64
        let kind: StreamKind
        let symbol: Int
        let row: Int
    }

    /// In the order that counts: time, kind, symbol, row.
    private func order(_ blocks: [[StreamKind: SharedBlock]]) -> [Event] {
        var events: [Event] = []
        for (symbol, streams) in blocks.enumerated() {
            for kind in StreamKind.allCases {
                guard let block = streams[kind] else { continue }
                for (row, visibleNs) in block.visibleNs.enumerated() {
                    events.append(
                        Event(visibleNs: visibleNs, kind: kind, symbol: symbol, row: row))
                }
            }
        }
        let rank = Dictionary(
            uniqueKeysWithValues: StreamKind.allCases.enumerated().map { ($1, $0) })
        return events.sorted {
            ($0.visibleNs, rank[$0.kind] ?? 0, $0.symbol, $0.row)
                < ($1.visibleNs, rank[$1.kind] ?? 0, $1.symbol, $1.row)
        }
    }

    private func blocks() -> [[StreamKind: SharedBlock]] {
        symbols.map { symbol in
            var books = ColumnBlock(schema: .books(levels: bookLevels))
            for book in symbol.books { books.append(book) }
            var candles = ColumnBlock(schema: .candles())
            for candle in symbol.candles { candles.append(candle) }
            var funding = ColumnBlock(schema: .funding())
            for print in symbol.funding { funding.append(print) }
            return [.books: shared(books), .candles: shared(candles), .funding: shared(funding)]
        }
    }

    private func shared(_ block: ColumnBlock) -> SharedBlock {
        var times: [Int64] = []
        block.visibleTimes(from: 0, addingNs: feedNs, into: &times)
        guard deepLevels != .present, block.schema.groups.count > 2 else {
            return SharedBlock(block, visibleNs: times)
        }
        var best = ColumnBlock(schema: block.schema)
        let columnCount = block.schema.groups[1].upperBound
        best.fill(rowCount: block.rowCount, columnCount: columnCount) { columns in
            for index in 0..<columnCount { columns[index] = block.columns[index] }
        }
        return SharedBlock(best, visibleNs: times) { [deepLevels] in
            if deepLevels == .never { throw DeepLevelsRead() }
            return block
        }
    }

    /// Slices of `size(n)` events, all of them in one if there is no size.
    func slices(_ size: ((Int) -> Int)? = nil) -> [MarketSlice] {
        let blocks = blocks()
        let events = order(blocks)
        let ticks: [BarTick] = (1...barCount).map { bar in
            let closeNs = Int64(bar) * Self.barNs
            return BarTick(closeNs: closeNs, tickNs: closeNs + barDelayNs, isInWindow: true)
        }
        var slices: [MarketSlice] = []
        var start = 0
        var tick = 0
        repeat {
            let wanted = size?(slices.count) ?? events.count
            let end = min(events.count, start + max(1, wanted))
            var rows: [[StreamKind: Range<Int>]] = blocks.map { _ in [:] }
            for event in events[start..<end] {
                let first = rows[event.symbol][event.kind]?.lowerBound ?? event.row
                rows[event.symbol][event.kind] = first..<(event.row + 1)
            }
            let reachedNs = end == events.count ? Int64.max : events[end].visibleNs
            let firstTick = tick
            while tick < ticks.count, ticks[tick].tickNs < reachedNs { tick += 1 }
            slices.append(
                MarketSlice(
                    number: slices.count, symbols: symbolSlices(blocks, rows),
                    barTicks: Array(ticks[firstTick..<tick]), evaluationTickCount: 0,
                    eventCount: end - start, endNs: reachedNs == .max ? .max : reachedNs - 1))
            start = end
        } while start < events.count
        return slices
    }

    private func symbolSlices(
        _ blocks: [[StreamKind: SharedBlock]], _ rows: [[StreamKind: Range<Int>]]
    ) -> [SymbolSlice] {
        var slices = [SymbolSlice](repeating: SymbolSlice(), count: symbols.count)
        for symbol in symbols.indices {
            func pieces(_ kind: StreamKind) -> [StreamSlice] {
                guard let block = blocks[symbol][kind], let rows = rows[symbol][kind]
                else { return [] }
                // Rows of a slice may lie in several pieces.
                let middle = (rows.lowerBound + rows.upperBound) / 2
                return [rows.lowerBound..<middle, middle..<rows.upperBound].filter { !$0.isEmpty }
                    .map { StreamSlice(block, rows: $0) }
            }
            var slice = SymbolSlice()
            slice.books = pieces(.books)
            slice.candles = pieces(.candles)
            slice.funding = pieces(.funding)
            slices[sliceIndexes?[symbol] ?? symbol] = slice
        }
        return slices
    }
}

// MARK: - Short ways to write events

extension PlacedInjection {
    /// From one second to another.
    static func placed(
        _ kind: InjectionKind, _ seconds: ClosedRange<Int64>,
        _ values: [InjectionParameter: Int64] = [:], number: Int = 0
    ) -> PlacedInjection {
        let startNs = seconds.lowerBound * DeskMarket.second
        var injection = Injection(kind, start: .at(startNs))
        for (parameter, value) in values { injection[parameter] = value }
        injection[.lasting] = seconds.upperBound * DeskMarket.second - startNs
        return PlacedInjection(injection, number: number, startNs: startNs)
    }
}

extension BookSnapshot {
    /// At a time in seconds, levels as (price, size).
    static func at(
        _ seconds: Double, bids: [(Int64, Int64)], asks: [(Int64, Int64)]
    ) -> BookSnapshot {
        BookSnapshot(
            eventTimeNs: Int64(seconds * 1e9),
            bids: bids.map { Level(price: $0.0, size: $0.1) },
            asks: asks.map { Level(price: $0.0, size: $0.1) })
    }

    /// One deep level a side.
    static func at(_ seconds: Double, _ bid: Int64, _ ask: Int64) -> BookSnapshot {
        let size: Int64 = 1_000_000
        return .at(seconds, bids: [(bid, size)], asks: [(ask, size)])
    }
}

extension Candle {
    /// Of the minute that ends at bar `close`.
    static func closing(
        _ close: Int, _ prices: (Int64, Int64, Int64, Int64), volume: Int64 = 1_000
    ) -> Candle {
        Candle(
            eventTimeNs: Int64(close) * DeskMarket.barNs, open: prices.0, high: prices.1,
            low: prices.2, close: prices.3, volume: volume)
    }
}
