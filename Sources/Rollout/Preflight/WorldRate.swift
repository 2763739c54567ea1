import JSON
import Statistics

/// In how many of some worlds something happened, with the exact 95 % interval of its chance.
struct WorldRate: Equatable {
    let count: Int
    let worldCount: Int

    init(_ count: Int, of worldCount: Int) {
        self.count = count
        self.worldCount = worldCount
    }

    var share: Double { Double(count) / Double(worldCount) }

    var interval: ClopperPearson { ClopperPearson(successes: count, of: worldCount) }

    var document: JSONValue {
        [
            "worlds": JSONValue(count), "of": JSONValue(worldCount), "share": .number(share),
            "low": .number(interval.low), "high": .number(interval.high),
        ]
    }

    /// In per cent: `82.5 [78.4, 86.1]`.
    var text: String {
        let percent = [share, interval.low, interval.high].map { Decimals.text(100 * $0, 1) }
        return "\(percent[0]) [\(percent[1]), \(percent[2])]"
    }
}

/// Numbers as tables show them.
enum Decimals {
    /// Rounded to some digits behind the point, half away from zero.
    static func text(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let whole = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + padded }
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}
