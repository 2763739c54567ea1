package import JSON
import Market

extension JSONField {
    /// A length of time within `range`, such as `"250ms"`.
    package func duration(in range: ClosedRange<Int64>) throws(JSONError) -> Int64 {
        guard let durationNs = TimeSpan.nanoseconds(try string()) else {
            throw refusal("must be a length of time such as \"250ms\", \"1.5s\", \"15m\" or \"4h\"")
        }
        guard range.contains(durationNs) else {
            let least = TimeSpan.text(range.lowerBound)
            throw refusal("must lie within \(least)...\(TimeSpan.text(range.upperBound))")
        }
        return durationNs
    }

    /// A time between 1970 and 2200, where sums with a span cannot overflow.
    func time() throws(JSONError) -> Int64 {
        guard let time = Timestamp(try string()), time.nanoseconds >= 0,
            time.nanoseconds < Scenario.timeNsMax
        else { throw refusal("must be a time from 1970 to 2199, such as \"2025-01-31T12:30\"") }
        return time.nanoseconds
    }

    /// A fraction such as 0.005, in millionths.
    func millionths(in range: ClosedRange<Int64>) throws(JSONError) -> Int64 {
        let least = FixedPoint.text(range.lowerBound, decimals: 6)
        let most = FixedPoint.text(range.upperBound, decimals: 6)
        _ = try number(in: -.greatestFiniteMagnitude ... .greatestFiniteMagnitude)
        // The shortest text of the number is what was written, so its decimals are exact.
        guard let fraction = Decimal(node.value.text())?.units(decimals: 6),
            range.contains(fraction)
        else { throw refusal("must be a multiple of 0.000001 within \(least)...\(most)") }
        return fraction
    }
}

extension Scenario {
    /// Times lie before this one, in the year 2199.
    package static let timeNsMax = 84_000 * Timestamp.dayNs
}
