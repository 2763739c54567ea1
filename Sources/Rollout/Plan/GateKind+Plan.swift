extension GateKind {
    /// The threshold where a plan gives none, and the range of those that can be met and missed. Nil
    /// for a gate that has no number of its own.
    var threshold: (standard: Double, range: ClosedRange<Double>)? {
        switch self {
        case .freshness: (30, 1...3600)
        case .nanRate: (0.01, 0.000_1...1)
        case .agreement: (0.9, 0...1)
        case .liftInterval: (0, 0...0.5)
        case .liftEffect: (0.3, 0...5)
        case .liftP: (0.05, 1e-9...0.5)
        case .trainingCalibration, .calibration: (0.01, 0...0.5)
        case .expectancy: (0, 0...0.1)
        case .f1Band: (0.2, 0.000_1...1)
        case .sortino: (0, 0...10)
        case .drawdown: (0.01, 0...1)
        // The plan's `tradesMin`, or nothing at all.
        case .trades, .noDrift, .noKillSwitch: nil
        }
    }

    /// Whether it needs labels, of which a stage must have enough.
    var needsLabels: Bool { self == .calibration || self == .f1Band }

    /// Whether it looks at order books.
    var needsBooks: Bool { self == .freshness || self == .nanRate || self == .agreement }
}
