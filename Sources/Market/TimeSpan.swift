/// Lengths of time as people write them: `250ms`, `1.5s`, `15m`, `4h`, `1d`.
package enum TimeSpan {
    private static let units: [(nanoseconds: Int64, name: String)] = [
        (Timestamp.dayNs, "d"), (Timestamp.hourNs, "h"), (Timestamp.minuteNs, "m"),
        (Timestamp.secondNs, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns"),
    ]

    /// `1.5s` in nanoseconds; nil for what is no whole number of them, or has no unit.
    package static func nanoseconds(_ text: String) -> Int64? {
        // Of two units that a text may end in, such as s and ms, the longer one is meant.
        let fitting = units.filter { text.hasSuffix($0.name) }
        let longest = fitting.max { $0.name.count < $1.name.count }
        guard let unit = longest, let value = Decimal(String(text.dropLast(unit.name.count))) else {
            return nil
        }
        let product = Int128(value.mantissa) * Int128(unit.nanoseconds)
        let scale = Int128(FixedPoint.powerOfTen(value.decimals))
        guard product % scale == 0 else { return nil }
        return Int64(exactly: product / scale)
    }

    /// In the largest unit that leaves a whole number, as exchanges name candles: `5m`, `1h`, `1d`.
    package static func text(_ nanoseconds: Int64) -> String {
        for (unit, name) in units where nanoseconds != 0 && nanoseconds % unit == 0 {
            return "\(nanoseconds / unit)\(name)"
        }
        return "0s"
    }
}
