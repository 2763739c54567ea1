import Features
import Kernel

/// Takes a run's rows: digests them all, writes them where asked, keeps what a description needs.
final class FeatureCollector {
    /// The closes of the first and the last bar; nil while there is none.
    private(set) var closesNs: ClosedRange<Int64>?
    /// The values of each column over the symbols that are described; empty where none are.
    private(set) var columns: [[Double]]
    private let folder: FeatureFolder?
    private let described: [Int]
    private var ownDigest: RowDigest

    /// - Parameters:
    ///   - folder: where rows are written; nil for nowhere.
    ///   - described: the symbols whose rows are kept, as indexes into `symbols`.
    init(plan: RunPlan, symbols: [String], folder: FeatureFolder?, described: [Int]) {
        ownDigest = RowDigest(symbols: symbols, configText: plan.config.text)
        columns = plan.config.columns.map { _ in [] }
        self.folder = folder
        self.described = described
    }

    /// A folder makes the digest of what it writes; the work is not done twice.
    var digest: RowDigest { folder?.digest ?? ownDigest }

    func take(_ slice: [FeatureRows]) throws {
        if let first = slice.first?.closeNs.first, let last = slice[0].closeNs.last {
            closesNs = (closesNs?.lowerBound ?? first)...last
        }
        for symbol in described {
            let values = slice[symbol].values
            for index in columns.indices {
                for row in slice[symbol].closeNs.indices {
                    columns[index].append(values[row * columns.count + index])
                }
            }
        }
        if let folder { try folder.append(slice) } else { ownDigest.append(slice) }
    }
}
