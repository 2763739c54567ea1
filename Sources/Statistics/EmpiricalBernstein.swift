import Numerics

/// A lower limit of a running mean that holds at all times and for any number of observations, if
/// these lie within a declared cap: the predictable plug-in empirical Bernstein bound (Waudby-Smith
/// and Ramdas 2024).
///
/// What lies beyond the cap is clipped, and counted: with clips below, the limit is of the clipped
/// mean alone.
package struct EmpiricalBernstein: Hashable, Sendable {
    package let alpha: Double
    /// Observations lie in -cap...cap.
    package let cap: Double

    package private(set) var count = 0
    package private(set) var clipCount = 0
    private var weights = CompensatedSum()
    private var weighted = CompensatedSum()
    private var penalty = CompensatedSum()
    private var sum = CompensatedSum()
    private var squares = CompensatedSum()

    package init(alpha: Double, cap: Double) {
        precondition(alpha > 0 && alpha < 1, "an error rate is a share")
        precondition(cap > 0 && cap.isFinite, "a cap is a size")
        self.alpha = alpha
        self.cap = cap
    }

    /// Takes the next observation, which is no NaN.
    package mutating func add(_ value: Double) {
        precondition(!value.isNaN, "an observation is a number")
        if value.magnitude > cap { clipCount += 1 }
        let scaled = (min(max(value, -cap), cap) + cap) / (2 * cap)
        // Mean and variance of the past alone, with half and a quarter as a first guess.
        let mean = (0.5 + sum.value) / Double(count + 1)
        let variance = (0.25 + squares.value) / Double(count + 1)
        count += 1
        let steps = Double(count)
        let weight = min(
            0.5,
            (-2 * Elementary.log(alpha) / (variance * steps * Elementary.log(1 + steps)))
                .squareRoot())
        weights.add(weight)
        weighted.add(weight * scaled)
        penalty.add(
            (scaled - mean) * (scaled - mean) * (-Elementary.log(1 - weight) - weight))
        sum.add(scaled)
        let newMean = (0.5 + sum.value) / Double(count + 1)
        squares.add((scaled - newMean) * (scaled - newMean))
    }

    /// Never below the cap's lower end; nil without observations.
    package var lower: Double? {
        guard count > 0 else { return nil }
        let scaled =
            (weighted.value + Elementary.log(alpha) - penalty.value) / weights.value
        return max(scaled, 0) * 2 * cap - cap
    }
}
