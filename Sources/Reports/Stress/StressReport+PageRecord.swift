import Market
import Pages
import Scenarios
import Statistics

// What was paid, rejected, raised and missing; where it comes from, and what it does not show.

extension StressPage {
    private var sides: [(name: String, side: StressReport.Side)] {
        [("stressed", report.stressed), ("unstressed", report.unstressed)]
    }

    var earnings: [PageBlock] {
        guard let judged = report.judged else { return [] }
        var table = PageTable(
            "Means in bps of entry notional",
            [
                .text("part"), .number("stressed [95 %]"), .number("unstressed [95 %]"),
                .number("difference [95 %]"),
            ])
        let below = "total.ledgers.\(ledger).costs."
        for ((own, other), difference) in zip(
            zip(judged.stressed.costs, judged.unstressed.costs), report.differences.costs)
        {
            let key = below + "\(own.name.rawValue).mean_bps"
            let format = NumberFormat.fixed(1)
            table.add(
                Phrase(own.name.rawValue),
                .figure(own.meanBps, format, key: "stressed." + key, reason: own.reason),
                .figure(other.meanBps, format, key: "unstressed." + key, reason: other.reason),
                .figure(
                    difference.meanBps, format.signed,
                    key: "difference.costs.\(own.name.rawValue).mean_bps"))
        }
        return [
            .paragraph(
                "Costs are taken from gross; net is what is left. Both runs paid on their own books."
            ), .table(table),
        ]
    }

    var orders: [PageBlock] {
        var table = PageTable(
            "Orders of the \(ledger)",
            [
                .text("run"), .number("filled"), .number("in part"), .number("rejected"),
                .text("why"), .number("stops"), .number("beyond"), .number("mean, bps [95 %]"),
                .number("worst, bps"),
            ])
        for (name, side) in sides {
            guard
                let ledger = side.figures.total.ledgers.first(where: {
                    $0.ledger.rawValue == self.ledger
                })
            else { continue }
            let key = "\(name).total.ledgers.\(self.ledger).orders"
            let stop = side.beyondStop
            table.add(
                Phrase(name), .number(ledger.orders.filled, .count, key: key + ".filled"),
                .number(ledger.orders.partial, .count, key: key + ".partial"),
                .number(ledger.orders.rejected, .count, key: key + ".rejected"),
                words(ledger.orders.reasons, key + ".reasons"),
                .number(stop.stops, .count, key: name + ".beyond_stop.stops"),
                .number(stop.count, .count, key: name + ".beyond_stop.count"),
                .figure(stop.meanBps, .fixed(1), key: name + ".beyond_stop.mean_bps"),
                .value(stop.worstBps, .fixed(1), key: name + ".beyond_stop.worst_bps"))
        }
        return [
            .paragraph(
                "A stop is filled at what the market offers once it is past the level; beyond are "
                    + "those that got less than the level by a price unit or more."), .table(table),
        ]
    }

    private func words(_ counts: [WordCount], _ key: String) -> Phrase {
        guard !counts.isEmpty else { return "none" }
        return counts.enumerated().reduce(Phrase.nothing) { phrase, item in
            let (index, count) = item
            return phrase + (index == 0 ? "" : ", ") + Phrase(count.word + " ")
                + .number(count.count, .count, key: "\(key).\(count.word)")
        }
    }

    var response: [PageBlock] {
        var table = PageTable(
            "From the start to the first alert of level act; from the end until all is as it was",
            [
                .text("injection"), .text("symbol"), .text("from, UTC"), .text("to, UTC"),
                .number("detected after"), .text("by"), .number("recovered after"), .text("last"),
            ])
        for (index, (span, response)) in zip(report.spans, report.responses).enumerated() {
            table.add(
                Phrase(report.injections[span.injection].kind.rawValue), Phrase(span.symbol),
                Phrase(UTC.minute(span.startNs)), Phrase(UTC.minute(span.endNs)),
                delay(response.detect, "responses.\(index).detect"), by(response.detect),
                delay(response.recover, "responses.\(index).recover"), by(response.recover))
        }
        return [
            .paragraph(
                """
                Only what the twin did not raise at the same instant counts: the rest would have \
                come anyway. Recovered is when the last of the alerts that were raised around the \
                injection was over and every feature had a value wherever it has one in the twin.
                """), .table(table),
        ]
    }

    private func delay(_ delay: StressReport.Response.Delay, _ key: String) -> Phrase {
        guard let text = delay.text else {
            return .missing(delay.reason ?? "", key: key + ".seconds")
        }
        return Phrase(text)
    }

