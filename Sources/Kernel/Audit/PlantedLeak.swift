package import Features

/// A leak that a test plants to see the proofs catch it; nothing else in the kernel can leak by it.
package struct AuditLeak: Equatable, Sendable {
    /// Which column tells too early.
    package let column: FeatureColumn
    /// By how many bars.
    package let bars: Int

    package init(_ column: FeatureColumn, bars: Int) {
        precondition(bars > 0, "a leak tells what comes later")
        self.column = column
        self.bars = bars
    }

    /// Columns that are functions of the time alone: what they will say is no secret.
    package static let openColumns = ["how_sin", "how_cos"]
}

/// A leak in a run: what one column of a world says later, put where it is said earlier.
package struct PlantedLeak: Sendable {
    private let column: Int
    private let bars: Int
    private let columnCount: Int
    private let barNs: Int64
    private let firstCloseNs: Int64
    /// By symbol, then one for each bar of the window.
    private let values: [[Double]]

    /// - Parameter rows: by symbol, what the same world gave without the leak.
    init(_ leak: AuditLeak, in plan: RunPlan, from rows: [FeatureRows]) {
        let columns = plan.config.columns
        guard let column = columns.firstIndex(of: leak.column) else {
            preconditionFailure("the run has no column \(leak.column.name)")
        }
        self.column = column
        bars = leak.bars
        columnCount = columns.count
        barNs = plan.schedule.barNs
        firstCloseNs = plan.schedule.firstWindowCloseNs
        values = rows.map { rows in
            stride(from: column, to: rows.values.count, by: columns.count).map { rows.values[$0] }
        }
    }

    /// The rows of a slice with the leak in them. A missing bar stays missing, and the last bars,
    /// whose later ones were not played, say nothing.
    func planted(in rows: [FeatureRows]) -> [FeatureRows] {
        var planted = rows
        for symbol in rows.indices {
            for (index, closeNs) in rows[symbol].closeNs.enumerated()
            where !rows[symbol].closes[index].isNaN {
                let later = Int((closeNs - firstCloseNs) / barNs) + bars
                planted[symbol].values[index * columnCount + column] =
                    values[symbol].indices.contains(later) ? values[symbol][later] : .nan
            }
        }
        return planted
    }
}
