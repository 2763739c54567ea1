package import Pages
package import Statistics

extension Phrase {
    /// A figure's value alone; a dash with its reason where there is none.
    ///
    /// - Parameters:
    ///   - key: of the figure in the report's JSON, whose member `value` it is.
    ///   - reason: says more than the figure could.
    package static func value(
        _ figure: Figure, _ format: NumberFormat, key: String, reason: String? = nil
    ) -> Phrase {
        guard let value = figure.value else {
            return .missing(reason ?? figure.reason?.text ?? "", key: key + ".value")
        }
        return .number(value, format, key: key + ".value")
    }

    /// A figure's value and, where it has one, its 95 % interval.
    package static func figure(
        _ figure: Figure, _ format: NumberFormat, key: String, reason: String? = nil
    ) -> Phrase {
        let value = Phrase.value(figure, format, key: key, reason: reason)
        guard let interval = interval(figure, format, key: key) else { return value }
        return value + " " + interval
    }

    /// The 95 % interval of a figure in brackets; nil where it has none.
    package static func interval(
        _ figure: Figure, _ format: NumberFormat, key: String
    ) -> Phrase? {
        guard let interval = figure.interval else { return nil }
        let low = Phrase.number(interval.low, format.bare, key: key + ".interval.low")
        let high = Phrase.number(interval.high, format.bare, key: key + ".interval.high")
        return "[\(low), \(high)]"
    }

    /// How many observations are behind a figure.
    package static func n(_ figure: Figure, key: String) -> Phrase {
        .number(figure.n, .count, key: key + ".n")
    }
}

extension NumberFormat {
    /// Basis points from a fraction, in a column whose heading names the unit.
    static let bps = NumberFormat.basisPointsOfFraction().bare
    static let signedBps = NumberFormat.basisPointsOfFraction().signed.bare
    static let percentBare = NumberFormat.percent().bare
    static let percent2 = NumberFormat.percent(2).bare
    static let ratio = NumberFormat.fixed(2)
    static let score = NumberFormat.fixed(3)
    static let money = NumberFormat.fixed(2)
}

extension RunLedger {
    var ink: Ink {
        switch self {
        case .champion: .champion
        case .candidate: .candidate
        case .acted: .fourth
        }
    }
}
