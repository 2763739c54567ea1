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
