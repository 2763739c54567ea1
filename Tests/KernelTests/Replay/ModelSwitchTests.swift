import Features
import Journal
import Kernel
import Market
import TestSupport
import Testing

@Suite("A model that takes over decides from the next tick on")
struct ModelSwitchTests {
    private static let minuteNs = Timestamp.minuteNs
    /// 2025-01-06T20:07:30Z, which is no evaluation tick; the next one is at 20:08.
    private static let commandNs = 1_736_194_050 * Timestamp.secondNs
    private static let effectNs = 1_736_194_080 * Timestamp.secondNs
    private static let command = """
        commands: [{
          at: "2025-01-06T20:07:30Z", by: "ana", reason: "drill",
          serve: { role: "candidate", symbol: "ETHUSDT", version: 3 },
        }],
        """

    private let market: ReplayMarket
    private let plan: ReplayPlan

    init() async throws {
        market = try await ReplayMarket.small(in: TemporaryFolder())
        plan = try await market.replay()
    }

    /// The market with the command, version 3 being a model of `config`.
    private func commanded(_ config: EnrichmentConfig) async throws -> ReplayMarket {
        var market = market
        #expect(try await market.add(TestModel.files(config, seed: 77), symbol: "ETHUSDT") == 3)
        market.settings += Self.command
        return market
    }

    private func rows(
        _ plan: ReplayPlan, _ name: String, _ slicing: Slicing = .standard
    ) async throws -> ReplayedRows {
        try await ReplayedRows(
            plan, LineOptions(lanes: 2, slicing: slicing), journal: market.folder.file(name))
    }

    /// What a role says of a symbol's bars, decided before or after the command took effect.
    private func predictions(
        _ rows: ReplayedRows, _ role: String, _ symbol: String, after: Bool
    ) -> [NamedRow] {
        rows.named(.predictions).filter {
            $0.text("role") == role && $0.text("symbol") == symbol
                && ($0.row.atNs > Self.effectNs) == after
        }
    }

    /// Entries of the candidate that were decided after the command took effect.
    private func lateEntries(_ rows: ReplayedRows) -> Int {
        rows.named(.orders).count {
            $0.text("symbol") == "ETHUSDT" && $0.text("ledger") == "candidate"
                && $0.text("side") == "buy" && ($0.integer("decided_ns") ?? 0) > Self.effectNs
        }
    }

