import Market
package import Pages
import Statistics

extension ShadowReport {
    /// The report as a page, for a browser and as Markdown.
    package var page: Page { ShadowPage(report: self).page }
}

/// Lays a shadow report out: what decides on the first screen, then a section for each question.
struct ShadowPage {
    let report: ShadowReport

    var figures: RunFigures { report.figures }
    var window: TimeRange { figures.context.window }
    /// Each symbol and, last, all of them, with where the document keeps it.
    var scopes: [(scope: ScopeFigures, key: String)] {
        figures.symbols.enumerated().map { ($1, "symbols.\($0)") } + [(figures.total, "total")]
    }

    var page: Page {
        Page(
            title: "Shadow report: \(figures.context.strategy)", lead: lead,
            sections: [
                Page.Section(id: "symbols", title: "Earnings by symbol", earnings),
                Page.Section(id: "difference", title: "Candidate less champion", difference),
                Page.Section(id: "equity", title: "Equity and drawdown", equity),
                Page.Section(id: "costs", title: "From gross to net", costs),
                Page.Section(id: "decisions", title: "Decisions and disagreement", decisions),
                Page.Section(id: "calibration", title: "Calibration", calibration),
                Page.Section(id: "probabilities", title: "Probabilities", probabilities),
                Page.Section(id: "orders", title: "Orders, exits and funding", orders),
                Page.Section(id: "incidents", title: "Alerts, events and commands", incidents),
                Page.Section(id: "quality", title: "Data quality", quality),
                Page.Section(id: "provenance", title: "Provenance", provenance),
                Page.Section(id: "limits", title: "Limits", limits),
            ])
    }

    // MARK: - The first screen

    private var lead: [PageBlock] {
        let trades = figures.total.ledgers.enumerated().map { index, ledger in
            let key = "total.ledgers.\(ledger.ledger.rawValue).trades"
            return (index == 0 ? "" : ", ") + Phrase(ledger.ledger.rawValue + " ")
                + .number(ledger.tradeCount, .count, key: key)
        }
        return [
            .banner(tone, title: report.verdict.title, sentence),
            .facts([
                (
                    "Played",
                    """
                    \(UTC.minute(window.startNs)) to \(UTC.minute(window.endNs)) UTC, \
                    \(.number(figures.dayCount, .count, key: "days")) UTC days of \
                    \(TimeSpan.text(figures.context.barNs)) bars
                    """
                ),
                ("Closed trades", trades.reduce(Phrase.nothing, +)),
                ("Run", .code(String(report.provenance.run.prefix(12)))),
                ("Next", next.0),
            ]),
            .command(next.1),
            .table(performance("All symbols together", [(figures.total, "total")])),
        ]
    }

    private var tone: Tone {
        switch report.verdict {
        case .above, .noCandidate: .neutral
        case .below: .fail
        case .open, .undefined: .wait
        }
    }

    private var sentence: Phrase {
        guard let comparison = figures.total.comparison else {
            return Phrase(report.verdict.advice)
        }
        let key = "total.candidate_minus_champion.expectancy_net"
        let difference = comparison.expectancyDifference
        let counts = [RunLedger.champion, .candidate].compactMap { ledger -> Phrase? in
            let key = "total.ledgers.\(ledger.rawValue).trades"
            return figures.total.ledger(ledger).map {
                "\(.number($0.tradeCount, .count, key: key)) of the \(ledger.rawValue)"
            }
        }
        let days = Phrase.number(figures.dayCount, .count, key: "days")
        let over: Phrase = "Over \(days) UTC days (trades: \(list(counts))), "
        let format = NumberFormat.basisPointsOfFraction().signed
        let value: Phrase
        if let interval = Phrase.interval(difference, format, key: key) {
            value = """
                candidate \u{2212} champion expectancy_net = \
                \(.value(difference, format, key: key)) per trade; 95 % interval \(interval). 
                """
        } else {
            value = """
                candidate \u{2212} champion expectancy_net: \
                \(.figure(difference, format, key: key)), without an interval. 
                """
        }
        return over + value + Phrase(report.verdict.advice)
    }

    private var next: (Phrase, String) {
        if report.provenance.state != nil {
            return ("What the rollout waits for, and its gates:", "tapedeck rollout status")
        }
        switch report.verdict {
        case .noCandidate:
            return ("Train a candidate and replay again:", "tapedeck train SCENARIO")
        case .undefined:
            return ("Replay a longer window:", "tapedeck replay SCENARIO")
        case .above, .below, .open:
            return (
                "Begin a canary, with a scenario that has a \(.code("rollout")):",
                "tapedeck rollout start SCENARIO"
            )
        }
    }

    // MARK: - Tables that several sections share

    func performance(_ caption: String, _ scopes: [(ScopeFigures, String)]) -> PageTable {
        var table = PageTable(
            caption,
            [
                .text("symbol"), .text("ledger"), .number("trades"),
                .number("net, bps [95 %]"), .number("hit %"), .number("profit f."),
                .number("Sortino"), .number("drawdown %"), .number("held %"),
                .number("F1 BUY"),
            ])
        for (scope, scopeKey) in scopes {
            for (index, ledger) in scope.ledgers.enumerated() {
                let key = "\(scopeKey).ledgers.\(ledger.ledger.rawValue)"
                table.add(
                    Phrase(index == 0 ? scope.symbol ?? "all" : ""),
                    Phrase(ledger.ledger.rawValue),
                    .number(ledger.tradeCount, .count, key: key + ".trades"),
                    .figure(ledger.expectancyNet, .signedBps, key: key + ".expectancy_net"),
                    .value(ledger.hitRate, .percentBare, key: key + ".hit_rate"),
                    .value(ledger.profitFactor, .ratio, key: key + ".profit_factor"),
                    .value(ledger.sortino, .ratio, key: key + ".sortino"),
                    .value(ledger.maxDrawdown, .percent2, key: key + ".max_drawdown"),
                    .value(ledger.exposure, .percentBare, key: key + ".exposure"),
                    f1(scope, ledger.ledger, scopeKey))
            }
        }
        return table
    }

    private func f1(_ scope: ScopeFigures, _ ledger: RunLedger, _ scopeKey: String) -> Phrase {
        guard let role = RunRole(rawValue: ledger.rawValue).flatMap(scope.role) else {
            return .nothing
        }
        let key = "\(scopeKey).roles.\(role.role.rawValue).classes.buy.f1"
        return .value(role.f1Buy, .score, key: key)
    }
}
