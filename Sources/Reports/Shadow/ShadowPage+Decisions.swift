import Market
import Pages
import Statistics

// What was decided, and how well the probabilities fit what came true.

extension ShadowPage {
    var decisions: [PageBlock] {
        var table = PageTable(
            "Decisions against labels, all symbols",
            [
                .text("role"), .number("BUY"), .number("no"), .number("paused"),
                .number("missing"), .number("halted"), .number("labelled"),
                .number("BUY labels %"), .number("precision"), .number("recall"),
                .number("F1 macro"),
            ])
        for role in figures.total.roles {
            let key = "total.roles.\(role.role.rawValue)"
            let actions = role.actions.map { action in
                Phrase.number(action.count, .count, key: "\(key).actions.\(action.word)")
            }
            table.add(
                [Phrase(role.role.rawValue)] + actions + [
                    .number(role.confusion.count, .count, key: key + ".bars"),
                    .value(role.baseRate, .percentBare, key: key + ".base_rate"),
                    .value(
                        role.confusion.precision(.buy), .score,
                        key: key + ".classes.buy.precision"),
                    .value(
                        role.confusion.recall(.buy), .score, key: key + ".classes.buy.recall"),
                    .value(role.f1BuyMacro, .score, key: key + ".f1_buy_macro"),
                ])
        }
        guard let disagreement = report.disagreement else { return [.table(table), noCandidate] }
        return [.table(table)] + self.disagreement(disagreement)
    }

    private func disagreement(_ value: ShadowReport.Disagreement) -> [PageBlock] {
        func count(_ count: Int, _ name: String) -> Phrase {
            .number(count, .count, key: "disagreement." + name)
        }
        var matrix = PageTable(
            "Bars on which both could tell",
            [.text("champion"), .number("candidate BUY"), .number("candidate no")])
        matrix.add(
            "BUY", count(value.bothBuy, "both_buy"), count(value.championOnly, "champion_only"))
        matrix.add(
            "no", count(value.candidateOnly, "candidate_only"), count(value.neither, "neither"))
        var trades = PageTable(
            "Trades by what the other said of the bar that began them",
            [
                .text("ledger"), .text("the other"), .number("trades"),
                .number("net, bps [95 %]"),
            ])
        for group in value.trades {
            let key = "disagreement.trades." + group.name
            trades.add(
                Phrase(group.ledger.rawValue), group.otherBuys ? "would buy too" : "would not",
                .n(group.expectancyNet, key: key),
                .figure(group.expectancyNet, .signedBps, key: key))
        }
        return [
            .heading("Where they part"),
            .paragraph(
                """
                A difference of two models lives where they disagree. On \
                \(count(value.undecided, "undecided")) bars one of them could not tell; those \
                count for neither.
                """),
            .table(matrix), .table(trades),
        ]
    }

    var calibration: [PageBlock] {
        var table = PageTable(
            "Calibration, all symbols",
            [
                .text("role"), .number("bars"), .number("ECE"), .number("Brier [95 %]"),
                .number("sharpness"),
            ])
        var marks: [Plot.Mark] = [.diagonal("as predicted", .neutral)]
        var words: [Phrase] = []
        for (role, probabilities) in zip(figures.total.roles, report.probabilities) {
            let name = role.role.rawValue
            let ink: Ink = role.role == .champion ? .champion : .candidate
            table.add(
                Phrase(name), .n(role.calibrationError, key: "total.roles.\(name).ece"),
                .value(role.calibrationError, .score, key: "total.roles.\(name).ece"),
                .figure(role.brier, .score, key: "total.roles.\(name).brier"),
                .value(
                    probabilities.reliability.sharpness, .score,
                    key: "probabilities.\(name).sharpness"))
            let points = probabilities.reliability.bins.map { bin in
                (
                    x: bin.meanProbability, y: bin.outcomeShare,
                    text: "\(name): n = \(NumberFormat.count.text(bin.count))"
                )
            }
            marks.append(.line("", ink, points.map { ($0.x, $0.y) }))
            marks.append(.dots(name, ink, points))
            words.append(contentsOf: reliabilityWords(name, probabilities.reliability))
        }
        let axis = NumberFormat.fixed(1)
        return [
            .table(table),
            .drawing(
                Plot(
                    x: .number("predicted", axis, range: 0...1),
                    y: .number("came true", axis, range: 0...1), marks
                ).drawing(
                    id: "reliability", title: "What was predicted and what came true",
                    words: """
                        A point below the diagonal promised more than came true. Point at it for \
                        its count; bins of few bars stray by chance.
                        """)),
            .folded(title: "Bins and their counts", [.list(words)]),
        ]
    }

    private func reliabilityWords(_ name: String, _ reliability: Reliability) -> [Phrase] {
        reliability.bins.enumerated().map { index, bin in
            let key = "probabilities.\(name).reliability.\(index)"
            return """
                \(name): predicted \
                \(.number(bin.meanProbability, .score, key: key + ".mean_probability")), came \
                true \(.number(bin.outcomeShare, .score, key: key + ".outcome_share")), n = \
                \(.number(bin.count, .count, key: key + ".count"))
                """
        }
    }

    var probabilities: [PageBlock] {
        let width = 1 / Double(ShadowReport.Probabilities.binCount)
        return report.probabilities.map { probabilities in
            let name = probabilities.role.rawValue
            let ink: Ink = probabilities.role == .champion ? .champion : .candidate
            let bars = probabilities.counts.enumerated().map { index, count in
                (
                    from: Double(index) * width, to: Double(index + 1) * width,
                    y: Double(count)
                )
            }
            let fullest = probabilities.counts.enumerated().max { $0.element < $1.element }
            let words: Phrase =
                fullest.map { bin, count in
                    """
                    Bins of 0.05. The fullest begins at \
                    \(NumberFormat.fixed(2).text(Double(bin) * width)) and holds \
                    \(.number(count, .count, key: "probabilities.\(name).histogram.\(bin)")) bars.
                    """
                } ?? "No bar has a probability."
            return .drawing(
                Plot(
                    x: .number("probability of BUY", .fixed(1), range: 0...1),
                    y: .number("bars", .count), height: 150, [.bars(name, ink, bars)]
                ).drawing(
                    id: "histogram-\(name)", title: "Probabilities of the \(name)", words: words))
        }
    }
}
