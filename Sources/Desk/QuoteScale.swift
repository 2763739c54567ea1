import Market

/// Turns exact sums of price times size into cash of an instrument.
///
/// Sums count two-millionths of a price unit times a size unit: in these a mid, which may lie
/// between two prices, and a cost in millionths of a notional are whole numbers, so nothing is
/// rounded before the end.
struct QuoteScale: Equatable, Sendable {
    /// Of such parts in one price unit times one size unit.
    static let partsPerProduct: Int128 = 2_000_000

    private let factor: Int128
    private let divisor: Int128

    init(_ instrument: Instrument) {
        self.init(productDecimals: instrument.productDecimals, decimals: instrument.quoteDecimals)
    }

    /// Into cash of `decimals` decimals.
    init(productDecimals: Int, decimals: Int) {
        factor = Int128.powerOfTen(max(0, decimals - productDecimals))
        divisor = Self.partsPerProduct * .powerOfTen(max(0, productDecimals - decimals))
    }

    /// The least amount that is no less than the sum.
    func up(_ sum: Int128) -> Int64 { -down(-sum) }

    /// The largest amount that is no more than the sum.
    func down(_ sum: Int128) -> Int64 { Int64(Int128.floor(sum * factor, by: divisor)) }

    func awayFromZero(_ sum: Int128) -> Int64 { sum < 0 ? down(sum) : up(sum) }

    /// What is due on a product of price and size, away from zero.
    func funding(_ product: Int128, rate: Int64) -> Int64 {
        let due = product * Int128(rate) * factor
        let unit = divisor / Self.partsPerProduct * .powerOfTen(Column.rateDecimals)
        return Int64(
            due < 0 ? Int128.floor(due, by: unit) : Int128.ceiling(due, by: unit))
    }
}

extension Instrument {
    /// Of a price times a size.
    var productDecimals: Int { priceDecimals + sizeDecimals }
}

extension Int128 {
    static func powerOfTen(_ exponent: Int) -> Int128 {
        var power: Int128 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }

    /// The largest whole number that is no more than the quotient; `divisor` is positive.
    static func floor(_ dividend: Int128, by divisor: Int128) -> Int128 {
        let quotient = dividend / divisor
        return quotient * divisor > dividend ? quotient - 1 : quotient
    }

    static func ceiling(_ dividend: Int128, by divisor: Int128) -> Int128 {
        -floor(-dividend, by: divisor)
    }
}
