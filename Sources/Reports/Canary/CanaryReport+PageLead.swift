import Pages
import Rollout
import Statistics

extension CanaryReport {
    /// What must be on the first screen: the verdict, what is awaited from whom, the difference with
    /// its interval, the gates that decide and the next command.
    var lead: [PageBlock] {
        var left: [PageBlock] = [.facts(leadFacts)]
        for step in banner.next.prefix(1) { left.append(.command(step.command)) }
        if !gates.rows.isEmpty { left.append(.table(decisiveTable)) }
        return [
            .banner(banner.verdict.tone, title: bannerTitle, Phrase(banner.verdictText)),
            .columns([left, [.drawing(leadDrawing)]]),
        ]
    }

    private var bannerTitle: String {
        "\(banner.verdict.word) \u{00B7} \(banner.stage.rawValue)"
    }

    private var leadFacts: [(term: String, Phrase)] {
        [
            (term: "Awaited", awaitedPhrase), (term: "Difference", differencePhrase),
            (term: "Gates", gateCounts),
        ]
    }

    /// Who has to do what, in one sentence.
    var awaitedPhrase: Phrase {
        guard let awaited = signOff.awaited else {
            // Of a rollout that has ended nothing would change the verdict.
            guard !banner.changes.isEmpty, let next = banner.next.first else {
                return "Nothing: the rollout stands at \(.code(banner.state))."
            }
            return Phrase(next.purpose)
        }
        let names = signOff.operators.map { $0.isAuthor ? "\($0.name) (author)" : $0.name }
        let who = names.isEmpty ? "an operator" : names.joined(separator: " or ")
        let until = signOff.expiresNs.map { ", until \(UTC.minute($0)) UTC" } ?? ""
        return "A sign-off or refusal of \(.strong(awaited)) by \(who)\(until)."
    }

    /// The running difference with its interval and margin.
    var differencePhrase: Phrase {
        let format = NumberFormat.basisPointsOfFraction(1).signed
        return
            "\(.value(line.mean, format, key: "line.mean")) per block, \(sequenceWords) "
            + "\(.limits(line.mean, format, key: "line.mean")), "
            + "n = \(.n(line.mean, key: "line.mean")); margin "
            + "\(.number(line.margin, .basisPointsOfFraction(1), key: "line.margin"))"
    }

    /// `97.5 % confidence sequence`: what this attempt may spend of all attempts' level.
    var sequenceWords: String {
        line.level + " confidence sequence"
    }

    /// `9 pass, 1 inconclusive`: every status that occurs.
    var gateCounts: Phrase {
        guard !gates.rows.isEmpty else { return "none measured yet" }
        return Gates.Status.allCases.filter { gates.count($0) > 0 }.enumerated()
            .reduce(Phrase.nothing) { phrase, item in
                phrase + (item.offset == 0 ? "" : "  ")
                    + .badge("\(gates.count(item.element)) \(item.element.word)", item.element.tone)
            }
    }

    /// Those that stand between the candidate and the next stage, or come nearest to it.
    var decisiveGates: [(index: Int, row: Gates.Row)] {
        let decides: (Gates.Row) -> Bool = { $0.status != .dryRun && $0.status != .waived }
        let all = gates.rows.enumerated().map { (index: $0.offset, row: $0.element) }
        let open = all.filter { decides($0.row) && $0.row.status != .pass }
        let passed = all.filter { decides($0.row) && $0.row.status == .pass }
        return Array((open + passed).prefix(3))
    }

    private var decisiveTable: PageTable {
        var table = PageTable(
            "Gates nearest to failing",
            [.text("Gate"), .text("Status"), .number("Estimate"), .number("Threshold")])
        for (index, row) in decisiveGates {
            let key = "gates.rows.\(index)"
            table.add(
                row.name, .badge(row.status.word, row.status.tone),
                .value(row.estimate, row.kind.format, key: key + ".estimate"),
                "\(row.kind.sideWords) "
                    + .number(row.threshold, row.kind.format, key: key + ".threshold"))
        }
        return table
    }

