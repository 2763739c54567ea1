package import JSON

/// Why a file is no booster that can be used, and where.
package enum BoosterError: Error, Equatable {
    /// The file begins neither as JSON nor as UBJSON.
    case unknownFormat(file: String)
    case json(file: String, JSONError)
    case ubjson(file: String, offset: Int, UBJSONProblem)
    /// `path` as in `learner.gradient_booster.model.trees[3].left_children`.
    case field(file: String, path: String, Problem)

    package enum UBJSONProblem: Equatable, Sendable {
        case endOfFile
        case unknownMarker(UInt8)
        case badLength(Int64)
        case notUTF8
        case tooDeep(depthMax: Int)
        case duplicateKey(String)
        case trailingBytes(count: Int)
    }

    package enum Problem: Equatable, Sendable {
        case missing
        case wrongType(expected: String)
        case unsupported(value: String, supported: String)
        case outOfRange(value: String, range: String)
        case wrongCount(found: Int, expected: Int)
        /// An element of a list, which is the field of one node or tree.
        case elementOutOfRange(index: Int, value: Double, range: String)
        case categoricalSplit(node: Int)
        /// A node is a child more than once, or the root is one.
        case notATree(node: Int)
        case duplicateName(String)
    }
}

extension BoosterError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownFormat(let file):
            "\(file): neither JSON nor UBJSON; save the booster by XGBoost's `save_model` as "
                + "model.json or model.ubj"
        case .json(let file, let error):
            if case .notFinite = error.problem {
                // XGBoost writes NaN where such a split has no threshold.
                "\(file): \(error); or are there splits by categories, which are not supported?"
            } else {
                "\(file): \(error)"
            }
        case .ubjson(let file, let offset, let problem): "\(file): byte \(offset): \(problem)"
        case .field(let file, let path, let problem): "\(file): \(path): \(problem)"
        }
    }
}

extension BoosterError.UBJSONProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .endOfFile: "the file ends within a value; copy it again"
        case .unknownMarker(let marker): "byte \(marker) begins no value of UBJSON"
        case .badLength(let length): "a length of \(length) is beyond the file's end"
        case .notUTF8: "a string is not UTF-8"
        case .tooDeep(let depthMax): "lists and objects nest deeper than \(depthMax)"
        case .duplicateKey(let key): "the key `\(key)` appears twice"
        case .trailingBytes(let count): "\(count) bytes follow the document"
        }
    }
}

extension BoosterError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing: "the field is required"
        case .wrongType(let expected): "found something else than \(expected)"
        case .unsupported(let value, let supported):
            "`\(value)` is not supported; train with \(supported)"
        case .outOfRange(let value, let range): "`\(value)` is outside \(range)"
        case .wrongCount(let found, let expected):
            "the list has \(found) elements where \(expected) belong"
        case .elementOutOfRange(let index, let value, let range):
            "element \(index) is \(value), outside \(range)"
        case .categoricalSplit(let node):
            "node \(node) splits by categories, which is not supported; train on numbers"
        case .notATree(let node): "node \(node) is reached twice; the nodes form no tree"
        case .duplicateName(let name): "the name `\(name)` appears twice"
        }
    }
}
