import Market

/// Numbers as people read them; the same in every locale.
enum Units {
    /// `1234567` as `1,234,567`.
    static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1_234_567` as `1.2 M`.
    static func short(_ value: Double) -> String {
        scaled(value, step: 1000, suffixes: ["", " k", " M", " G", " T"])
    }

    /// `1_234_567` as `1.2 MB`.
    static func bytes(_ count: Int) -> String {
        scaled(Double(count), step: 1000, suffixes: [" B", " kB", " MB", " GB", " TB"])
    }

    /// Seconds as `1:02:03` or `2:03`.
    static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        let total = Int(seconds.rounded())
        let hours = total / 3600
        let parts = [total / 60 % 60, total % 60]
        guard hours > 0 else { return "\(parts[0]):" + padded(parts[1]) }
        return "\(hours):" + padded(parts[0]) + ":" + padded(parts[1])
    }

    /// `value` with one digit after the point.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// Four significant digits, with an exponent where the number is very large or small; a dash
    /// for NaN.
    static func significant(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "-" : value < 0 ? "-inf" : "inf" }
        if value == 0 { return "0" }
        var exponent = 0
        var scaled = value.magnitude
        while scaled >= 10 {
            scaled /= 10
            exponent += 1
        }
        while scaled < 1 {
            scaled *= 10
            exponent -= 1
        }
        var thousands = Int((scaled * 1000).rounded())
        if thousands == 10_000 {
            thousands = 1000
            exponent += 1
        }
        let sign = value < 0 ? "-" : ""
        if exponent > 6 || exponent < -4 {
            return "\(sign)\(FixedPoint.text(Int64(thousands), decimals: 3))e\(exponent)"
        }
        let shift = exponent - 3
        if shift >= 0 {
            return sign + String(thousands) + String(repeating: "0", count: shift)
        }
        return sign + FixedPoint.text(Int64(thousands), decimals: -shift)
    }

    /// `part` of `total` in percent, with one digit after the point; a dash where there is nothing.
    static func percent(_ part: Int, of total: Int) -> String {
        total == 0 ? "-" : tenths(100 * Double(part) / Double(total))
    }

    private static func padded(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    private static func scaled(_ value: Double, step: Double, suffixes: [String]) -> String {
        guard value.isFinite else { return "?" }
        var value = value
        var index = 0
        while abs(value) >= step, index < suffixes.count - 1 {
            value /= step
            index += 1
        }
        let text = index == 0 || abs(value) >= 100 ? String(Int(value.rounded())) : tenths(value)
        return text + suffixes[index]
    }
}
