/// A sum that keeps what rounding loses (Neumaier 1974), so that the result hardly depends on the
/// order of its terms, and not at all on how many there are.
package struct CompensatedSum: Hashable, Sendable {
    private var sum = 0.0
    private var lost = 0.0

    package init() {}

    package mutating func add(_ term: Double) {
        let next = sum + term
        lost += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
        sum = next
    }

    package var value: Double { sum + lost }
}

/// Moments of plain arrays, in the order of their values. Callers have checked that none is empty.
enum Moments {
    static func sum(_ values: [Double]) -> Double {
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        return sum.value
    }

    static func mean(_ values: [Double]) -> Double { sum(values) / Double(values.count) }

    /// Of the sample, divided by n - 1; in two passes.
    static func variance(_ values: [Double], around mean: Double) -> Double {
        var squares = CompensatedSum()
        for value in values { squares.add((value - mean) * (value - mean)) }
        return squares.value / Double(values.count - 1)
    }

    /// Nil when the values differ by no more than rounding: equal returns of 0.001 have a standard
    /// deviation of 2e-19, which is noise that must not become a divisor.
    static func standardDeviation(_ values: [Double], around mean: Double) -> Double? {
        let deviation = variance(values, around: mean).squareRoot()
        var size = 0.0
        for value in values { size = max(size, value.magnitude) }
        return deviation > 1e-13 * size ? deviation : nil
    }

    static func areFinite(_ values: [Double]) -> Bool { values.allSatisfy(\.isFinite) }
}
