import Numerics

/// Finds the temperature that makes margins say how sure one may be.
package enum TemperatureFit {
    /// The temperatures that are looked at. Beyond them margins say nothing, or everything.
    package static let range = 0.05...20.0

    /// The temperature of least logistic loss over the rows.
    ///
    /// The loss is convex in the temperature's reciprocal, so halving the interval by the sign of
    /// its slope finds the least in a fixed number of steps, whatever the margins are.
    package static func temperature(margins: [Double], isBuy: [Bool]) -> Double {
        precondition(margins.count == isBuy.count && !margins.isEmpty, "each row has a label")
        var low = 1 / range.upperBound
        var high = 1 / range.lowerBound
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            if slope(margins, isBuy, at: middle) < 0 { low = middle } else { high = middle }
        }
        return 2 / (low + high)
    }

    /// The derivative of the summed loss in the reciprocal of the temperature.
    private static func slope(_ margins: [Double], _ isBuy: [Bool], at factor: Double) -> Double {
        var sum = 0.0
        for index in margins.indices {
            let probability = 1 / (1 + Elementary.exp(-margins[index] * factor))
            sum += margins[index] * (probability - (isBuy[index] ? 1 : 0))
        }
        return sum
    }
}
