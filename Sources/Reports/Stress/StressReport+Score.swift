import Market
package import Statistics

extension StressReport {
    /// F1 of BUY of both runs, and what of it was lost.
    package struct Score: Equatable, Sendable {
        /// Nil for all symbols together.
        package let symbol: String?
        /// Of the bars scored around one injection; nil elsewhere.
        package let range: ClosedRange<Int64>?
        package let stressed: Figure
        package let unstressed: Figure
        /// Unstressed less stressed.
        package let lost: Figure
        /// How many labels were BUY.
        package let stressedLabels: Int
        package let unstressedLabels: Int

        /// Of the run that has fewer.
        var labels: Int { min(stressedLabels, unstressedLabels) }

        package var verdict: Verdict {
            guard labels >= StressReport.labelsMin, let lost = lost.value else { return .short }
            return lost > StressReport.lossMax ? .fail : .pass
        }
    }
}

/// Scores the judged role of two runs on the same bars.
struct StressScorer {
    private let stressed: StressRun
    private let unstressed: StressRun
    private let window: TimeRange
    private let bootstrap: StationaryBootstrap
    private let names: [String]

    init(_ stressed: StressRun, _ unstressed: StressRun) {
        self.stressed = stressed
        self.unstressed = unstressed
        window = stressed.tally.context.window
        bootstrap = StationaryBootstrap(seed: stressed.tally.context.seed)
        names = stressed.symbols.map(\.name)
    }

    var whole: StressReport.Scope {
        let all = names.map { Member(symbol: $0, range: window.startNs...window.endNs) }
        return StressReport.Scope(
            injection: nil, pooled: score(nil, nil, all),
            symbols: all.map { score($0.symbol, nil, [$0]) })
    }

    func scope(_ injection: Int, _ spans: [StressReport.Span]) -> StressReport.Scope {
        let members = spans.map { Member(symbol: $0.symbol, range: range($0)) }
        let from = members.map(\.range.lowerBound).min() ?? window.startNs
        let to = members.map(\.range.upperBound).max() ?? window.startNs
        return StressReport.Scope(
            injection: injection, pooled: score(nil, from...max(from, to), members),
            symbols: members.map { score($0.symbol, $0.range, [$0]) })
    }

    /// Around all injections, each bar once.
    func together(_ spans: [StressReport.Span]) -> StressReport.Scope {
        let members = names.map { name in
            joined(spans.filter { $0.symbol == name }).map { Member(symbol: name, range: $0) }
        }
        return StressReport.Scope(
            injection: nil, pooled: score(nil, nil, members.flatMap(\.self)),
            symbols: members.filter { !$0.isEmpty }.map { score($0[0].symbol, nil, $0) })
    }

    /// The ranges of spans, those that overlap as one.
    private func joined(_ spans: [StressReport.Span]) -> [ClosedRange<Int64>] {
        var joined: [ClosedRange<Int64>] = []
        for range in spans.map(range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let last = joined.last, last.upperBound >= range.lowerBound else {
                joined.append(range)
                continue
            }
            joined[joined.count - 1] =
                last.lowerBound...max(last.upperBound, range.upperBound)
        }
        return joined
    }

    private func range(_ span: StressReport.Span) -> ClosedRange<Int64> {
        span.startNs...max(span.startNs, min(span.scoredToNs, window.endNs))
    }

    /// A symbol and its bars, by their closes.
    private struct Member {
        let symbol: String
        let range: ClosedRange<Int64>
    }

    private func score(
        _ symbol: String?, _ range: ClosedRange<Int64>?, _ members: [Member]
    ) -> StressReport.Score {
        let low = members.map(\.range.lowerBound).min() ?? window.startNs
        let high = members.map(\.range.upperBound).max() ?? window.endNs
        let grid = PeriodGrid.days(
            TimeRange(startNs: low, endNs: max(high, low + stressed.tally.context.barNs)))
        let own = days(stressed, members, grid)
        let other = days(unstressed, members, grid)
        return StressReport.Score(
            symbol: symbol, range: range, stressed: own.f1, unstressed: other.f1,
            lost: other.difference(minus: own, bootstrap),
            stressedLabels: own.labelCount, unstressedLabels: other.labelCount)
    }

    private func days(
        _ run: StressRun, _ members: [Member], _ grid: PeriodGrid
    ) -> DailyF1 {
        var days = DailyF1(grid)
        for symbol in run.symbols {
            for member in members where member.symbol == symbol.name {
                for bar in symbol.labelledDecisions(of: run.role)
                where member.range.contains(bar.closeNs) {
                    days.add(bar)
                }
            }
        }
        return days
    }
}

/// F1 of BUY, by the UTC days of its bars.
private struct DailyF1 {
    private let grid: PeriodGrid
    private var confusion = ConfusionMatrix()
    /// Twice what was right, and what was said or was so: F1 is the ratio of their sums.
    private var right: [Double]
    private var all: [Double]
    private(set) var labelCount = 0

    init(_ grid: PeriodGrid) {
        self.grid = grid
        right = [Double](repeating: 0, count: grid.periods.count)
        all = right
    }

    mutating func add(_ bar: SymbolTally.LabelledDecision) {
        let day = grid.period(ofCloseNs: bar.closeNs) - grid.periods.lowerBound
        let isLabel = bar.label == .buy
        confusion.add(predicted: bar.isBuy ? .buy : .hold, actual: bar.label)
        labelCount += isLabel ? 1 : 0
        right[day] += bar.isBuy && isLabel ? 2 : 0
        all[day] += (bar.isBuy ? 1 : 0) + (isLabel ? 1 : 0)
    }

    var f1: Figure { confusion.f1(.buy) }

    /// This F1 less another's on the same days, both resampled at the same days.
    func difference(minus other: DailyF1, _ bootstrap: StationaryBootstrap) -> Figure {
        let n = min(f1.n, other.f1.n)
        guard let value = f1.value, let subtracted = other.f1.value else {
            return .undefined(f1.reason ?? other.f1.reason ?? .undefinedPart, n: n)
        }
        let influence = zip(influence(value), other.influence(subtracted)).map { $0 - $1 }
        let interval = bootstrap.interval(
            count: right.count, length: bootstrap.length(for: influence)
        ) { days in
            guard let own = ratio(at: days), let others = other.ratio(at: days) else { return nil }
            return own - others
        }
        return Figure(value - subtracted, n: n, interval: interval)
    }

    /// What each day does to the ratio, to first order.
    private func influence(_ ratio: Double) -> [Double] {
        let total = all.reduce(0, +)
        return zip(right, all).map { ($0 - ratio * $1) / total }
    }

    /// Whole numbers add without error. Nil where no day has any.
    private func ratio(at days: [Int]) -> Double? {
        var (numerator, denominator) = (0.0, 0.0)
        for day in days {
            numerator += right[day]
            denominator += all[day]
        }
        return denominator > 0 ? numerator / denominator : nil
    }
}
