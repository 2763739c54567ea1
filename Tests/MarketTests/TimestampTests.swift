import Market
import Testing

@Suite("A timestamp")
struct TimestampTests {
    @Test(
        "reads and writes the same text",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1_000_000),
            ("2025-01-31T12:30:05.250Z", 1_738_326_605_250_000_000),
            ("2024-02-29T00:00:00.000001Z", 1_709_164_800_000_001_000),
            ("2024-02-29T00:00:00.000000001Z", 1_709_164_800_000_000_001),
        ])
    func text(text: String, nanoseconds: Int64) {
        #expect(Timestamp(text)?.nanoseconds == nanoseconds)
        #expect("\(Timestamp(nanoseconds: nanoseconds))" == text)
    }

    @Test("reads a day, and a minute without seconds")
    func shortForms() {
        #expect(Timestamp("2025-03-01") == Timestamp("2025-03-01T00:00:00Z"))
        #expect(Timestamp("2025-03-01 07:05") == Timestamp("2025-03-01T07:05:00Z"))
    }

    @Test(
        "refuses what is no date",
        arguments: [
            "", "2025", "2025-02-29", "2025-13-01", "2025-01-01T24:00", "2025-01-01T00:60",
            "2025-01-01T00:00:00+01:00", "9999-01-01", "2025-01-01T00:00:00.", "x2025-01-01",
        ])
    func refusals(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("counts days as the calendar does, in both directions")
    func days() {
        for day in stride(from: -200_000, through: 200_000, by: 97) {
            #expect(CivilDay(daysSinceEpoch: day).daysSinceEpoch == day)
        }
        #expect(CivilDay(year: 2000, month: 3, day: 1)?.daysSinceEpoch == 11_017)
    }
}
