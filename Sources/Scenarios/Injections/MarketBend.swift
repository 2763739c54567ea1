import Market
import Numerics

/// What the injections into a market come to over a stretch of event times, `(fromNs, throughNs]`,
/// in which nothing about them changes: never more than one of the run's candles.
struct MarketBend {
    private(set) var fromNs: Int64
    private(set) var throughNs: Int64
    private(set) var tickUnits: Int64 = 1
    private(set) var lotUnits: Int64 = 1
    /// Of prices, in 10^-9.
    private(set) var price = Billionths.one
    /// Those in force, which multiply each price by what it says itself.
    private(set) var regimes: [VolatilityRegime] = []
    /// Of the spread and of sizes in the book, in 10^-9.
    private(set) var spread = Billionths.one
    private(set) var size = Billionths.one
    /// Added to the rate of funding, in its units.
    private(set) var addedRate: Int64 = 0

    init(
        _ injections: [PlacedInjection], atNs timeNs: Int64, instrument: Instrument, candleNs: Int64
    ) {
        let closeNs = timeNs.ceiled(to: candleNs)
        (fromNs, throughNs) = (closeNs - candleNs, closeNs)
        for span in instrument.spans {
            // A span holds from its start on, so the last time before it is the nanosecond ahead.
            guard span.startNs <= timeNs else {
                throughNs = min(throughNs, span.startNs - 1)
                break
            }
            fromNs = max(fromNs, span.startNs - 1)
            (tickUnits, lotUnits) = (span.tickUnits, span.lotUnits)
        }
        for placed in injections { add(placed, atNs: timeNs, closeNs, candleNs) }
    }

    var bendsPrices: Bool { price != Billionths.one || !regimes.isEmpty }

    var bendsBookPrices: Bool { bendsPrices || spread != Billionths.one }

    var isBending: Bool { bendsBookPrices || size != Billionths.one || addedRate != 0 }

    func contains(_ timeNs: Int64) -> Bool { timeNs > fromNs && timeNs <= throughNs }

    private mutating func add(
        _ placed: PlacedInjection, atNs timeNs: Int64, _ closeNs: Int64, _ candleNs: Int64
    ) {
        switch placed.kind {
        case .flashCrash, .correlatedCrash: add(crash: placed, closeNs, candleNs)
        case .halvingStep:
            if closeNs > placed.startNs.ceiled(to: candleNs) {
                let size = Billionths.millionths(placed.injection[.size])
                price = Billionths.product(price, Billionths.one + size)
            }
        case .volatilityRegime: add(regime: placed, closeNs, candleNs)
        case .spreadBlowOut:
            if isWithin(placed, timeNs) {
                let factor = Billionths.millionths(placed.injection[.factor])
                spread = Billionths.product(spread, factor)
            }
        case .depthDrought:
            if isWithin(placed, timeNs) {
                let share = Billionths.millionths(placed.injection[.share])
                size = Billionths.product(size, Billionths.one - share)
            }
        case .fundingSpike:
            if isWithin(placed, timeNs) {
                // Rates are in 10^-12.
                addedRate += placed.injection[.add] * 1_000_000
            }
        case .feedGap, .frozenFeed, .duplicates, .outOfOrder, .nanBurst, .clockSkew, .latencySpike,
            .feeChange, .exchangeOutage:
            break
        }
    }

    /// Whether an injection is in force, for those that know no candles; the stretch ends where
    /// that changes.
    private mutating func isWithin(_ placed: PlacedInjection, _ timeNs: Int64) -> Bool {
        for edgeNs in [placed.startNs, placed.endNs] {
            if timeNs <= edgeNs {
                throughNs = min(throughNs, edgeNs)
            } else {
                fromNs = max(fromNs, edgeNs)
            }
        }
        return placed.contains(timeNs)
    }

    private mutating func add(crash placed: PlacedInjection, _ closeNs: Int64, _ candleNs: Int64) {
        let injection = placed.injection
        guard placed.depthPpm > 0 else { return }
        let path = CrashPath(placed, candleNs: candleNs).progress(atCloseNs: closeNs)
        guard path > 0 else { return }
        let depth = Billionths.product(Billionths.millionths(placed.depthPpm), path)
        price = Billionths.product(price, Billionths.one - depth)
        // The books of one that follows suffer by as much less as it falls.
        let progress = Billionths.product(
            path, Billionths.share(placed.depthPpm, of: injection[.depth]))
        let wider = Billionths.millionths(injection[.spread]) - Billionths.one
        spread = Billionths.product(spread, Billionths.one + Billionths.product(wider, progress))
        let drought = Billionths.product(Billionths.millionths(injection[.drought]), progress)
        size = Billionths.product(size, Billionths.one - drought)
    }

    private mutating func add(regime placed: PlacedInjection, _ closeNs: Int64, _ candleNs: Int64) {
        guard let regime = VolatilityRegime(placed),
            closeNs > placed.startNs.ceiled(to: candleNs)
        else { return }
        if closeNs <= placed.endNs.floored(to: candleNs) {
            regimes.append(regime)
        } else {
            price = Billionths.product(price, regime.left)
        }
    }
}

/// Returns that are `factor` times as large in logarithms, around the price at the start.
///
/// Written as what a recorded price is multiplied by, so that it goes with any other bend: their
/// order does not matter, and one that is over leaves no jump.
struct VolatilityRegime: Equatable {
    /// The factor less one.
    let power: Double
    let startLog: Double
    /// What the price keeps of it afterwards, in 10^-9.
    let left: Int64

    /// Nil for one that does nothing.
    init?(_ placed: PlacedInjection) {
        let factor = placed.injection[.factor]
        guard factor != 1_000_000, let anchors = placed.anchors, anchors.start > 0, anchors.end > 0
        else { return nil }
        power = Double(factor - 1_000_000) / 1e6
        startLog = Elementary.log(Double(anchors.start))
        let end = Elementary.exp(power * (Elementary.log(Double(anchors.end)) - startLog))
        left = Int64((min(end, 1e9) * 1e9).rounded())
    }

    /// The logarithm of what a price is multiplied by.
    func logarithm(ofPriceLog priceLog: Double) -> Double { power * (priceLog - startLog) }
}
