/// Quantiles by linear interpolation, NumPy's default.
package enum Quantile {
    /// The nine values that cut finite ones into ten equal shares; NaN for none.
    package static func deciles(of values: [Double]) -> [Double] {
        let sorted = FiniteSort.ascending(values)
        return (1...9).map { linear(Double($0) / 10, of: sorted) }
    }

    /// Interpolates between the two values around the level, with NumPy's rounding; NaN for none.
    package static func linear(_ level: Double, of sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let position = level * Double(sorted.count - 1)
        let index = min(Int(position), sorted.count - 1)
        let low = sorted[index]
        let high = sorted[min(index + 1, sorted.count - 1)]
        // Also keeps two infinities from giving NaN.
        if low == high { return low }
        let part = position - Double(index)
        let difference = high - low
        return part < 0.5 ? low + difference * part : high - difference * (1 - part)
    }
}
