/// One condition of a stage. Its raw value is its id in plans, logs and reports.
package enum GateKind: String, CaseIterable, Sendable {
    // Data of the stage.
    case freshness = "l2_freshness"
    case nanRate = "l2_nan_rate"
    case agreement
    // Training's cells.
    case liftInterval = "sweep.lift"
    case liftEffect = "sweep.effect"
    case liftP = "sweep.p"
    case trainingCalibration = "sweep.ece"
    // What the stage earned and predicted.
    case trades = "n_trades"
    case expectancy = "expectancy_net"
    case calibration = "ece"
    case f1Band = "f1_band"
    case sortino
    case drawdown = "max_drawdown"
    case noDrift = "no_drift_alert"
    case noKillSwitch = "no_kill_switch"
}

extension GateKind {
    /// Which side of its threshold an estimate must lie on.
    package enum Side: Sendable {
        case below, atMost, atLeast
    }

    /// What a gate's threshold bounds, and its unit.
    package struct Bound: Equatable, Sendable {
        package let side: Side
        package let unit: String
        /// Thresholds that can be met and missed; a plan with another one is refused.
        package let range: ClosedRange<Double>

        init(_ side: Side, _ unit: String, _ range: ClosedRange<Double>) {
            self.side = side
            self.unit = unit
            self.range = range
        }
    }

    package var bound: Bound {
        switch self {
        // The 99th percentile of the age of the last book, over evaluation ticks.
        case .freshness: Bound(.below, "seconds", 1...3600)
        // The 99th percentile over bars of the share of L2 columns without a value.
        case .nanRate: Bound(.below, "share", 0.000_1...1)
        // Of bars on which candidate and blind fallback both decided.
        case .agreement: Bound(.atLeast, "share", 0...1)
        // The mean difference of F1 over cells, whose interval must exclude 0 besides.
        case .liftInterval: Bound(.atLeast, "f1", 0...0.5)
        case .liftEffect: Bound(.atLeast, "cohens_d", 0...5)
        case .liftP: Bound(.below, "p", 1e-9...0.5)
        // Candidate less champion.
        case .trainingCalibration, .calibration: Bound(.atMost, "ece", 0...0.5)
        case .trades: Bound(.atLeast, "trades", 1...1_000_000)
        // 0 is the champion's mean itself.
        case .expectancy: Bound(.atLeast, "net_return", 0...0.1)
        // How far the live F1 may lie from training's, as a share of it, on either side.
        case .f1Band: Bound(.atMost, "share", 0.000_1...1)
        // Of the point rule; the guarded one has ``GateKeeper/sortinoShortfall``.
        case .sortino: Bound(.atLeast, "sortino", 0...10)
        // A fraction of equity: 0.01 is one percentage point.
        case .drawdown: Bound(.atMost, "equity", 0...1)
        case .noDrift: Bound(.atMost, "alerts", 0...0)
        case .noKillSwitch: Bound(.atMost, "switches", 0...0)
        }
    }

    /// Whether each symbol of the stage has an outcome of its own.
    package var isPerSymbol: Bool {
        switch self {
        case .freshness, .nanRate, .agreement, .trainingCalibration, .calibration, .f1Band: true
        case .liftInterval, .liftEffect, .liftP, .trades, .expectancy, .sortino, .drawdown,
            .noDrift, .noKillSwitch:
            false
        }
    }
}

/// A gate of a plan's stage.
package struct Gate: Equatable, Sendable {
    package var kind: GateKind
    /// In the gate's own unit: seconds, a share, an F1 band, an ECE difference, ...
    package var threshold: Double
    /// Computed and shown, and left out of the verdict.
    package var isDryRun: Bool

    package init(_ kind: GateKind, threshold: Double, isDryRun: Bool = false) {
        self.kind = kind
        self.threshold = threshold
        self.isDryRun = isDryRun
    }
}
