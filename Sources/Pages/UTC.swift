/// Instants as people read them, in UTC. Given as nanoseconds since the Unix epoch.
package enum UTC {
    static let secondNs: Int64 = 1_000_000_000
    static let dayNs: Int64 = 86_400 * secondNs

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `2025-03-11`
    package static func day(_ ns: Int64) -> String {
        let date = civil(ns)
        return "\(date.year)-\(padded(date.month))-\(padded(date.day))"
    }

    /// `2025-03-11 06:15`
    package static func minute(_ ns: Int64) -> String {
        day(ns) + " " + clock(ns)
    }

    /// `2025-03-11 06:15:00`
    package static func second(_ ns: Int64) -> String {
        minute(ns) + ":" + padded(Int(dayPart(ns) / secondNs % 60))
    }

    /// `06:15`
    package static func clock(_ ns: Int64) -> String {
        let minutes = Int(dayPart(ns) / secondNs / 60)
        return padded(minutes / 60) + ":" + padded(minutes % 60)
    }

    /// `03-11`, where the year is clear.
    package static func monthDay(_ ns: Int64) -> String {
        String(day(ns).suffix(5))
    }

    /// `11 Mar`
    static func shortDay(_ ns: Int64) -> String {
        let date = civil(ns)
        return "\(date.day) \(months[date.month - 1])"
    }

    /// `Mar 2025`
    static func month(_ ns: Int64) -> String {
        let date = civil(ns)
        return "\(months[date.month - 1]) \(date.year)"
    }

    /// The day of the month, 1-based.
    static func dayOfMonth(_ ns: Int64) -> Int {
        civil(ns).day
    }

    private static func dayPart(_ ns: Int64) -> Int64 {
        let rest = ns % dayNs
        return rest < 0 ? rest + dayNs : rest
    }

    /// The date of the proleptic Gregorian calendar, in eras of 400 years that begin in March
    /// (Howard Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(_ ns: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int((ns - dayPart(ns)) / dayNs) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func padded(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
