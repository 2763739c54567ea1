/// A level of an alert as the kernel raises it: what Prometheus's rules, dashboards and runbooks
/// are made from.
package struct AlertDefinition: Sendable {
    package enum Comparison: Sendable {
        case above, below, atLeast
    }

    package let id: AlertID
    /// Tells two windows of one id apart: `24h`.
    package let variant: String
    package let level: AlertLevel
    /// Nil for an alert that is a condition and no number.
    package let threshold: Double?
    package let comparison: Comparison
    package let windowNs: Int64
    /// How long it must hold before it fires, and be over before it is resolved, in market time.
    package let pendingNs: Int64
    package let keepNs: Int64
    package let consequence: AlertConsequence

    package var severity: String { id.severity(level) }
}

/// Every alert of the kernel.
package enum AlertRegistry {
    /// By id, in the order of ``AlertID``; an id's variants and levels stand together.
    package static let all: [AlertDefinition] = AlertID.allCases.flatMap { id in
        let signals = MonitorSignal.all.filter { $0.id == id }
        return signals.isEmpty ? [condition(id)] : signals.flatMap(definitions)
    }

    private static func definitions(_ signal: MonitorSignal) -> [AlertDefinition] {
        let levels: [(AlertLevel, Double?)] = [(.warn, signal.warn), (.act, signal.act)]
        return levels.compactMap { level, threshold in
            threshold.map { threshold in
                AlertDefinition(
                    id: signal.id, variant: signal.variant, level: level, threshold: threshold,
                    comparison: comparison(signal.comparison), windowNs: signal.windowNs,
                    pendingNs: signal.pendingNs, keepNs: signal.keepNs,
                    consequence: signal.consequence(level))
            }
        }
    }

    private static func comparison(
        _ comparison: MonitorSignal.Comparison
    ) -> AlertDefinition.Comparison {
        switch comparison {
        case .above: .above
        case .below: .below
        case .atLeast: .atLeast
        }
    }

    private static func condition(_ id: AlertID) -> AlertDefinition {
        AlertDefinition(
            id: id, variant: "", level: .act, threshold: nil, comparison: .above, windowNs: 0,
            pendingNs: 0, keepNs: 0, consequence: .none)
    }
}

extension AlertID {
    /// Whom it calls: P1 a person at once, P2 a person, a warning nobody.
    package func severity(_ level: AlertLevel) -> String {
        switch self {
        case .expectancyFleet, .contract, .rollbackStalled: "P1"
        default: level == .act ? "P2" : "warn"
        }
    }

    /// What is so when it fires, in one line.
    package var summary: String {
        switch self {
        case .l2Freshness: "The last visible order book is too old."
        case .l2NaNRate: "Order book features have no value."
        case .l2OutOfRange: "Order book features lie outside of what the model was trained on."
        case .kyleLambdaPSI: "Kyle's lambda of the last day is distributed unlike training's."
        case .l2FeaturePSI:
            "An order flow feature of the last 30 days is distributed unlike training's."
        case .kyleLambdaTail: "Kyle's lambda has another 99th percentile than in training."
        case .btcQuality: "A candle of BTC is implausible."
        case .btcNaNRate: "BTC features have no value."
        case .btcFeatureKS: "A BTC feature is distributed unlike training's."
        case .btcCorrelation: "The correlation with BTC is not what it was in training."
        case .fracDiffKS: "A fractionally differenced column is distributed unlike training's."
        case .warmUpLoss: "Too many rows were lost to the warm-up."
        case .topFeaturePSI:
            "One of the five most important features is distributed unlike training's."
        case .conceptDrift: "The live F1 of BUY is below training's."
        case .sharpness: "The model is surer of itself than it was in training."
        case .probabilityShift: "The deciles of the BUY probability have moved."
        case .spreadRegime: "Spreads are several times what they were in the last quarter."
        case .latency: "The model takes too long to decide."
        case .expectancy: "Closed trades lose money on average."
        case .expectancyFleet: "Several symbols with a focal loss lose money on average."
        case .trainingCrash: "Trainings fail."
        case .contract: "A model does not fit the features, or nothing can stand in for it."
        case .rollbackStalled: "A rollback was ordered and no decision has confirmed it."
        }
    }
}
