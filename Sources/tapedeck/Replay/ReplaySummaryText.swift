import Market
import Reports
import Statistics

/// What `tapedeck replay` tells a person of a run: its figures on one screen.
struct ReplaySummaryText {
    private let figures: RunFigures
    private let scopes: [ScopeFigures]
    private let hasCandidate: Bool

    init(_ figures: RunFigures) {
        self.figures = figures
        scopes = figures.symbols + [figures.total]
        hasCandidate = figures.total.comparison != nil
    }

    var text: String {
        var notes = FigureNotes()
        var text = heading
        text += "\n" + performanceTable(&notes)
        text += "\n" + decisionTable(&notes)
        if hasCandidate { text += "\n" + comparisonTable(&notes) }
        text += "\n" + costTable(&notes)
        text += "\n" + activityTable + "\n" + notes.lines + modelLines
        text += qualityLines + eventLines
        text += "\n  journal  \(figures.context.journal)\n"
        return text + nextLines
    }

    private var heading: String {
        let context = figures.context
        let window = context.window
        return """
            \(context.scenario): run \(context.runID.prefix(12)), \(context.strategy) on \
            \(TimeSpan.text(context.barNs)) bars
              \(Self.time(window.startNs)) to \(Self.time(window.endNs)), equity \
            \(Self.money(Double(context.totalCapMicros) / 1e6)), \
            \(Self.money(Double(context.symbolCapMicros) / 1e6)) a symbol
              in [ ] 95 % intervals over \(Units.count(figures.dayCount)) UTC days; bps are of a \
            trade's entry; Sortino of \(TimeSpan.text(figures.returnPeriodNs)) returns, a year

            """
    }

    // MARK: - Tables

    /// The acted ledger follows the champion or the candidate, so only its total is shown.
    private func rows(of scope: ScopeFigures) -> [(symbol: String, ledger: LedgerFigures)] {
        let shown = scope.ledgers.filter { scope.symbol == nil || $0.ledger != .acted }
        return shown.enumerated().map { index, ledger in
            (index == 0 ? scope.symbol ?? "all" : "", ledger)
        }
    }

    private func performanceTable(_ notes: inout FigureNotes) -> String {
        var table = Table(
            ("symbol", .left), ("ledger", .left), ("trades", .right), ("net bps", .right),
            ("", .left), ("hit %", .right), ("profit f.", .right), ("Sortino", .right),
            ("drawdown %", .right), ("held %", .right), ("F1 BUY", .right))
        for scope in scopes {
            for (symbol, ledger) in rows(of: scope) {
                let f1 = RunRole(rawValue: ledger.ledger.rawValue).flatMap(scope.role)?.f1Buy
                table.add(
                    symbol, ledger.ledger.rawValue, Units.count(ledger.tradeCount),
                    notes.cell(ledger.expectancyNet, "net", Self.bps),
                    Self.interval(ledger.expectancyNet, Self.bps),
                    notes.cell(ledger.hitRate, "hit", Self.percent),
                    notes.cell(ledger.profitFactor, "profit factor", Self.hundredths),
                    notes.cell(ledger.sortino, "Sortino", Self.hundredths),
                    notes.cell(ledger.maxDrawdown, "drawdown", Self.percent2),
                    notes.cell(ledger.exposure, "held", Self.percent),
                    f1.map { notes.cell($0, "F1", Self.thousandths) } ?? "")
            }
        }
        return table.text
    }

    private func decisionTable(_ notes: inout FigureNotes) -> String {
        var table = Table(
            ("decisions of", .left), ("bars", .right), ("BUY", .right), ("labelled", .right),
            ("BUY labels %", .right), ("precision", .right), ("recall", .right),
            ("F1 macro", .right), ("ECE", .right), ("Brier", .right), ("", .left))
        for role in figures.total.roles {
            let bars = role.actions.reduce(0) { $0 + $1.count }
            let buys = role.actions.first { $0.word == "buy" }?.count ?? 0
            table.add(
                role.role.rawValue, Units.count(bars), Units.count(buys),
                Units.count(role.confusion.count),
                notes.cell(role.baseRate, "BUY labels", Self.percent),
                notes.cell(role.confusion.precision(.buy), "precision", Self.thousandths),
                notes.cell(role.confusion.recall(.buy), "recall", Self.thousandths),
                notes.cell(role.f1BuyMacro, "F1 macro", Self.thousandths),
                notes.cell(role.calibrationError, "ECE", Self.thousandths),
                notes.cell(role.brier, "Brier", Self.thousandths),
                Self.interval(role.brier, Self.thousandths))
        }
        return table.text
    }

