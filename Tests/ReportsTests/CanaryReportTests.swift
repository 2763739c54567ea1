import JSON
import Market
import Reports
import Rollout
import Scenarios
import Statistics
import Testing

@Suite("The canary report")
struct CanaryReportTests {
    private static let open = DecisionLine(
        mean: .undefined(.noValues, n: 0), lower: nil, upper: nil, margin: 0.0002,
        conclusion: .open)

    /// A day of bars, of which the candidate alone bought one.
    private static func day(
        _ change: (inout CanaryRollout) -> Void = { _ in }
    ) throws -> CanaryReport {
        var rollout = try CanaryRollout()
        rollout.enterShadow()
        rollout.decide(0...48, candidateBuys: [10])
        change(&rollout)
        rollout.look(.inconclusive, bar: 48, line: open)
        return try rollout.report()
    }

    @Test("says so where no stage was looked at, and everything is undefined with its reason")
    func refusedPreflight() throws {
        var rollout = try CanaryRollout()
        rollout.refuse()
        let report = try rollout.report()
        #expect(report.banner.verdict == .notLookedAt)
        #expect(report.banner.evidenceDigest == nil)
        #expect(report.banner.verdictText.hasPrefix("No stage was looked at"))
        #expect(report.gates.source == .none)
        #expect(report.line.points.isEmpty)
        #expect(report.line.mean == .undefined(.noValues, n: 0))
        for row in report.headline.pooled.rows where row.metric != .trades {
            #expect(row.candidate.value == nil || row.metric == .turnover, "\(row.metric)")
            #expect(row.difference.value != 0 || row.metric == .turnover, "\(row.metric)")
        }
        #expect(report.sensitivity.changeCount == 0)
        #expect(report.sensitivity.summary == "verdict not tested: no change could be made")
        #expect(report.signOff.awaited == nil)
    }

    /// What preflight writes of one test that was passed and one that was too mild.
    private static let stress: JSONValue = [
        [
            "demand": "flash_crash", "is_met": true,
            "tests": [
                [
                    "report": "5e1f", "verdict": "pass", "shortcomings": [],
                    "reasons": ["0.012 lost"],
                    "f1_lost": ["whole": 0.012, "around": nil], "from_ns": 0, "to_ns": 1_000,
                ]
            ],
        ],
        [
            "demand": "step", "is_met": false,
            "tests": [
                [
                    "report": "c0de", "verdict": "short", "shortcomings": ["too mild"],
                    "reasons": [],
                    "f1_lost": ["whole": nil, "around": nil], "from_ns": 0, "to_ns": 1_000,
                ]
            ],
        ],
    ]

