import Features
import JSON
import Kernel
import Market
import Scenarios
import Tape
import TestSupport

/// A random market of BTC and one other symbol, long enough that windows of a day are full behind
/// every lag and purge, and short enough to be played hundreds of times.
///
/// What a row says depends on the seed alone: neither delays nor missing bars move another row.
struct ProofMarket {
    static let names = ["BTCUSDC", "ETHUSDC"]
    static let btc = 0
    static let other = 1
    /// Two days and a half.
    static let barCount = 250
    static let barNs = 15 * Timestamp.minuteNs
    static let candleNs = 5 * Timestamp.minuteNs
    /// 2025-01-06.
    static let startNs: Int64 = 20_094 * Timestamp.dayNs
    static let endNs = startNs + Int64(barCount) * barNs

    var seed: UInt64 = 1
    /// Whether most streams have receive times, drawn so that some candles miss their bar's tick.
    var isDelayed = false
    /// Bars without a single candle, for each symbol.
    var missingBars: [Set<Int>] = [[], []]

    private static let closePrices: [Int64] = [9_400_000, 335_000]
    private static let lateNs: ClosedRange<Int64> = 2_001_000_000...9_000_000_000

    /// Every family of features as it is by default. A bar's tick comes later than events are
    /// seen, so that events of the next bar wait at each tick.
    func plan(in folder: TemporaryFolder) async throws -> RunPlan {
        let tape = try ProofMarket(seed: seed).write(to: folder.file("market.tape"))
        let scenario = """
            {
              tapes: ["\(tape.path)"],
              features: {
                baseline: true, btc: {}, l2: {}, fracDiff: { d: [0.4, 0.5] }, interactions: true,
              },
              strategy: { stop: 0.005, target: 0.01, horizon: "4h" },
              latencies: { feed: "250ms", barDelay: "2s" },
            }
            """
        let plan = try await StartUp.plan(
            ScenarioDocument(Array(scenario.utf8)), path: "market")
        if !isDelayed && missingBars.allSatisfy(\.isEmpty) { return plan }
        // Start-up would rightly refuse some of what is asked for here.
        return try plan.reading(write(to: folder.file("changed.tape")))
    }

    func write(to path: String) throws -> TapeFile {
        var streams: [StreamDescription] = []
        var blocks: [ColumnBlock] = []
        for symbol in Self.names.indices {
            for block in [candles(symbol), books(symbol), trades(symbol), funding(symbol)]
            where !block.isEmpty {
                let intervalNs = block.schema.kind == .candles ? Self.candleNs : 0
                streams.append(
                    StreamDescription(
                        instrument: symbol, schema: block.schema, intervalNs: intervalNs))
                blocks.append(block)
            }
        }
        let instruments = Self.names.map {
            Instrument(
                venue: "test", id: $0, symbol: $0, kind: .perpetual, priceDecimals: 2,
                sizeDecimals: 5, quoteDecimals: 8,
                spans: [ValiditySpan(startNs: .min, tickUnits: 1, lotUnits: 1)])
        }
        var writer = try TapeWriter(
            path: path,
            header: TapeHeader(instruments: instruments, streams: streams, provenance: nil))
        for (stream, block) in blocks.enumerated() { try writer.append(block, to: stream) }
        _ = try writer.finish(ledger: nil)
        return try TapeFile(path: path)
    }

    // MARK: - Streams

    private func generator(_ symbol: Int, _ stream: UInt64) -> SeededGenerator {
        SeededGenerator(seed: seed &* 1000 &+ UInt64(symbol) &* 10 &+ stream)
    }

    /// Whether the last candle of a bar misses its tick: many early on, and one when all windows
    /// have filled again.
    private func isLate(_ bar: Int, using generator: inout SeededGenerator) -> Bool {
        let isDrawn = Int.random(in: 0..<12, using: &generator) == 0
        return bar == 240 || (isDrawn && bar < 100)
    }

