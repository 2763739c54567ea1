import Numerics

/// Maps recorded prices to bent ones on the tick grid: the same for candles, trades and books, and
/// never two prices into the opposite order.
struct PriceBend {
    /// Far beyond any price: what is bent beyond it stays there.
    static let priceMax: Int64 = 1 << 60

    private let scale: GridScale
    private let multiplier: Int64
    private let regimes: [VolatilityRegime]
    private let tickUnits: Int64

    init(_ bend: MarketBend) {
        scale = GridScale(multiplier: bend.price, unit: bend.tickUnits)
        multiplier = bend.price
        regimes = bend.regimes
        tickUnits = bend.tickUnits
    }

    /// A price, rounded once to the tick, and a tick at least. No price, 0, stays none.
    func bent(_ price: Int64, _ memory: inout RegimeMemory) -> Int64 {
        if !regimes.isEmpty, price > 0 {
            let factor = memory.factor(ofPrice: price, regimes)
            if factor != 1 { return bent(price, by: factor) }
        }
        return scale.scaled(price)
    }

    /// An amount of cash that changed hands at `price` on average; rounded to no grid.
    func bent(cash: Int64, atPrice price: Int64, _ memory: inout RegimeMemory) -> Int128 {
        let half = Int128(Billionths.one / 2)
        let whole = (Int128(cash) * Int128(multiplier) + half) / Int128(Billionths.one)
        guard !regimes.isEmpty, price > 0 else { return whole }
        let factor = memory.factor(ofPrice: price, regimes)
        return factor == 1 ? whole : Int128((min(Double(whole) * factor, 9e18)).rounded())
    }

    private func bent(_ price: Int64, by factor: Double) -> Int64 {
        let value = Double(price) * factor * (Double(multiplier) / 1e9) / Double(tickUnits)
        let ticks = Int64(min(value, Double(Self.priceMax / tickUnits)).rounded())
        return max(ticks, 1) * tickUnits
    }
}

/// Multiplies by billionths and rounds once, halves up, to a grid: prices to ticks, sizes to lots.
struct GridScale {
    private let multiplier: Int64
    private let unit: Int64
    /// A unit times one, by which a product is divided; nil where it does not fit.
    private let divisor: Int64?
    private let reciprocal: Double

    init(multiplier: Int64, unit: Int64) {
        self.multiplier = multiplier
        self.unit = unit
        let (product, overflow) = unit.multipliedReportingOverflow(by: Billionths.one)
        divisor = overflow || product > Int64.max / 4 ? nil : product
        reciprocal = 1 / (Double(unit) * 1e9)
    }

    /// One unit at least of what there was any of. Multiplied by one, even what is off the grid
    /// stays as it is.
    func scaled(_ value: Int64) -> Int64 {
        guard value > 0, multiplier != Billionths.one else { return value }
        let (product, overflow) = value.multipliedReportingOverflow(by: multiplier)
        guard let divisor, !overflow, product < Int64.max / 4 else { return wideScaled(value) }
        // A division takes longer than all else. The product with the reciprocal is off by one at
        // most, and the remainder tells which way.
        let sum = product + divisor / 2
        var count = Int64(Double(sum) * reciprocal)
        let remainder = sum - count * divisor
        if remainder < 0 { count -= 1 } else if remainder >= divisor { count += 1 }
        return max(count, 1) * unit
    }

    private func wideScaled(_ value: Int64) -> Int64 {
        let divisor = Int128(Billionths.one) * Int128(unit)
        let count = (Int128(value) * Int128(multiplier) + divisor / 2) / divisor
        return Int64(min(max(count, 1), Int128(PriceBend.priceMax / unit))) * unit
    }
}

/// Factors of prices that came by lately, because a book repeats its prices for many rows and each
/// costs a logarithm and a power.
struct RegimeMemory {
    private static let bits = 8
    private var regimes: [VolatilityRegime] = []
    private var prices: [Int64] = []
    private var factors: [Double] = []

    mutating func factor(ofPrice price: Int64, _ wanted: [VolatilityRegime]) -> Double {
        if wanted != regimes {
            regimes = wanted
            prices = [Int64](repeating: 0, count: 1 << Self.bits)
            factors = [Double](repeating: 1, count: 1 << Self.bits)
        }
        // Multiplication modulo 2^64 spreads neighbouring prices over the places.
        let spread = UInt64(bitPattern: price) &* 0x9e37_79b9_7f4a_7c15
        let place = Int(spread >> UInt64(64 - Self.bits))
        if prices[place] == price { return factors[place] }
        let priceLog = Elementary.log(Double(price))
        var sum = 0.0
        for regime in wanted { sum += regime.logarithm(ofPriceLog: priceLog) }
        (prices[place], factors[place]) = (price, Elementary.exp(sum))
        return factors[place]
    }
}