    @Test("section 11 shows the stress tests of preflight, and no sweep as not run")
    func stressTests() throws {
        var rollout = try CanaryRollout()
        rollout.refuse(stress: Self.stress)
        let checks = try rollout.report().leakage.checks
        #expect(checks.map(\.isMet) == [nil, nil, true, false])
        #expect(
            checks[0].result
                == .absent("not run: no sweep trains the candidate with other purges yet"))
        #expect(checks[2].result == .present && checks[2].command == nil)
        #expect(checks[2].tests.map(\.lostOnWhole) == [0.012])
        #expect(checks[2].tests.map(\.lostAround) == [nil])
        #expect(checks[3].tests.map(\.verdict) == [.short])
        #expect(
            checks[3].command
                == "tapedeck stress scenarios/stress/halving-step.json5 --base SCENARIO "
                + "--from TIME --to \(Timestamp(nanoseconds: RowMaker.start))")
        let text = try rollout.report().markdown
        #expect(text.contains("0.012") && text.contains("too mild") && text.contains("it counts"))
        #expect(try rollout.report().html.contains("leakage.checks.2.tests.0.lost_on_whole"))
    }

    @Test("section 11 says that nothing was named, and that an older preflight did not ask")
    func noStressTests() throws {
        func results(_ stress: JSONValue) throws -> [CanaryReport.Presence] {
            var rollout = try CanaryRollout()
            rollout.enterShadow(stress: stress)
            return try rollout.report().leakage.checks.suffix(2).map(\.result)
        }
        let none: JSONValue = [
            ["demand": "flash_crash", "is_met": false, "tests": []],
            ["demand": "step", "is_met": false, "tests": []],
        ]
        let unnamed = CanaryReport.Presence.absent("not run: no such test was named")
        #expect(try results(none) == [unnamed, unnamed])
        let unasked = CanaryReport.Presence.absent("not run: preflight did not come to ask for it")
        #expect(try results([]) == [unasked, unasked])
    }

    @Test("has no expectancy, no gate that passes and no invented zero without trades")
    func zeroTrades() throws {
        let report = try Self.day()
        let pooled = report.headline.pooled
        #expect(pooled.row(.expectancy)?.candidate == .undefined(.noValues, n: 0))
        #expect(pooled.row(.expectancy)?.difference == .undefined(.noValues, n: 0))
        #expect(pooled.row(.trades)?.candidate.value == 0)
        #expect(report.gates.rows.map(\.status) == [.noData])
        #expect(report.gates.count(.pass) == 0)
        #expect(report.sample.detectableEffect == .undefined(.noValues, n: 0))
        #expect(report.calibration.pooled.errorDifference == .undefined(.noValues, n: 0))
        #expect(report.sample.coveredNs == 48 * RowMaker.barNs)
        #expect(report.sample.journaledCoveredNs == report.sample.coveredNs)
        let bought = report.disagreement.matrix.first {
            $0.champion == .none && $0.candidate == .buy
        }
        #expect(bought?.bars == 1)
        #expect(report.disagreement.agreement.value == 47.0 / 48)
    }

    @Test("attributes one trade to the bar that decided it, by its number")
    func oneTrade() throws {
        let report = try Self.day { rollout in
            rollout.rows.trade(10, CanaryRollout.symbol, "candidate", gross: 100, fee: 20)
            rollout.rows.mark(11, CanaryRollout.symbol, "candidate", realized: 80)
        }
        let only = report.disagreement.largest.first
        #expect(report.disagreement.largest.count == 1)
        #expect(only?.closeNs == RowMaker.closeNs(10))
        #expect(only?.candidateTrade == 1)
        #expect(only?.championTrade == nil)
        #expect(only?.difference == 0.008)
        #expect(report.headline.pooled.row(.expectancy)?.candidate.value == 0.008)
        // One trade of one side: a difference would be of something with nothing.
        #expect(report.headline.pooled.row(.expectancy)?.difference.value == nil)
        let outcome = report.disagreement.outcomes.first { $0.group == .candidateOnly }
        #expect(outcome?.candidateTrades == 1)
        #expect(outcome?.difference == 0.008)
        // 80 cents of one notional of 100.
        #expect(report.line.points.map(\.difference).reduce(0, +) == 0.008)
        #expect(report.equity.series[1].values.last == 1.008)
        #expect(report.sample.detectableReturn == .undefined(.tooFew(needed: 2), n: 1))
        let fees = report.sensitivity.rows.first { $0.change == .feeDouble }
        #expect(fees?.reason == nil)
        let top = report.sensitivity.rows.first { $0.change == .dropTopTrade }
        #expect(top?.difference.value == nil)
    }

    @Test("leaves out bars without a decision, and says when and why")
    func excludedBars() throws {
        var rollout = try CanaryRollout()
        rollout.enterShadow()
        rollout.decide(0...9)
        for bar in 10...12 {
            rollout.rows.prediction(bar, CanaryRollout.symbol, "champion", "none", ppb: 1)
            rollout.rows.prediction(bar, CanaryRollout.symbol, "candidate", "missing")
        }
        rollout.decide(13...20)
        rollout.look(.short, bar: 20, line: Self.open)
        let report = try rollout.report()
        #expect(report.sample.coveredNs == 17 * RowMaker.barNs)
        let excluded = try #require(report.sample.excluded.first)
        #expect(report.sample.excluded.count == 1)
        #expect(excluded.reason == .missingDecision)
        #expect(excluded.bars == 3)
        #expect(excluded.symbols == [CanaryRollout.symbol])
        #expect(excluded.span.fromNs == RowMaker.closeNs(9))
        #expect(report.sample.hasParity)
        // The journaled look said twenty bars.
        #expect(report.sample.journaledCoveredNs != report.sample.coveredNs)
        let other = report.disagreement.matrix.first {
            $0.champion == .none && $0.candidate == .other
        }
        #expect(other?.bars == 3)
    }

    @Test("shows how far the rows are from the journaled look")
    func distance() throws {
        var rollout = try CanaryRollout()
        rollout.enterShadow()
        rollout.decide(0...48)
        rollout.look(
            .pass, bar: 48,
            line: DecisionLine(
                mean: Figure(0.25, n: 3), lower: 0.1, upper: 0.4, margin: 0.0002,
                conclusion: .superior))
        let report = try rollout.report()
        #expect(report.line.distanceFromJournal == .greatestFiniteMagnitude)
        #expect(report.banner.verdict == .pass)
        #expect(report.banner.verdictText.contains("nothing is promoted automatically"))
        #expect(report.signOff.awaited == "canary")
        #expect(report.signOff.commands.count == 2)
        #expect(report.signOff.commands[0].contains("approve canary --evidence "))
    }

    @Test("carries hostile names as they are, names no path and repeats itself")
    func hostileNames() throws {
        let symbol = "<script>alert('x')</script>"
        var rollout = try CanaryRollout(
            symbols: [CanaryRollout.symbol, symbol], operatorName: "<b>anna</b>")
        rollout.enterShadow()
        rollout.decide(0...20)
        rollout.rows.prediction(5, symbol, "champion", "none", ppb: 1)
        rollout.rows.alert("../../etc/passwd", "P1", "firing")
        rollout.look(.inconclusive, bar: 20, line: Self.open)
        let report = try rollout.report()
        #expect(report.banner.symbols == [CanaryRollout.symbol, symbol])
        #expect(report.signOff.operators[0].name == "<b>anna</b>")
        #expect(report.incidents.entries.allSatisfy { $0.runbook?.contains("..") != true })
        #expect(report.provenance.inputs[0].name == "market.tape")
        let text = report.document.text()
        #expect(text == (try rollout.report()).document.text())
        #expect(!text.contains("/somewhere"))
    }

    @Test("uses none of the words that claim more than the data")
    func forbiddenWords() throws {
        var texts: [String] = []
        for verdict in [Verdict.pass, .inconclusive, .short, .fail] {
            var rollout = try CanaryRollout()
            rollout.enterShadow()
            rollout.decide(0...48, candidateBuys: [10])
            rollout.look(verdict, bar: 48, line: Self.open)
            let report = try rollout.report()
            texts.append(report.document.text())
            #expect(report.banner.verdict.rawValue == verdict.rawValue)
        }
        for text in texts {
            for word in ["no difference", "significant", "safe", "score"] {
                #expect(!text.lowercased().contains(word), "\(word)")
            }
        }
    }
}
