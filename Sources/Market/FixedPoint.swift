/// Decimal text as an integer and a count of decimals: how prices and sizes enter and leave.
package enum FixedPoint {
    /// Powers of ten that fit an `Int64`; their count bounds every scale in the project.
    package static let decimalsMax = 18

    /// 10 to the power of `exponent`, which must lie in `0...18`.
    package static func powerOfTen(_ exponent: Int) -> Int64 {
        precondition((0...decimalsMax).contains(exponent), "10^\(exponent) does not fit an Int64")
        var value: Int64 = 1
        for _ in 0..<exponent { value *= 10 }
        return value
    }

    /// `units` of 10^-`decimals`, written without trailing zeros: `(1250, 3)` gives `1.25`.
    package static func text(_ units: Int64, decimals: Int) -> String {
        precondition((0...decimalsMax).contains(decimals), "\(decimals) decimals are out of range")
        var digits = Array(String(units.magnitude).utf8)
        if digits.count <= decimals {
            digits.insert(
                contentsOf: repeatElement(48, count: decimals + 1 - digits.count), at: 0)
        }
        var fraction = digits[(digits.count - decimals)...]
        while fraction.last == 48 { fraction.removeLast() }
        let whole = String(decoding: digits[..<(digits.count - decimals)], as: UTF8.self)
        let sign = units < 0 ? "-" : ""
        if fraction.isEmpty { return sign + whole }
        return sign + whole + "." + String(decoding: fraction, as: UTF8.self)
    }
}

/// A decimal number as it was written: `mantissa` x 10^-`decimals`, trailing zeros dropped.
package struct Decimal: Hashable, Sendable {
    package let mantissa: Int64
    package let decimals: Int

    /// Reads `-12.50`, `1e-7`, `3.2E+4`. Returns nil for anything else (`nan`, an empty field, a
    /// second point) and for a number that an `Int64` with at most 18 decimals cannot hold exactly.
    package init?(_ bytes: Span<UInt8>) {
        var position = 0
        var isNegative = false
        if position < bytes.count, bytes[position] == 45 || bytes[position] == 43 {
            isNegative = bytes[position] == 45
            position += 1
        }
        // Zeros are held back until a digit follows them, so trailing ones cost no range.
        var magnitude: Int64 = 0
        var pendingZeros = 0
        var exponent = 0
        var digitCount = 0
        var isFraction = false
        scan: while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 46 where !isFraction:
                isFraction = true
            case 48:
                pendingZeros += magnitude == 0 ? 0 : 1
                exponent -= isFraction ? 1 : 0
                digitCount += 1
            case 49...57:
                guard
                    let next = Self.append(
                        Int64(byte - 48), afterZeros: pendingZeros, to: magnitude)
                else { return nil }
                magnitude = next
                pendingZeros = 0
                exponent -= isFraction ? 1 : 0
                digitCount += 1
            default:
                break scan
            }
            position += 1
        }
        guard digitCount > 0 else { return nil }
        if position < bytes.count {
            guard let scale = Self.exponent(bytes, from: position) else { return nil }
            exponent += scale
        }
        guard
            let value = Decimal(
                magnitude: magnitude, exponent: exponent + pendingZeros, isNegative: isNegative)
        else { return nil }
        self = value
    }

    package init?(_ text: String) {
        self.init(Array(text.utf8).span)
    }

    /// `mantissa` x 10^-`decimals`; nil for more than 18 decimals that count.
    package init?(mantissa: Int64, decimals: Int) {
        var value = mantissa
        var rest = decimals
        while rest > 0, value != 0, value % 10 == 0 {
            value /= 10
            rest -= 1
        }
        guard value == 0 || (0...FixedPoint.decimalsMax).contains(rest) else { return nil }
        self.mantissa = value
        self.decimals = value == 0 ? 0 : rest
    }

    private init?(magnitude: Int64, exponent: Int, isNegative: Bool) {
        guard magnitude != 0 else {
            mantissa = 0
            decimals = 0
            return
        }
        var value = magnitude
        if exponent > 0 {
            guard exponent <= FixedPoint.decimalsMax else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(
                by: FixedPoint.powerOfTen(exponent))
            guard !overflow else { return nil }
            value = product
        }
        guard -exponent <= FixedPoint.decimalsMax else { return nil }
        mantissa = isNegative ? -value : value
        decimals = max(0, -exponent)
    }

    /// The value in units of 10^-`decimals`; nil when it is finer than that or does not fit.
    package func units(decimals target: Int) -> Int64? {
        guard target >= decimals, target - decimals <= FixedPoint.decimalsMax else {
            return mantissa == 0 ? 0 : nil
        }
        let (value, overflow) = mantissa.multipliedReportingOverflow(
            by: FixedPoint.powerOfTen(target - decimals))
        return overflow ? nil : value
    }

    private static func append(_ digit: Int64, afterZeros zeros: Int, to value: Int64) -> Int64? {
        guard zeros < FixedPoint.decimalsMax else { return value == 0 ? digit : nil }
        let (shifted, overflow) = value.multipliedReportingOverflow(
            by: FixedPoint.powerOfTen(zeros + 1))
        let (sum, overflow2) = shifted.addingReportingOverflow(digit)
        return overflow || overflow2 ? nil : sum
    }

    private static func exponent(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        guard bytes[start] == 101 || bytes[start] == 69 else { return nil }
        var position = start + 1
        var isNegative = false
        if position < bytes.count, bytes[position] == 45 || bytes[position] == 43 {
            isNegative = bytes[position] == 45
            position += 1
        }
        guard position < bytes.count, bytes.count - position <= 3 else { return nil }
        var value = 0
        while position < bytes.count {
            guard case 48...57 = bytes[position] else { return nil }
            value = value * 10 + Int(bytes[position] - 48)
            position += 1
        }
        return isNegative ? -value : value
    }
}
