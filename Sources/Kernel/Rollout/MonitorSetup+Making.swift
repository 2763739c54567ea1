import Features
import Market
import Models
import Rollout
import Scenarios

extension MonitorSetup {
    /// - Parameter models: one for each symbol that has rows.
    init(_ run: RunPlan, _ models: [Model]) {
        self.init(
            columns: run.config.columns, models: models,
            symbols: run.symbols.filter(\.hasRows).map(\.instrument.symbol),
            barNs: run.config.barNs, startNs: run.schedule.firstWindowCloseNs - run.config.barNs,
            computeLatencyNs: run.scenario.latencies.computeNs, seed: run.scenario.seed)
    }
}

extension MonitorSetup.Model {
    /// The share of a column's values that lie beyond each of its limits, as training has it.
    private static var shareBeyond: Double { 0.001 }

    init(_ artifact: ModelArtifact, _ config: EnrichmentConfig) {
        let columns = ModelContract.columns(of: artifact, in: config)
        let symbol = artifact.metadata.outOfFold.first
        let all = config.columns
        let limits = columns.indices.map { index -> (lower: Double, upper: Double) in
            guard index < artifact.metadata.features.count else {
                return (-.greatestFiniteMagnitude, .greatestFiniteMagnitude)
            }
            // Training's limits are of what a model reads; drift is measured without the price.
            if all[columns[index]].isPriceScaled { return Self.limits(artifact.reference[index]) }
            let feature = artifact.metadata.features[index]
            return (feature.lowerLimit, feature.upperLimit)
        }
        self.init(
            isFocal: artifact.metadata.loss.isFocal, columns: columns,
            reference: artifact.reference, limits: limits,
            totalGain: artifact.metadata.features.map(\.totalGain), outOfFoldF1: symbol?.f1Buy,
            sharpness: symbol?.sharpness, probabilityDeciles: [])
    }

    private static func limits(_ values: [Double]) -> (lower: Double, upper: Double) {
        let sorted = values.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else {
            return (-.greatestFiniteMagnitude, .greatestFiniteMagnitude)
        }
        let beyond = Int(shareBeyond * Double(sorted.count))
        return (sorted[beyond], sorted[sorted.count - 1 - beyond])
    }
}

extension ModelLoss {
    var isFocal: Bool {
        switch self {
        case .focal: true
        case .logistic: false
        }
    }
}
