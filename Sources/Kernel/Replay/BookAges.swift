import Features
import Market
import Scenarios

/// How old the last visible book of each traded symbol is, at each evaluation tick.
struct BookAges: Sendable {
    /// Where each symbol stands in a slice; nil for one whose books no feature reads.
    private let sliceIndexes: [Int?]
    private let ticks: EvaluationTicks
    private var lastEventNs: [Int64]
    private var reachedNs: Int64

    init(_ plan: RunPlan) {
        let hasL2 = plan.config.families.l2 != nil
        sliceIndexes = plan.symbols.indices.filter { plan.symbols[$0].hasRows }.map {
            hasL2 && plan.symbols[$0].books != nil ? $0 : nil
        }
        ticks = EvaluationTicks(plan)
        lastEventNs = sliceIndexes.map { _ in .min }
        reachedNs = plan.config.featureEpochNs - 1
    }

    /// The evaluation ticks of a slice, and at each of them the age in seconds of each symbol's
    /// last book: infinite before the first one.
    mutating func advance(_ slice: MarketSlice) -> SliceAges {
        var ages = SliceAges(symbolCount: sliceIndexes.count)
        ages.tickNs = ticks.all(after: reachedNs, through: slice.endNs)
        reachedNs = max(reachedNs, slice.endNs)
        for (symbol, index) in sliceIndexes.enumerated() {
            guard let index else { continue }
            var cursor = StreamCursor(slice.symbols[index].books)
            for tickNs in ages.tickNs {
                see(&cursor, through: tickNs, symbol)
                ages.seconds[symbol].append(
                    lastEventNs[symbol] == .min
                        ? .infinity : Double(tickNs - lastEventNs[symbol]) / 1e9)
            }
            see(&cursor, through: .max, symbol)
        }
        return ages
    }

    private mutating func see(
        _ cursor: inout StreamCursor, through timeNs: Int64, _ symbol: Int
    ) {
        while let piece = cursor.next(through: timeNs) {
            lastEventNs[symbol] = piece.block.eventTimes[piece.rows.upperBound - 1]
        }
    }
}

extension BookAges: StateEncodable {
    func encode(into state: inout StateEncoder) {
        for timeNs in lastEventNs { state.add(timeNs) }
    }
}

/// The ages of books at the evaluation ticks of a slice.
package struct SliceAges: Sendable {
    package var tickNs: [Int64] = []
    /// By symbol, then one for each tick; empty for a symbol whose books are not read.
    package var seconds: [[Double]]

    package init(symbolCount: Int) {
        seconds = [[Double]](repeating: [], count: symbolCount)
    }
}

/// When a run is looked at: on a grid of market time, and at every bar's tick.
struct EvaluationTicks: Sendable {
    private let stepNs: Int64
    private let barNs: Int64
    private let barDelayNs: Int64

    init(_ plan: RunPlan) {
        stepNs = plan.scenario.evaluationNs
        barNs = plan.schedule.barNs
        barDelayNs = plan.schedule.barDelayNs
    }

    /// The first one at or after a time.
    func first(from timeNs: Int64) -> Int64 {
        let grid = (timeNs + stepNs - 1) / stepNs * stepNs
        let bar = (timeNs - barDelayNs + barNs - 1) / barNs
        return min(grid, bar * barNs + barDelayNs)
    }

    func all(after startNs: Int64, through endNs: Int64) -> [Int64] {
        var ticks: [Int64] = []
        var tickNs = first(from: startNs + 1)
        while tickNs <= endNs {
            ticks.append(tickNs)
            tickNs = first(from: tickNs + 1)
        }
        return ticks
    }
}
