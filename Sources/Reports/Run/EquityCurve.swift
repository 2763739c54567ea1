import Market
import Statistics

/// What a ledger was worth, marked to market at each bar close of the window, in quote currency.
struct EquityCurve {
    private let start: Double
    /// One for each bar.
    private let values: [Double]
    /// For each period of the grid that holds bars, the index of its last one.
    private let periodEnds: [Int]
    private let grid: PeriodGrid
    private let window: TimeRange
    private let barNs: Int64

    /// - Parameters:
    ///   - members: The marks of each symbol, and the decimals of its quote units.
    ///   - capMicros: What the curve starts with.
    init(
        _ members: [(marks: [LedgerTally.Mark], quoteDecimals: Int)], capMicros: Int64,
        _ context: RunContext
    ) {
        let window = context.window
        self.window = window
        barNs = context.barNs
        let barCount = Int((window.endNs - window.startNs) / context.barNs)
        // In the finest units of all, so that no sum rounds.
        let decimals = members.reduce(6) { max($0, $1.quoteDecimals) }
        var changes = [Int128](repeating: 0, count: barCount)
        for member in members {
            let scale = Int128(FixedPoint.powerOfTen(decimals - member.quoteDecimals))
            var worth: Int64 = 0
            for mark in member.marks {
                // The bar whose tick it is; one between ticks is seen at the next.
                let sinceNs = mark.atNs - context.barDelayNs - window.startNs
                let bar = Int((sinceNs - 1) / context.barNs)
                changes[min(max(bar, 0), barCount - 1)] +=
                    (Int128(mark.worth) - Int128(worth)) * scale
                worth = mark.worth
            }
        }
        var units = Int128(capMicros) * Int128(FixedPoint.powerOfTen(decimals - 6))
        let one = Double(FixedPoint.powerOfTen(decimals))
        start = Double(capMicros) / 1e6
        values = changes.map { change in
            units += change
            return Double(units) / one
        }
        grid = PeriodGrid.returns(window)
        var ends: [Int] = []
        var last: Int?
        for bar in 0..<barCount {
            let period = grid.period(ofCloseNs: window.startNs + Int64(bar + 1) * context.barNs)
            if period == last { ends[ends.count - 1] = bar } else { ends.append(bar) }
            last = period
        }
        periodEnds = ends
    }

    /// What a ledger was worth when a period of the grid ended, and how far below its highest mark
    /// it was at the worst of the period's bars.
    struct Period: Equatable, Sendable {
        let endNs: Int64
        let equity: Double
        let drawdown: Double
    }

    /// The curve as figures show it: a point for each period.
    var periods: [Period] {
        var peak = start
        var bar = 0
        return periodEnds.map { end in
            var deepest = 0.0
            while bar <= end {
                peak = max(peak, values[bar])
                deepest = max(deepest, peak > 0 ? (peak - values[bar]) / peak : 0)
                bar += 1
            }
            return Period(
                endNs: window.startNs + Int64(end + 1) * barNs, equity: values[end],
                drawdown: deepest)
        }
    }

    /// With the starting equity prepended.
    var maxDrawdown: Figure { Performance.maxDrawdown(equity: values, from: start) }

    /// At each bar's close.
    var bars: [(closeNs: Int64, equity: Double)] {
        values.enumerated().map { (window.startNs + Int64($0 + 1) * barNs, $1) }
    }

    /// Of the returns from one period's end to the next, annualised.
    var sortino: Figure {
        guard let returns else { return .undefined(.noCapital, n: periodEnds.count) }
        return Performance.sortino(returns, periodsPerYear: grid.perYear)
    }

    /// The ratio less that of another curve of the same window, with what pairs alone can give: an
    /// interval.
    func sortino(minus other: EquityCurve, _ bootstrap: StationaryBootstrap) -> Figure {
        guard let returns, let others = other.returns else {
            return .undefined(.noCapital, n: periodEnds.count)
        }
        return SortinoDifference(
            candidate: returns, baseline: others, periodsPerYear: grid.perYear,
            bootstrap: bootstrap
        ).difference
    }

    /// From one period's end to the next; nil where a period began with nothing.
    private var returns: [Double]? {
        var before = start
        var returns: [Double] = []
        for end in periodEnds {
            // What is lost cannot earn: a return on nothing or less has no meaning.
            guard before > 0 else { return nil }
            returns.append(values[end] / before - 1)
            before = values[end]
        }
        return returns
    }
}
