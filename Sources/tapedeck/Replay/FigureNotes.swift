import Market
import Reports
import Statistics

/// Writes figures into cells, and keeps why some of them have no value.
struct FigureNotes {
    private var reasons: [(column: String, reason: String)] = []

    /// The value as `format` writes it, or a dash. `reason` says more than the figure could.
    mutating func cell(
        _ figure: Figure, _ column: String, _ format: (Double) -> String, _ reason: String? = nil
    ) -> String {
        if let value = figure.value { return format(value) }
        let why = reason ?? figure.reason?.text ?? ""
        if !reasons.contains(where: { $0 == (column, why) }) { reasons.append((column, why)) }
        return "-"
    }

    /// The columns that hold dashes, by their reasons; nothing where there are none.
    var lines: String {
        var text = ""
        var told: [String] = []
        for (_, reason) in reasons where !told.contains(reason) {
            told.append(reason)
            let columns = reasons.filter { $0.reason == reason }.map(\.column)
            text += ReplaySummaryText.wrapped("  - for \(reason):", columns)
        }
        return text
    }
}

extension ReplaySummaryText {
    static func interval(_ figure: Figure, _ format: (Double) -> String) -> String {
        guard let interval = figure.interval else { return "" }
        return "[\(format(interval.low)), \(format(interval.high))]"
    }

    static func bps(_ fraction: Double) -> String { Units.tenths(1e4 * fraction) }
    static func percent(_ fraction: Double) -> String { Units.tenths(100 * fraction) }
    static func percent2(_ fraction: Double) -> String { hundredths(100 * fraction) }
    static func hundredths(_ value: Double) -> String { decimals(value, 2) }
    static func thousandths(_ value: Double) -> String { decimals(value, 3) }
    /// Cash in quote currency.
    static func money(_ value: Double) -> String { decimals(value, 2) }

    static func time(_ timeNs: Int64) -> String { "\(Timestamp(nanoseconds: timeNs))" }

    /// A total and its parts: `3 (stop 1, target 2)`.
    static func list(_ total: Int, _ parts: [WordCount]) -> String {
        let words = parts.map { "\($0.word) \(Units.count($0.count))" }
        return Units.count(total) + (words.isEmpty ? "" : " (\(words.joined(separator: ", ")))")
    }

    /// A heading and its words, on as many lines of 100 columns as they need.
    static func wrapped(_ heading: String, _ words: [String]) -> String {
        var text = ""
        var line = heading
        for (index, word) in words.enumerated() {
            let item = word + (index == words.count - 1 ? "" : ",")
            if line.count + item.count + 1 > 100 {
                text += line + "\n"
                line = "   "
            }
            line += " " + item
        }
        return text + line + "\n"
    }

    /// Fixed decimals, or an exponent where a number is too large for them to matter.
    private static func decimals(_ value: Double, _ decimals: Int) -> String {
        guard abs(value) < 1e12 else { return Units.significant(value) }
        let one = Int(FixedPoint.powerOfTen(decimals))
        let scaled = Int((value * Double(one)).rounded())
        let fraction = String(scaled.magnitude % UInt(one))
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / UInt(one)).\(zeros)\(fraction)"
    }
}
