import Features
import Kernel
import Market
import Scenarios
import Tape
import TestSupport

/// What a run reads, all at once: each stream of a plan as one slice.
struct WholeMarket {
    let plan: RunPlan
    let ticks: [BarTick]

    init(_ plan: RunPlan) {
        self.plan = plan
        let schedule = plan.schedule
        let closes = stride(
            from: schedule.firstCloseNs, through: schedule.lastCloseNs, by: Int(schedule.barNs))
        ticks = closes.map {
            BarTick(
                closeNs: $0, tickNs: $0 + schedule.barDelayNs,
                isInWindow: $0 >= schedule.firstWindowCloseNs)
        }
    }

    /// All rows of a symbol's stream that a run reaches.
    func slice(_ symbol: Int, _ kind: StreamKind) throws -> [StreamSlice] {
        guard let stream = plan.symbols[symbol].stream(kind) else { return [] }
        let block = try TestTape.read(plan.list.tapes[0], stream: stream)
        let hasReceiveTime = block.schema.extras.contains(.receiveTime)
        var visibleNs: [Int64] = []
        block.visibleTimes(
            from: .min / 2, addingNs: hasReceiveTime ? 0 : plan.config.feedLatencyNs,
            into: &visibleNs)
        let end = visibleNs.firstIndex(after: plan.endNs, in: visibleNs.indices)
        return [StreamSlice(block: block, visibleNs: visibleNs, rows: 0..<end)]
    }

    func scale(_ symbol: Int) -> DecimalScale { DecimalScale(plan.symbols[symbol].instrument) }

    private func candleNs(_ symbol: Int) -> Int64 {
        plan.list.streams[plan.symbols[symbol].candles].intervalNs
    }

    // MARK: - The cores in one step

    /// The rows and labels of a symbol, each of the cores asked once.
    func rows(of symbol: Int) throws -> FeatureRows {
        let families = plan.config.families
        var btcColumns: BTCColumns?
        if let btc = plan.btc {
            var core = BTCWindowCore(
                config: plan.config, candleNs: candleNs(btc), scale: scale(btc))
            btcColumns = core.advance(try slice(btc, .candles), ticks: ticks)
        }
        var samples: [Double] = []
        if let l2 = families.l2, let stream = plan.symbols[symbol].books {
            var core = BookStreamCore(
                barNs: plan.config.barNs, l2: l2, scale: scale(symbol),
                schema: plan.list.streams[stream].schema)
            core.advance(
                books: try slice(symbol, .books), trades: try slice(symbol, .trades),
                ticks: ticks, into: &samples)
        }
        var core = EnricherCore(
            plan.config, candleNs: candleNs(symbol), scale: scale(symbol),
            fracDiff: families.fracDiff.map { FracDiffWindow($0) },
            strategy: plan.scenario.strategy)
        var rows = core.advance(
            try slice(symbol, .candles), ticks: ticks, btc: btcColumns, bookSamples: samples)
        rows.labels += core.finish().labels
        return rows
    }

    // MARK: - Bars

    /// The bar of each tick from the candles that lie in it and are seen by then; nil where its
    /// last one is not among them, or any: a bar of three candles has none to spare.
    func bars(of symbol: Int) throws -> [Bar?] {
        let scale = scale(symbol)
        let barNs = plan.config.barNs
        let candleCount = Int(barNs / candleNs(symbol))
        precondition(candleCount < 20, "one candle in twenty may be missing")
        var candles = [[Candle]](repeating: [], count: ticks.count)
        for slice in try slice(symbol, .candles) {
            for row in slice.rows {
                let candle = slice.block.candle(row)
                let index = Int((candle.eventTimeNs - ticks[0].closeNs + barNs - 1) / barNs)
                guard candles.indices.contains(index),
                    slice.visibleNs[row] <= ticks[index].tickNs
                else { continue }
                candles[index].append(candle)
            }
        }
        return zip(ticks, candles).map { tick, candles in
            guard candles.count == candleCount, let first = candles.first, let last = candles.last
            else { return nil }
            return Bar(
                closeNs: tick.closeNs, open: scale.price(first.open),
                high: scale.price(candles.reduce(first.high) { max($0, $1.high) }),
                low: scale.price(candles.reduce(first.low) { min($0, $1.low) }),
                close: scale.price(last.close),
                volume: scale.size(candles.reduce(0) { $0 + $1.volume }))
        }
    }
}
