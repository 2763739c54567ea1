import Pages
import Testing

@Suite("Numbers in reports")
struct NumberFormatTests {
    @Test(
        "A number has the decimals, the unit and the sign of its format",
        arguments: [
            (1234.5, NumberFormat.count, "1,235"), (-0.04, .fixed(1), "0.0"),
            (-1.25, .basisPoints(), "\u{2212}1.3 bps"), (3.1, .basisPoints().signed, "+3.1 bps"),
            (0, .basisPoints().signed, "0.0 bps"), (-0.0021, .percent(2), "\u{2212}0.21 %"),
            (0.00031, .basisPointsOfFraction(), "3.1 bps"), (0.999, .fixed(2), "1.00"),
            (1_234_567.891, .fixed(2), "1,234,567.89"), (.nan, .fixed(2), "\u{2013}"),
            (.infinity, .count, "\u{2013}"), (0.3, .percent(1).bare, "30.0"),
        ])
    func fixed(value: Double, format: NumberFormat, text: String) {
        #expect(format.text(value) == text)
    }

    @Test(
        "A quantity of unknown size shows its first digits",
        arguments: [
            (0.012_345, "0.0123"), (1.234, "1.23"), (12_345.6, "12,346"), (0, "0"),
            (-0.5, "\u{2212}0.500"), (1e-12, "0.000000000001"),
        ])
    func significant(value: Double, text: String) {
        #expect(NumberFormat.significant(3).text(value) == text)
    }
}

@Suite("Instants in reports")
struct UTCTests {
    @Test(
        "An instant is told in UTC, before 1970 too",
        arguments: [
            (0, "1970-01-01 00:00:00"), (1_741_673_705_000_000_000, "2025-03-11 06:15:05"),
            (951_782_399_999_999_999, "2000-02-28 23:59:59"),
            (951_868_799_000_000_000, "2000-02-29 23:59:59"),
            (-1_000_000_000, "1969-12-31 23:59:59"),
        ] as [(Int64, String)])
    func seconds(ns: Int64, text: String) {
        #expect(UTC.second(ns) == text)
        #expect(UTC.minute(ns) == String(text.dropLast(3)))
        #expect(UTC.day(ns) == String(text.prefix(10)))
    }
}
