import Pages
import Statistics

extension CanaryReport {
    /// Section 8.
    var calibrationBlocks: [PageBlock] {
        [
            .table(calibrationTable),
            .columns(calibration.pooled.sides.map { [.drawing(reliability($0))] }),
            .columns([[.drawing(histogram)], [.drawing(sharpness)]]),
        ]
    }

    private var calibrationTable: PageTable {
        var table = PageTable(
            "Calibration error (ECE) against what chance alone makes of right probabilities",
            [
                .text("Symbols"), .text("Model"), .number("ECE, equal widths"),
                .number("95 % by chance"), .number("ECE, equal counts"), .number("95 % by chance"),
                .number("Sharpness"), .number("Brier"), .number("Rows"),
            ])
        let scopes =
            [(calibration.pooled, "calibration.pooled")]
            + calibration.symbols.enumerated().map { ($1, "calibration.symbols.\($0)") }
        for (scope, key) in scopes {
            for (index, side) in scope.sides.enumerated() {
                let key = "\(key).sides.\(index)"
                table.add(
                    Phrase(scope.symbol ?? "all"), Phrase(side.role.rawValue),
                    .value(side.error, .fixed(4), key: key + ".error"),
                    .value(side.band.upper, .fixed(4), key: key + ".band.upper"),
                    .value(side.massError, .fixed(4), key: key + ".mass_error"),
                    .value(side.massBand.upper, .fixed(4), key: key + ".mass_band.upper"),
                    .value(side.sharpness, .fixed(3), key: key + ".sharpness"),
                    .value(side.brier, .fixed(4), key: key + ".brier"),
                    .n(side.error, key: key + ".error"))
            }
            let difference = key + ".error_difference"
            let format = NumberFormat.fixed(4).signed
            table.add(
                Phrase(scope.symbol ?? "all"), "difference",
                .value(scope.errorDifference, format, key: difference),
                .limits(scope.errorDifference, format, key: difference),
                "", "", "", "", .n(scope.errorDifference, key: difference))
        }
        return table
    }

    private func reliability(_ side: Calibration.Side) -> Drawing {
        let ink: Ink = side.role == .champion ? .champion : .candidate
        let known = side.bins.filter { $0.count > 0 }
        let points = known.map { bin in
            let share = bin.outcomeShare ?? 0
            let limits = ClopperPearson(
                successes: Int((share * Double(bin.count)).rounded()), of: bin.count)
            return (
                x: bin.meanProbability ?? 0, y: share, low: limits.low, high: limits.high,
                text: NumberFormat.count.text(bin.count)
            )
        }
        let axis = Axis.number("mean probability of the bin", .fixed(1), range: 0...1)
        let rows = side.bins.reduce(0) { $0 + $1.count }
        return Plot(
            x: axis, y: .number("share that came true", .fixed(1), range: 0...1), height: 220,
            [
                .diagonal("probabilities that are right", .neutral),
                .intervals("bin with its count and 95 % interval", ink, points),
            ]
        ).drawing(
            id: "reliability-\(side.role.rawValue)", title: "Reliability, \(side.role.rawValue)",
            words: "\(NumberFormat.count.text(rows)) rows with a known label in "
                + "\(known.count) of \(side.bins.count) bins.")
    }

    private var histogram: Drawing {
        let marks = calibration.pooled.sides.map { side in
            let width = 1 / Double(max(1, side.histogram.count))
            return Plot.Mark.bars(
                side.role.rawValue, side.role == .champion ? .champion : .candidate,
                side.histogram.enumerated().map {
                    (from: Double($0) * width, to: Double($0 + 1) * width, y: Double($1))
                })
        }
        let counts = calibration.pooled.sides.map {
            "\($0.role.rawValue) \(NumberFormat.count.text($0.histogram.reduce(0, +)))"
        }
        return Plot(
            x: .number("probability of buy", .fixed(1), range: 0...1), y: .number("bars", .count),
            height: 220, marks
        ).drawing(
            id: "probabilities", title: "Probabilities given",
            words: "Bars with a probability: \(counts.joined(separator: ", ")).")
    }

    private var sharpness: Drawing {
        func points(_ figure: (Calibration.Day) -> Figure) -> [(x: Double, y: Double)] {
            calibration.sharpness.map { (x: Double($0.startNs), y: figure($0).value ?? .nan) }
        }
        return Plot(
            x: .time(), y: .number("mean of max(p, 1 \u{2212} p)", .fixed(2)),
            height: 220,
            [
                .line("champion", .champion, points(\.champion)),
                .line("candidate", .candidate, points(\.candidate)),
            ]
        ).drawing(
            id: "sharpness", title: "Sharpness by UTC day",
            words: "\(calibration.sharpness.count) days.")
    }
}
