import Features
import Kernel
import Market
internal import Synchronization
import TestSupport

/// All rows of a run, in memory, and how to tell two runs apart bit by bit.
struct CollectedRows: Sendable {
    let columns: [String]
    let symbols: [String]
    /// One for each symbol, all slices joined.
    private(set) var rows: [FeatureRows]
    let summary: LineSummary

    /// Runs a plan to its end.
    init(
        _ plan: RunPlan, _ options: LineOptions = LineOptions(lanes: 2),
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) async throws {
        columns = plan.config.columns.map(\.name)
        symbols = plan.symbols.filter(\.hasRows).map(\.instrument.symbol)
        let collected = Mutex([FeatureRows](repeating: FeatureRows(), count: symbols.count))
        summary = try await Conductor(plan: plan, options: options).run(
            keeper: RowKeeper { slice in
                collected.withLock { rows in
                    for (index, each) in slice.enumerated() { rows[index].append(each) }
                }
            }, isStopRequested: isStopRequested
        ).summary
        rows = collected.withLock { $0 }
    }

    /// What was handed on at ticks up to `tickNs`; labels, which look ahead, are left out.
    func through(tickNs: Int64) -> CollectedRows {
        var early = self
        for index in rows.indices {
            let count = rows[index].tickNs.prefix { $0 <= tickNs }.count
            early.rows[index].closeNs.removeLast(rows[index].closeNs.count - count)
            early.rows[index].tickNs.removeLast(rows[index].tickNs.count - count)
            early.rows[index].values = Array(rows[index].values.prefix(count * columns.count))
            early.rows[index].labels = []
        }
        return early
    }

    /// The values of one column, bar by bar.
    func column(_ name: String, of symbol: Int) -> [Double] {
        guard let column = columns.firstIndex(of: name) else { return [] }
        return stride(from: column, to: rows[symbol].values.count, by: columns.count).map {
            rows[symbol].values[$0]
        }
    }

    /// Where these rows and others differ first, in words; nil when every bit is equal.
    func difference(from other: CollectedRows) -> String? {
        for (index, symbol) in symbols.enumerated() {
            let (own, their) = (rows[index], other.rows[index])
            for position in 0..<min(own.values.count, their.values.count)
            where own.values[position].bitPattern != their.values[position].bitPattern {
                let row = position / columns.count
                return "\(symbol), row \(row), bar \(own.closeNs[row]), "
                    + "\(columns[position % columns.count]): "
                    + "\(own.values[position]) and \(their.values[position])"
            }
            if own.closeNs != their.closeNs || own.tickNs != their.tickNs {
                return
                    "\(symbol): \(own.closeNs.count) and \(their.closeNs.count) rows, or other bars"
            }
            if own.labels.map(\.bitPattern) != their.labels.map(\.bitPattern) {
                return "\(symbol): labels"
            }
        }
        return nil
    }
}

extension FeatureRows {
    fileprivate mutating func append(_ other: FeatureRows) {
        closeNs += other.closeNs
        tickNs += other.tickNs
        values += other.values
        labels += other.labels
    }
}
