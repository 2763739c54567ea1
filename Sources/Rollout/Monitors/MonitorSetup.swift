package import Features

/// What the monitors hold a run against.
package struct MonitorSetup: Sendable {
    /// The served candidate (or, without one, champion) of a symbol, as training left it.
    package struct Model: Sendable {
        /// Whose loss is focal.
        package var isFocal: Bool
        /// The champion's loss, where the model above is a candidate.
        package var isChampionFocal: Bool
        /// The model's columns, as indexes into the run's.
        package var columns: [Int]
        /// One for each of `columns`: training's values in time order, price scale taken out.
        package var reference: [[Double]]
        /// The artifact's. Columns that scale with the price are held against their reference
        /// instead: a run's rows have the scale taken out, the artifact's limits have not.
        package var limits: [(lower: Double, upper: Double)]
        package var totalGain: [Double]
        package var outOfFoldF1: Double?
        package var sharpness: Double?
        /// Deciles of the out-of-fold probability; empty where training left none.
        package var probabilityDeciles: [Double]

        /// - Parameter isChampionFocal: Nil where there is no other champion.
        package init(
            isFocal: Bool, isChampionFocal: Bool? = nil, columns: [Int], reference: [[Double]],
            limits: [(lower: Double, upper: Double)], totalGain: [Double], outOfFoldF1: Double?,
            sharpness: Double?, probabilityDeciles: [Double]
        ) {
            self.isFocal = isFocal
            self.isChampionFocal = isChampionFocal ?? isFocal
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
