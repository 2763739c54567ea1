import Features
import Market
import TestSupport

/// A random market with everything that goes wrong: gaps, late and disordered snapshots, crossed,
/// locked, thin and one-sided books, values too large to compute with, and trades without a side.
struct RandomMarket {
    static let barNs: Int64 = 300 * Timestamp.secondNs
    static let scale = DecimalScale(priceDecimals: 2, sizeDecimals: 5)

    let hasReceiveTimes: Bool
    let levels: Int
    var books: [BookSnapshot] = []
    var bookVisibleNs: [Int64] = []
    var trades: [Trade] = []
    var ticks: [BarTick] = []
    var schema: StreamSchema {
        .books(levels: levels, extras: hasReceiveTimes ? [.receiveTime] : [])
    }
    var tradeVisibleNs: [Int64] { trades.map(\.eventTimeNs) }

    init(bookCount: Int, using generator: inout SeededGenerator) {
        hasReceiveTimes = Bool.random(using: &generator)
        levels = Int.random(in: 1...8, using: &generator)
        let delayNs = Int64.random(in: 0..<Self.barNs, using: &generator)
        let isCalm = Bool.random(using: &generator)
        var timeNs: Int64 = 0
        var price: Int64 = 6_000_000
        for _ in 0..<bookCount {
            func chance(of count: Int, in total: Int = 1000) -> Bool {
                Int.random(in: 0..<total, using: &generator) < count
            }
            let stepSeconds = chance(of: 4) ? Int64(3000) : chance(of: 100) ? 120 : 12
            timeNs += Int64.random(in: 0...stepSeconds, using: &generator) * Timestamp.secondNs
            price += Int64.random(in: -3...3, using: &generator)
            if chance(of: 5) { price = price > 10_000_000 ? 6_000_000 : price + 100_000_000 }
            var book = Self.book(price, levels, isCalm: isCalm, using: &generator)
            book.eventTimeNs = timeNs
            if !isCalm, chance(of: 30) { book.eventTimeNs -= 20 * Timestamp.secondNs }
            if hasReceiveTimes {
                let latenessNs = chance(of: 50) ? Self.barNs / 2 : 2 * Timestamp.secondNs
                book.receiveTimeNs =
                    book.eventTimeNs + Int64.random(in: -1...latenessNs, using: &generator)
            }
            append(book)
            while chance(of: 250) { append(tradeAt: timeNs, using: &generator) }
        }
        let lastClose = (bookVisibleNs.last ?? 0) / Self.barNs + 2
        ticks = (0...lastClose).map {
            BarTick(
                closeNs: $0 * Self.barNs, tickNs: $0 * Self.barNs + delayNs, isInWindow: true)
        }
    }

    mutating func append(_ book: BookSnapshot) {
        books.append(book)
        bookVisibleNs.append(
            max(bookVisibleNs.last ?? .min, book.eventTimeNs, book.receiveTimeNs ?? .min))
    }

    private mutating func append(tradeAt timeNs: Int64, using generator: inout SeededGenerator) {
        let isHuge = Int.random(in: 0..<200, using: &generator) == 0
        let last = trades.last?.eventTimeNs ?? .min
        trades.append(
            Trade(
                eventTimeNs: max(
                    last, timeNs + Int64.random(in: 0...3, using: &generator) * 1_000_000_000),
                price: 1,
                size: isHuge ? .max : Int64.random(in: 0...1_000_000, using: &generator),
                side: AggressorSide.allCases[Int.random(in: 0...2, using: &generator)]))
    }