    private func candles(_ symbol: Int) -> ColumnBlock {
        var block = ColumnBlock(schema: .candles(extras: isDelayed ? .receiveTime : []))
        var values = generator(symbol, 1)
        var delays = generator(symbol, 2)
        var close = Self.closePrices[symbol]
        let step = close / 400
        let perBar = Int(Self.barNs / Self.candleNs)
        for index in 0..<(Self.barCount * perBar) {
            let open = close
            close += Int64.random(in: -step...step, using: &values)
            let high = max(open, close) + Int64.random(in: 0...step, using: &values)
            let low = min(open, close) - Int64.random(in: 0...step, using: &values)
            let volume = Int64.random(in: 1...900_000_000, using: &values)
            let isLate = isLate(index / perBar, using: &delays) && index % perBar == perBar - 1
            let delayNs = Int64.random(
                in: isLate ? Self.lateNs : 0...1_900_000_000, using: &delays)
            if missingBars[symbol].contains(index / perBar) { continue }
            let timeNs = Self.startNs + Int64(index + 1) * Self.candleNs
            block.append(
                Candle(
                    eventTimeNs: timeNs, receiveTimeNs: isDelayed ? timeNs + delayNs : nil,
                    open: open, high: high, low: low, close: close, volume: volume))
        }
        return block
    }

    /// One every 40 s, somewhere in them.
    private func books(_ symbol: Int) -> ColumnBlock {
        // BTC's are seen after the feed's latency on either tape.
        let hasReceiveTime = isDelayed && symbol != Self.btc
        var block = ColumnBlock(
            schema: .books(levels: 5, extras: hasReceiveTime ? .receiveTime : []))
        var values = generator(symbol, 3)
        var delays = generator(symbol, 4)
        var middle = Self.closePrices[symbol]
        let spanNs: Int64 = 40 * Timestamp.secondNs
        for startNs in stride(from: Self.startNs, to: Self.endNs, by: Int(spanNs)) {
            let timeNs = startNs + Int64.random(in: 0..<spanNs, using: &values)
            middle += Int64.random(in: -300...300, using: &values)
            let spread = Int64.random(in: 1...9, using: &values)
            let levels = (0..<Int64(5)).map { level in
                (
                    bid: BookSnapshot.Level(
                        price: middle - spread - 3 * level,
                        size: Int64.random(in: 1...90_000, using: &values)),
                    ask: BookSnapshot.Level(
                        price: middle + spread + 2 * level,
                        size: Int64.random(in: 1...90_000, using: &values))
                )
            }
            let delayNs = Int64.random(in: 0...6_000_000_000, using: &delays)
            block.append(
                BookSnapshot(
                    eventTimeNs: timeNs, receiveTimeNs: hasReceiveTime ? timeNs + delayNs : nil,
                    bids: levels.map(\.bid), asks: levels.map(\.ask)))
        }
        return block
    }

    private func trades(_ symbol: Int) -> ColumnBlock {
        var block = ColumnBlock(schema: .trades(extras: isDelayed ? .receiveTime : []))
        var values = generator(symbol, 5)
        var delays = generator(symbol, 6)
        let spanNs: Int64 = 30 * Timestamp.secondNs
        for startNs in stride(from: Self.startNs, to: Self.endNs, by: Int(spanNs)) {
            let timeNs = startNs + Int64.random(in: 0..<spanNs, using: &values)
            let delayNs = Int64.random(in: 0...4_000_000_000, using: &delays)
            block.append(
                Trade(
                    eventTimeNs: timeNs, receiveTimeNs: isDelayed ? timeNs + delayNs : nil,
                    price: Self.closePrices[symbol],
                    size: Int64.random(in: 1...50_000, using: &values),
                    side: Bool.random(using: &values) ? .buy : .sell))
        }
        return block
    }

    private func funding(_ symbol: Int) -> ColumnBlock {
        var block = ColumnBlock(schema: .funding())
        for hour in stride(from: 8, through: 56, by: 8) {
            block.append(
                FundingPrint(
                    eventTimeNs: Self.startNs + Int64(hour) * Timestamp.hourNs,
                    rate: Int64(symbol + hour) * 1_000_000))
        }
        return block
    }
}

extension RunPlan {
    /// The same run, each row with what is known at its tick.
    var withoutPurges: RunPlan {
        with {
            $0.btc?.purgeBars = 0
            $0.l2?.purgeBars = 0
        }
    }

    /// The same run with other features.
    func with(_ change: (inout FeatureFamilies) -> Void) -> RunPlan {
        var config = config
        change(&config.families)
        return RunPlan(
            scenario: scenario, purpose: purpose, list: list, config: config, symbols: symbols,
            btc: btc,
            schedule: schedule)
    }
}
