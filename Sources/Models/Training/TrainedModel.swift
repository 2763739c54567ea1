package import Features

/// What became of one fold: its model's margins on the rows that it had not seen.
package struct FoldModel: Equatable, Sendable {
    package let fold: Int
    /// After how many rounds the loss on the stopping part was least.
    package let roundCount: Int
    /// How many were grown to see that.
    package let grownRounds: Int
    /// Which rows were tested, and the margin of each, by symbol, then by time.
    let rows: [Int]
    package let margins: [Double]
}

/// A model and all that was learned on the way, for every symbol that it is registered under.
package struct TrainedModel: Equatable, Sendable {
    /// A row that a model was judged by: its fold's model had not seen it.
    package struct OutOfFoldRow: Equatable, Sendable {
        package let symbol: String
        package let closeNs: Int64
        package let fold: Int
        /// Calibrated.
        package let probability: Double
        package let isBuy: Bool

        package init(symbol: String, closeNs: Int64, fold: Int, probability: Double, isBuy: Bool) {
            self.symbol = symbol
            self.closeNs = closeNs
            self.fold = fold
            self.probability = probability
            self.isBuy = isBuy
        }
    }

    /// What is a symbol's own; trees, calibration and threshold are the same for all.
    package struct Symbol: Equatable, Sendable {
        package let name: String
        package let metadata: ModelMetadata
        /// The rows that it was trained on, in time order, a value for each feature. Those of
        /// `priceScaled` columns are divided by the bar's close, as drift measures them.
        package let driftReference: [Double]
    }

    package let role: String
    package let columns: [FeatureColumn]
    /// XGBoost's own JSON.
    package let booster: [UInt8]
    package let roundCount: Int
    /// Why and how the model trades; nil when it does not, because no threshold made enough trades.
    package let threshold: ThresholdSearch.Choice?
    /// By name.
    package let symbols: [Symbol]
    /// By symbol, then by time.
    package let outOfFold: [OutOfFoldRow]
    /// By symbol, then by fold.
    package let cells: [CellFigures]
}
