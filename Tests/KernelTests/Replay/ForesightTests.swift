import Desk
import Features
import Kernel
import Market
import Scenarios
import Tape
import TestSupport
import Testing

@Suite("A model that knows the future")
struct ForesightTests {
    private let market: ReplayMarket
    private let plan: RunPlan

    init() async throws {
        let spot = ReplayMarket.symbols.replacing("kind: \"perpetual\", ", with: "")
        market = try await ReplayMarket(
            recipe: """
                {
                  seed: 21, from: "2025-01-06", until: "2025-01-12", candles: "1m",
                  trades: false, symbols: [\(spot)],
                }
                """,
            settings: """
                features: { baseline: true },
                strategy: { stop: 0.005, target: 0.01, horizon: "4h" },
                execution: {
                  fills: "candles", spread: 0.0004, takerFee: 0.0005, notional: 1000,
                  caps: { symbol: 1000, total: 5000 },
                },
                """, in: TemporaryFolder())
        plan = try await market.plan(for: .replay)
    }

    /// What the desk does when the champion wants an entry at each bar that `wants` names.
    private func trades(
        _ wants: (_ symbol: Int, _ closeNs: Int64) -> Bool
    ) async throws -> [TradeRecord] {
        let settings = try #require(plan.deskSettings)
        var desk = DeskCore(settings, symbols: plan.deskSymbols)
        let feed = try CandleFeed(plan, options: LineOptions(lanes: 2), isStopRequested: { false })
        var trades: [TradeRecord] = []
        while let slice = try await feed.next() {
            let signals = slice.barTicks.filter(\.isInWindow).map { tick in
                TickSignals(
                    closeNs: tick.closeNs, tickNs: tick.tickNs,
                    signals: [
                        plan.symbols.indices.map {
                            Signal(wantsEntry: wants($0, tick.closeNs), model: 0)
                        }, plan.symbols.map { _ in Signal(wantsEntry: false, model: 0) },
                    ])
            }
            trades += try desk.advance(slice, signals, plan.symbols.map { _ in .champion })
                .trades.filter { $0.ledger == .champion }
        }
        return trades
    }

    @Test("earns what a walk over labels and candles finds")
    func bound() async throws {
        let rows = try await CollectedRows(plan)
        let strategy = try #require(plan.scenario.strategy)
        let buys = rows.rows.map { rows in
            Set(zip(rows.closeNs, rows.labels).filter { $0.1 == Labeler.buy }.map(\.0))
        }
        let trades = try await trades { buys[$0].contains($1) }
        var targetCount = 0
        for symbol in plan.symbols.indices {
            let walk = try CandleWalk(plan, symbol: symbol, strategy)
            // What moves the price is known from 96 returns on; before that nothing is bought.
            let firstNs = plan.schedule.firstCloseNs + 96 * plan.config.barNs
            let expected = walk.trades(at: buys[symbol].filter { $0 >= firstNs }.sorted())
            let own = trades.filter { $0.symbol == symbol }
            #expect(own.map(\.entryNs) == expected.map(\.entryNs))
            #expect(own.map(\.exitNs) == expected.map(\.exitNs))
            #expect(own.map(\.exit) == expected.map(\.exit))
            #expect(own.map(\.gross) == expected.map(\.gross))
            #expect(own.map { $0.ladder?.spread } == expected.map(\.spread))
            #expect(own.map { $0.ladder?.fee } == expected.map(\.fee))
            for trade in own {
                let ladder = try #require(trade.ladder)
                #expect(ladder.slippage > 0 && ladder.slippage < trade.entryNotional / 1000)
                #expect(
                    trade.net == trade.gross - ladder.spread - ladder.slippage - ladder.fee)
            }
            targetCount += own.count { $0.exit == .target }
            #expect(own.count > 3)
        }
        #expect(trades.count > 20)
        // A BUY label is a target that is reached, seen from the close; a minute later nearly all.
        #expect(Double(targetCount) > 0.8 * Double(trades.count))
        let mean =
            trades.map { Double($0.net) / Double($0.entryNotional) }.reduce(0, +)
            / Double(trades.count)
        #expect(mean > 0.006 && mean < 0.01, "\(mean) of \(trades.count)")
        let blind = try await self.trades { _, _ in true }
        let blindMean =
            blind.map { Double($0.net) / Double($0.entryNotional) }.reduce(0, +)
            / Double(blind.count)
        #expect(blindMean < 0.001, "who buys always earns nothing: \(blindMean)")
    }
}

