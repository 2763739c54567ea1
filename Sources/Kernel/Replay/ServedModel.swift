package import Desk
package import Features
package import Files
package import Models
package import Scenarios

/// A model that a run may score with.
package struct ServedModel: Sendable {
    package let name: String
    package let version: Int
    package let digest: Digest
    package let metadata: ModelMetadata
    /// Where the model's features stand in the run's rows.
    let columns: [Int]
    /// What kinds of them it reads.
    let families: [FeatureColumn.Family]
    private let forest: Forest
    private let objective: Booster.Objective

    package init(
        name: String, version: Int, digest: Digest, metadata: ModelMetadata, booster: Booster,
        columns: [Int], of config: EnrichmentConfig
    ) {
        precondition(booster.outputCount == 1, "a model that is served says one thing")
        self.name = name
        self.version = version
        self.digest = digest
        self.metadata = metadata
        self.columns = columns
        let all = config.columns
        families = FeatureColumn.Family.allCases.filter { family in
            columns.contains { all[$0].family == family }
        }
        forest = Forest(booster, columns: columns)
        objective = booster.objective
    }

    /// Whether it reads a column of any of these.
    func reads(_ some: [FeatureColumn.Family]) -> Bool {
        families.contains { some.contains($0) }
    }

    /// Writes the calibrated probability of each row.
    func probabilities(of rows: Span<Double>, rowWidth: Int, into results: inout [Double]) {
        results.removeAll(keepingCapacity: true)
        forest.margins(of: rows, rowWidth: rowWidth, into: &results)
        for index in results.indices {
            results[index] = metadata.calibration.probability(
                ofMargin: metadata.output.margin(ofSum: results[index], objective))
        }
    }
}

/// What a scripted command comes to, once the model that it names was looked at.
package struct ServiceSwitch: Sendable {
    package enum Target: Sendable {
        /// Index into the run's models.
        case model(Int)
        /// It does not fit the run's features: the symbol is paused, nothing is imputed.
        case refused([ContractMismatch])
    }

    /// The evaluation tick at which it takes effect; decisions after that tick follow it.
    package let atNs: Int64
    package let role: Role
    /// Among the traded symbols.
    package let symbol: Int
    package let version: Int
    package let target: Target
    package let by: String
    package let reason: String

    package init(
        atNs: Int64, role: Role, symbol: Int, version: Int, target: Target, by: String,
        reason: String
    ) {
        self.atNs = atNs
        self.role = role
        self.symbol = symbol
        self.version = version
        self.target = target
        self.by = by
        self.reason = reason
    }
}

/// A kill switch that is set, or taken back.
package struct KillChange: Equatable, Sendable {
    /// The evaluation tick at which it takes effect, decisions of that tick included.
    package let atNs: Int64
    package let killSwitch: OperatorCommand.KillSwitch
    package let isOn: Bool
    package let by: String
    package let reason: String

    package init(
        atNs: Int64, killSwitch: OperatorCommand.KillSwitch, isOn: Bool, by: String, reason: String
    ) {
        self.atNs = atNs
        self.killSwitch = killSwitch
        self.isOn = isOn
        self.by = by
        self.reason = reason
    }
}