    private static func book(
        _ price: Int64, _ levels: Int, isCalm: Bool, using generator: inout SeededGenerator
    ) -> BookSnapshot {
        func side(_ best: Int64, _ step: Int64) -> [BookSnapshot.Level] {
            let count = Int.random(in: 1...levels, using: &generator)
            return (0..<count).map {
                let isEmpty = Int.random(in: 0..<20, using: &generator) == 0
                return .init(
                    price: best + step * Int64($0),
                    size: isEmpty ? 0 : Int64.random(in: 1...9_000_000, using: &generator))
            }
        }
        let spread = Int64.random(in: 0...5, using: &generator)
        var book = BookSnapshot(
            eventTimeNs: 0, bids: side(price, -1), asks: side(price + spread, 1))
        guard !isCalm else { return book }
        switch Int.random(in: 0..<60, using: &generator) {
        case 0: book.bids = []
        case 1: book.asks = []
        case 2...4: (book.bids, book.asks) = (book.asks, book.bids)
        case 5: book.bids[0].size = 1 << 60
        case 6: book.asks[0].size = -1
        case 7: book.asks[0].price = 1 << 50
        default: break
        }
        return book
    }

    // MARK: - Slices

    /// All events, cut at random places of their total order into slices of `cuts` + 1 at most.
    func samples(
        _ l2: FeatureFamilies.L2, cuts: Int, using generator: inout SeededGenerator
    ) -> (samples: [Double], counts: BookCounts) {
        var core = BookStreamCore(
            barNs: Self.barNs, l2: l2, scale: Self.scale, schema: schema)
        // At one time trades come first, then books, then ticks.
        let events =
            tradeVisibleNs.map { ($0, 0) } + bookVisibleNs.map { ($0, 1) }
            + ticks.map { ($0.tickNs, 2) }
        let order = events.sorted { $0 < $1 }.map(\.1)
        let ends =
            (0..<cuts).map { _ in Int.random(in: 0...order.count, using: &generator) }.sorted()
            + [order.count]
        let bookBlocks = blocks(
            of: bookVisibleNs, schema, using: &generator
        ) { $0.append(books[$1]) }
        let tradeBlocks = blocks(
            of: tradeVisibleNs, .trades(), using: &generator
        ) { $0.append(trades[$1]) }
        var samples: [Double] = []
        var next = [0, 0, 0]
        var start = 0
        for end in ends {
            var reached = next
            for kind in order[start..<end] { reached[kind] += 1 }
            core.advance(
                books: Self.rows(next[1]..<reached[1], of: bookBlocks),
                trades: Self.rows(next[0]..<reached[0], of: tradeBlocks),
                ticks: Array(ticks[next[2]..<reached[2]]), into: &samples)
            next = reached
            start = end
        }
        return (samples, core.counts)
    }

    /// Blocks of random length, without the levels that features do not read.
    private func blocks(
        of visibleNs: [Int64], _ schema: StreamSchema, using generator: inout SeededGenerator,
        _ append: (inout ColumnBlock, Int) -> Void
    ) -> [StreamSlice] {
        var slices: [StreamSlice] = []
        var start = 0
        while start < visibleNs.count {
            let end = min(
                visibleNs.count, start + Int.random(in: 1...700, using: &generator))
            var full = ColumnBlock(schema: schema)
            for row in start..<end { append(&full, row) }
            var block = ColumnBlock(schema: schema)
            let read = schema.groups[schema.groupCount(levels: 5) - 1].upperBound
            block.fill(rowCount: full.rowCount, columnCount: read) { columns in
                for index in 0..<read { columns[index] = full.columns[index] }
            }
            slices.append(
                StreamSlice(
                    block: block, visibleNs: Array(visibleNs[start..<end]),
                    rows: 0..<full.rowCount))
            start = end
        }
        return slices
    }

    private static func rows(_ range: Range<Int>, of blocks: [StreamSlice]) -> [StreamSlice] {
        var slices: [StreamSlice] = []
        var start = 0
        for block in blocks {
            let rows = range.clamped(to: start..<(start + block.rows.count))
            if !rows.isEmpty {
                slices.append(
                    StreamSlice(
                        block: block.block, visibleNs: block.visibleNs,
                        rows: (rows.lowerBound - start)..<(rows.upperBound - start)))
            }
            start += block.rows.count
        }
        return slices
    }
}
