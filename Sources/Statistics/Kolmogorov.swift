import Numerics

/// Distributions of Kolmogorov's distance. Boost.Math 1.74 has none of them; these are the same
/// bits on every machine.
package enum Kolmogorov {
    /// P(K > `x`) of the limit distribution: 2 (exp(-2 x^2) - exp(-8 x^2) + ...).
    package static func survival(_ x: Double) -> Double {
        guard x > 0 else { return 1 }
        // Below 1 the theta function's other series converges faster, and gives P(K <= x).
        if x < 1 {
            let step = Double.pi * Double.pi / (8 * x * x)
            var sum = 0.0
            for odd in stride(from: 1.0, through: 11, by: 2) {
                sum += Elementary.exp(-odd * odd * step)
            }
            return 1 - (2 * Double.pi).squareRoot() / x * sum
        }
        var sum = 0.0
        for k in stride(from: 1.0, through: 8, by: 1) {
            let term = Elementary.exp(-2 * k * k * x * x)
            sum += Int(k) & 1 == 1 ? term : -term
        }
        return 2 * sum
    }

    /// The limit at Stephens' (1970) argument for a finite size.
    package static func stephens(distance: Double, size: Double) -> Double {
        let root = size.squareRoot()
        return survival((root + 0.12 + 0.11 / root) * distance)
    }

    /// P(D >= `distance`) for one sample of `count` values (Marsaglia, Tsang and Wang 2003).
    ///
    /// - Complexity: O((count * distance)^3 log count).
    package static func oneSampleSurvival(distance: Double, count: Int) -> Double {
        guard distance > 0, count > 0 else { return 1 }
        guard distance < 1 else { return 0 }
        let reach = Double(count) * distance
        let k = Int(reach) + 1
        let matrix = SquareMatrix.durbin(size: 2 * k - 1, h: Double(k) - reach)
        let power = matrix.raised(to: count)
        var value = power.matrix[k - 1, k - 1]
        var exponent = power.exponent
        for i in 1...count {
            value *= Double(i) / Double(count)
            if value < 0x1p-400 {
                value *= 0x1p400
                exponent -= 400
            }
        }
        return max(0, 1 - value * Elementary.pow(2, Double(exponent)))
    }
}

/// A small matrix by rows.
private struct SquareMatrix {
    let size: Int
    var values: [Double]

    init(size: Int) {
        self.size = size
        values = [Double](repeating: 0, count: size * size)
    }

    subscript(row: Int, column: Int) -> Double {
        get { values[row * size + column] }
        set { values[row * size + column] = newValue }
    }

    /// Durbin's matrix of transitions, whose power holds the wanted probability.
    static func durbin(size: Int, h: Double) -> SquareMatrix {
        var powers = [1.0]
        for _ in 0..<size { powers.append(powers[powers.count - 1] * h) }
        var matrix = SquareMatrix(size: size)
        for row in 0..<size {
            for column in 0..<min(row + 2, size) { matrix[row, column] = 1 }
        }
        for index in 0..<size {
            matrix[index, 0] -= powers[index + 1]
            matrix[size - 1, index] -= powers[size - index]
        }
        if 2 * h > 1 {
            var corner = 1.0
            for _ in 0..<size { corner *= 2 * h - 1 }
            matrix[size - 1, 0] += corner
        }
        for row in 0..<size {
            for column in 0..<min(row + 1, size) {
                for divisor in 1...(row - column + 1) {
                    matrix[row, column] /= Double(divisor)
                }
            }
        }
        return matrix
    }

    /// The power, to be multiplied by 2^exponent.
    func raised(to power: Int) -> (matrix: SquareMatrix, exponent: Int) {
        if power == 1 { return (self, 0) }
        var (result, exponent) = raised(to: power / 2)
        result = result.times(result)
        exponent *= 2
        if power & 1 == 1 { result = result.times(self) }
        if result[size / 2, size / 2] > 0x1p400 {
            result.values = result.values.map { $0 * 0x1p-400 }
            exponent += 400
        }
        return (result, exponent)
    }

    private func times(_ other: SquareMatrix) -> SquareMatrix {
        var product = SquareMatrix(size: size)
        for row in 0..<size {
            for inner in 0..<size {
                let factor = self[row, inner]
                for column in 0..<size {
                    product.values[row * size + column] +=
                        factor * other.values[inner * size + column]
                }
            }
        }
        return product
    }
}
