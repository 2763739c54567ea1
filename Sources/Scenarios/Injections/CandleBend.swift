import Market

/// Bends candles: their prices, and the cash that changed hands in them by what it paid on average.
struct CandleBend {
    private let prices: [Int]
    private let volume: Int?
    private let quoteVolume: Int?
    private let takerVolume: Int?
    private let takerQuoteVolume: Int?
    private let high: Int?
    private let low: Int?
    private let scale: CashScale

    init(_ schema: StreamSchema, _ instrument: Instrument) {
        prices = [.open, .high, .low, .close].compactMap { schema.index(of: $0) }
        high = schema.index(of: .high)
        low = schema.index(of: .low)
        volume = schema.index(of: .volume)
        quoteVolume = schema.index(of: .quoteVolume)
        takerVolume = schema.index(of: .takerBuyVolume)
        takerQuoteVolume = schema.index(of: .takerBuyQuoteVolume)
        scale = CashScale(instrument)
    }

    func bend(_ columns: inout [[Int64]], _ runs: [BentRows]) {
        var memory = RegimeMemory()
        // Features read prices and volumes alone; cash has a group of its own.
        let hasCash = columns.last?.isEmpty == false
        for run in runs where run.bend.bendsPrices {
            let price = PriceBend(run.bend)
            for row in run.rows {
                for index in prices {
                    columns[index][row] = price.bent(columns[index][row], &memory)
                }
                if hasCash { bendCash(&columns, row, price, &memory) }
            }
        }
    }

    private func bendCash(
        _ columns: inout [[Int64]], _ row: Int, _ price: PriceBend, _ memory: inout RegimeMemory
    ) {
        guard let high, let low, let volume else { return }
        let range = (low: columns[low][row], high: columns[high][row])
        func bent(_ cash: Int, _ size: Int64) -> Int128? {
            let recorded = columns[cash][row]
            guard recorded > 0, size > 0 else { return nil }
            let average = scale.price(ofCash: recorded, size: size)
            return scale.clamped(
                price.bent(cash: recorded, atPrice: average, &memory), size: size, range)
        }
        let traded = columns[volume][row]
        let whole = quoteVolume.flatMap { bent($0, traded) }
        if let takerVolume, let takerQuoteVolume {
            let taken = columns[takerVolume][row]
            if var buys = bent(takerQuoteVolume, taken) {
                // What is left to the sellers has to lie between low and high as well.
                if let whole, taken <= traded {
                    let rest = scale.bounds(size: traded - taken, range)
                    buys = min(max(buys, whole - rest.upperBound), whole - rest.lowerBound)
                }
                columns[takerQuoteVolume][row] = Int64(clamping: buys)
            }
        }
        if let quoteVolume, let whole { columns[quoteVolume][row] = Int64(clamping: whole) }
    }
}

/// From prices times sizes to cash, in an instrument's units.
struct CashScale {
    private let numerator: Int128
    private let denominator: Int128

    init(_ instrument: Instrument) {
        let decimals =
            instrument.quoteDecimals - instrument.priceDecimals - instrument.sizeDecimals
        var power: Int128 = 1
        // More than 18 decimals of difference are beyond what products leave room for.
        for _ in 0..<min(abs(decimals), 18) { power *= 10 }
        (numerator, denominator) = decimals < 0 ? (1, power) : (power, 1)
    }

    /// Rounded down, or up.
    func cash(price: Int64, size: Int64, up: Bool = false) -> Int128 {
        let (product, overflow) = (Int128(price) * Int128(size)).multipliedReportingOverflow(
            by: numerator)
        return overflow ? .max / 4 : (product + (up ? denominator - 1 : 0)) / denominator
    }

    func price(ofCash cash: Int64, size: Int64) -> Int64 {
        let (product, overflow) = Int128(cash).multipliedReportingOverflow(by: denominator)
        let divisor = Int128(size) * numerator
        return overflow ? .max : Int64(clamping: (product + divisor / 2) / divisor)
    }

    /// Between a size at the lowest and at the highest price, each rounded outward to a unit.
    func bounds(size: Int64, _ range: (low: Int64, high: Int64)) -> ClosedRange<Int128> {
        let low = cash(price: range.low, size: size)
        return low...max(low, cash(price: range.high, size: size, up: true))
    }

    func clamped(_ cash: Int128, size: Int64, _ range: (low: Int64, high: Int64)) -> Int128 {
        let bounds = bounds(size: size, range)
        return min(max(cash, bounds.lowerBound), bounds.upperBound)
    }
}
