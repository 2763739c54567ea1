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
    init(_ artifact: ModelArtifact, _ config: EnrichmentConfig) {
        let symbol = artifact.metadata.outOfFold.first
        let features = artifact.metadata.features
        self.init(
            isFocal: artifact.metadata.loss.isFocal,
            columns: ModelContract.columns(of: artifact, in: config),
            reference: artifact.reference,
            limits: artifact.featureNames.indices.map { index in
                guard index < features.count else {
                    return (-.greatestFiniteMagnitude, .greatestFiniteMagnitude)
                }
                return (features[index].lowerLimit, features[index].upperLimit)
            },
            totalGain: artifact.featureNames.indices.map { index in
                index < features.count ? features[index].totalGain : 0
            }, outOfFoldF1: symbol?.f1Buy,
            sharpness: symbol?.sharpness,
            probabilityDeciles: symbol?.probabilityDeciles ?? [])
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