    private func by(_ delay: StressReport.Response.Delay) -> Phrase {
        switch delay {
        case .known(_, let name): .code(name)
        case .unknown(let reason): Phrase(reason)
        }
    }

    var alerts: [PageBlock] {
        var blocks: [PageBlock] = []
        for (name, side) in sides {
            let own = side.alerts.enumerated().filter { !$0.element.isShared }
            let counts = side.alertCounts
            func count(_ value: Int, _ key: String) -> Phrase {
                .number(value, .count, key: "\(name).alert_counts.\(key)")
            }
            blocks.append(
                .paragraph(
                    """
                    The \(name) run raised \(count(counts.raised, "raised")) alerts, \
                    \(count(counts.act, "act")) of them of level act; \
                    \(count(counts.alone, "alone")) and \(count(counts.actAlone, "act_alone")) \
                    of these the other run did not.
                    """))
            guard !own.isEmpty else { continue }
            var table = PageTable(
                "Alerts of the \(name) run alone",
                [
                    .text("fired, UTC"), .text("alert"), .text("level"), .text("symbol"),
                    .text("ended, UTC"), .text("how"), .text("detail"),
                ])
            for (_, alert) in own.prefix(Self.alertsMax) {
                table.add(
                    Phrase(UTC.minute(alert.firedNs)), .code(alert.name),
                    Phrase(alert.isAct ? "act" : "warn"), Phrase(alert.symbol ?? "all"),
                    Phrase(alert.endedNs.map { UTC.minute($0) } ?? "still fires"),
                    Phrase(alert.ending ?? ""), Phrase(alert.detail))
            }
            let title =
                own.count > Self.alertsMax ? "The first \(Self.alertsMax) of them" : "All of them"
            blocks.append(.folded(title: title, [.table(table)]))
        }
        return blocks + [.paragraph(kills)]
    }

    /// More than these are read in the JSON.
    private static let alertsMax = 200

    private var kills: Phrase {
        let thrown = report.stressed.kills.filter { $0.name == "kill" }
        guard !thrown.isEmpty else { return "No kill switch was thrown." }
        return Phrase(
            "Kill switches thrown: "
                + thrown.map { "\(UTC.minute($0.atNs)) \($0.detail)" }.joined(separator: "; "))
    }

    var health: [PageBlock] {
        var table = PageTable(
            "Bars of the \(ledger)",
            [
                .text("run"), .text("symbol"), .number("bars"), .number("missing"),
                .number("a feature without a value"), .number("fallback decided"),
                .number("paused"), .number("halted"),
            ])
        for (name, side) in sides {
            for (index, each) in side.health.enumerated() {
                let key = "\(name).health.\(index)."
                table.add(
                    Phrase(index == 0 ? name : ""), Phrase(each.symbol),
                    .number(each.bars, .count, key: key + "bars"),
                    .number(each.missing, .count, key: key + "missing"),
                    .number(each.nan, .count, key: key + "nan"),
                    .number(each.substituted, .count, key: key + "substituted"),
                    .number(each.paused, .count, key: key + "paused"),
                    .number(each.halted, .count, key: key + "halted"))
            }
        }
        return [.table(table)]
    }

    var provenance: [PageBlock] {
        var runs: [(term: String, Phrase)] = []
        for (name, side) in sides {
            runs.append((term: name, .code(side.provenance.run)))
            runs.append(
                (
                    term: "\(name), rows",
                    .number(
                        Int(side.provenance.rowCount), .count, key: name + ".provenance.rows")
                ))
        }
        var inputs = PageTable(
            "Inputs of both runs, by their content",
            [.text("part"), .text("name"), .text("SHA-256, first digits")])
        for input in report.stressed.provenance.inputs {
            inputs.add(
                Phrase(input.kind), Phrase(input.name), .code(String(input.digest.prefix(16))))
        }
        return [.facts(runs), .folded(title: "Digests of the inputs", [.table(inputs)])]
    }

    var limits: [PageBlock] {
        [
            .list([
                "What is injected is a shape, not history: real crashes come with news, outages and "
                    + "other traders, of which the tape has none.",
                "Labels and fills are those of the stressed path; no order moves any market.",
                "Both runs see equal data until the first injection, so what differs is its doing. "
                    + "Of several in one file only the order in time tells which did what.",
                "One model on one stretch of one market: another window is another test.",
            ])
        ]
    }
}