/// One position after the other, along a symbol's candles, by the words of docs/desk.md alone.
private struct CandleWalk {
    struct Trade {
        let entryNs: Int64
        let exitNs: Int64
        let exit: TradeRecord.Exit
        let gross: Int64
        let spread: Int64?
        let fee: Int64?
    }

    private let plan: RunPlan
    private let strategy: Strategy
    private let lotUnits: Int64
    private let notionalUnits: Int64
    /// By event time: the candle's close.
    private let times: [Int64]
    private let candles: ColumnBlock

    init(_ plan: RunPlan, symbol: Int, _ strategy: Strategy) throws {
        self.plan = plan
        self.strategy = strategy
        let instrument = plan.symbols[symbol].instrument
        lotUnits = instrument.spans[0].lotUnits
        // A thousand in units of price times size, which are the quote's.
        notionalUnits = (0..<instrument.quoteDecimals).reduce(Int64(1000)) { sum, _ in sum * 10 }
        candles = try TestTape.read(plan.list.tapes[0], stream: plan.symbols[symbol].candles)
        times = candles.eventTimes
    }

    func trades(at closes: [Int64]) -> [Trade] {
        var trades: [Trade] = []
        var freeNs = Int64.min
        for closeNs in closes where closeNs + plan.config.barDelayNs >= freeNs {
            guard let (trade, knownNs) = trade(closeNs) else { break }
            trades.append(trade)
            freeNs = knownNs
        }
        return trades
    }

    /// Nil for a trade that does not end.
    private func trade(_ closeNs: Int64) -> (Trade, knownNs: Int64)? {
        let delayNs = plan.config.barDelayNs + plan.orderLatencyNs
        guard let bar = times.firstIndex(of: closeNs),
            let first = (bar..<times.count).first(where: { opensNs($0) >= closeNs + delayNs })
        else { return nil }
        let entry = candles[.open][first]
        let quantity = notionalUnits / candles[.close][bar] / lotUnits * lotUnits
        let stop = entry * (1_000_000 - strategy.stopPpm)
        let target = entry * (1_000_000 + strategy.targetPpm)
        let leavesNs = closeNs + strategy.horizonNs + delayNs
        for index in first..<times.count {
            let (open, low, high) = (
                candles[.open][index], candles[.low][index], candles[.high][index]
            )
            var exit: (kind: TradeRecord.Exit, price: Int64, timeNs: Int64)?
            if index > first, open * 1_000_000 <= stop {
                exit = (.stop, open, opensNs(index))
            } else if index > first, open * 1_000_000 >= target {
                exit = (.target, open, opensNs(index))
            } else if opensNs(index) >= leavesNs {
                exit = (.horizon, open, opensNs(index))
            } else if low * 1_000_000 <= stop {
                exit = (.stop, stop / 1_000_000, times[index])
            } else if high * 1_000_000 >= target {
                exit = (.target, target / 1_000_000, times[index])
            }
            guard let exit else { continue }
            let turnover = quantity * (entry + exit.price)
            let trade = Trade(
                entryNs: opensNs(first), exitNs: exit.timeNs, exit: exit.kind,
                gross: quantity * (exit.price - entry), spread: up(turnover, ppm: 200),
                fee: up(turnover, ppm: 500))
            return (trade, times[index] + plan.config.feedLatencyNs)
        }
        return nil
    }

    private func opensNs(_ index: Int) -> Int64 { times[index] - Timestamp.minuteNs }

    private func up(_ value: Int64, ppm: Int64) -> Int64 {
        Int64((Int128(value) * Int128(ppm) + 999_999) / 1_000_000)
    }
}
