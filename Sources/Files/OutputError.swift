/// Why a file or a folder cannot be written.
package enum OutputError: Error, Equatable {
    /// The operating system refused; `errorNumber` is errno's value.
    case system(path: String, operation: String, errorNumber: Int32)
    /// There is something at the path, and nobody said that it may go.
    case exists(path: String)
    /// What is to be replaced holds `name`, which is none of the files that belong there.
    case foreign(path: String, name: String)
}

extension OutputError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let path, let operation, let errorNumber):
            "\(path): cannot \(operation): \(systemMessage(errorNumber))"
        case .exists(let path):
            "\(path): exists already; --replace puts the new one in its place"
        case .foreign(let path, let name):
            "\(path): cannot be replaced, because this program did not make it: it holds \(name)"
        }
    }
}
