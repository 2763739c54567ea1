import Features
import Kernel
internal import Synchronization

/// Takes a run's rows: digests them all, writes them where asked, keeps what a description needs.
final class FeatureCollector: Sendable {
    private let state: Mutex<State>

    /// What was taken so far.
    private struct State: ~Copyable {
        var folder: FeatureFolder?
        /// The symbols whose rows are kept, as indexes into those that have rows.
        let described: [Int]
        var result: Result
    }

    /// What is known of the rows when all are taken.
    struct Result: Sendable {
        /// The closes of the first and the last bar; nil while there is none.
        fileprivate(set) var closesNs: ClosedRange<Int64>?
        fileprivate(set) var digest: RowDigest
        /// The values of each symbol that is described, row after row. They are kept apart, so that
        /// their order, and with it every sum, is the same however the run was sliced.
        fileprivate var described: [[Double]]
        fileprivate let columnCount: Int

        /// The values of a column over the symbols that are described, symbol after symbol.
        func column(_ index: Int) -> [Double] {
            described.flatMap { values in
                stride(from: index, to: values.count, by: columnCount).map { values[$0] }
            }
        }
    }

    /// - Parameters:
    ///   - symbols: the names of those that have rows.
    ///   - folder: where rows are written; nil for nowhere.
    ///   - described: the symbols whose rows are kept, as indexes into `symbols`.
    init(
        plan: RunPlan, symbols: [String], folder: consuming FeatureFolder?, described: [Int]
    ) {
        let result = Result(
            closesNs: nil, digest: RowDigest(symbols: symbols, configText: plan.config.text),
            described: described.map { _ in [] }, columnCount: plan.config.columns.count)
        state = Mutex(State(folder: folder, described: described, result: result))
    }

    func take(_ slice: [FeatureRows]) throws {
        try state.withLock { state in
            state.result.take(slice, describing: state.described)
            try state.folder?.append(slice)
        }
    }

    /// Gives the folder its name, where there is one.
    func finish(isComplete: Bool) throws -> Result {
        try state.withLock { state in
            try state.folder?.finish(isComplete: isComplete, digest: state.result.digest)
            return state.result
        }
    }
}

extension FeatureCollector.Result {
    fileprivate mutating func take(_ slice: [FeatureRows], describing symbols: [Int]) {
        if let first = slice.first?.closeNs.first, let last = slice[0].closeNs.last {
            closesNs = (closesNs?.lowerBound ?? first)...last
        }
        digest.append(slice)
        for (index, symbol) in symbols.enumerated() { described[index] += slice[symbol].values }
    }
}
