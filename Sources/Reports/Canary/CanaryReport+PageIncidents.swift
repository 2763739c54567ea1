import Pages
import Rollout
import Statistics

extension CanaryReport {
    /// Section 14.
    var incidentBlocks: [PageBlock] {
        guard !incidents.entries.isEmpty else {
            return [.paragraph("Nothing has happened yet.")]
        }
        var table = PageTable(
            "What happened",
            [
                .text("At, UTC"), .text("What"), .text("Name"), .text("Symbol"), .text("Severity"),
                .text("By"), .sentence("Detail"), .text("Runbook"),
            ])
        for entry in incidents.entries {
            table.add(
                Phrase(UTC.minute(entry.atNs)), Phrase(entry.kind.words),
                Phrase(entry.name),
                Phrase(entry.symbol ?? ""), Phrase(entry.severity ?? ""), Phrase(entry.by ?? ""),
                Phrase(entry.detail), entry.runbook.map { .code($0) } ?? "")
        }
        var blocks: [PageBlock] = [
            .drawing(timeLine),
            .folded(title: "All entries (\(incidents.entries.count))", [.table(table)]),
        ]
        if incidents.leftOut > 0 {
            blocks.append(
                .note(
                    .neutral,
                    "\(.number(incidents.leftOut, .count, key: "incidents.left_out")) entries of "
                        + "alerts are not listed."))
        }
        return blocks + alertCountBlocks
    }

    private var alertCountBlocks: [PageBlock] {
        guard !incidents.alerts.isEmpty else { return [] }
        var table = PageTable(
            "Changes of alerts in the evidence's range",
            [.text("Alert"), .text("Severity"), .text("State"), .number("Count")])
        for (index, alert) in incidents.alerts.enumerated() {
            table.add(
                .code(alert.alert), "\(alert.severity)", "\(alert.state)",
                .number(alert.count, .count, key: "incidents.alerts.\(index).count"))
        }
        return [.folded(title: "Alerts counted", [.table(table)])]
    }

    // MARK: - Time line

    private var timeLine: Drawing {
        let entries = incidents.entries
        // A rollout that was refused has no evidence, and so no range.
        let span = banner.evidence.toNs > banner.evidence.fromNs ? [banner.evidence] : []
        let first = (entries.map(\.atNs) + span.map(\.fromNs)).min() ?? 0
        let last = (entries.map(\.atNs) + span.map(\.toNs)).max() ?? 0
        let lanes = [
            TimeLine.Lane("stages", spans: stageSpans(until: last)),
            lane("looks, end", [.look, .signature, .end], .difference),
            lane("alerts", [.alert, .fault], .warn),
            lane("holds, rollbacks", [.hold, .flip, .rollback, .killSwitch], .limit),
            lane("commands", [.command, .waiver], .candidate),
        ]
        return TimeLine(
            range: first...max(last, first + 1),
            legend: [
                (.difference, "look, signature or end"), (.warn, "alert or fault"),
                (.limit, "hold, rollback or switch"), (.candidate, "command or waiver"),
            ], lanes
        ).drawing(
            id: "time-line", title: "Stages, alerts and commands",
            words: "\(entries.count) entries from \(UTC.minute(first)) to \(UTC.minute(last)) UTC.")
    }

    private func stageSpans(
        until last: Int64
    ) -> [(fromNs: Int64, untilNs: Int64, ink: Ink, text: String)] {
        let stages = incidents.entries.filter { $0.kind == .stage && $0.stage != nil }
        let end = incidents.entries.first { $0.kind == .end }?.atNs ?? last
        return stages.enumerated().map { index, entry in
            (
                fromNs: entry.atNs,
                untilNs: index + 1 < stages.count ? stages[index + 1].atNs : end,
                ink: index % 2 == 0 ? .champion : .candidate, text: entry.stage ?? ""
            )
        }
    }

    private func lane(_ label: String, _ kinds: [Incidents.Kind], _ ink: Ink) -> TimeLine.Lane {
        TimeLine.Lane(
            label,
            events: incidents.entries.filter { kinds.contains($0.kind) }.map { entry in
                (
                    ns: entry.atNs, ink: ink,
                    text: "\(UTC.minute(entry.atNs)) \(entry.name) \(entry.symbol ?? "")"
                )
            })
    }
}

extension CanaryReport.Incidents.Kind {
    fileprivate var words: String { rawValue.replacing("_", with: " ") }
}

extension CanaryReport.Incidents.Entry {
    /// The stage that it enters, with the day of the ramp; nil for an entry that enters none.
    fileprivate var stage: String? {
        guard name == "stage_entered" else { return nil }
        let values = detail.split(separator: " ").compactMap { word in
            word.split(separator: "=", maxSplits: 1).dropFirst().first
        }
        return values.isEmpty ? name : values.joined(separator: " ")
    }
}
