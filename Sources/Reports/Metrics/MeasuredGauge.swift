package import Rollout

/// Which metric holds what monitors measure of a signal.
package struct MeasuredGauge: Sendable {
    package let metric: Metric
    /// The signal's id, without what of it was measured.
    package let id: AlertID

    /// Nil for a name that no monitor gives.
    init?(_ name: String) {
        for quantity in MonitorMeasurement.Quantity.allCases {
            for id in AlertID.allCases where name == Self.name(id, quantity) {
                guard let metric = Self.metric(of: id, quantity) else { return nil }
                self.metric = metric
                self.id = id
                return
            }
        }
        return nil
    }

    private static func name(_ id: AlertID, _ quantity: MonitorMeasurement.Quantity) -> String {
        quantity == .signal ? id.rawValue : "\(id.rawValue).\(quantity.rawValue)"
    }

    /// Nil for what is not measured at looks of its own.
    static func metric(
        of id: AlertID, _ quantity: MonitorMeasurement.Quantity = .signal
    ) -> Metric? {
        switch id {
        case .kyleLambdaPSI, .l2FeaturePSI, .topFeaturePSI: .psi
        case .btcFeatureKS, .fracDiffKS:
            switch quantity {
            case .signal: .ksP
            case .distance: .ksDistance
            case .effectiveP: .ksEffectiveP
            }
        case .kyleLambdaTail, .btcCorrelation: .shift
        case .l2Freshness: .bookAgeDay
        case .l2NaNRate: .l2NaNDay
        case .l2OutOfRange: .outOfRange
        case .btcNaNRate: .btcNaN
        case .warmUpLoss: .warmUp
        case .conceptDrift: .conceptGap
        case .sharpness: .sharpness
        case .probabilityShift: .probabilityShift
        case .spreadRegime: .spread
        case .btcQuality, .latency, .expectancy, .expectancyFleet, .trainingCrash, .contract,
            .rollbackStalled:
            nil
        }
    }

    func labels(symbol: String, feature: String, window: String) -> [String] {
        metric.labels.map { label in
            switch label {
            case "symbol": symbol
            case "signal": id.rawValue
            case "feature": feature
            default: window
            }
        }
    }
}
