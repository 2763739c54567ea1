import Pages
import Rollout
import Statistics

extension CanaryReport {
    /// Section 2.
    var gateBlocks: [PageBlock] {
        var blocks: [PageBlock] = []
        switch gates.source {
        case .look:
            let at = gates.atNs.map { " at \(UTC.minute($0)) UTC" } ?? ""
            blocks.append(.paragraph("From the look that decides\(at). Nearest to failing first."))
        case .measurement:
            let at = gates.atNs.map { " of \(UTC.minute($0)) UTC" } ?? ""
            blocks.append(
                .note(
                    .neutral, "From the daily measurement\(at). It decides nothing: no look yet."))
        case .none:
            blocks.append(.note(.neutral, "The stage has neither a look nor a measurement yet."))
        }
        guard !gates.rows.isEmpty else { return blocks }
        var table = PageTable(
            "Gates of the stage",
            [
                .text("Gate"), .text("Status"), .number("Estimate"), .number("Interval"),
                .number("Threshold"), .number("Distance"), .number("n (effective)"),
                .number("p (adjusted)"), .text("seedStrict"), .text("guarded"),
                .sentence("Estimand and clause"),
            ])
        for (index, row) in gates.rows.enumerated() { table.add(cells(row, index)) }
        blocks.append(.table(table))
        let notes = gates.rows.enumerated().flatMap { index, row in noteCells(row, index) }
        if !notes.isEmpty {
            var table = PageTable(
                "What the gates noted besides", [.text("Gate"), .text("Figure"), .number("Value")])
            for note in notes { table.add(note) }
            blocks.append(.folded(title: "Notes of the gates", [.table(table)]))
        }
        return blocks
    }

    private func cells(_ row: Gates.Row, _ index: Int) -> [Phrase] {
        let key = "gates.rows.\(index)"
        let format = row.kind.format
        let interval =
            row.guardInterval.map { .limits($0, format, key: key + ".guard_interval") }
            ?? Phrase.limits(row.estimate, format, key: key + ".estimate")
        return [
            row.name, .badge(row.status.word, row.status.tone),
            .value(row.estimate, format, key: key + ".estimate"), interval,
            "\(row.kind.sideWords) "
                + .number(row.threshold, format, key: key + ".threshold"),
            .optional(
                row.distance, format.signed, key: key + ".distance", reason: "no estimate"),
            counts(row, key), tested(row, key), row.seedStrict.badge, row.guarded.badge,
            "\(row.estimand). \(row.clause)",
        ]
    }

    /// `42 (33.2)`: the values and what they are worth.
    private func counts(_ row: Gates.Row, _ key: String) -> Phrase {
        let count = Phrase.n(row.estimate, key: key + ".estimate")
        guard let effective = row.effectiveCount else { return count }
        return "\(count) (\(.value(effective, .fixed(1), key: key + ".n_eff")))"
    }

    /// `0.004 (0.02)`: the raw p and the adjusted one.
    private func tested(_ row: Gates.Row, _ key: String) -> Phrase {
        let format = NumberFormat.significant(2)
        guard let raw = row.rawP else { return .missing("no test", key: key + ".raw_p") }
        let shown = Phrase.value(raw, format, key: key + ".raw_p")
        guard let adjusted = row.adjustedP else { return shown }
        return "\(shown) (\(.value(adjusted, format, key: key + ".adjusted_p")))"
    }

    private func noteCells(_ row: Gates.Row, _ index: Int) -> [[Phrase]] {
        row.notes.map { note in
            [
                row.name, Phrase(note.name),
                .value(
                    note.figure, .significant(4), key: "gates.rows.\(index).notes.\(note.name)"),
            ]
        }
    }

    /// Section 3.
    var provenanceBlocks: [PageBlock] {
        var inputs = PageTable(
            "What went in", [.text("Kind"), .text("Name"), .text("SHA-256")])
        for input in provenance.inputs {
            inputs.add("\(input.kind)", .code(input.name), .code("\(input.digest)"))
        }
        var models = PageTable(
            "Models asked",
            [.text("Symbol"), .text("Role"), .text("Model"), .text("Loss"), .number("Threshold")])
        for (index, model) in provenance.models.enumerated() {
            models.add(
                "\(model.symbol)", "\(model.role)", .code("\(model.name) v\(model.version)"),
                "\(model.loss)",
                .optional(
                    model.threshold, .fixed(3), key: "provenance.models.\(index).threshold",
                    reason: "does not trade"))
        }
        return [
            .table(inputs), .table(models),
            .facts([
                (term: "Strategy", Phrase(provenance.strategy)),
                (term: "Costs", Phrase(provenance.costModel)),
                (
                    term: "Results version",
                    .number(provenance.resultsVersion, .count, key: "provenance.results_version")
                ),
                (
                    term: "Contract mismatches",
                    .number(provenance.contractAlerts, .count, key: "provenance.contract_alerts")
                ),
                (term: "Seed of all draws", .code(String(provenance.seed))),
                (term: "Plan", .code("\(provenance.planDigest)")),
                (term: "Rollout", .code("\(provenance.rolloutDigest)")),
                (
                    term: "Journal",
                    "\(.number(Int(provenance.rowCount), .count, key: "provenance.rows")) rows, "
                        + "chain ends at \(.code(provenance.chainTip))"
                ),
                (
                    term: "Footer",
                    provenance.footer.map { .code($0) } ?? "none: the run waits for a signature"
                ),
            ]),
        ] + policyBlocks
    }

    private var policyBlocks: [PageBlock] {
        guard !provenance.policyChanges.isEmpty else {
            return [
                .paragraph(
                    "Plan against the last attempt: "
                        + Phrase(provenance.policyChangesReason ?? "no field differs") + ".")
            ]
        }
        var table = PageTable(
            "Fields of the plan that differ from the last attempt",
            [.text("Field"), .text("Before"), .text("Now")])
        for change in provenance.policyChanges {
            table.add(.code(change.field), .code(change.before), .code(change.after))
        }
        return [.table(table)]
    }
}

extension CanaryReport.Gates.Row {
    /// The gate's id, with its symbol where it has one.
    var name: Phrase {
        symbol.map { "\(.code(kind.rawValue)) \($0)" } ?? .code(kind.rawValue)
    }
}
