package import Market

/// What a booster was trained to minimise.
package enum ModelLoss: Hashable, Sendable {
    case logistic
    /// Lin et al. 2017; `alpha` weighs the class that is bought.
    case focal(gamma: Double, alpha: Double)

    /// As the journal's column `model_loss_function` names it.
    package var name: String {
        switch self {
        case .logistic: "binary:logistic"
        case .focal: "focal"
        }
    }
}

/// What is known of a model beyond its trees: `metadata.json`.
package struct ModelMetadata: Equatable, Sendable {
    /// What a booster's prediction is. A focal model's file does not say.
    package enum Output: String, CaseIterable, Sendable {
        case margin, probability
    }

    /// How a model did on one symbol's rows that it had not seen.
    package struct OutOfFold: Equatable, Sendable {
        package let symbol: String
        package let rowCount: Int
        /// Nil where it is undefined.
        package let f1Buy: Double?
        package let expectedCalibrationError: Double?
        package let sharpness: Double?
        /// The nine values that cut the probabilities into ten equal shares; empty where they are
        /// not known, as in artifacts from before they were kept.
        package let probabilityDeciles: [Double]

        package init(
            symbol: String, rowCount: Int, f1Buy: Double?, expectedCalibrationError: Double?,
            sharpness: Double?, probabilityDeciles: [Double] = []
        ) {
            self.symbol = symbol
            self.rowCount = rowCount
            self.f1Buy = f1Buy
            self.expectedCalibrationError = expectedCalibrationError
            self.sharpness = sharpness
            self.probabilityDeciles = probabilityDeciles
        }
    }

    /// Of one feature: its share of the total gain, and the values that training saw nearly all of.
    package struct Feature: Equatable, Sendable {
        package let name: String
        package let totalGain: Double
        package let lowerLimit: Double
        package let upperLimit: Double

        package init(name: String, totalGain: Double, lowerLimit: Double, upperLimit: Double) {
            self.name = name
            self.totalGain = totalGain
            self.lowerLimit = lowerLimit
            self.upperLimit = upperLimit
        }
    }

    package var loss: ModelLoss
    package var calibration: Calibration
    /// A long is entered at or above it; nil for a model that does not trade, because no threshold
    /// was admissible.
    package var threshold: Double?
    package var output: Output
    /// Event times of the bars that it was trained on.
    package var trainingWindow: TimeRange
    package var outOfFold: [OutOfFold]
    /// In the order of the model's features.
    package var features: [Feature]

    package init(
        loss: ModelLoss, calibration: Calibration, threshold: Double?, output: Output,
        trainingWindow: TimeRange, outOfFold: [OutOfFold], features: [Feature]
    ) {
        self.loss = loss
        self.calibration = calibration
        self.threshold = threshold
        self.output = output
        self.trainingWindow = trainingWindow
        self.outOfFold = outOfFold
        self.features = features
    }
}
