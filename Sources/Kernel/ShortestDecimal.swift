extension Double {
    /// The shortest decimal that reads back as this number: `90`, `0.0005`, `0.00001`, `1e-12`.
    /// Equal numbers have equal text in every locale.
    package var shortestDecimal: String {
        guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
        // The standard library finds the digits, and writes some of them with an exponent.
        let parts = magnitude.description.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let sign = self < 0 ? "-" : ""
        guard (-9...15).contains(exponent) else { return sign + parts.joined(separator: "e") }
        let halves = parts[0].split(separator: ".")
        let whole = Array(halves[0])
        var digits = whole + Array(halves.count > 1 ? halves[1] : "")
        var point = whole.count + exponent
        while point < 1 {
            digits.insert("0", at: 0)
            point += 1
        }
        while digits.count < point { digits.append("0") }
        while digits.count > point, digits.last == "0" { digits.removeLast() }
        let fraction = digits.count > point ? "." + String(digits[point...]) : ""
        return sign + String(digits[..<point]) + fraction
    }
}
