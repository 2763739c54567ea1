import Pages
import Statistics

extension CanaryReport {
    /// Section 5.
    var headlineBlocks: [PageBlock] {
        var blocks: [PageBlock] = [
            .table(table(headline.pooled, key: "headline.pooled")),
            .drawing(costDrawing),
        ]
        for (index, scope) in headline.symbols.enumerated() {
            let name = scope.symbol ?? "all symbols"
            blocks.append(
                .folded(
                    title: name, [.table(table(scope, key: "headline.symbols.\(index)"))]))
        }
        return blocks
    }

    private func table(_ scope: Headline.Scope, key: String) -> PageTable {
        var table = PageTable(
            "Champion and candidate, \(scope.symbol ?? banner.symbols.joined(separator: ", "))",
            [
                .text("Metric"), .number("Champion"), .number("Candidate"), .number("Difference"),
                .number("95 % interval"), .number("n"),
            ])
        for (index, row) in scope.rows.enumerated() {
            let key = "\(key).rows.\(index)"
            let format = row.metric.format
            table.add(
                Phrase(row.metric.words),
                .value(row.champion, format, key: key + ".champion"),
                .value(row.candidate, format, key: key + ".candidate"),
                .value(row.difference, row.metric.differenceFormat, key: key + ".difference"),
                .limits(row.difference, row.metric.differenceFormat, key: key + ".difference"),
                .n(row.difference, key: key + ".difference"))
        }
        return table
    }

    /// The cost ladder of both ledgers, from gross to net.
    private var costDrawing: Drawing {
        let format = NumberFormat.basisPoints(1)
        let groups = headline.pooled.ladders.map { ladder in
            (
                name: ladder.role == .champion ? "Champion" : "Candidate",
                ink: ladder.role == .champion ? Ink.champion : Ink.candidate,
                steps: ladder.steps
            )
        }
        let words = headline.pooled.ladders.enumerated().map { index, ladder in
            let key = "headline.pooled.ladders.\(index)"
            return ladder.rungs.enumerated().reduce(Phrase("\(ladder.role.rawValue): ")) {
                phrase, rung in
                phrase + (rung.offset == 0 ? "" : ", ") + "\(rung.element.name.rawValue) "
                    + .value(
                        rung.element.meanBps, format, key: "\(key).rungs.\(rung.offset).mean_bps")
            }
        }
        let all = words.reduce(Phrase("Mean per trade; delay is a part of gross. ")) {
            $0 + $1 + ". "
        }
        return Waterfall(axis: .number("bps of the entry's notional", format), format, groups)
            .drawing(id: "costs", title: "From gross to net, mean per trade", words: all)
    }
}

extension CanaryReport.Headline.Ladder {
    /// Gross and net stand for themselves; what no trade has is left out, and so is the delay, which
    /// is a part of gross.
    fileprivate var steps: [Waterfall.Step] {
        rungs.compactMap { rung in
            guard let mean = rung.meanBps.value else { return nil }
            switch rung.name {
            case .gross, .net: return .total(rung.name.rawValue, mean)
            case .spread, .slippage, .fee, .funding, .flat:
                return .change(rung.name.rawValue, -mean)
            case .delay: return nil
            }
        }
    }
}
