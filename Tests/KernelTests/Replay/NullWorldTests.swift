import Journal
import Kernel
import Market
import Statistics
import TestSupport
import Testing

@Suite("In a world where nothing foretells anything")
struct NullWorldTests {
    private static let dayCount = 14

    /// Two weeks of three symbols without an edge, with books of a minute.
    private static func replay(seed: UInt64) async throws -> ReplayedRows {
        let folder = TemporaryFolder()
        defer { folder.remove() }
        let market = try await ReplayMarket(
            recipe: """
                {
                  seed: \(seed), from: "2025-01-06", until: "2025-01-20", candles: "1m",
                  trades: false, books: { interval: "1m", levels: 5 },
                  symbols: [\(ReplayMarket.symbols)],
                }
                """,
            settings: """
                features: { baseline: true },
                strategy: { stop: 0.005, target: 0.01, horizon: "4h" },
                execution: { notional: 1000, caps: { symbol: 1000, total: 5000 } },
                """, in: folder)
        return try await ReplayedRows(
            market.replay(), journal: folder.file("journal.sqlite"))
    }

    /// Means over the trades of several worlds, each on days of its own.
    private struct Returns {
        var gross: DailyMean
        var net: DailyMean
        var costs = 0.0

        init(days: Range<Int>) {
            gross = DailyMean(days: days)
            net = DailyMean(days: days)
        }

        mutating func add(_ trade: NamedRow, day: Int) throws {
            func share(_ name: String) throws -> Double {
                try Double(#require(trade.integer(name)))
                    / Double(#require(trade.integer("entry_notional")))
            }
            try gross.add(share("gross"), day: day)
            try net.add(share("net"), day: day)
            costs += try share("spread") + share("slippage") + share("fee") + share("funding")
        }
    }

    @Test("what a model earns is minus its costs, within the interval")
    func expectancy() async throws {
        let seeds: [UInt64] = [1, 2, 3]
        for role in ["champion", "candidate"] {
            var returns = Returns(days: 0..<(seeds.count * (Self.dayCount + 1)))
            for (world, seed) in seeds.enumerated() {
                let rows = try await Self.replay(seed: seed)
                for trade in rows.named(.trades) where trade.text("ledger") == role {
                    let entryNs = try #require(trade.integer("entry_ns"))
                    let day = Int((entryNs - 1_736_121_600 * Timestamp.secondNs) / Timestamp.dayNs)
                    try returns.add(trade, day: world * (Self.dayCount + 1) + day)
                }
            }
            let bootstrap = StationaryBootstrap(seed: 1)
            let net = try #require(returns.net.mean(bootstrap).estimate)
            let gross = try #require(returns.gross.mean(bootstrap).estimate)
            let cost = returns.costs / Double(net.n)
            let interval = try #require(net.interval)
            #expect(net.n > 300)
            #expect(
                interval.low < -cost && -cost < interval.high,
                "\(role): \(net), at costs of \(cost)")
            // Two fees of 5 bps and a spread: the interval is narrow enough to tell that from 0.
            #expect(cost > 0.001 && interval.high < 0, "\(role): \(net), at costs of \(cost)")
            #expect(abs(gross.value - (net.value + cost)) < 1e-9)
        }
    }
}
