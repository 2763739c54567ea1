import Market
import Numerics

/// What is drawn for one row: a function of a seed and of what the row says.
struct NoiseDraws {
    private var mixer: SplitMix64
    private let tickUnits: Int64
    private let lotUnits: Int64

    /// - Parameter hashed: the columns that make the row's hash; those not read count for nothing.
    init(
        seed: UInt64, row: Int, _ columns: [[Int64]], hashed: [Int], _ instrument: Instrument
    ) {
        var hash = seed
        for index in hashed where !columns[index].isEmpty {
            var mixer = SplitMix64(state: hash ^ UInt64(bitPattern: columns[index][row]))
            hash = mixer.next()
        }
        mixer = SplitMix64(state: hash)
        let span = instrument.span(at: columns[0][row])
        tickUnits = span?.tickUnits ?? 1
        lotUnits = span?.lotUnits ?? 1
    }

    mutating func integer(below bound: UInt64) -> Int64 {
        Int64(mixer.next().multipliedFullWidth(by: bound).high)
    }

    var tick: Int64 { tickUnits }

    /// Up to a tenth away, and never the same.
    mutating func price(near price: Int64) -> Int64 {
        let known = min(max(price, tickUnits), PriceBend.priceMax)
        let multiplier = Billionths.one * 9 / 10 + integer(below: UInt64(Billionths.one / 5))
        let drawn = GridScale(multiplier: multiplier, unit: tickUnits).scaled(known)
        return drawn == price ? drawn + tickUnits : drawn
    }

    /// From a fifth of it to three times as much, and never the same.
    mutating func size(near size: Int64) -> Int64 {
        let known = min(max(size, lotUnits), PriceBend.priceMax)
        let multiplier = Billionths.one / 5 + integer(below: UInt64(Billionths.one * 14 / 5))
        let drawn = GridScale(multiplier: multiplier, unit: lotUnits).scaled(known)
        return drawn == size ? drawn + lotUnits : drawn
    }

    /// Whole lots of a size, from none to all.
    mutating func part(of size: Int64) -> Int64 {
        integer(below: UInt64(size / lotUnits + 1)) * lotUnits
    }

    mutating func ticks(below bound: UInt64) -> Int64 { integer(below: bound) * tickUnits }

    /// One that is not known stays that.
    mutating func side(of side: Int64) -> Int64 {
        let drawn = [AggressorSide.buy, .sell][Int(integer(below: 2))].rawValue
        return side == AggressorSide.unknown.rawValue ? side : drawn
    }

    /// Up to a thousandth of the notional either way, and never none.
    mutating func rate() -> Int64 {
        let size = 1 + integer(below: 1_000_000_000)
        return integer(below: 2) == 0 ? size : -size
    }
}
