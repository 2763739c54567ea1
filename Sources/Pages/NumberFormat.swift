/// How a kind of number reads: its decimals, its unit, whether a plus is shown.
///
/// All reports write numbers through here, so that one quantity looks the same everywhere. Equal
/// numbers have equal text on every machine.
package struct NumberFormat: Hashable, Sendable {
    private enum Digits: Hashable {
        case fixed(Int)
        /// As many decimals as show this many digits from the first that is not zero.
        case significant(Int)
    }

    private let digits: Digits
    private let scale: Double
    private let unit: String
    private var isSigned = false

    /// `1,234`
    package static let count = NumberFormat.fixed(0)

    /// `1,234.50`, and the unit after a space where there is one.
    package static func fixed(_ decimals: Int, unit: String = "") -> NumberFormat {
        NumberFormat(digits: .fixed(decimals), scale: 1, unit: unit)
    }

    /// `3.1 bps` from a number of basis points.
    package static func basisPoints(_ decimals: Int = 1) -> NumberFormat {
        .fixed(decimals, unit: "bps")
    }

    /// `3.1 bps` from a fraction of 0.00031.
    package static func basisPointsOfFraction(_ decimals: Int = 1) -> NumberFormat {
        NumberFormat(digits: .fixed(decimals), scale: 10_000, unit: "bps")
    }

    /// `12.5 %` from a fraction of 0.125.
    package static func percent(_ decimals: Int = 1) -> NumberFormat {
        NumberFormat(digits: .fixed(decimals), scale: 100, unit: "%")
    }

    /// `12.5 pp` from a difference of shares of 0.125.
    package static func percentagePoints(_ decimals: Int = 1) -> NumberFormat {
        NumberFormat(digits: .fixed(decimals), scale: 100, unit: "pp")
    }

    /// `0.0123`, `1.23`, `12,345`: for quantities whose size is not known beforehand.
    package static func significant(_ digits: Int = 3, unit: String = "") -> NumberFormat {
        NumberFormat(digits: .significant(digits), scale: 1, unit: unit)
    }

    private init(digits: Digits, scale: Double, unit: String) {
        self.digits = digits
        self.scale = scale
        self.unit = unit
    }

    /// The same with a plus before what is above zero, as differences are shown.
    package var signed: NumberFormat {
        var format = self
        format.isSigned = true
        return format
    }

    /// The same without its unit, for a column whose heading names it.
    package var bare: NumberFormat {
        var format = NumberFormat(digits: digits, scale: scale, unit: "")
        format.isSigned = isSigned
        return format
    }

    /// `value` in this format; a dash for what is not finite.
    package func text(_ value: Double) -> String {
        guard value.isFinite else { return NumberFormat.dash }
        let scaled = value * scale
        let number = decimal(scaled.magnitude, decimals: decimals(of: scaled.magnitude))
        // What rounds to zero has no sign.
        let isZero = number.allSatisfy { $0 == "0" || $0 == "." }
        let sign = isZero ? "" : scaled < 0 ? "\u{2212}" : isSigned ? "+" : ""
        return unit.isEmpty ? sign + number : sign + number + " " + unit
    }

    package func text(_ value: Int) -> String {
        text(Double(value))
    }

    /// What stands where there is no number.
    package static let dash = "\u{2013}"

    private func decimals(of magnitude: Double) -> Int {
        switch digits {
        case .fixed(let decimals): return decimals
        case .significant(let count):
            guard magnitude > 0 else { return 0 }
            var decimals = count - 1
            var rest = magnitude
            while rest >= 10, decimals > 0 {
                rest /= 10
                decimals -= 1
            }
            while rest < 1, decimals < 12 {
                rest *= 10
                decimals += 1
            }
            return decimals
        }
    }

    private func decimal(_ magnitude: Double, decimals: Int) -> String {
        var power = 1.0
        for _ in 0..<decimals { power *= 10 }
        let scaled = (magnitude * power).rounded()
        // Beyond 2^53 a number has no decimals to round.
        guard scaled < 9e15 else { return magnitude.description }
        var figures = Array(String(Int64(scaled)))
        while figures.count <= decimals { figures.insert("0", at: 0) }
        let whole = grouped(figures.dropLast(decimals))
        return decimals == 0 ? whole : whole + "." + String(figures.suffix(decimals))
    }

    private func grouped(_ figures: ArraySlice<Character>) -> String {
        var text = ""
        for (index, figure) in figures.enumerated() {
            if index > 0, (figures.count - index) % 3 == 0 { text += "," }
            text.append(figure)
        }
        return text
    }
}

extension NumberFormat {
    /// The format for ticks `step` apart: as few decimals as tell one tick from the next.
    func ticks(ofStep step: Double) -> NumberFormat {
        var decimals = 0
        var rest = step * scale
        while decimals < 9, (rest - rest.rounded()).magnitude > 1e-6 * rest {
            rest *= 10
            decimals += 1
        }
        var format = NumberFormat(digits: .fixed(decimals), scale: scale, unit: "")
        format.isSigned = isSigned
        return format
    }
}
