import Desk
import Features
import Market
package import Models
import Scenarios

/// Keeps what models are made from: all rows, their labels and what an entry would have earned.
package final class TrainingKeeper: RunKeeper {
    private let columns: [FeatureColumn]
    private let names: [String]
    private let barNs: Int64
    private let horizonNs: Int64
    private var rows: [FeatureRows]

    /// - Parameter plan: for training.
    package init(_ plan: RunPlan) {
        columns = plan.config.columns
        names = plan.symbols.filter(\.hasRows).map(\.instrument.symbol)
        barNs = plan.config.barNs
        horizonNs = plan.scenario.strategy?.horizonNs ?? barNs
        rows = names.map { _ in FeatureRows() }
    }

    package func append(_ entry: LineEntry) throws {
        for (symbol, new) in entry.rows.enumerated() { rows[symbol].append(new) }
    }

    package func finish(_ end: LineEnd) throws -> TrainingTable {
        for (symbol, last) in end.rows.enumerated() { rows[symbol].append(last) }
        return TrainingTable(
            columns: columns,
            symbols: names.indices.map { index in
                TrainingTable.Symbol(
                    name: names[index], closeNs: rows[index].closeNs,
                    closes: rows[index].closes, values: rows[index].values,
                    labels: rows[index].labels,
                    outcomes: end.outcomes[index].map { outcome in
                        outcome.map {
                            EntryOutcome(netReturn: $0.netReturn, exitNs: $0.exitNs)
                        }
                    })
            }, barNs: barNs, horizonNs: horizonNs)
    }
}

extension FeatureRows {
    mutating func append(_ later: FeatureRows) {
        closeNs += later.closeNs
        tickNs += later.tickNs
        closes += later.closes
        values += later.values
        labels += later.labels
    }
}
