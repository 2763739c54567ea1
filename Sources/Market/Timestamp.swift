/// An instant of market time: nanoseconds since the Unix epoch, UTC, without leap seconds.
///
/// Columns hold the bare `Int64`; this type is for the edges, where a person reads or writes a time.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    package static let secondNs: Int64 = 1_000_000_000
    package static let minuteNs: Int64 = 60 * secondNs
    package static let hourNs: Int64 = 60 * minuteNs
    package static let dayNs: Int64 = 24 * hourNs
}

// MARK: - Text

extension Timestamp: CustomStringConvertible {
    /// Reads `2025-01-31`, `2025-01-31T12:30`, `2025-01-31 12:30:05.25Z`: always UTC.
    ///
    /// Returns nil for anything else, for a date that does not exist and for a time out of `Int64`.
    package init?(_ text: some StringProtocol) {
        var scanner = DigitScanner(Array(text.utf8))
        guard let year = scanner.digits(4), scanner.skip("-"),
            let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2),
            let days = CivilDay(year: year, month: month, day: day)?.daysSinceEpoch
        else { return nil }
        var nanoseconds: Int64 = 0
        if scanner.skip("T") || scanner.skip(" ") {
            guard let hour = scanner.digits(2), hour < 24, scanner.skip(":"),
                let minute = scanner.digits(2), minute < 60
            else { return nil }
            nanoseconds = Int64(hour) * Self.hourNs + Int64(minute) * Self.minuteNs
            if scanner.skip(":") {
                guard let second = scanner.digits(2), second < 60 else { return nil }
                nanoseconds += Int64(second) * Self.secondNs
                if scanner.skip(".") {
                    guard let fraction = scanner.fraction(digitsMax: 9) else { return nil }
                    nanoseconds += fraction
                }
            }
            _ = scanner.skip("Z")
        }
        guard scanner.isAtEnd else { return nil }
        let (dayStart, overflow) = Int64(days).multipliedReportingOverflow(by: Self.dayNs)
        let (total, overflow2) = dayStart.addingReportingOverflow(nanoseconds)
        guard !overflow, !overflow2 else { return nil }
        self.init(nanoseconds: total)
    }

    /// ISO 8601 in UTC, with as many groups of three fraction digits as the value needs.
    package var description: String {
        var days = nanoseconds / Self.dayNs
        var rest = nanoseconds % Self.dayNs
        if rest < 0 {
            days -= 1
            rest += Self.dayNs
        }
        let day = CivilDay(daysSinceEpoch: Int(days))
        let seconds = Int(rest / Self.secondNs)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { padded($0, 2) }.joined(separator: ":")
        return day.description + "T" + clock + fractionText(rest % Self.secondNs) + "Z"
    }

    private func fractionText(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "" }
        if nanoseconds % 1_000_000 == 0 { return "." + padded(Int(nanoseconds / 1_000_000), 3) }
        if nanoseconds % 1_000 == 0 { return "." + padded(Int(nanoseconds / 1_000), 6) }
        return "." + padded(Int(nanoseconds), 9)
    }
}

/// A day of the proleptic Gregorian calendar.
package struct CivilDay: Equatable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1 else { return nil }
        self.year = year
        self.month = month
        self.day = day
        guard CivilDay(daysSinceEpoch: daysSinceEpoch) == self else { return nil }
    }

    // Both conversions count in eras of 400 years whose years begin in March, so that the leap day
    // comes last (Howard Hinnant, "chrono-compatible low-level date algorithms").
    package init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSinceEpoch: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package var description: String {
        "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// The digits after a decimal point, scaled to nanoseconds.
    mutating func fraction(digitsMax: Int) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while count < digitsMax, let digit = nextDigit() {
            value = value * 10 + Int64(digit)
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<digitsMax { value *= 10 }
        return value
    }

    private mutating func nextDigit() -> Int? {
        guard position < bytes.count, case 48...57 = bytes[position] else { return nil }
        defer { position += 1 }
        return Int(bytes[position]) - 48
    }
}