    /// The difference against its margin at a glance.
    private var leadDrawing: Drawing {
        let format = NumberFormat.basisPointsOfFraction(1).signed
        let note = line.mean.interval.map {
            "\(format.bare.text(line.mean.value ?? 0)) [\(format.bare.text($0.low)), "
                + "\(format.bare.text($0.high))]"
        }
        let row = ForestPlot.Row(
            "All", value: line.mean.value, low: line.mean.interval?.low ?? line.mean.value ?? 0,
            high: line.mean.interval?.high ?? line.mean.value ?? 0,
            note: note ?? line.mean.reason?.text ?? "no interval yet", isWhole: true)
        return ForestPlot(
            axis: .number("bps per block, candidate less champion", format),
            references: marginReferences, [row]
        ).drawing(
            id: "lead-difference", title: "Candidate less champion, so far",
            words: "The diamond is the mean; the line is its \(sequenceWords).")
    }

    /// The lines that a difference is judged by.
    var marginReferences: [(label: String, ink: Ink, value: Double)] {
        let margin = NumberFormat.basisPointsOfFraction(1).signed.text(-line.margin)
        return [
            (label: "margin \(margin)", ink: .limit, value: -line.margin),
            (label: "zero", ink: .neutral, value: 0),
        ]
    }

    /// Section 1.
    var bannerBlocks: [PageBlock] {
        var facts: [(term: String, Phrase)] = [
            (term: "Verdict", .badge(banner.verdict.word, banner.verdict.tone)),
            (term: "Stage", "\(banner.stage.rawValue), now at \(.code(banner.state))"),
            (term: "Symbols", Phrase(banner.symbols.joined(separator: ", "))),
            (term: "Evidence", Phrase(banner.evidence.words)),
            (term: "Covered", coveredPhrase),
            (
                term: "Extensions",
                "\(.number(banner.extensionsUsed, .count, key: "banner.extensions_used")) of "
                    + .number(banner.extensionsMax, .count, key: "banner.extensions_max")
            ),
            (term: "Attempt", .number(banner.attempt, .count, key: "banner.attempt")),
            (term: "Plan", "\(banner.plan), profile \(.code(banner.profile.rawValue))"),
        ]
        if let seedStrict = banner.seedStrict, let guarded = banner.guarded {
            facts.append(
                (
                    term: "Both profiles",
                    "seedStrict \(seedStrict.badge), guarded \(guarded.badge)"
                        + (banner.profilesDiffer.isEmpty
                            ? ""
                            : "; they differ on \(banner.profilesDiffer.joined(separator: ", "))")
                ))
        }
        facts += [
            (term: "Run", .code(banner.runID)),
            (term: "Candidate", .code("\(banner.candidateDigest)")),
            (term: "Policy", .code("\(banner.policyDigest)")),
            (
                term: "Evidence digest",
                banner.evidenceDigest.map { .code("\($0)") } ?? "none: the stage has no look yet"
            ),
        ]
        var blocks: [PageBlock] = [.facts(facts)]
        blocks.append(.heading("What would change this verdict"))
        blocks.append(
            banner.changes.isEmpty
                ? .paragraph("Nothing: the rollout has ended.")
                : .list(banner.changes.map { Phrase($0) }))
        if !banner.next.isEmpty {
            blocks.append(.heading("What to do next"))
            for step in banner.next {
                blocks += [.paragraph(Phrase(step.purpose)), .command(step.command)]
            }
        }
        return blocks
    }

    private var coveredPhrase: Phrase {
        let format = NumberFormat.fixed(1, unit: "days")
        return
            "\(.text(days: banner.coveredNs, format)) of \(.text(days: banner.plannedNs, format)) "
            + "planned"
    }
}

extension Phrase {
    /// A length of time; the JSON has it in another unit, so it carries no key.
    static func text(days ns: Int64, _ format: NumberFormat) -> Phrase {
        Phrase(format.text(days(ns)))
    }
}
