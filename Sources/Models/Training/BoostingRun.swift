import Features
import Numerics

/// The rounds of one booster: it is grown on some rows, by one of the two ways a loss is minimised.
///
/// Each round reseeds the random source from the seed and its own number, so what is grown does not
/// depend on what else a thread grew before. One thread a booster: folds run beside one another.
struct BoostingRun: ~Copyable {
    /// A Hessian of no size, or below 0, would let a few rows of a focal loss move a leaf at will.
    private static let hessianMin = 1e-6

    private let matrix: XGBoostMatrix
    private(set) var booster: XGBoostBooster
    private let isBuy: [Bool]
    /// Of a row that is a buy; the others weigh 1.
    let buyWeight: Double
    private let loss: ModelLoss
    private var gradients: [Float] = []
    private var hessians: [Float] = []
    private var roundCount = 0

    init(
        _ rows: TrainingRows, _ picked: [Int], _ training: Training, loss: ModelLoss,
        seed: UInt64, library: XGBoostLibrary
    ) throws(XGBoostError) {
        let isBuy = picked.map { rows.isBuy[$0] }
        let buyCount = Double(isBuy.count { $0 })
        let restCount = Double(isBuy.count) - buyCount
        let buyWeight = training.balancesClasses ? restCount / buyCount : 1
        // Trees start from what is known without them: the share of buys.
        let share = buyWeight * buyCount / (buyWeight * buyCount + restCount)
        var matrix = try rows.matrix(picked, library)
        try matrix.setLabels(isBuy.map { $0 ? 1 : 0 })
        try matrix.setWeights(isBuy.map { $0 ? Float(buyWeight) : 1 })
        let booster = try XGBoostBooster(
            library, parameters: Self.parameters(training, loss, share: share, seed: seed),
            features: rows.columns.map(\.name), cachingFor: matrix)
        self.isBuy = isBuy
        self.buyWeight = buyWeight
        self.loss = loss
        self.matrix = matrix
        self.booster = booster
    }

    mutating func addRound() throws(XGBoostError) {
        switch loss {
        case .logistic:
            try booster.update(round: roundCount, matrix)
        case .focal:
            try setDerivatives(at: booster.margins(of: matrix), of: FocalLoss(loss))
            try booster.boost(matrix, gradients: &gradients, hessians: &hessians)
        }
        roundCount += 1
    }

    private mutating func setDerivatives(at margins: [Float], of focal: FocalLoss) {
        gradients.removeAll(keepingCapacity: true)
        hessians.removeAll(keepingCapacity: true)
        for index in margins.indices {
            let terms = focal.terms(margin: Double(margins[index]), isBuy: isBuy[index])
            let weight = isBuy[index] ? buyWeight : 1
            gradients.append(Float(weight * terms.gradient))
            hessians.append(Float(weight * max(terms.hessian, Self.hessianMin)))
        }
    }

    /// The file of a focal model says `reg:squarederror`, as XGBoost's own package writes it for a
    /// loss of the caller's: its prediction is the margin.
    private static func parameters(
        _ training: Training, _ loss: ModelLoss, share: Double, seed: UInt64
    ) -> [(name: String, value: String)] {
        let isLogistic = loss == .logistic
        let base = isLogistic ? share : Calibration.margin(ofProbability: share)
        return [
            ("objective", isLogistic ? "binary:logistic" : "reg:squarederror"),
            ("base_score", String(Float(base))),
            ("tree_method", "hist"),
            ("max_depth", String(training.depth)),
            ("eta", String(training.learningRate)),
            ("subsample", String(training.rowShare)),
            ("colsample_bytree", String(training.columnShare)),
            ("min_child_weight", String(training.childWeightMin)),
            ("lambda", String(training.l2Regularization)),
            ("seed", String(seed & 0x7fff_ffff)),
            ("seed_per_iteration", "true"),
            ("nthread", "1"),
            ("verbosity", "0"),
        ]
    }
}
