import Features
import Market
import Numerics

/// A market in memory to measure features with: closes, candles, and books with trades.
struct FeaturesMarket {
    /// Books of a snapshot a second with their trades, candles and ticks, cut into slices.
    let slices: [Slice]
    /// Candles alone, over many bars.
    let history: Slice
    /// What a book would say at each tick of the history.
    let historySamples: [Double]
    /// Of each of the history's bars.
    let closes: [Double]

    struct Slice {
        let books: [StreamSlice]
        let trades: [StreamSlice]
        let candles: [StreamSlice]
        let ticks: [BarTick]

        var eventCount: Int { (books + trades + candles).reduce(0) { $0 + $1.rows.count } }
    }

    private static let barNs = 15 * Timestamp.minuteNs
    private static let scale = DecimalScale(priceDecimals: 2, sizeDecimals: 5)
    private static let bookSchema = StreamSchema.books(levels: 5)

    init(barCount: Int, snapshotCount: Int, snapshotsPerSlice: Int) {
        var walk = PriceWalk()
        let candles = walk.candles(count: barCount * 15)
        let closeUnits = candles[.close]
        closes = (1...barCount).map { Double(closeUnits[$0 * 15 - 1]) / 100 }
        history = Slice(
            books: [], trades: [], candles: [Self.whole(candles)],
            ticks: Self.ticks(from: 0, through: Int64(barCount) * Self.barNs))
        historySamples = (0..<barCount * 6).map { Double($0 % 97) }
        slices = stride(from: 0, to: snapshotCount, by: snapshotsPerSlice).map { start in
            let (books, trades) = walk.books(
                Self.bookSchema, seconds: start..<(start + snapshotsPerSlice))
            let span = (Int64(start), Int64(start + snapshotsPerSlice))
            let minutes = Int(span.0 / 60)..<Int(span.1 / 60)
            return Slice(
                books: [Self.whole(books)], trades: [Self.whole(trades)],
                candles: [
                    StreamSlice(
                        block: candles, visibleNs: candles.eventTimes, rows: minutes)
                ],
                ticks: Self.ticks(
                    from: span.0 * Timestamp.secondNs, through: span.1 * Timestamp.secondNs))
        }
    }

    var bookCore: BookStreamCore {
        BookStreamCore(
            barNs: Self.barNs, l2: FeatureFamilies.L2(), scale: Self.scale,
            schema: Self.bookSchema)
    }

    var enricherCore: EnricherCore {
        EnricherCore(
            Self.config, candleNs: Timestamp.minuteNs, scale: Self.scale, fracDiff: nil,
            strategy: nil)
    }

    var btcCore: BTCWindowCore {
        BTCWindowCore(config: Self.config, candleNs: Timestamp.minuteNs, scale: Self.scale)
    }

    private static var config: EnrichmentConfig {
        var families = FeatureFamilies()
        families.btc = FeatureFamilies.BTC()
        families.l2 = FeatureFamilies.L2()
        families.hasInteractions = true
        return EnrichmentConfig(
            barNs: barNs, featureEpochNs: 0, feedLatencyNs: 0, barDelayNs: 0, families: families)
    }

    private static func whole(_ block: ColumnBlock) -> StreamSlice {
        StreamSlice(block: block, visibleNs: block.eventTimes, rows: 0..<block.rowCount)
    }

    /// Of the bars that close after `startNs` and by `endNs`.
    private static func ticks(from startNs: Int64, through endNs: Int64) -> [BarTick] {
        ((startNs / barNs + 1)..<(endNs / barNs + 1)).map {
            BarTick(closeNs: $0 * barNs, tickNs: $0 * barNs, isInWindow: true)
        }
    }
}

/// A price that wanders, and what is quoted and traded around it.
private struct PriceWalk {
    private var random = RandomStream(seed: 1, "bench features")
    private var price: Int64 = 9_000_000

    /// One a minute from time 0 on.
    mutating func candles(count: Int) -> ColumnBlock {
        var columns = [[Int64]](repeating: [], count: 6)
        for minute in 1...count {
            let open = price
            step(2001)
            let row = [
                Int64(minute) * Timestamp.minuteNs, open, max(open, price) + 50,
                min(open, price) - 50, price, 100_000 + Int64(random.integer(below: 1_000_000)),
            ]
            for (index, value) in row.enumerated() { columns[index].append(value) }
        }
        return ColumnBlock(schema: .candles(), columns: columns)
    }

    /// One snapshot a second, and a trade before each fourth of them.
    mutating func books(
        _ schema: StreamSchema, seconds: Range<Int>
    ) -> (books: ColumnBlock, trades: ColumnBlock) {
        var books = [[Int64]](repeating: [], count: schema.columns.count)
        var trades = [[Int64]](repeating: [], count: 4)
        for second in seconds {
            step(21)
            let timeNs = Int64(second + 1) * Timestamp.secondNs
            for (index, column) in schema.columns.enumerated() {
                books[index].append(value(column, timeNs, levels: schema.levels))
            }
            guard second % 4 == 0 else { continue }
            let trade = [
                timeNs - 1, price, 1 + Int64(random.integer(below: 100_000)),
                1 + Int64(random.integer(below: 2)),
            ]
            for (index, value) in trade.enumerated() { trades[index].append(value) }
        }
        return (
            ColumnBlock(schema: schema, columns: books),
            ColumnBlock(schema: .trades(), columns: trades)
        )
    }

    private mutating func value(_ column: Column, _ timeNs: Int64, levels: Int) -> Int64 {
        switch column {
        case .eventTime: timeNs
        case .bidCount, .askCount: Int64(levels)
        case .bidPrice(let level): price - 1 - Int64(level)
        case .askPrice(let level): price + 1 + Int64(level)
        default: 1 + Int64(random.integer(below: 500_000))
        }
    }

    private mutating func step(_ width: UInt64) {
        price += Int64(random.integer(below: width)) - Int64(width / 2)
    }
}
