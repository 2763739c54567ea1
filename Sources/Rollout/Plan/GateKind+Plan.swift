extension GateKind {
    /// The threshold where a plan gives none; nil for a gate that has no number of its own.
    var standardThreshold: Double? {
        switch self {
        case .freshness: 30
        case .nanRate: 0.01
        case .agreement: 0.9
        case .liftInterval, .expectancy, .sortino: 0
        case .liftEffect: 0.3
        case .liftP: 0.05
        case .trainingCalibration, .calibration: 0.01
        case .f1Band: 0.2
        case .drawdown: 0.01
        // The plan's `tradesMin`, or nothing at all.
        case .trades, .noDrift, .noKillSwitch: nil
        }
    }

    /// Whether it needs labels, of which a stage must have enough.
    var needsLabels: Bool { self == .calibration || self == .f1Band }

    /// Whether it looks at order books.
    var needsBooks: Bool { self == .freshness || self == .nanRate || self == .agreement }
}
