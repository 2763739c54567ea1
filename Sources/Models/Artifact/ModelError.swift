package import Files
package import JSON

/// Why a folder is no model that can be trusted.
package enum ModelError: Error, Equatable {
    case unreadable(path: String, TextFileError)
    /// The folder itself cannot be listed, or a model cannot be written.
    case output(OutputError)
    case missing(folder: String, name: String)
    case extra(folder: String, name: String)
    /// A line of `SHA256SUMS` is not as `sha256sum` writes it.
    case badSum(path: String, line: Int)
    /// A file's content is not what its sum says.
    case changed(path: String, expected: Digest, found: Digest)
    case document(path: String, JSONError)
    case booster(BoosterError)
    /// `drift_reference.npy` is no array of doubles with a column for each feature.
    case reference(path: String, columnCount: Int)
}

extension ModelError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path, let error): "\(path): \(error)"
        case .output(let error): error.description
        case .missing(let folder, let name):
            "\(folder): \(name) is missing; a model is used whole or not at all"
        case .extra(let folder, let name):
            "\(folder): \(name) does not belong to a model; move it elsewhere"
        case .badSum(let path, let line):
            "\(path): line \(line) is not as `sha256sum` writes it; take the folder from its backup"
        case .changed(let path, let expected, let found):
            "\(path): its content changed: SHA256SUMS says \(expected), found \(found); take the "
                + "folder from its backup"
        case .document(let path, let error): "\(path): \(error)"
        case .booster(let error): error.description
        case .reference(let path, let columnCount):
            "\(path): is no .npy array of doubles in rows of \(columnCount), one value for each "
                + "feature"
        }
    }
}
