import Features
import Market
import Scenarios

/// What an order moves the price by where no book tells: the square-root rule.
///
/// The cost is a fraction of the notional: volatility x sqrt(notional / volume).
struct Impact: Equatable, Sendable {
    /// The sample deviation of the last 96 returns of one bar.
    let volatility: Double
    /// Traded over the same bars, in quote currency.
    let quoteVolume: Double

    func cost(_ notional: Double) -> Double {
        notional * (volatility * (notional / quoteVolume).squareRoot())
    }
}

/// The bars that ``Impact`` is taken from.
struct ImpactBars: Sendable {
    private static let barCount = 96

    private let barNs: Int64
    private let productUnits: Double
    private let conditions: VenueConditions
    private var lastEventNs = Int64.min
    private var builder: BarBuilder
    private var lastClose = Double.nan
    private var returns = MirroredRing(capacity: barCount)
    /// Close times volume over the candles of each bar, and which bar that is. Two more than are
    /// summed: the bar that is open and the one after it.
    private var products = [Int128](repeating: 0, count: barCount + 2)
    private var productCloseNs = [Int64](repeating: .min, count: barCount + 2)
    /// As of the last tick; nil where a bar is missing.
    private(set) var current: Impact?
    /// The last one that was not nil.
    private(set) var latest: Impact?

    init(
        barNs: Int64, candleNs: Int64, _ instrument: Instrument, _ conditions: VenueConditions
    ) {
        self.conditions = conditions
        self.barNs = barNs
        let scale = DecimalScale(instrument)
        productUnits = scale.priceUnits * scale.sizeUnits
        builder = BarBuilder(barNs: barNs, candleNs: candleNs, scale: scale)
    }

    mutating func add(_ candles: StreamSlice) {
        builder.add(candles)
        let eventTimes = candles.block.eventTimes
        let closes = candles.block[.close]
        let volumes = candles.block[.volume]
        for row in candles.rows {
            let eventNs = eventTimes[row]
            defer { lastEventNs = eventNs }
            // What a feed says twice was traded once.
            if eventNs == lastEventNs, conditions.mayRepeat(eventNs) { continue }
            let rest = eventTimes[row] % barNs
            let closeNs = eventTimes[row] + (rest == 0 ? 0 : barNs - rest)
            let place = place(closeNs)
            if productCloseNs[place] != closeNs {
                productCloseNs[place] = closeNs
                products[place] = 0
            }
            products[place] += Int128(volumes[row]) * Int128(closes[row])
        }
    }

    /// Ends the bar that closes at `closeNs`, at its tick.
    mutating func close(at closeNs: Int64) {
        let close = builder.close(at: closeNs)?.close ?? .nan
        returns.push(close / lastClose - 1)
        lastClose = close
        var product: Int128 = 0
        for age in 0..<Int64(Self.barCount) {
            let barCloseNs = closeNs - age * barNs
            let place = place(barCloseNs)
            if productCloseNs[place] == barCloseNs { product += products[place] }
        }
        let volatility = returns.moments(Self.barCount).sampleDeviation
        current =
            product > 0 && volatility.isFinite
            ? Impact(volatility: volatility, quoteVolume: Double(product) / productUnits) : nil
        latest = current ?? latest
    }

    private func place(_ closeNs: Int64) -> Int {
        let place = Int((closeNs / barNs) % Int64(products.count))
        return place < 0 ? place + products.count : place
    }
}

extension Impact: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(volatility)
        state.add(quoteVolume)
    }
}

extension ImpactBars: StateEncodable {
    func encode(into state: inout StateEncoder) {
        builder.encode(into: &state)
        state.add(lastClose)
        returns.encode(into: &state)
        for index in products.indices {
            state.add(productCloseNs[index])
            state.add(products[index])
        }
        state.add(current)
        state.add(latest)
    }
}
