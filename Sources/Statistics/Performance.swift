/// Figures of an account over time.
///
/// Returns are net and marked to market, as fractions, on a fixed grid that includes flat periods.
/// Figures of different grids are never compared.
package enum Performance {
    /// Below it a downside deviation is rounding noise: a hundred-millionth of a basis point.
    static let downsideFloor = 1e-12

    /// The mean return above `target` by the root mean square of what fell short of it, over all
    /// periods, annualised. Undefined where nothing fell short.
    ///
    /// - Parameters:
    ///   - target: For each period.
    ///   - periodsPerYear: Of 365 days; 1 leaves the figure per period.
    package static func sortino(
        _ returns: [Double], target: Double = 0, periodsPerYear: Double
    ) -> Figure {
        let n = returns.count
        if let reason = reasonAgainst(returns) { return .undefined(reason, n: n) }
        var squares = CompensatedSum()
        for value in returns {
            let short = min(value - target, 0)
            squares.add(short * short)
        }
        let deviation = (squares.value / Double(n)).squareRoot()
        guard deviation > downsideFloor else { return .undefined(.noDownside, n: n) }
        let excess = Moments.mean(returns.map { $0 - target })
        return Figure(excess / deviation * periodsPerYear.squareRoot(), n: n)
    }

    /// The mean return by its sample standard deviation, annualised. Undefined where all are equal.
    package static func sharpe(_ returns: [Double], periodsPerYear: Double) -> Figure {
        let n = returns.count
        if let reason = reasonAgainst(returns) { return .undefined(reason, n: n) }
        let mean = Moments.mean(returns)
        guard let deviation = Moments.standardDeviation(returns, around: mean) else {
            return .undefined(.noVariation, n: n)
        }
        return Figure(mean / deviation * periodsPerYear.squareRoot(), n: n)
    }

    /// The deepest fall of the equity below its highest mark so far, as a positive fraction of that
    /// mark. The starting equity counts as the first mark, so a loss in the first period does too.
    package static func maxDrawdown(equity: [Double], from start: Double) -> Figure {
        let n = equity.count
        guard n > 0 else { return .undefined(.noValues, n: 0) }
        guard start.isFinite, Moments.areFinite(equity) else {
            return .undefined(.notFinite, n: n)
        }
        guard start > 0 else { return .undefined(.noCapital, n: n) }
        var peak = start
        var deepest = 0.0
        for value in equity {
            peak = max(peak, value)
            deepest = max(deepest, (peak - value) / peak)
        }
        return Figure(deepest, n: n)
    }

    /// ``maxDrawdown(equity:from:)`` of an equity that compounds these returns.
    package static func maxDrawdown(compounding returns: [Double]) -> Figure {
        var equity = 1.0
        let path = returns.map { value in
            equity *= 1 + value
            return equity
        }
        return maxDrawdown(equity: path, from: 1)
    }

    /// Everything bought and sold, by the starting equity.
    ///
    /// - Parameter legNotionals: One for each entry and each exit, in the units of `equity`.
    package static func turnover(legNotionals: [Double], equity: Double) -> Figure {
        let n = legNotionals.count
        guard equity > 0 else { return .undefined(.noCapital, n: n) }
        return Figure(Moments.sum(legNotionals) / equity, n: n)
    }

    /// The share of the covered time in which a position was open.
    ///
    /// - Parameter positionCount: How many positions the time was held in; it becomes n.
    package static func exposure(heldNs: Int64, coveredNs: Int64, positionCount: Int) -> Figure {
        guard coveredNs > 0 else { return .undefined(.noValues, n: positionCount) }
        return Figure(Double(heldNs) / Double(coveredNs), n: positionCount)
    }

    private static func reasonAgainst(_ returns: [Double]) -> Undefined? {
        if returns.isEmpty { return .noValues }
        if returns.count < 2 { return .tooFew(needed: 2) }
        return Moments.areFinite(returns) ? nil : .notFinite
    }
}
