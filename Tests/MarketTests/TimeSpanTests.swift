import Market
import Testing

@Suite("A length of time")
struct TimeSpanTests {
    @Test(
        "is read from a decimal and a unit",
        arguments: [
            ("250ms", 250_000_000), ("1.5s", 1_500_000_000), ("15m", 900_000_000_000),
            ("4h", 14_400_000_000_000), ("1d", 86_400_000_000_000), ("-1.27s", -1_270_000_000),
            ("3us", 3_000), ("7ns", 7), ("0s", 0), ("1e3ns", 1_000),
        ] as [(String, Int64)])
    func reading(_ text: String, _ nanoseconds: Int64) {
        #expect(TimeSpan.nanoseconds(text) == nanoseconds)
    }

    @Test(
        "is nothing without a unit, in fractions of a nanosecond, or beyond an Int64",
        arguments: [
            "", "s", "15", "15 m", "m15", "1.5ns", "1x", "1e18d", "15mm",
        ])
    func refusal(_ text: String) {
        #expect(TimeSpan.nanoseconds(text) == nil)
    }

    @Test(
        "is written in the largest unit that leaves a whole number",
        arguments: [
            "250ms", "15m", "4h", "1d", "90m", "1001us", "7ns", "0s", "-5m",
        ])
    func writing(_ text: String) throws {
        let nanoseconds = try #require(TimeSpan.nanoseconds(text))
        #expect(TimeSpan.text(nanoseconds) == text)
    }
}