    private func comparisonTable(_ notes: inout FigureNotes) -> String {
        var table = Table(
            ("candidate - champion", .left), ("net bps", .right), ("", .left),
            ("agreement %", .right), ("", .left), ("kappa", .right), ("BUY agreement %", .right),
            ("", .left))
        for scope in scopes {
            guard let comparison = scope.comparison else { continue }
            table.add(
                scope.symbol ?? "all",
                notes.cell(comparison.expectancyDifference, "difference", Self.bps),
                Self.interval(comparison.expectancyDifference, Self.bps),
                notes.cell(comparison.agreement, "agreement", Self.percent),
                Self.interval(comparison.agreement, Self.percent),
                notes.cell(comparison.kappa, "kappa", Self.hundredths),
                notes.cell(comparison.buyAgreement, "BUY agreement", Self.percent),
                Self.interval(comparison.buyAgreement, Self.percent))
        }
        return table.text
    }

    /// Means in basis points for each symbol, then what they add up to in quote currency.
    private func costTable(_ notes: inout FigureNotes) -> String {
        var table = Table(
            ("bps of entry", .left), ("ledger", .left), ("gross", .right), ("spread", .right),
            ("slippage", .right), ("fee", .right), ("funding", .right), ("flat", .right),
            ("net", .right), ("(delay)", .right), ("interim45", .right))
        for scope in scopes {
            for (symbol, ledger) in rows(of: scope) {
                table.add(
                    [symbol, ledger.ledger.rawValue]
                        + ledger.costs.map { rung in
                            // Costs are a ladder or flat; beside a ladder nothing is missing.
                            if rung.name == .flat, rung.total == nil { return "" }
                            return notes.cell(
                                rung.meanBps, rung.name.rawValue, Units.tenths, rung.reason)
                        } + [notes.cell(ledger.expectancyInterim, "interim45", Self.bps)])
            }
        }
        for (index, ledger) in figures.total.ledgers.enumerated() {
            table.add(
                [index == 0 ? "all, in quote" : "", ledger.ledger.rawValue]
                    + ledger.costs.map { $0.total.map(Self.money) ?? "" } + [""])
        }
        return table.text
    }

    private var activityTable: String {
        var table = Table(
            ("orders of", .left), ("filled", .right), ("partial", .right), ("rejected", .left),
            ("exits", .left), ("open", .right), ("funding paid", .right), ("received", .right))
        for ledger in figures.total.ledgers {
            table.add(
                ledger.ledger.rawValue, Units.count(ledger.orders.filled),
                Units.count(ledger.orders.partial),
                Self.list(ledger.orders.rejected, ledger.orders.reasons),
                Self.list(ledger.tradeCount, ledger.exits), "\(ledger.openAtEnd)",
                Units.count(ledger.payments.paid), Units.count(ledger.payments.received))
        }
        return table.text
    }

    // MARK: - Lines

    /// Models for which no threshold was admissible never buy, which the tables cannot tell from
    /// models that found nothing.
    private var modelLines: String {
        let silent = figures.models.filter { $0.threshold == nil }
        guard !silent.isEmpty else { return "" }
        return Self.wrapped(
            "  no threshold, so no trades:", silent.map { "\($0.symbol) \($0.role)" })
    }

    private var qualityLines: String {
        let met = figures.quality.filter { $0.count > 0 }
        guard !met.isEmpty else { return "  data quality: nothing amiss\n" }
        var text = "  data quality\n"
        for (index, entry) in met.enumerated()
        where index == 0 || met[index - 1].symbol != entry.symbol {
            let words = met.filter { $0.symbol == entry.symbol }.map(Self.words)
            text += Self.wrapped("    \(entry.symbol):", words)
        }
        return text
    }

    private static func words(_ entry: QualityCount) -> String {
        let count = Int(entry.count)
        let text = "\(Units.count(count)) \(entry.name)"
        guard let of = entry.of else { return text }
        return text + " of \(Units.count(Int(of))) (\(Units.percent(count, of: Int(of))) %)"
    }

    private var eventLines: String {
        let events = figures.events.map { "\(Units.count($0.count)) \($0.word)" }
        let alerts = figures.alerts.map {
            "\(Units.count($0.count)) \($0.severity) \($0.alert) \($0.state)"
        }
        return Self.wrapped("  events:", events.isEmpty ? ["none"] : events)
            + Self.wrapped("  alerts:", alerts.isEmpty ? ["none"] : alerts)
    }

    private var nextLines: String {
        let steps = figures.context.nextSteps
        let width = steps.map(\.command.count).max() ?? 0
        return steps.map {
            let pad = String(repeating: " ", count: width - $0.command.count)
            return "    \($0.command)\(pad)  \($0.purpose)\n"
        }.joined()
    }
}
