import Market
import Pages
import Statistics

// What happened around the trades, where it comes from, and what it does not show.

extension ShadowPage {
    var orders: [PageBlock] {
        var table = PageTable(
            "Orders, exits, positions open at the end and funding paid in quote currency",
            [
                .text("ledger"), .number("filled"), .number("in part"), .number("rejected"),
                .text("why"), .text("exits"), .number("open"),
                .number("funding"),
            ])
        for ledger in figures.total.ledgers {
            let key = "total.ledgers.\(ledger.ledger.rawValue)"
            table.add(
                Phrase(ledger.ledger.rawValue),
                .number(ledger.orders.filled, .count, key: key + ".orders.filled"),
                .number(ledger.orders.partial, .count, key: key + ".orders.partial"),
                .number(ledger.orders.rejected, .count, key: key + ".orders.rejected"),
                words(ledger.orders.reasons, key: key + ".orders.reasons"),
                words(ledger.exits, key: key + ".exits"),
                .number(ledger.openAtEnd, .count, key: key + ".open_at_end"),
                .number(
                    ledger.payments.net, .money, key: key + ".funding_payments.net_quote"))
        }
        return [.table(table)]
    }

    private func words(_ counts: [WordCount], key: String) -> Phrase {
        counts.isEmpty
            ? "none"
            : list(
                counts.map {
                    "\($0.word) \(.number($0.count, .count, key: key + "." + $0.word))"
                })
    }

    var incidents: [PageBlock] {
        var blocks: [PageBlock] = []
        if figures.alerts.isEmpty {
            blocks.append(.paragraph("No alert was raised."))
        } else {
            var table = PageTable(
                "Alerts", [.text("alert"), .text("severity"), .text("state"), .number("times")])
            for (index, alert) in figures.alerts.enumerated() {
                table.add(
                    .code(alert.alert), Phrase(alert.severity), Phrase(alert.state),
                    .number(alert.count, .count, key: "alerts.\(index).count"))
            }
            blocks.append(.table(table))
        }
        blocks.append(
            .paragraph(
                "Events: \(words(figures.events, key: "events")). Commands: "
                    + .number(figures.commandCount, .count, key: "commands") + "."))
        guard !report.incidents.isEmpty else { return blocks }
        var log = PageTable(
            "The last alerts and commands",
            [.text("time, UTC"), .text("what"), .text("state"), .text("symbol"), .text("detail")])
        for incident in report.incidents {
            let state = [incident.severity, incident.state].compactMap(\.self)
            log.add(
                Phrase(UTC.minute(incident.atNs)), .code(incident.name),
                Phrase(state.joined(separator: " ")), Phrase(incident.symbol ?? "all"),
                Phrase(incident.detail))
        }
        let shown = report.incidents.count
        return blocks + [
            .folded(
                title: shown == report.incidentCount
                    ? "All of them in order" : "The last \(shown) of them in order",
                [
                    .paragraph(
                        """
                        \(.number(report.incidentCount, .count, key: "incident_count")) in all; \
                        the journal's tables alerts and commands have every one.
                        """), .table(log),
                ])
        ]
    }

    var quality: [PageBlock] {
        var table = PageTable(
            "What was missing, late or strange",
            [.text("symbol"), .text("what"), .number("times"), .number("of")])
        for (index, entry) in figures.quality.enumerated() where entry.count > 0 {
            table.add(
                Phrase(entry.symbol), .code(entry.name),
                .number(Int(entry.count), .count, key: "quality.\(index).count"),
                entry.of.map { .number(Int($0), .count, key: "quality.\(index).of") } ?? .nothing)
        }
        if figures.quality.isEmpty {
            return [.note(.wait, "The run wrote no counts of its data's quality.")]
        }
        return table.rows.isEmpty
            ? [.paragraph("Every count of missing, late or strange data is zero.")]
            : [.table(table)]
    }

    var provenance: [PageBlock] {
        let provenance = report.provenance
        var inputs = PageTable(
            "Inputs, by their content",
            [.text("part"), .text("name"), .text("SHA-256, first digits")])
        for input in provenance.inputs {
            inputs.add(
                Phrase(input.kind), Phrase(input.name), .code(String(input.digest.prefix(16))))
        }
        var models = PageTable(
            "Models that served",
            [
                .text("symbol"), .text("role"), .text("model"), .number("version"),
                .text("loss"), .number("threshold"),
            ])
        for (index, model) in figures.models.enumerated() {
            let key = "models.\(index)"
            models.add(
                Phrase(model.symbol), Phrase(model.role), .code(model.name),
                .number(Int(model.version), .count, key: key + ".version"), Phrase(model.loss),
                model.threshold.map { .number($0, .score, key: key + ".threshold") }
                    ?? .missing("none was admissible, so it never buys", key: key + ".threshold"))
        }
        return [
            .facts([
                ("Run", .code(provenance.run)),
                (
                    "Rows",
                    .number(Int(provenance.rowCount), .count, key: "provenance.rows")
                ),
                (
                    "Seal",
                    provenance.footer.map { .code($0) }
                        ?? "none: the run waits for somebody to sign"
                ),
                ("Costs", costModel),
                ("Resampling", "seed \(.code(String(figures.context.seed)))"),
            ]),
            .table(models), .folded(title: "Digests of the inputs", [.table(inputs)]),
        ]
    }

    private var costModel: Phrase {
        guard let execution = report.provenance.scenario.execution else { return "no trading" }
        let cost = Phrase.number(
            execution.cost, .basisPointsOfFraction(), key: "provenance.execution.cost")
        return execution.costs == "flat"
            ? "fills at mid, \(cost) a round trip"
            : "fills on the \(execution.fills), a fee of \(cost) a leg, spread and slippage as found"
    }

    var limits: [PageBlock] {
        [
            .heading("What shadow shows"),
            .list([
                "What both models decide on the same bars, and what fills on recorded prices "
                    + "would have earned after the costs above.",
                "How well their probabilities fit what came true, and where they disagree.",
            ]),
            .heading("What it does not show"),
            .list([
                "Fills are on paper: an order here moves no market, waits in no queue and meets "
                    + "no outage.",
                "The window is one stretch of one market. Another regime may reverse the sign.",
                "There are no gates, no margin that was fixed beforehand and no correction for "
                    + "how often somebody looked. The intervals are of this look alone.",
                "A model that trades changes what is traded next; only a canary measures that.",
            ]),
        ]
    }
}
