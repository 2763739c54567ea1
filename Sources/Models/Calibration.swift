import Numerics

/// How a margin becomes a probability that can be trusted.
package enum Calibration: Hashable, Sendable {
    case none
    /// Divides the margin by a temperature above 0.
    case temperature(Double)

    /// The probability of a margin: 1 / (1 + exp(-margin / temperature)); NaN for NaN.
    package func probability(ofMargin margin: Double) -> Double {
        1 / (1 + Elementary.exp(-cooled(margin)))
    }

    /// The probability of each class, of the margins of all of one row.
    package func probabilities(ofMargins margins: [Double]) -> [Double] {
        let largest = margins.max() ?? 0
        let weights = margins.map { Elementary.exp(cooled($0 - largest)) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The margin of a probability, which ``none`` turns back into it; infinite at 0 and 1, NaN
    /// beyond them.
    package static func margin(ofProbability probability: Double) -> Double {
        Elementary.log(probability / (1 - probability))
    }

    private func cooled(_ margin: Double) -> Double {
        switch self {
        case .none: margin
        case .temperature(let temperature): margin / temperature
        }
    }
}

extension Booster.Objective {
    /// What XGBoost's own prediction with such a file is; nil where the file does not tell, for
    /// `reg:squarederror` also stands in the files of losses of one's own.
    package var output: ModelMetadata.Output? {
        switch self {
        case .logistic, .classProbabilities: .probability
        case .logisticMargin: .margin
        case .squaredError, .likeliestClass: nil
        }
    }
}

extension ModelMetadata.Output {
    /// The margin that ``Calibration`` takes, of what a ``Forest`` summed.
    ///
    /// A forest sums margins whatever the file's own prediction is, with one exception: a
    /// regression on labels of 0 and 1 (`reg:squarederror` with the output `probability`) sums
    /// probabilities.
    package func margin(ofSum sum: Double, _ objective: Booster.Objective) -> Double {
        self == .probability && objective == .squaredError
            ? Calibration.margin(ofProbability: sum) : sum
    }
}
