/// The alerts that fire now, and since when. Missing data keeps one open.
struct OpenAlerts: Sendable {
    struct Alert: Equatable, Sendable {
        let change: AlertChange
        let sinceNs: Int64
    }

    /// In the order in which they began to fire.
    private(set) var alerts: [Alert] = []

    mutating func take(_ changes: [AlertChange]) {
        for change in changes {
            let place = alerts.firstIndex { Self.isSame($0.change, change) }
            switch change.state {
            case .firing:
                if let place {
                    alerts[place] = Alert(change: change, sinceNs: alerts[place].sinceNs)
                } else {
                    alerts.append(Alert(change: change, sinceNs: change.atNs))
                }
            case .resolved: if let place { alerts.remove(at: place) }
            case .noData, .short: break
            }
        }
    }

    private static func isSame(_ a: AlertChange, _ b: AlertChange) -> Bool {
        a.id == b.id && a.detail == b.detail && a.level == b.level && a.symbol == b.symbol
    }

    /// Ids of the drift alerts that count for a profile, each once, by name.
    func drift(_ profile: RolloutPlan.Profile) -> [String] {
        var names: [String] = []
        for alert in alerts where alert.change.isDrift && alert.change.counts(profile) {
            if !names.contains(alert.change.id.rawValue) { names.append(alert.change.id.rawValue) }
        }
        return names.sorted()
    }

    /// Whether an act-level KS alert has been open so long: nobody has acted on it.
    func hasStaleKS(atNs: Int64) -> Bool {
        alerts.contains { alert in
            switch alert.change.id {
            case .fracDiffKS, .btcFeatureKS:
                alert.change.level == .act && atNs - alert.sinceNs > Self.staleNs
            case .l2Freshness, .l2NaNRate, .l2OutOfRange, .kyleLambdaPSI, .l2FeaturePSI,
                .kyleLambdaTail, .btcQuality, .btcNaNRate, .btcCorrelation, .warmUpLoss,
                .topFeaturePSI, .conceptDrift, .sharpness, .probabilityShift, .spreadRegime,
                .latency, .expectancy, .expectancyFleet, .trainingCrash, .contract,
                .rollbackStalled:
                false
            }
        }
    }

    static let staleNs: Int64 = 30 * 86_400_000_000_000
}

extension AlertChange {
    /// Whether it counts at act level: under the guarded profile only beyond its null band.
    func counts(_ profile: RolloutPlan.Profile) -> Bool {
        level == .act && (profile == .seedStrict || isBeyondNullBand)
    }

    /// What a plan's "no drift alert" means, and openDrift of the monitors.
    var isDrift: Bool {
        switch id {
        case .kyleLambdaPSI, .l2FeaturePSI, .kyleLambdaTail, .btcFeatureKS, .btcCorrelation,
            .fracDiffKS, .topFeaturePSI, .conceptDrift:
            true
        case .l2Freshness, .l2NaNRate, .l2OutOfRange, .btcQuality, .btcNaNRate, .warmUpLoss,
            .sharpness, .probabilityShift, .spreadRegime, .latency, .expectancy, .expectancyFleet,
            .trainingCrash, .contract, .rollbackStalled:
            false
        }
    }

    /// What rule R4 acts on.
    var isCriticalDrift: Bool {
        switch id {
        case .l2FeaturePSI, .topFeaturePSI, .conceptDrift: true
        case .kyleLambdaPSI, .kyleLambdaTail, .btcFeatureKS, .btcCorrelation, .fracDiffKS,
            .l2Freshness, .l2NaNRate, .l2OutOfRange, .btcQuality, .btcNaNRate, .warmUpLoss,
            .sharpness, .probabilityShift, .spreadRegime, .latency, .expectancy, .expectancyFleet,
            .trainingCrash, .contract, .rollbackStalled:
            false
        }
    }

    /// What asks for another training.
    var asksForTraining: Bool {
        isCriticalDrift || id == .kyleLambdaPSI || id == .kyleLambdaTail
    }
}
