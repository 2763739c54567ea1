import Pages
import Rollout
import Statistics

extension CanaryReport {
    /// Section 11.
    var leakageBlocks: [PageBlock] {
        var blocks: [PageBlock] = []
        if let found = leakage.found { blocks.append(.note(.fail, Phrase(found))) }
        for (index, check) in leakage.checks.enumerated() {
            blocks.append(.heading(check.name.words))
            switch check.result {
            case .present:
                let isMet = check.isMet == true
                blocks += [
                    .note(isMet ? .pass : .fail, isMet ? "Passed." : "Not passed."),
                    .table(table(check.tests, key: "leakage.checks.\(index).tests")),
                ]
            case .absent(let why):
                blocks.append(.note(check.isMet == false ? .fail : .neutral, Phrase(why)))
            }
            if let command = check.command { blocks.append(.command(command)) }
        }
        return blocks
    }

    private func table(_ tests: [Leakage.Test], key: String) -> PageTable {
        var table = PageTable(
            "Stress tests that preflight was shown",
            [
                .text("Report"), .text("Window, UTC"), .text("Verdict"),
                .number("F1 lost, whole window"), .number("F1 lost, around it"),
                .text("Why it does not count"),
            ])
        for (index, test) in tests.enumerated() {
            let key = "\(key).\(index)"
            table.add(
                .code(String(test.report.prefix(12))), Phrase(test.window.words),
                .badge(test.verdict.rawValue, test.verdict.tone),
                .optional(
                    test.lostOnWhole, .fixed(3), key: key + ".lost_on_whole",
                    reason: "F1 is undefined"),
                .optional(
                    test.lostAround, .fixed(3), key: key + ".lost_around",
                    reason: "F1 is undefined"),
                Phrase(
                    test.shortcomings.isEmpty
                        ? "it counts" : test.shortcomings.joined(separator: "; ")))
        }
        return table
    }

    /// Section 12.
    var multiplicityBlocks: [PageBlock] {
        var blocks: [PageBlock] = multiplicity.families.enumerated().map { index, family in
            .table(table(family, key: "multiplicity.families.\(index)"))
        }
        if blocks.isEmpty {
            blocks.append(
                .paragraph("No gate of the stage is a test; there is nothing to correct."))
        }
        blocks += [.table(attemptTable), .facts(spendingFacts)]
        return blocks
    }

    private func table(_ family: Multiplicity.Family, key: String) -> PageTable {
        var table = PageTable(
            "Family \(family.name), m = \(family.size)",
            [.text("Gate"), .number("p"), .number("p adjusted")])
        for (index, test) in family.tests.enumerated() {
            table.add(
                .code(test.gate),
                .value(test.rawP, .significant(2), key: "\(key).tests.\(index).raw_p"),
                .value(test.adjustedP, .significant(2), key: "\(key).tests.\(index).adjusted_p"))
        }
        return table
    }

    private var attemptTable: PageTable {
        var table = PageTable(
            "Attempts at this candidate",
            [
                .number("Attempt"), .text("Run"), .text("From, UTC"), .text("Closed, UTC"),
                .text("State"),
            ])
        for (index, attempt) in multiplicity.attempts.enumerated() {
            table.add(
                .number(attempt.number, .count, key: "multiplicity.attempts.\(index).number"),
                .code(attempt.runID), Phrase(UTC.minute(attempt.fromNs)),
                Phrase(attempt.closedNs.map { UTC.minute($0) } ?? "open"), .code(attempt.state))
        }
        return table
    }

    private var spendingFacts: [(term: String, Phrase)] {
        let format = NumberFormat.significant(2)
        return [
            (
                term: "Level of all attempts, one-sided",
                .number(multiplicity.alphaPlanned, format, key: "multiplicity.alpha_planned")
            ),
            (
                term: "Level of this attempt",
                .number(multiplicity.alpha, format, key: "multiplicity.alpha")
            ),
            (
                term: "Sharpe ratio per block",
                .value(multiplicity.sharpe, .fixed(3), key: "multiplicity.sharpe")
            ),
            (
                term: "Best by luck",
                .value(multiplicity.luckySharpe, .fixed(3), key: "multiplicity.lucky_sharpe")
            ),
            (
                term: "Deflated Sharpe ratio",
                .value(
                    multiplicity.deflatedSharpe, .fixed(3), key: "multiplicity.deflated_sharpe")
                    + reason(multiplicity.deflatedSharpeReason)
            ),
            (
                term: "Probability of overfitting",
                .value(multiplicity.overfitting, .fixed(3), key: "multiplicity.overfitting")
                    + reason(multiplicity.overfittingReason)
            ),
        ]
    }

    private func reason(_ text: String?) -> Phrase {
        text.map { Phrase(" (\($0))") } ?? .nothing
    }

    /// Section 13.
    var sensitivityBlocks: [PageBlock] {
        let format = NumberFormat.basisPointsOfFraction(1).signed
        var table = PageTable(
            "Difference in net expectancy per trade, with one choice changed",
            [
                .text("Changed"), .number("Difference"), .number("95 % interval"), .number("n"),
                .text("Expectancy gate"),
            ])
        for (index, row) in sensitivity.rows.enumerated() {
            let key = "sensitivity.rows.\(index).difference"
            table.add(
                Phrase(row.change.words), .value(row.difference, format, key: key),
                .limits(row.difference, format, key: key), .n(row.difference, key: key),
                row.verdict?.badge ?? Phrase(row.reason ?? "no verdict"))
        }
        return [
            .paragraph(.strong(sensitivity.summary) + "."),
            .paragraph(
                "The intervals shown resample UTC days. Half and double blocks change the paired "
                    + "line and the gate's own interval, and so nothing here but the verdict."),
            .table(table),
        ]
    }
}

extension StressTest.Verdict {
    fileprivate var tone: Tone {
        switch self {
        case .pass: .pass
        case .fail: .fail
        case .short: .wait
        }
    }
}

extension CanaryReport.Leakage.Name {
    fileprivate var words: String {
        switch self {
        case .purge0: "Training without the purge"
        case .purge10: "Training with ten times the purge"
        case .flashCrash: "Flash crash"
        case .step: "Step of the baseline"
        }
    }
}

extension CanaryReport.Sensitivity.Change {
    fileprivate var words: String {
        switch self {
        case .base: "nothing"
        case .slippageDouble: "slippage \u{00D7}2"
        case .feeHalf: "fee \u{00D7}0.5"
        case .feeDouble: "fee \u{00D7}2"
        case .entryAttribution: "trades belong to the block of their entry"
        case .blockHalf: "blocks of half the length"
        case .blockDouble: "blocks of twice the length"
        case .dropBestDay: "without the best day"
        case .dropWorstDay: "without the worst day"
        case .dropTopTrade: "without the best trade"
        }
    }
}
