import Pages
import Statistics

extension CanaryReport {
    /// Section 6: figures A, B and C.
    var figureBlocks: [PageBlock] {
        [
            .drawing(lineDrawing), .paragraph(linePhrase), .drawing(equityDrawing),
            .drawing(drawdownDrawing), .drawing(forestDrawing),
            .list(forest.definitions.map { Phrase($0) }),
        ]
    }

    // MARK: - Figure A

    private var lineDrawing: Drawing {
        let format = NumberFormat.basisPointsOfFraction(1)
        let limited = line.points.filter { $0.low != nil && $0.high != nil }
        var marks: [Plot.Mark] = shadePeriods
        marks += [
            .band(
                sequenceWords, .difference,
                limited.map { (x: Double($0.endNs), low: $0.low ?? 0, high: $0.high ?? 0) }),
            .level("margin \u{00B1}\(format.text(line.margin))", .limit, -line.margin),
            .level("", .limit, line.margin),
            .line(
                "running mean of the difference", .difference,
                line.points.map { (x: Double($0.endNs), y: $0.mean) }),
            .line(
                "one-sided limit that decides", .fourth,
                line.points.map { (x: Double($0.endNs), y: $0.lower ?? .nan) }),
        ]
        for (index, look) in line.looks.filter({ $0.kind == .look }).enumerated() {
            marks.append(.instant(index == 0 ? "look" : "", .neutral, Double(look.atNs)))
        }
        for (index, rollback) in line.rollbacks.enumerated() {
            marks.append(.instant(index == 0 ? "rollback" : "", .warn, Double(rollback.atNs)))
        }
        // Limits of the first blocks are far out and would flatten the rest.
        let reach =
            4 * max(line.margin, limited.last.map { max(-($0.low ?? 0), $0.high ?? 0) } ?? 0)
        let extent = line.points.reduce(reach) { max($0, 1.1 * $1.mean.magnitude) }
        return Plot(
            x: .time(),
            y: .number(
                "bps per block, candidate less champion", format, range: -extent...extent),
            height: 280, marks
        ).drawing(id: "figure-a", title: "A. Running difference", words: lineWords)
    }

    private var lineWords: Phrase {
        let format = NumberFormat.basisPointsOfFraction(1).signed
        return "After \(.n(line.mean, key: "line.mean")) blocks the mean is "
            + "\(.value(line.mean, format, key: "line.mean")) with limits "
            + "\(.limits(line.mean, format, key: "line.mean")) that hold at all looks together. "
            + "Limits beyond the figure's edge are cut off."
    }

    private var linePhrase: Phrase {
        let needed = line.blocksNeeded.map {
            " As things are, it would be non-inferior at "
                + .number($0, .count, key: "line.blocks_needed") + " blocks."
        }
        return "Conclusion: \(.code(line.conclusion.rawValue)). Planned: "
            + "\(.number(line.plannedBlocks, .count, key: "line.planned_blocks")) blocks, at least "
            + "\(.number(line.blocksMin, .count, key: "line.blocks_min")). One-sided level "
            + "\(.number(line.alpha, .significant(2), key: "line.alpha")). Autocorrelation "
            + "\(.value(line.autocorrelation, .fixed(2), key: "line.autocorrelation")); the blocks "
            + "are worth "
            + "\(.value(line.effectiveBlocks, .fixed(1), key: "line.effective_blocks"))."
            + (needed ?? "")
    }

    // MARK: - Figure B

    private var shadePeriods: [Plot.Mark] {
        var named: [Sample.Reason] = []
        return equity.shades.map { shade in
            let isFirst = !named.contains(shade.reason)
            if isFirst { named.append(shade.reason) }
            return .period(
                isFirst ? shade.reason.words : "", shade.reason == .hold ? .warn : .neutral,
                from: Double(shade.span.fromNs), to: Double(shade.span.toNs))
        }
    }

    private var equityDrawing: Drawing {
        let format = NumberFormat.percent(1)
        let lines = equity.series.map { series in
            Plot.Mark.step(
                series.ledger.rawValue, series.ledger.ink, points(series.values.map { $0 - 1 }))
        }
        let words = equity.series.enumerated().reduce(
            Phrase("In the end ")
        ) { phrase, item in
            let end = item.element.values.last.map { format.signed.text($0 - 1) }
            return phrase + (item.offset == 0 ? "" : ", ")
                + "\(item.element.ledger.rawValue) \(end ?? NumberFormat.dash)"
        }
        return Plot(
            x: .time(), y: .number("net return on equity, %", format.signed), shadePeriods + lines
        ).drawing(id: "figure-b", title: "B. Equity, marked to market", words: words + ".")
    }

    private var drawdownDrawing: Drawing {
        let lines = equity.series.map { series in
            Plot.Mark.step(
                series.ledger.rawValue, series.ledger.ink, points(series.drawdowns.map { -$0 }))
        }
        let words = equity.series.enumerated().reduce(Phrase("The largest is ")) { phrase, item in
            phrase + (item.offset == 0 ? "" : ", ")
                + .value(
                    item.element.maxDrawdown, .percent(2),
                    key: "equity.series.\(item.offset).max_drawdown")
                + " (\(item.element.ledger.rawValue))"
        }
        return Plot(
            x: .time(), y: .number("below the highest mark, %", .percent(1)), height: 150,
            shadePeriods + lines
        ).drawing(id: "drawdown", title: "Drawdown", words: words + ".")
    }

    private func points(_ values: [Double]) -> [(x: Double, y: Double)] {
        zip(equity.closesNs, values).map { (x: Double($0), y: $1) }
    }

    // MARK: - Figure C

    private var forestDrawing: Drawing {
        let format = NumberFormat.basisPointsOfFraction(1).signed
        let rows = forest.rows.map { row in
            let interval = row.difference.interval
            let value = row.difference.value
            let note =
                value.map { value in
                    let limits = interval.map {
                        " [\(format.bare.text($0.low)), \(format.bare.text($0.high))]"
                    }
                    return format.bare.text(value) + (limits ?? "") + ", n = \(row.difference.n)"
                } ?? row.difference.reason?.text ?? ""
            return ForestPlot.Row(
                row.label, value: value, low: interval?.low ?? value ?? 0,
                high: interval?.high ?? value ?? 0, note: note, isWhole: row.kind == .pooled)
        }
        let words = forest.rows.enumerated().reduce(Phrase("Mean difference per block: ")) {
            phrase, item in
            let key = "forest.rows.\(item.offset).difference"
            return phrase + (item.offset == 0 ? "" : "; ") + "\(item.element.label) "
                + .value(item.element.difference, format, key: key) + " "
                + .limits(item.element.difference, format, key: key)
        }
        return ForestPlot(
            axis: .number("bps per block, candidate less champion", format),
            references: marginReferences, rows
        ).drawing(id: "figure-c", title: "C. By symbol and regime", words: words + ".")
    }
}