    @Test("and no other symbol or role notices")
    func takeover() async throws {
        let commanded = try await commanded(plan.run.config)
        let before = try await rows(plan, "before.sqlite")
        let plan = try await commanded.replay()
        let after = try await rows(plan, "after.sqlite")
        let difference = after.through(Self.effectNs - 1)
            .difference(from: before.through(Self.effectNs - 1))
        #expect(difference == nil)
        for (role, symbol) in [
            ("champion", "BTCUSDC"), ("candidate", "BTCUSDC"), ("champion", "ADAUSDC"),
            ("candidate", "ADAUSDC"), ("champion", "ETHUSDT"), ("candidate", "ETHUSDT"),
        ] {
            let isSwitched = (role, symbol) == ("candidate", "ETHUSDT")
            for isLater in [false, true] {
                let own = predictions(after, role, symbol, after: isLater)
                let versions = Set(own.compactMap { $0.integer("version") })
                #expect(versions == [isSwitched && isLater ? 3 : role == "champion" ? 1 : 2])
                let isEqual =
                    own.map(\.row) == predictions(before, role, symbol, after: isLater).map(\.row)
                #expect(isEqual != (isSwitched && isLater), "\(role) \(symbol) \(isLater)")
            }
        }
        // A trade keeps the model that opened it.
        for trade in after.named(.trades) where trade.text("symbol") == "ETHUSDT" {
            let decidedNs = try #require(trade.integer("decided_ns"))
            let isLater = decidedNs > Self.effectNs
            let version: Int64 = trade.text("role") == "champion" ? 1 : isLater ? 3 : 2
            #expect(trade.integer("version") == version)
        }
        let command = try #require(after.named(.commands).first)
        #expect(after.table(.commands).count == 1 && command.row.atNs == Self.effectNs)
        #expect(
            command.row.values == [
                "serve", "ETHUSDT", "ana", "drill", "role=candidate version=3",
            ])
        let served = after.named(.models).filter { $0.row.atNs == Self.effectNs }
        #expect(served.map { $0["version"] } == [3])
    }

    @Test("a version that does not fit pauses the symbol, and each field is named")
    func mismatch() async throws {
        var config = plan.run.config
        config.families.btc?.purgeBars = 20
        config.families.l2?.purgeBars = 7
        let plan = try await commanded(config).replay()
        let after = try await rows(plan, "after.sqlite")
        let paused = predictions(after, "candidate", "ETHUSDT", after: true)
        #expect(!paused.isEmpty)
        for row in paused {
            #expect(row["action"] == "paused" && row["reason"] == "paused")
            #expect(row["probability_ppb"] == .null && row["version"] == .null)
        }
        let served = predictions(after, "candidate", "ETHUSDT", after: false)
        #expect(served.allSatisfy { $0.text("action") != "paused" })
        let others = predictions(after, "champion", "ETHUSDT", after: true)
        #expect(others.allSatisfy { $0.integer("version") == 1 })
        let alerts = after.named(.alerts).filter {
            $0.text("alert") == "enrichment_config_mismatch"
        }
        let alert = try #require(alerts.first)
        #expect(alerts.count == 1 && alert.row.atNs == Self.effectNs)
        #expect(alert["severity"] == "P1" && alert["state"] == "firing")
        #expect(alert["symbol"] == "ETHUSDT" && alert["count"] == 2)
        for field in [
            "btc_purge_bars: the model has 20, the enricher 2",
            "l2_purge_bars: the model has 7, the enricher 2",
        ] {
            #expect(alert.text("detail").contains(field), "\(alert.text("detail"))")
        }
        #expect(lateEntries(after) == 0, "a paused symbol buys nothing")
        #expect(lateEntries(try await rows(self.plan, "before.sqlite")) > 0)
        #expect(after.table(.commands).count == 1)
    }

    @Test("the command is part of the run and of its footer, and no cut shows in it")
    func footer() async throws {
        let commanded = try await commanded(plan.run.config)
        let uncommanded = try await rows(plan, "uncommanded.sqlite")
        let plan = try await commanded.replay()
        #expect(plan.record.identity != self.plan.record.identity)
        let whole = try await rows(plan, "whole.sqlite")
        for (index, slicing) in [
            Slicing.events(1000), .span(Self.minuteNs), .random(seed: 4, eventsMax: 300),
            .random(seed: 5, eventsMax: 9000),
        ].enumerated() {
            let difference = try await rows(plan, "\(index).sqlite", slicing)
                .difference(from: whole)
            #expect(difference == nil, "\(slicing): \(difference ?? "")")
        }
        func commands(_ name: String) throws -> String? {
            try RunJournal(market.folder.file(name), creating: false).run(nil).commands
        }
        #expect(try commands("whole.sqlite") == commands("0.sqlite"))
        #expect(try commands("whole.sqlite") != commands("uncommanded.sqlite"))
        #expect(uncommanded.table(.commands).isEmpty)
    }

    @Test("at the very tick of a bar it comes after that bar's decision")
    func atTick() async throws {
        var market = try await commanded(plan.run.config)
        // The bar that closes at 20:15 has its tick 400 ms later, which is an evaluation tick too.
        market.settings = market.settings.replacing("20:07:30Z", with: "20:15:00.4Z")
        let tickNs = 1_736_194_500 * Timestamp.secondNs + 400_000_000
        let plan = try await market.replay()
        // The tick may stand anywhere in a slice, first and last among its ticks too.
        let slicings: [Slicing] = [.standard, .events(50), .span(15 * Self.minuteNs)]
        for (index, slicing) in slicings.enumerated() {
            let rows = try await rows(plan, "tick\(index).sqlite", slicing)
            #expect(rows.named(.commands).map(\.row.atNs) == [tickNs])
            let candidates = rows.named(.predictions).filter {
                $0.text("role") == "candidate" && $0.text("symbol") == "ETHUSDT"
            }
            let versions = candidates.filter { $0.row.atNs >= tickNs }.map { $0["version"] }
            #expect(versions.prefix(3) == [2, 3, 3], "\(slicing)")
        }
    }
}
