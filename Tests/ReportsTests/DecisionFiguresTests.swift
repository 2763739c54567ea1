import Journal
import Market
import Reports
import Statistics
import Testing

@Suite struct `Decisions are judged by the labels of their bars` {
    @Test func `only bars with a decision and a known label count`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        let bars: [(action: String, label: Int64?)] = [
            ("buy", 1), ("buy", 0), ("buy", -1), ("none", 1), ("none", 1), ("none", -1),
            ("paused", 1), ("missing", 1), ("buy", nil),
        ]
        for (bar, (action, label)) in bars.enumerated() {
            maker.prediction(bar, "AAA", action)
            maker.label(bar, "AAA", label)
        }
        // A decision without a label, a label nobody decided on, and a label that is not there yet.
        maker.prediction(15, "AAA", "none")
        maker.label(20, "AAA", 1)
        maker.prediction(30, "AAA", "buy")
        let role = try RowMaker.figures(maker.rows).total.roles[0]
        #expect(role.confusion.count == 6)
        #expect(role.f1Buy.value == 2.0 / 6)
        #expect(role.f1Buy.n == 6)
        #expect(role.confusion.precision(.buy).value == 1.0 / 3)
        #expect(role.confusion.recall(.buy).value == 1.0 / 3)
        #expect(role.baseRate.value == 0.5)
        #expect(role.actions.map(\.word) == ["buy", "none", "paused", "missing", "halted"])
        #expect(role.actions.map(\.count) == [5, 4, 1, 1, 0])
    }

    @Test func `calibration is that of the probabilities that were written`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        let bars: [(ppb: Int64?, label: Int64)] = [
            (50_000_000, 0), (150_000_000, -1), (150_000_000, 1), (950_000_000, 1),
            (1_000_000_000, 0), (nil, 1),
        ]
        for (bar, (ppb, label)) in bars.enumerated() {
            maker.prediction(bar, "AAA", "none", ppb: ppb)
            maker.label(bar, "AAA", label)
        }
        let role = try RowMaker.figures(maker.rows).total.roles[0]
        let error = try #require(role.calibrationError.value)
        #expect((error - 0.34).magnitude < 1e-12)
        #expect(role.calibrationError.n == 5)
        let brier = try #require(role.brier.value)
        let squares = 0.05 * 0.05 + 0.15 * 0.15 + 0.85 * 0.85 + 0.05 * 0.05 + 1
        #expect((brier - squares / 5).magnitude < 1e-12)
    }

    @Test func `pooled F1 and the mean over symbols are two figures`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.symbol("BBB")
        for bar in 0..<3 {
            maker.prediction(bar, "AAA", "buy")
            maker.label(bar, "AAA", 1)
        }
        maker.prediction(0, "BBB", "buy")
        maker.label(0, "BBB", -1)
        maker.prediction(1, "BBB", "none")
        maker.label(1, "BBB", 1)
        let role = try RowMaker.figures(maker.rows).total.roles[0]
        #expect(role.f1Buy.value == 6.0 / 8)
        #expect(role.f1BuyMacro.value == 0.5)
    }

    @Test func `agreement is counted where both roles could tell`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        let bars = [
            ("buy", "buy"), ("buy", "none"), ("none", "buy"), ("none", "none"),
            ("none", "none"), ("none", "none"), ("none", "none"), ("none", "none"),
            ("paused", "buy"), ("none", "missing"),
        ]
        for (bar, (champion, candidate)) in bars.enumerated() {
            maker.prediction(bar, "AAA", "champion", champion)
            maker.prediction(bar, "AAA", "candidate", candidate)
        }
        maker.prediction(20, "AAA", "candidate", "buy")
        let comparison = try #require(try RowMaker.figures(maker.rows).total.comparison)
        #expect(comparison.agreement.value == 0.75)
        #expect(comparison.agreement.n == 8)
        #expect(comparison.buyAgreement.value == 1.0 / 3)
        #expect(comparison.buyAgreement.n == 3)
        // Chance: both buy a quarter of the time, so 1/16 + 9/16 agree by chance.
        let kappa = try #require(comparison.kappa.value)
        #expect((kappa - (0.75 - 0.625) / 0.375).magnitude < 1e-12)
        #expect(comparison.undecidedCount == 3)
    }

    @Test func `the difference of expectancies resamples the days of both together`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.prediction(0, "AAA", "candidate", "buy")
        // Days differ widely, yet the candidate earns 30 bps more on each of them.
        for (day, gross) in [400, -350, 120, -80, 500, -420, 30, 90].enumerated() {
            for trade in 0..<3 {
                let bar = 96 * day + 20 * trade + 5
                maker.trade(bar, "AAA", "champion", gross: Int64(gross))
                maker.trade(bar, "AAA", "candidate", gross: Int64(gross + 30))
            }
        }
        let total = try RowMaker.figures(maker.rows, RowMaker.context(days: 8)).total
        let difference = try #require(total.comparison?.expectancyDifference)
        let value = try #require(difference.value)
        let interval = try #require(difference.interval)
        #expect((value - 0.003).magnitude < 1e-12)
        #expect(interval.high - interval.low < 1e-12)
        let own = try #require(total.ledger(.candidate)?.expectancyNet.interval)
        #expect(own.high - own.low > 0.01)
    }

    @Test func `a run without a candidate has no candidate's figures`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.prediction(0, "AAA", "buy")
        let total = try RowMaker.figures(maker.rows).total
        #expect(total.ledgers.map(\.ledger) == [.champion, .acted])
        #expect(total.roles.map(\.role) == [.champion])
        #expect(total.comparison == nil)
    }
}
