import Market
import Pages

// The figure: what the market did, what it cost, and who noticed.

extension StressPage {
    var path: [PageBlock] {
        let shown = StressReport.shown(report.spans, in: report.window)
        let range = shown.startNs...shown.endNs
        var panels: [TimePanels.Panel] = []
        var words: Phrase
        switch report.prices {
        case .absent(let reason):
            words = "There are no prices: \(reason). "
        case .read(let symbol, let points):
            panels.append(
                TimePanels.Panel(
                    y: .number("price of \(symbol)", .significant(4)),
                    [
                        .line(
                            "unstressed", .champion,
                            points.map { (Double($0.atNs), $0.unstressed ?? .nan) }),
                        .line(
                            "stressed", .candidate,
                            points.map { (Double($0.atNs), $0.stressed ?? .nan) }),
                    ]))
            words = "Above, \(symbol) as it was traded and as the stressed run met it. "
        }
        panels.append(
            TimePanels.Panel(
                y: .number("equity of the \(ledger)", .count),
                [
                    .step("unstressed", .champion, equity(report.unstressed, range)),
                    .step("stressed", .candidate, equity(report.stressed, range)),
                ]))
        words =
            words + "The \(ledger)'s equity over all symbols; then the alerts of both runs, those "
            + "that only one raised as crosses and triangles."
        let periods = report.spans.map { (fromNs: $0.startNs, untilNs: $0.endNs) }
        let drawing = TimePanels(
            range: range, periods: distinct(periods), shaded: "injected", panels,
            lanes: [
                lane("alerts, stressed", report.stressed, range),
                lane("alerts, unstressed", report.unstressed, range),
            ],
            legend: [
                (.limit, "act, in this run alone"), (.warn, "warn, in this run alone"),
                (.neutral, "in both"),
            ]
        ).drawing(id: "path-figure", title: "Prices, equity and alerts", words: words)
        return [.list(report.injections.map { Phrase($0.words) }), .drawing(drawing)]
    }

    private func equity(
        _ side: StressReport.Side, _ range: ClosedRange<Int64>
    ) -> [(x: Double, y: Double)] {
        side.equity.filter { range.contains($0.closeNs) }.map { (Double($0.closeNs), $0.value) }
    }

    private func lane(
        _ label: String, _ side: StressReport.Side, _ range: ClosedRange<Int64>
    ) -> TimeLine.Lane {
        let shown = side.alerts.filter { range.contains($0.firedNs) }
        // What both raised lies beneath what tells them apart.
        let ordered = shown.filter(\.isShared) + shown.filter { !$0.isShared }
        return TimeLine.Lane(
            label,
            events: ordered.map { alert in
                (
                    ns: alert.firedNs,
                    ink: alert.isShared ? .neutral : alert.isAct ? .limit : .warn,
                    text: "\(UTC.minute(alert.firedNs)) \(alert.name) \(alert.symbol ?? "")"
                )
            })
    }

    /// Symbols that meet an injection together are shaded once.
    private func distinct(
        _ periods: [(fromNs: Int64, untilNs: Int64)]
    ) -> [(fromNs: Int64, untilNs: Int64)] {
        var found: [(fromNs: Int64, untilNs: Int64)] = []
        for period in periods where !found.contains(where: { $0 == period }) {
            found.append(period)
        }
        return found
    }
}
