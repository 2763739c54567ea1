import JSON
import Journal
import Market
import Pages
import Reports
import Testing

@Suite struct `A trade report has every closed trade once` {
    private static func report(
        _ rows: [JournalRow], _ prices: TradeReport.Prices = .absent("the tape is away"),
        _ paths: [TradePath] = []
    ) throws -> TradeReport {
        var tally = TradeTally()
        for row in rows { try tally.add(row) }
        return TradeReport(tally, try ReportMaker.provenance(), prices, paths)
    }

    private static func rows(_ ledgers: [String], symbol: String = "AAA") -> [JournalRow] {
        var maker = RowMaker()
        maker.symbol(symbol)
        for ledger in ledgers {
            maker.trade(
                5, symbol, ledger, gross: 120, spread: 3, slippage: 2, fee: 20, funding: -1,
                exit: "target")
            maker.trade(70, symbol, ledger, gross: -300, fee: 20, exit: "stop")
        }
        return maker.rows
    }

    @Test func `amounts are in quote currency and prices are notional by quantity`() throws {
        let trades = try Self.report(Self.rows(["champion"])).trades
        #expect(trades.count == 2)
        #expect(trades[0].gross == 1.2)
        #expect(trades[0].costs == [0.03, 0.02, 0.2, -0.01, nil])
        #expect(trades[0].net == 0.96)
        #expect(trades[0].netReturn == 0.0096)
        // A thousandth of a unit was bought for 100.
        #expect(trades[0].entryPrice == 100 / 0.001)
        #expect(trades[0].entryMid == 1)
        #expect(trades[0].exitNs - trades[0].entryNs == Timestamp.hourNs)
    }

    @Test func `what was routed is left out where it is the champion's, and only there`() throws {
        let same = try Self.report(Self.rows(["champion", "candidate", "acted"]))
        #expect(same.actedIsChampion)
        #expect(same.trades.count == 4)
        #expect(same.ledgers.map(\.ledger) == [.champion, .candidate])
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.trade(5, "AAA", "champion", gross: 120)
        maker.trade(5, "AAA", "acted", gross: 121)
        let other = try Self.report(maker.rows)
        #expect(!other.actedIsChampion)
        #expect(other.trades.map(\.ledger) == [.champion, .acted])
    }

