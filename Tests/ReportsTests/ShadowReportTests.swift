import JSON
import Journal
import Market
import Pages
import Reports
import Statistics
import Testing

@Suite struct `A shadow report says what its rows say` {
    private static func report(
        _ rows: [JournalRow], _ context: RunContext = RowMaker.context(days: 8)
    ) throws -> ShadowReport {
        var tally = RunTally(context)
        for row in rows { try tally.add(row) }
        return ShadowReport(tally, try ReportMaker.provenance())
    }

    /// Eight days on which the candidate earns `edge` bps more than the champion.
    private static func rows(
        edge: Int64, isEveryOther: Bool = false, symbol: String = "AAA"
    ) -> [JournalRow] {
        var maker = RowMaker()
        maker.symbol(symbol)
        maker.model(symbol, "champion", thresholdPpb: 620_000_000)
        maker.model(symbol, "candidate", thresholdPpb: nil)
        var realized: [String: Int64] = [:]
        for (day, gross) in [400, -350, 120, -80, 500, -420, 30, 90].enumerated() {
            for trade in 0..<3 {
                let bar = 96 * day + 20 * trade + 5
                maker.prediction(bar, symbol, "champion", "buy", ppb: 640_000_000)
                maker.prediction(
                    bar, symbol, "candidate", trade == 0 ? "none" : "buy", ppb: 910_000_000)
                let edge = isEveryOther && day % 2 == 1 ? -edge : edge
                for (ledger, more) in [("champion", 0), ("candidate", edge), ("acted", 0)] {
                    let net = Int64(gross) + more
                    maker.trade(bar, symbol, ledger, gross: net, fee: 0)
                    realized[ledger, default: 0] += net
                    maker.mark(bar, symbol, ledger, realized: realized[ledger] ?? 0)
                }
                maker.label(bar, symbol, trade == 1 ? 1 : -1)
            }
        }
        maker.alert("warm_up_loss", "P2", "firing")
        maker.event("delisted", symbol)
        maker.quality(symbol, "missing_bars", 3, of: 960)
        return maker.rows
    }

    @Test func `the figures are those that a replay prints`() throws {
        let rows = Self.rows(edge: 30)
        let context = RowMaker.context(days: 8)
        let figures = try RowMaker.figures(rows, context)
        #expect(try Self.report(rows).figures == figures)
        let (own, replayed) = (try Self.report(rows).document, figures.document)
        for member in ["total", "symbols", "quality", "events", "alerts", "models", "days"] {
            #expect(own[member] == replayed[member], "\(member)")
        }
    }

    @Test(arguments: [
        (30, ShadowReport.Verdict.above, "earned more on paper"),
        (-30, .below, "earned less on paper"), (0, .open, "does not tell"),
    ])
    func `the verdict follows the interval of the paired difference`(
        edge: Int64, verdict: ShadowReport.Verdict, words: String
    ) throws {
        let report = try Self.report(Self.rows(edge: edge))
        #expect(report.verdict == verdict)
        #expect(report.page.markdown.contains(words))
        #expect(report.page.html.contains("95 % interval"))
    }

    @Test func `an interval that holds zero leaves the verdict open`() throws {
        let report = try Self.report(Self.rows(edge: 30, isEveryOther: true))
        let difference = report.figures.total.comparison?.expectancyDifference
        let interval = try #require(difference?.interval)
        #expect(interval.low < 0 && interval.high > 0)
        #expect(report.verdict == .open)
    }

    @Test func `a run without a candidate says that there is nothing to compare`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.prediction(1, "AAA", "buy")
        let report = try Self.report(maker.rows)
        #expect(report.verdict == .noCandidate)
        #expect(report.document["disagreement"] == JSONValue.null)
        #expect(report.page.markdown.contains("No candidate served in this run"))
    }

    @Test func `no trade at all gives dashes with reasons and no zero`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.prediction(1, "AAA", "champion", "none")
        maker.prediction(1, "AAA", "candidate", "none")
        let report = try Self.report(maker.rows)
        #expect(report.verdict == .undefined)
        let net = report.document["total"]?["ledgers"]?["candidate"]?["expectancy_net"]
        #expect(net?["value"] == JSONValue.null)
        #expect(net?["reason"] == "no values")
        let html = report.page.html
        #expect(html.contains("There are no trades, so there are no costs to show."))
        #expect(html.contains("data-key=\"total.ledgers.candidate.expectancy_net.value\""))
        #expect(html.contains("title=\"no values\""))
    }

    @Test func `one trade has a value and no interval`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.prediction(1, "AAA", "champion", "buy")
        maker.prediction(1, "AAA", "candidate", "none")
        maker.trade(1, "AAA", gross: 50)
        let report = try Self.report(maker.rows)
        #expect(report.figures.total.ledger(.champion)?.expectancyNet.value == 0.005)
        #expect(report.verdict == .undefined)
        #expect(report.page.markdown.contains("There is too little to compare"))
    }

    @Test func `trades are told apart by what the other model said of their bar`() throws {
        let groups = try #require(try Self.report(Self.rows(edge: 30)).disagreement)
        #expect([groups.bothBuy, groups.championOnly, groups.candidateOnly] == [16, 8, 0])
        #expect(
            groups.trades.map(\.name) == [
                "champion_agreed", "champion_alone", "candidate_agreed", "candidate_alone",
            ])
        #expect(groups.trades.map(\.expectancyNet.n) == [16, 8, 24, 0])
    }

    @Test func `the deepest drawdown of the curve is the ledger's`() throws {
        let report = try Self.report(Self.rows(edge: -30))
        for curve in report.curves {
            let deepest = report.document["curves"]?[curve.ledger.rawValue]?["drawdown"]
            guard case .array(let periods) = deepest else {
                Issue.record("there is no curve of \(curve.ledger)")
                continue
            }
            let values = periods.map { value -> Double in
                if case .number(let drawdown) = value { drawdown } else { .nan }
            }
            let figure = report.figures.total.ledger(curve.ledger)?.maxDrawdown.value
            #expect(values.max() == figure)
        }
    }

    @Test func `probabilities fall into twenty bins`() throws {
        let report = try Self.report(Self.rows(edge: 0))
        let champion = report.probabilities[0].counts
        #expect(champion[12] == 24)
        #expect(report.probabilities[1].counts[18] == 24)
        #expect(champion.reduce(0, +) == 24)
        #expect(report.probabilities[0].reliability.bins.map(\.count) == [24])
    }

    @Test func `hostile names stay text`() throws {
        let name = "<script>alert(1)</script>|`*\"'&"
        let report = try Self.report(Self.rows(edge: 30, symbol: name))
        let page = report.page
        #expect(!page.html.contains("<script"))
        #expect(page.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!page.markdown.contains("<script"))
    }

    @Test func `every number of the page is the document's`() throws {
        let report = try Self.report(Self.rows(edge: 30))
        let shown = ReportMaker.numbers(in: report.page.html)
        #expect(shown.count > 150)
        for (key, value) in shown {
            #expect(ReportMaker.number(key, in: report.document) == value, "\(key)")
        }
    }

    @Test func `no forbidden word and no place is in it, and it repeats byte by byte`() throws {
        let report = try Self.report(Self.rows(edge: 0))
        let again = try Self.report(Self.rows(edge: 0))
        #expect(report.page.html == again.page.html)
        #expect(report.document.text() == again.document.text())
        for text in [report.page.html, report.page.markdown, report.document.text()] {
            for word in ["no difference", "significant", "safe ", "run.journal", "/tapes/"] {
                #expect(!text.contains(word), "\(word)")
            }
        }
    }
}
