package import Files
package import JSON
package import Models

/// Why a model did not get to a server, or from it.
package enum MLflowError: Error, Equatable {
    case http(HTTPError)
    /// What answered is no MLflow server, or one of another kind.
    case badAnswer(request: String, JSONError)
    case noModel(String, place: String)
    case noVersion(String, place: String)
    case noAlias(String, model: String, known: [String])
    /// The artifacts are where this server does not hand them out: `source` says where.
    case unproxied(version: String, source: String)
    case untagged(version: String, tag: String)
    case badTag(version: String, tag: String, problem: String)
    /// A version that should be this model has a tag that says otherwise.
    case changedTag(version: String, tag: String, expected: String)
    /// There is an artifact that is no file of the model.
    case stranger(version: String, name: String)
    case missing(version: String, name: String)
    case wrongSize(version: String, name: String, listed: Int, found: Int)
    case tooLarge(version: String, name: String, size: Int, sizeMax: Int)
    /// An artifact is not what its tag says.
    case changed(version: String, name: String, expected: Digest, found: Digest)
    /// The files agree with their sums, and the tag of the whole names another model.
    case otherModel(version: String, expected: Digest, found: Digest)
    /// What the server sent is no model.
    case unfit(version: String, ModelError)
    case registry(RegistryError)
    case output(OutputError)
}

extension MLflowError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .http(let error): error.description
        case .badAnswer(let request, let error):
            "\(request): the answer is not as MLflow's: \(error); is this an MLflow server?"
        case .noModel(let name, let place): "\(place): there is no model `\(name)`"
        case .noVersion(let name, let place): "\(place): \(name) has no version yet"
        case .noAlias(let alias, let model, let known):
            "`\(alias)` is no alias of \(model) on the server; it has "
                + (known.isEmpty
                    ? "none" : known.map { ServerText.clean($0) }.joined(separator: ", "))
        case .unproxied(let version, let source):
            "\(version): its artifacts lie at \(ServerText.clean(source)), which the server does "
                + "not hand out; only those of a server with --serve-artifacts are read and written"
        case .untagged(let version, let tag):
            "\(version): has no tag \(tag), so its content cannot be checked; pull a version that "
                + "`tapedeck model push` made"
        case .badTag(let version, let tag, let problem):
            "\(version): its tag \(ServerText.clean(tag)) \(problem); push the model again"
        case .changedTag(let version, let tag, let expected):
            "\(version): its tag \(tag) was changed; it was \(expected): set it so again, or "
                + "delete the version and push again"
        case .stranger(let version, let name):
            "\(version): \(ServerText.clean(name)) does not belong to a model; nothing was pulled"
        case .missing(let version, let name):
            "\(version): \(name) is missing on the server; nothing was pulled"
        case .wrongSize(let version, let name, let listed, let found):
            "\(version): \(name) came with \(found) bytes, the server lists \(listed); nothing "
                + "was pulled"
        case .tooLarge(let version, let name, let size, let sizeMax):
            "\(version): \(name) has \(size) bytes, and no file of a model has more than "
                + "\(sizeMax); nothing was pulled"
        case .changed(let version, let name, let expected, let found):
            "\(version): \(name) is not what was pushed: its tag says \(expected), found \(found); "
                + "nothing was pulled"
        case .otherModel(let version, let expected, let found):
            "\(version): is not the model that its tag \(MLflowTag.digest) names: the tag says "
                + "\(expected), found \(found); nothing was pulled"
        case .unfit(let version, let error):
            "\(version): what the server sent is no model; nothing was pulled: \(error)"
        case .registry(let error): error.description
        case .output(let error): error.description
        }
    }
}
