import JSON
import Journal
import Reports
import Testing

@Suite struct `The document of a run says all and invents nothing` {
    @Test func `what cannot be computed is null with a reason and a count`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        let document = try RowMaker.figures(maker.rows).document
        let ledger = document["total"]?["ledgers"]?["champion"]
        let none: JSONValue = [
            "value": nil, "n": 0, "interval": nil, "reason": "no values",
        ]
        #expect(ledger?["expectancy_net"] == none)
        #expect(ledger?["profit_factor"] == none)
        #expect(ledger?["costs"]?["fee"]?["mean_bps"] == none)
        #expect(ledger?["costs"]?["fee"]?["total_quote"] == .null)
        #expect(ledger?["sortino"]?["reason"] == "no downside")
        #expect(ledger?["sortino"]?["n"] == 24)
        #expect(document["total"]?["candidate_minus_champion"] == .null)
        #expect(document["total"]?["roles"]?["champion"]?["ece"] == none)
    }

    @Test func `a flat cost's reason stands where the ladder would`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.flatTrade(1, "AAA", gross: 100, flat: 45)
        let costs = try RowMaker.figures(maker.rows).document["total"]?["ledgers"]?["champion"]?[
            "costs"]
        #expect(costs?["fee"]?["mean_bps"]?["reason"] == "flat costs")
        #expect(costs?["fee"]?["mean_bps"]?["value"] == .null)
        #expect(costs?["flat"]?["mean_bps"]?["value"] == 45.0)
        #expect(costs?["flat"]?["mean_bps"]?["reason"] == .null)
    }

    @Test func `its text is JSON that reads back, and the same every time`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        for (bar, gross) in [10, -40, 25, 60, -5].enumerated() {
            maker.trade(60 * bar, "AAA", gross: Int64(gross), fee: 4)
            maker.trade(60 * bar, "AAA", "candidate", gross: Int64(gross), fee: 2)
            maker.mark(60 * bar, "AAA", realized: Int64(gross) - 4)
            maker.prediction(60 * bar, "AAA", "champion", "buy", ppb: 700_000_000)
            maker.prediction(60 * bar, "AAA", "candidate", "none", ppb: 200_000_000)
            maker.label(60 * bar, "AAA", gross > 0 ? 1 : -1)
        }
        let text = try RowMaker.figures(maker.rows).document.text(pretty: true)
        let again = try RowMaker.figures(maker.rows).document.text(pretty: true)
        #expect(text == again)
        var fields = try JSONFields(JSONNode.parse(text))
        #expect(try fields.required("run").string() == "0123456789abcdef")
        #expect(text.contains("\"block_days\""))
    }
}
