package import Features
import JSON

/// One thing on which a model and an enricher disagree.
package struct ContractMismatch: Equatable, Sendable {
    /// As in `l2_purge_bars`, or `feature_names.RSI_14` for one column.
    package let field: String
    package let model: String
    package let enricher: String
}

extension ContractMismatch: CustomStringConvertible {
    package var description: String { "\(field): the model has \(model), the enricher \(enricher)" }
}

/// What must hold before a model may score an enricher's rows.
///
/// An enricher may make more columns than a model reads, for features are computed once and scored
/// by many. But whatever shapes those that it reads must be as it was in training: nothing is
/// imputed, dropped or put in order.
package enum ModelContract {
    /// All on which a model and a run disagree, field by field; empty where the run may serve it.
    package static func mismatches(
        of artifact: ModelArtifact, against run: EnrichmentConfig
    ) -> [ContractMismatch] {
        mismatches(within: artifact) + fieldMismatches(artifact.configDocument, run.document)
    }

    /// All on which the parts of a model disagree, whatever the run: its names and its booster are
    /// compared with the columns that this program makes of its configuration.
    package static func mismatches(within artifact: ModelArtifact) -> [ContractMismatch] {
        let columns = artifact.config.columns.map(\.name)
        let booster = artifact.booster
        var mismatches = nameMismatches("feature_names", artifact.featureNames, columns)
        if let names = booster.featureNames {
            mismatches += nameMismatches("booster.feature_names", names, columns)
        }
        if !artifact.metadata.features.isEmpty {
            mismatches += nameMismatches(
                "metadata.features", artifact.metadata.features.map(\.name), columns)
        }
        mismatches += countMismatches("booster.features", booster.featureCount, columns.count)
        // A decision is made from one probability.
        mismatches += countMismatches("booster.outputs", booster.outputCount, 1)
        let configNames: [String] =
            if case .array(let elements)? = artifact.configDocument["feature_names"] {
                elements.map { if case .string(let name) = $0 { name } else { $0.text() } }
            } else {
                []
            }
        return mismatches
            + nameMismatches("enrichment_config.feature_names", configNames, columns)
    }

    /// Where in a run's row each of the model's features stands, in the model's order.
    ///
    /// Traps for a run that ``mismatches(of:against:)`` finds fault with.
    package static func columns(
        of artifact: ModelArtifact, in run: EnrichmentConfig
    ) -> [Int] {
        let columns = run.columns.map(\.name)
        return artifact.featureNames.map { name in
            guard let index = columns.firstIndex(of: name) else {
                preconditionFailure("a run that serves a model makes its column \(name)")
            }
            return index
        }
    }

    // MARK: - Fields

    /// What shapes the columns of every family.
    private static let sharedFields = [
        "schema_version", "bar_ns", "feature_epoch_ns", "feed_latency_ns", "bar_delay_ns",
    ]

    /// The field that says whether a family is on, and those that shape it when it is.
    private static let families = [
        ("baseline_enabled", []),
        ("btc_features_enabled", ["btc_symbol", "btc_features_set", "btc_purge_bars"]),
        (
            "l2_features_enabled",
            [
                "l2_schema_version", "l2_features_set", "l2_purge_bars", "l2_window_ns",
                "l2_kyle_observations_min",
            ]
        ),
        ("frac_diff_enabled", ["frac_diff_d", "frac_diff_min_w_threshold", "frac_diff_source"]),
        ("domain_interactions_enabled", []),
    ]

    private static func fieldMismatches(
        _ model: JSONValue, _ run: JSONValue
    ) -> [ContractMismatch] {
        var fields = sharedFields
        for (switchField, settings) in families where model[switchField] == .bool(true) {
            fields.append(switchField)
            // Of a family that the run lacks, one line says all.
            if run[switchField] == .bool(true) { fields += settings }
        }
        return fields.compactMap { field in
            let (modelValue, runValue) = (model[field] ?? .null, run[field] ?? .null)
            if modelValue == runValue { return nil }
            return ContractMismatch(
                field: field, model: modelValue.text(), enricher: runValue.text())
        }
    }

    // MARK: - Names

    /// Columns that are missing or too many, then those that stand elsewhere among the columns that
    /// both have. Positions count from 0.
    private static func nameMismatches(
        _ field: String, _ model: [String], _ enricher: [String]
    ) -> [ContractMismatch] {
        func mismatch(_ name: String, _ model: Int?, _ enricher: Int?) -> ContractMismatch {
            ContractMismatch(
                field: "\(field).\(name)",
                model: model.map { "column \($0)" } ?? "no such column",
                enricher: enricher.map { "column \($0)" } ?? "no such column")
        }
        var mismatches: [ContractMismatch] = []
        for (index, name) in enricher.enumerated() where !model.contains(name) {
            mismatches.append(mismatch(name, nil, index))
        }
        for (index, name) in model.enumerated() where !enricher.contains(name) {
            mismatches.append(mismatch(name, index, nil))
        }
        let common = enricher.filter(model.contains)
        for (name, expected) in zip(model.filter(enricher.contains), common) where name != expected
        {
            mismatches.append(
                mismatch(name, model.firstIndex(of: name), enricher.firstIndex(of: name)))
        }
        return mismatches
    }

    private static func countMismatches(
        _ field: String, _ model: Int, _ enricher: Int
    ) -> [ContractMismatch] {
        if model == enricher { return [] }
        return [ContractMismatch(field: field, model: "\(model)", enricher: "\(enricher)")]
    }
}
