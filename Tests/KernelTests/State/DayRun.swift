import Features
import Kernel
import Market
import Scenarios
import Tape

/// The cores of a run, driven slice by slice, and what they know at each midnight.
struct DayRun {
    private(set) var days: [Day] = []
    /// What each core gave after the midnight to follow from.
    private(set) var outputs: [[Double]]
    private let plan: RunPlan
    private let followedNs: Int64
    private var btc: BTCWindowCore?
    private var books: [BookStreamCore?]
    private var enrichers: [EnricherCore]

    /// What is known at a midnight: one list of words for each core, BTC's window first, then the
    /// book and the enricher of each symbol.
    struct Day: Equatable {
        let midnightNs: Int64
        let words: [[UInt64]]
    }

    /// - Parameter followedNs: outputs are kept from this midnight on.
    init(
        _ plan: RunPlan, _ options: LineOptions = LineOptions(lanes: 1),
        followedNs: Int64 = .min
    ) async throws {
        self.init(coresOf: plan, followedNs)
        let feed = try CandleFeed(plan, options: options, isStopRequested: { false })
        while let slice = try await feed.next() {
            advance(slice)
            if let midnightNs = slice.endsDay {
                days.append(Day(midnightNs: midnightNs, words: words))
            }
        }
    }

    private init(coresOf plan: RunPlan, _ followedNs: Int64) {
        self.plan = plan
        self.followedNs = followedNs
        let families = plan.config.families
        let fracDiff = families.fracDiff.map { FracDiffWindow($0) }
        btc = plan.btc.map { index in
            let symbol = plan.symbols[index]
            return BTCWindowCore(
                config: plan.config, candleNs: plan.list.streams[symbol.candles].intervalNs,
                scale: DecimalScale(symbol.instrument))
        }
        books = plan.symbols.map { symbol in
            guard let l2 = families.l2, let stream = symbol.books else { return nil }
            return BookStreamCore(
                barNs: plan.config.barNs, l2: l2, scale: DecimalScale(symbol.instrument),
                schema: plan.list.streams[stream].schema)
        }
        enrichers = plan.symbols.map { symbol in
            EnricherCore(
                plan.config, candleNs: plan.list.streams[symbol.candles].intervalNs,
                scale: DecimalScale(symbol.instrument), fracDiff: fracDiff,
                strategy: plan.scenario.strategy)
        }
        outputs = [[Double]](repeating: [], count: 1 + 2 * plan.symbols.count)
    }

    /// In the order of ``Day/words``.
    private var words: [[UInt64]] {
        var words = [btc?.stateWords() ?? []]
        for symbol in enrichers.indices {
            words.append(books[symbol]?.stateWords() ?? [])
            words.append(enrichers[symbol].stateWords())
        }
        return words
    }

    private mutating func advance(_ slice: MarketSlice) {
        let isFollowed = slice.endNs > followedNs
        let columns = plan.btc.flatMap { index in
            btc?.advance(slice.symbols[index].candles, ticks: slice.barTicks)
        }
        if let columns, isFollowed {
            outputs[0] += columns.return1 + columns.features + columns.alerts.map(\.value)
        }
        for symbol in enrichers.indices {
            var samples: [Double] = []
            books[symbol]?.advance(
                books: slice.symbols[symbol].books, trades: slice.symbols[symbol].trades,
                ticks: slice.barTicks, into: &samples)
            let rows = enrichers[symbol].advance(
                slice.symbols[symbol].candles, ticks: slice.barTicks, btc: columns,
                bookSamples: samples)
            guard isFollowed else { continue }
            outputs[1 + 2 * symbol] += samples
            outputs[2 + 2 * symbol] += rows.values + rows.labels
        }
    }

    /// Which outputs of two runs are equal, bit by bit but for what a NaN holds.
    func agreement(with other: DayRun) -> [Bool] {
        zip(outputs, other.outputs).map { own, their in
            own.count == their.count
                && zip(own, their).allSatisfy {
                    $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN)
                }
        }
    }
}
