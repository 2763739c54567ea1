package import Features

/// What the monitors hold a run against.
package struct MonitorSetup: Sendable {
    /// The served candidate (or, without one, champion) of a symbol, as training left it.
    package struct Model: Sendable {
        /// Whose loss is focal.
        package var isFocal: Bool
        /// The model's columns, as indexes into the run's.
        package var columns: [Int]
        /// One for each of `columns`: training's values in time order, price scale taken out.
        package var reference: [[Double]]
        package var limits: [(lower: Double, upper: Double)]
        package var totalGain: [Double]
        package var outOfFoldF1: Double?
        package var sharpness: Double?
        /// Deciles of the out-of-fold probability; empty where training left none.
        package var probabilityDeciles: [Double]

        package init(
            isFocal: Bool, columns: [Int], reference: [[Double]],
            limits: [(lower: Double, upper: Double)], totalGain: [Double], outOfFoldF1: Double?,
            sharpness: Double?, probabilityDeciles: [Double]
        ) {
            self.isFocal = isFocal
            self.columns = columns
            self.reference = reference
            self.limits = limits
            self.totalGain = totalGain
            self.outOfFoldF1 = outOfFoldF1
            self.sharpness = sharpness
            self.probabilityDeciles = probabilityDeciles
        }
    }

    package var columns: [FeatureColumn]
    /// By symbol.
    package var models: [Model]
    package var symbols: [String]
    package var barNs: Int64
    package var startNs: Int64
    package var computeLatencyNs: Int64
    package var seed: UInt64

    package init(
        columns: [FeatureColumn], models: [Model], symbols: [String], barNs: Int64,
        startNs: Int64, computeLatencyNs: Int64, seed: UInt64
    ) {
        self.columns = columns
        self.models = models
        self.symbols = symbols
        self.barNs = barNs
        self.startNs = startNs
        self.computeLatencyNs = computeLatencyNs
        self.seed = seed
    }
}

/// All monitors of a run: each signal of SPEC 6, fed bar by bar, bounded in memory.
package struct MonitorBank: Sendable {
    package init(_ setup: MonitorSetup) {
    }

    /// Takes the next bar tick; the changes of alerts that follow from it, in a fixed order.
    package mutating func observe(_ bar: RolloutBar) -> [AlertChange] {
        []
    }

    /// Windows that the run was too short to fill.
    package mutating func finish(atNs: Int64) -> [AlertChange] {
        []
    }

    /// The alerts that fire now at act level for data or concept drift.
    package var openDrift: [AlertChange] { [] }
}
