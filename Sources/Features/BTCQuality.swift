import Market

/// A bar of BTC that does not look like its past. It is an event: no value is changed for it.
package struct BTCQualityAlert: Equatable, Sendable {
    package enum Reason: String, CaseIterable, Sendable {
        /// The size of the bar's return, against 5 deviations of the returns of a day before it.
        case returnOutlier = "return_outlier"
        /// The bar's volume, against a fifth of the median over the 30 days before it.
        case volumeDrop = "volume_drop"
        /// The longer wick in bodies, against 5.
        case wickToBody = "wick_to_body"
    }

    package let closeNs: Int64
    package let reason: Reason
    package let value: Double
    package let limit: Double

    package init(closeNs: Int64, reason: Reason, value: Double, limit: Double) {
        self.closeNs = closeNs
        self.reason = reason
        self.value = value
        self.limit = limit
    }
}

/// Judges each bar of BTC by the bars before it.
///
/// Where there is not enough past, it does not judge.
struct BTCQuality: Sendable {
    static let deviationsMax = 5.0
    static let medianShareMin = 0.2
    static let wickToBodyMax = 5.0

    private let scale: DecimalScale
    private let volumesMin: Int
    private var volumes: RunningMedian
    /// Slots since the first present bar, before the one at hand.
    private var slotCount = 0

    /// The median of volumes is taken over `windowBars` slots.
    init(windowBars: Int, scale: DecimalScale) {
        self.scale = scale
        volumesMin = BTCWindows.presentMin(windowBars)
        volumes = RunningMedian(capacity: windowBars)
    }

    /// Takes the bar of one slot, nil when it is missing. `volatilityBefore` is the deviation of
    /// the returns before this one, NaN where there are too few.
    mutating func push(
        _ bar: Bar?, return1: Double, volatilityBefore: Double,
        into alerts: inout [BTCQualityAlert]
    ) {
        if let bar {
            // A comparison with NaN is false, so what cannot be judged stays silent.
            let limit = Self.deviationsMax * volatilityBefore
            if return1.magnitude > limit {
                alerts.append(
                    BTCQualityAlert(
                        closeNs: bar.closeNs, reason: .returnOutlier, value: return1.magnitude,
                        limit: limit))
            }
            judgeVolume(bar, into: &alerts)
            judgeShape(bar, into: &alerts)
        }
        if bar != nil || slotCount > 0 { slotCount += 1 }
        volumes.push(bar?.volume ?? .nan)
    }

    private func judgeVolume(_ bar: Bar, into alerts: inout [BTCQualityAlert]) {
        guard slotCount >= volumes.capacity, volumes.presentCount >= volumesMin else { return }
        let limit = Self.medianShareMin * volumes.median
        if bar.volume < limit {
            alerts.append(
                BTCQualityAlert(
                    closeNs: bar.closeNs, reason: .volumeDrop, value: bar.volume, limit: limit))
        }
    }

    private func judgeShape(_ bar: Bar, into alerts: inout [BTCQualityAlert]) {
        // Back in units, where differences and the limit are exact. Prices lie on the tick grid, so
        // a body that is not zero is at least a tick.
        let open = units(bar.open)
        let close = units(bar.close)
        let body = (close - open).magnitude
        let wick = max(units(bar.high) - max(open, close), min(open, close) - units(bar.low))
        if body > 0, wick > Self.wickToBodyMax * body {
            alerts.append(
                BTCQualityAlert(
                    closeNs: bar.closeNs, reason: .wickToBody, value: wick / body,
                    limit: Self.wickToBodyMax))
        }
    }

    private func units(_ price: Double) -> Double { (price * scale.priceUnits).rounded() }
}

extension BTCQuality: StateEncodable {
    func encode(into state: inout StateEncoder) {
        volumes.encode(into: &state)
        state.add(slotCount)
    }
}
