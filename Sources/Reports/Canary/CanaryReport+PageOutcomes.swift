import Pages
import Statistics

extension CanaryReport {
    /// Section 7.
    var disagreementBlocks: [PageBlock] {
        let agreement: Phrase =
            "The models chose alike on "
            + .value(disagreement.agreement, .percent(1), key: "disagreement.agreement")
            + " of bars (kappa "
            + .value(disagreement.kappa, .fixed(2), key: "disagreement.kappa")
            + "); of bars on which either bought, on "
            + .value(disagreement.buyAgreement, .percent(1), key: "disagreement.buy_agreement")
            + ". A difference in outcome comes from the others."
        return [
            .paragraph(agreement), .table(actionTable), .table(outcomeTable),
        ] + largestBlocks
    }

    private var actionTable: PageTable {
        let actions = Disagreement.Action.allCases
        var table = PageTable(
            "Bars by what the champion (rows) and the candidate (columns) chose",
            [.text("Champion")] + actions.map { .number("candidate \($0.rawValue)") })
        for champion in actions {
            let row = disagreement.matrix.enumerated().filter { $0.element.champion == champion }
            let cells = actions.map { candidate in
                row.first { $0.element.candidate == candidate }
                    .map {
                        Phrase.number(
                            $0.element.bars, .count, key: "disagreement.matrix.\($0.offset).bars")
                    } ?? "0"
            }
            table.add([Phrase(champion.rawValue)] + cells)
        }
        return table
    }

    private var outcomeTable: PageTable {
        let format = NumberFormat.basisPointsOfFraction(0).signed
        var table = PageTable(
            "What trades decided on those bars came to, sums of net returns",
            [
                .text("Bars"), .number("Bars"), .number("Champion's trades"),
                .number("Candidate's trades"), .number("Champion"), .number("Candidate"),
                .number("Difference"),
            ])
        for (index, outcome) in disagreement.outcomes.enumerated() {
            let key = "disagreement.outcomes.\(index)"
            table.add(
                Phrase(outcome.group.rawValue.replacing("_", with: " ")),
                .number(outcome.bars, .count, key: key + ".bars"),
                .number(outcome.championTrades, .count, key: key + ".champion_trades"),
                .number(outcome.candidateTrades, .count, key: key + ".candidate_trades"),
                .number(outcome.championNet, format, key: key + ".champion_net"),
                .number(outcome.candidateNet, format, key: key + ".candidate_net"),
                .number(outcome.difference, format, key: key + ".difference"))
        }
        return table
    }

    private var largestBlocks: [PageBlock] {
        guard !disagreement.largest.isEmpty else {
            return [.paragraph("No trade was decided on a bar on which the models disagree.")]
        }
        let format = NumberFormat.basisPointsOfFraction(1).signed
        var table = PageTable(
            "The largest disagreements",
            [
                .text("Bar's close, UTC"), .text("Symbol"), .text("Champion"), .text("Candidate"),
                .number("Champion's trade"), .number("Candidate's trade"), .number("Difference"),
            ])
        for (index, item) in disagreement.largest.enumerated() {
            let key = "disagreement.largest.\(index)"
            table.add(
                Phrase(UTC.minute(item.closeNs)), "\(item.symbol)", "\(item.champion.rawValue)",
                "\(item.candidate.rawValue)",
                trade(item.championTrade, item.championNet, format, key: key + ".champion"),
                trade(item.candidateTrade, item.candidateNet, format, key: key + ".candidate"),
                .number(item.difference, format, key: key + ".difference"))
        }
        return [.table(table)]
    }

    private func trade(
        _ number: Int64?, _ net: Double?, _ format: NumberFormat, key: String
    ) -> Phrase {
        guard let number, let net else { return .missing("no trade", key: key + "_trade") }
        return "#\(.number(Int(number), .count, key: key + "_trade")) "
            + .number(net, format, key: key + "_net")
    }
}
