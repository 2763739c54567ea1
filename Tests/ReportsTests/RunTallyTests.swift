import JSON
import Journal
import Market
import Reports
import Statistics
import Testing

@Suite struct `A run's figures depend on its rows alone` {
    /// Ten days of three symbols with some of everything, symbol by symbol at equal times.
    private static func rows(quoteDecimals: Int = 2) -> [JournalRow] {
        var maker = RowMaker()
        maker.quoteDecimals = quoteDecimals
        let symbols = ["AAA", "BBB", "CCC"]
        for symbol in symbols {
            maker.symbol(symbol)
            maker.model(symbol, "champion", thresholdPpb: 620_000_000)
            maker.model(symbol, "candidate", thresholdPpb: nil)
            maker.event("delisted", symbol)
            maker.alert("warm_up_loss", "P2", "firing")
            maker.quality(symbol, "missing_bars", 3, of: 960)
            maker.quality(symbol, "late_candles", 0, of: nil)
        }
        var realized: [String: Int64] = [:]
        for bar in stride(from: 0, to: 940, by: 7) {
            for (index, symbol) in symbols.enumerated() {
                for ledger in ["champion", "candidate", "acted"] {
                    let gross = Int64((bar * 31 + index * 17 + ledger.count * 5) % 101) - 48
                    let key = symbol + ledger
                    maker.order(bar, symbol, ledger, notional: 10_000 + gross)
                    maker.trade(
                        bar, symbol, ledger, entryNotional: 10_000 + gross, gross: gross,
                        spread: 1, slippage: 2, fee: 10, funding: gross % 3,
                        delay: gross % 5 == 0 ? nil : gross)
                    realized[key, default: 0] += gross - 13 - gross % 3
                    maker.mark(
                        bar, symbol, ledger, quantity: gross % 2, realized: realized[key] ?? 0,
                        unrealized: gross % 7)
                }
                maker.payment(bar, symbol, amount: Int64(bar % 3) - 1)
                for role in ["champion", "candidate"] {
                    let ppb = Int64((bar * 7919 + index * 104_729 + role.count) % 1000) * 1_000_000
                    maker.prediction(
                        bar, symbol, role, ppb > 600_000_000 ? "buy" : "none", ppb: ppb)
                }
                maker.label(bar, symbol, Int64((bar + index) % 3) - 1)
            }
        }
        return maker.rows
    }

    private static let context = RowMaker.context(days: 10)

    @Test func `in whatever order symbols come at equal times`() throws {
        let rows = Self.rows()
        // Each symbol's rows keep their order; the symbols' own order is turned around.
        let turned = ["CCC", "AAA", "BBB"].map { symbol in
            rows.filter { $0.values.contains(.text(symbol)) }
        }
        let rest = rows.filter { row in
            !["AAA", "BBB", "CCC"].contains { row.values.contains(.text($0)) }
        }
        let indexed = (rest + turned.flatMap { $0 }).enumerated()
        let setUp: [JournalTable] = [.symbols, .models]
        let shuffled = indexed.sorted {
            let (first, second) = (
                setUp.contains($0.element.table), setUp.contains($1.element.table)
            )
            if first != second { return first }
            return ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset)
        }.map(\.element)
        let plain = try RowMaker.figures(rows, Self.context)
        let isEqual = try RowMaker.figures(shuffled, Self.context) == plain
        #expect(rows != shuffled)
        #expect(isEqual)
    }

    @Test(arguments: [3, 8])
    func `in whatever units cash is written`(_ decimals: Int) throws {
        let plain = try RowMaker.figures(Self.rows(), Self.context)
        let scaled = try RowMaker.figures(Self.rows(quoteDecimals: decimals), Self.context)
        #expect(plain.document.text() == scaled.document.text())
    }

    @Test func `pooled figures of one symbol are the symbol's own`() throws {
        let rows = Self.rows().filter {
            !$0.values.contains("BBB") && !$0.values.contains("CCC")
        }
        let figures = try RowMaker.figures(rows, Self.context)
        let (own, total) = (figures.symbols[0], figures.total)
        #expect(own.roles == total.roles)
        #expect(own.comparison == total.comparison)
        #expect(own.ledgers.map(\.expectancyNet) == total.ledgers.map(\.expectancyNet))
        #expect(own.ledgers.map(\.costs) == total.ledgers.map(\.costs))
    }

    @Test func `another seed moves the intervals and nothing else`() throws {
        let one = try RowMaker.figures(Self.rows(), Self.context).total.ledgers[0]
        let other = try RowMaker.figures(Self.rows(), RowMaker.context(days: 10, seed: 8))
            .total.ledgers[0]
        #expect(one.expectancyNet.value == other.expectancyNet.value)
        #expect(one.expectancyNet.interval != other.expectancyNet.interval)
        #expect(one.sortino == other.sortino)
    }

    @Test func `models, quality, events and alerts are told`() throws {
        let figures = try RowMaker.figures(Self.rows(), Self.context)
        #expect(figures.models.count == 6)
        #expect(figures.models[0].role == "candidate")
        #expect(figures.models[0].threshold == nil)
        #expect(figures.models[1].threshold == 0.62)
        #expect(figures.models[1].gamma == 2)
        #expect(figures.models[1].alpha == 0.25)
        #expect(figures.quality.map(\.name).prefix(2) == ["late_candles", "missing_bars"])
        #expect(figures.quality[1].count == 3)
        #expect(figures.quality[1].of == 960)
        #expect(figures.events.map(\.word) == ["delisted"])
        #expect(figures.events[0].count == 3)
        #expect(figures.alerts.map(\.alert) == ["warm_up_loss"])
        #expect(figures.alerts[0].count == 3)
    }

    // MARK: - Rows that no run writes

    @Test func `a symbol that was not named is refused`() {
        var maker = RowMaker()
        maker.mark(1, "AAA", realized: 0)
        #expect(throws: ReportError.unknownSymbol(table: .marks, symbol: "AAA")) {
            try RowMaker.figures(maker.rows)
        }
    }

    @Test func `a value of the wrong kind is refused with its column`() {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.prediction(1, "AAA", "hesitate")
        let expected = ReportError.unexpectedValue(
            table: .predictions, column: "action", value: "hesitate")
        #expect(throws: expected) { try RowMaker.figures(maker.rows) }
        #expect("\(expected)".contains("a row of predictions has \"hesitate\" in action"))
    }

    @Test func `an entry without notional is refused`() {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.trade(1, "AAA", entryNotional: 0, gross: 0)
        #expect(
            throws: ReportError.unexpectedValue(
                table: .trades, column: "entry_notional", value: .integer(0))
        ) { try RowMaker.figures(maker.rows) }
    }

    @Test func `bars that run back are refused`() {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.prediction(2, "AAA", "buy")
        maker.prediction(1, "AAA", "buy")
        #expect(
            throws: ReportError.barsRunBack(
                table: .predictions, symbol: "AAA", closeNs: RowMaker.closeNs(1))
        ) { try RowMaker.figures(maker.rows) }
    }
}
