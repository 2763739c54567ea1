import Pages
import Statistics

extension CanaryReport {
    /// Section 4.
    var sampleBlocks: [PageBlock] {
        var needs = PageTable(
            "Planned and actual", [.text("What"), .number("Planned"), .number("Actual")])
        for (index, need) in sample.needs.enumerated() {
            let key = "sample.needs.\(index)"
            needs.add(
                Phrase(need.name.rawValue.replacing("_", with: " ")),
                .number(need.planned, .count, key: key + ".planned"),
                .number(need.actual, .count, key: key + ".actual"))
        }
        return [.table(needs), .paragraph(detectablePhrase)] + parityBlocks + calendarBlocks
            + excludedBlocks
    }

    private var detectablePhrase: Phrase {
        "At the actual number of trades a difference of "
            + .value(
                sample.detectableReturn, .basisPointsOfFraction(1), key: "sample.detectable_return")
            + " per trade would be shown with a power of 80 %, one-sided at 5 % (Cohen's d "
            + .value(sample.detectableEffect, .fixed(2), key: "sample.detectable_effect") + ")."
    }

    private var parityBlocks: [PageBlock] {
        var table = PageTable(
            "Decisions of both models on the same bars",
            [.text("Symbol"), .number("Champion"), .number("Candidate"), .text("")])
        for (index, parity) in sample.parity.enumerated() {
            let key = "sample.parity.\(index)"
            let isEqual = parity.champion == parity.candidate
            table.add(
                "\(parity.symbol)", .number(parity.champion, .count, key: key + ".champion"),
                .number(parity.candidate, .count, key: key + ".candidate"),
                .badge(isEqual ? "equal" : "differ", isEqual ? .pass : .fail))
        }
        var blocks: [PageBlock] = [.table(table)]
        if !sample.hasParity {
            blocks.append(
                .note(
                    .fail,
                    "The models did not decide on the same bars: the comparison is invalid."))
        }
        if let journaled = sample.journaledCoveredNs, journaled != sample.coveredNs {
            blocks.append(
                .note(
                    .fail,
                    "The look covered \(.text(days: journaled, .fixed(3, unit: "days"))), the "
                        + "journal's rows \(.text(days: sample.coveredNs, .fixed(3, unit: "days"))): "
                        + "they are not what was looked at."))
        }
        return blocks
    }

    private var calendarBlocks: [PageBlock] {
        guard !sample.calendar.isEmpty else {
            return [.note(.neutral, "No day of the stage has been played yet.")]
        }
        let cells = sample.calendar.map { day in
            HeatMap.Cell(
                value: day.bars == 0 ? nil : Double(day.covered) / Double(day.bars),
                isMarked: day.covered < day.bars,
                text: "\(UTC.day(day.startNs)): \(day.covered) of \(day.bars) bars")
        }
        let map = HeatMap(
            columns: sample.calendar.map { UTC.monthDay($0.startNs) },
            rows: [(label: "covered, %", cells: cells)], bounds: [0.25, 0.5, 0.75, 0.999],
            .percent(0), mark: "something left out")
        let covered = sample.calendar.reduce(0) { $0 + $1.covered }
        let bars = sample.calendar.reduce(0) { $0 + $1.bars }
        return [
            .drawing(
                map.drawing(
                    id: "calendar", title: "Coverage by UTC day",
                    words:
                        "\(NumberFormat.count.text(covered)) of \(NumberFormat.count.text(bars)) "
                        + "bars count as evidence."))
        ]
    }

    private var excludedBlocks: [PageBlock] {
        guard !sample.excluded.isEmpty else {
            return [.paragraph("Nothing was left out.")]
        }
        var table = PageTable(
            "Left out",
            [.text("From"), .text("To"), .number("Bars"), .text("Reason"), .text("Symbols")])
        for (index, excluded) in sample.excluded.enumerated() {
            table.add(
                Phrase(UTC.minute(excluded.span.fromNs)), Phrase(UTC.minute(excluded.span.toNs)),
                .number(excluded.bars, .count, key: "sample.excluded.\(index).bars"),
                Phrase(excluded.reason.words),
                Phrase(excluded.symbols.isEmpty ? "all" : excluded.symbols.joined(separator: ", ")))
        }
        return [.folded(title: "Periods left out (\(sample.excluded.count))", [.table(table)])]
    }
}

extension CanaryReport.Sample.Reason {
    var words: String { rawValue.replacing("_", with: " ") }
}