    @Test func `no trade is said in words`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        let report = try Self.report(maker.rows, .read)
        let html = report.page.html
        #expect(html.contains("The run closed no trade"))
        #expect(!html.contains("<script"))
        #expect(report.document["ledgers"]?["champion"]?["expectancy_net"]?["value"] == .null)
    }

    @Test func `one trade stands in the table and on its path`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.trade(5, "AAA", gross: 120)
        let entry = RowMaker.tickNs(5) + Timestamp.secondNs
        let path = TradePath(
            trade: 0, source: .books,
            points: [
                TradePath.Point(atNs: entry, low: 99_990, high: 100_010),
                TradePath.Point(atNs: entry + Timestamp.hourNs, low: 101_190, high: 101_210),
            ], entry: TradePath.Quote(bid: 99_990, ask: 100_010), exit: nil)
        let report = try Self.report(maker.rows, .read, [path])
        let html = report.page.html
        #expect(html.contains("<tr data-key=trades.0><td>AAA<td>champion"))
        #expect(html.contains("id=\"path-0\""))
        #expect(html.contains("(spread <data value=\"0.0002\" data-key=\"paths.0.entry.spread\">"))
        let shown = ReportMaker.numbers(in: html)
        for (key, value) in shown {
            #expect(ReportMaker.number(key, in: report.document) == value, "\(key)")
        }
        #expect(shown.count >= 10)
    }

    @Test func `without the tape the section says why, and the table is there`() throws {
        let html = try Self.report(Self.rows(["champion"])).page.html
        #expect(html.contains("There are no prices to draw trades on: the tape is away."))
        #expect(html.contains("<tr data-key=trades.1>"))
    }

    @Test func `the candidate's best and worst are drawn, ties in their order`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        for bar in 0..<60 {
            maker.trade(bar, "AAA", "champion", gross: 900)
            maker.trade(bar, "AAA", "candidate", gross: bar % 2 == 0 ? 10 : -20)
        }
        let trades = try Self.report(maker.rows).trades
        let drawn = TradeReport.drawn(trades)
        #expect(drawn.count == TradeReport.drawnMax)
        #expect(drawn == drawn.sorted())
        #expect(drawn.allSatisfy { trades[$0].ledger == .candidate })
        let losses = drawn.filter { trades[$0].net < 0 }.map { trades[$0].decidedNs }
        #expect(losses == (0..<20).map { RowMaker.tickNs(2 * $0 + 1) })
        let wins = drawn.filter { trades[$0].net > 0 }.map { trades[$0].decidedNs }
        #expect(wins == (10..<30).map { RowMaker.tickNs(2 * $0) })
    }

    @Test func `ten thousand trades stay small`() throws {
        var maker = RowMaker()
        maker.symbol("LONGNAMEUSDC")
        for bar in 0..<11_000 {
            maker.trade(
                bar, "LONGNAMEUSDC", "candidate", entryNotional: 1_000_000 + Int64(bar),
                gross: Int64(bar * 37 % 4001) - 2000, spread: 123, slippage: 45, fee: 2000,
                delay: 17)
        }
        let report = try Self.report(maker.rows)
        let html = report.page.html
        #expect(html.utf8.count < 2_000_000)
        #expect(html.contains("10,000 trades that moved"))
        #expect(html.split(separator: "<tr data-key").count == 10_001)
        guard case .array(let rows) = report.document["trades"] else {
            Issue.record("there are no trades")
            return
        }
        #expect(rows.count == 11_000)
        #expect(report.page.markdown.utf8.count < 100_000)
    }

    @Test func `hostile names stay text`() throws {
        let name = "</td><script>alert(1)</script>\"'|&"
        let page = try Self.report(Self.rows(["champion", "candidate"], symbol: name)).page
        // The page's own script is the only one.
        #expect(page.html.split(separator: "<script").count == 2)
        #expect(page.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!page.markdown.contains("<script"))
    }

    @Test func `equal rows give equal bytes without a place of a file`() throws {
        let rows = Self.rows(["champion", "candidate", "acted"])
        let (one, other) = (try Self.report(rows), try Self.report(rows))
        #expect(one.page.html == other.page.html)
        #expect(one.document.text() == other.document.text())
        #expect(!one.page.html.contains("/home/anna"))
        #expect(!one.document.text().contains("/home/anna"))
        #expect(one.page.html.contains("march.tape"))
    }

    @Test func `rows that no run writes are refused`() {
        var maker = RowMaker()
        maker.trade(5, "AAA", gross: 1)
        #expect(throws: ReportError.unknownSymbol(table: .trades, symbol: "AAA")) {
            try Self.report(maker.rows)
        }
    }
}

@Suite struct `A run's context follows from its record` {
    @Test func `window, strategy, caps and seed are those of the scenario`() throws {
        let record = try ReportMaker.record()
        let context = try RunContext(
            record, closesNs: RowMaker.closeNs(0)...RowMaker.closeNs(95))
        #expect(context.window.startNs == RowMaker.start)
        #expect(context.window.endNs == RowMaker.start + Timestamp.dayNs)
        #expect(context.strategy == "SL0.5_TP1_H4")
        #expect(context.barDelayNs == 250_000_000)
        #expect(context.totalCapMicros == 1_000_000_000)
        #expect(context.symbolCapMicros == 500_000_000)
        #expect(context.seed == 7)
        #expect(context.runID == "\(record.identity)")
        let scenario = try RecordedScenario(record.scenario)
        #expect(scenario.hasCandidate)
        #expect(!scenario.isRollout)
        #expect(scenario.execution?.cost == 0.001)
    }
}
