package import Features
package import Files

/// Why a registry refused.
package enum RegistryError: Error, Equatable {
    /// There is no registry at the path.
    case absent(path: String)
    case noModel(String, nearest: String?)
    case noVersion(ModelName, Int, known: [Int])
    case model(ModelError)
    /// The parts of a model disagree.
    case contract(model: String, [ContractMismatch])
    case history(path: String, AliasHistoryError)
    /// The alias is not what the caller thought: somebody else set it.
    case lost(ModelName, ModelAlias, expected: AliasExpectation, found: AliasState?)
    /// The alias points there already.
    case unchanged(ModelName, ModelAlias, version: Int)
    /// A champion reads the family, and there is nothing to fall back to without it.
    case noFallback(ModelName, version: Int, ModelAlias, FeatureColumn.Family)
    /// A fallback reads the family that it is to do without.
    case unfitFallback(ModelName, version: Int, ModelAlias, FeatureColumn.Family)
    /// What is to be champion would be its own fallback.
    case ownFallback(ModelName, version: Int, ModelAlias)
    /// A version is not what it was when a rollout began.
    case changed(ModelName, version: Int)
    /// The version is calibrated so already.
    case sameCalibration(ModelName, version: Int)
    case output(OutputError)
}

extension RegistryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .absent(let path):
            "\(path): there is no registry; `tapedeck train` and `tapedeck model import` make one"
        case .noModel(let name, let nearest):
            "there is no model `\(name)`; "
                + (nearest.map { "did you mean `\($0)`?" } ?? "`tapedeck model list` lists them")
        case .noVersion(let name, let version, let known):
            "\(name) has no version \(version); it has "
                + (known.isEmpty ? "none" : known.map(String.init).joined(separator: ", "))
        case .model(let error): error.description
        case .contract(let model, let mismatches):
            "\(model): " + mismatches.map(\.description).joined(separator: "; ")
        case .history(let path, let error): "\(path): \(error)"
        case .lost(let name, let alias, let expected, let found):
            "\(alias.rawValue) of \(name) is \(Self.text(found)), not \(Self.text(expected)); "
                + "nothing was changed"
        case .unchanged(let name, let alias, let version):
            "\(alias.rawValue) of \(name) is version \(version) already; nothing was changed"
        case .noFallback(let name, let version, let alias, let family):
            "version \(version) of \(name) reads \(family.rawValue) columns, so "
                + "`\(alias.rawValue)` must be set first, to a version without them"
        case .unfitFallback(let name, let version, let alias, let family):
            "version \(version) of \(name) reads \(family.rawValue) columns, and "
                + "`\(alias.rawValue)` must do without them"
        case .ownFallback(let name, let version, let alias):
            "version \(version) of \(name) would be its own `\(alias.rawValue)`; "
                + "nothing was changed"
        case .changed(let name, let version):
            "version \(version) of \(name) is not what it was when the rollout began; "
                + "nothing was changed"
        case .sameCalibration(let name, let version):
            "version \(version) of \(name) is calibrated so already; nothing was added"
        case .output(let error): error.description
        }
    }

    private static func text(_ state: AliasState?) -> String {
        state.map { "version \($0.version) (epoch \($0.epoch))" } ?? "not set"
    }

    private static func text(_ expectation: AliasExpectation) -> String {
        switch expectation {
        case .epoch(0): "unset"
        case .epoch(let epoch): "at epoch \(epoch)"
        case .version(let version): "version \(version)"
        }
    }
}
