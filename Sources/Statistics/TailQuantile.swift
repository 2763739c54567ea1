/// Quantiles near the top of a window, without sorting all of it.
package enum TailQuantile {
    /// The quantile by linear interpolation of the values that are finite; n counts those.
    ///
    /// - Complexity: O(n + k^2 log n) at worst for the k values above the quantile: few, for 0.99.
    package static func linear(_ level: Double, of values: [Double]) -> Figure {
        let n = values.count { $0.isFinite }
        guard n > 0 else { return .undefined(.noValues, n: 0) }
        let position = level * Double(n - 1)
        let top = largest(n - min(Int(position), n - 1), of: values)
        let part = position - Double(Int(position))
        let low = top[0]
        let high = top[min(1, top.count - 1)]
        return Figure(low + (high - low) * part, n: n)
    }

    /// So many of the largest finite values, in rising order; fewer where there are not as many.
    package static func largest(_ count: Int, of values: [Double]) -> [Double] {
        var top: [Double] = []
        top.reserveCapacity(count + 1)
        for value in values where value.isFinite {
            guard top.count < count || value > top[0] else { continue }
            var index = top.count
            while index > 0, top[index - 1] > value { index -= 1 }
            top.insert(value, at: index)
            if top.count > count { top.removeFirst() }
        }
        return top
    }
}
