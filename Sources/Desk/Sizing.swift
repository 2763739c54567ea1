import Market
import Scenarios

/// How large an order is, and whether there is room for it, in cash that all symbols share.
struct Sizing: Sendable {
    private let sizing: Execution.Sizing
    private let equity: Int128
    private let symbolCap: Int128
    private let totalCap: Int128
    private let decimals: Int
    /// Of what an order ties up, by symbol.
    private let scales: [QuoteScale]
    private let instruments: [Instrument]

    init(_ execution: Execution, _ instruments: [Instrument]) {
        sizing = execution.sizing
        // Fine enough for the settings, which count millionths, and for every symbol's cash.
        decimals = instruments.reduce(6) { max($0, $1.quoteDecimals) }
        let unit = Int128.powerOfTen(decimals - 6)
        equity = unit * Int128(execution.equityMicros)
        symbolCap = unit * Int128(execution.symbolCapMicros)
        totalCap = unit * Int128(execution.totalCapMicros)
        self.instruments = instruments
        scales = instruments.map { [decimals] in
            QuoteScale(productDecimals: $0.productDecimals, decimals: decimals)
        }
    }

    /// The cash to spend on an order of a ledger that has realized so much, by symbol.
    func notional(realized: [Int64]) -> Int128 {
        switch sizing {
        case .notional(let micros):
            return .powerOfTen(decimals - 6) * Int128(micros)
        case .equityFraction(let ppm):
            var equity = equity
            for (symbol, amount) in realized.enumerated() {
                let unit = decimals - instruments[symbol].quoteDecimals
                equity += .powerOfTen(unit) * Int128(amount)
            }
            return max(0, equity) * Int128(ppm) / 1_000_000
        }
    }

    /// Cash as a product of the symbol's price and size units, rounded down.
    func notional(for cash: Int128, _ symbol: Int) -> Int128 {
        let shift = instruments[symbol].productDecimals - decimals
        return shift >= 0 ? cash * .powerOfTen(shift) : cash / .powerOfTen(-shift)
    }

    /// What a quantity ties up at a price.
    func committed(_ quantity: Int64, price: Int64, symbol: Int) -> Int64 {
        committed(
            QuoteScale.partsPerProduct * Int128(quantity) * Int128(price), symbol: symbol)
    }

    /// What an exact sum of price times size ties up.
    func committed(_ cash: Int128, symbol: Int) -> Int64 { scales[symbol].up(cash) }

    /// Why an order must not be sent; nil if it may.
    func refusal(_ order: Int64, beside committed: Int128) -> OrderRecord.Rejection? {
        if Int128(order) > symbolCap { return .symbolCap }
        return committed + Int128(order) > totalCap ? .totalCap : nil
    }
}
