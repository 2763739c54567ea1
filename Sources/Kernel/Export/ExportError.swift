internal import Glibc

/// Why features cannot be written.
package enum ExportError: Error, Equatable {
    /// The operating system refused; `errorNumber` is errno's value.
    case system(path: String, operation: String, errorNumber: Int32)
    /// There is something at the path, and nobody said that it may go.
    case exists(path: String)
    /// What is to be replaced holds `name`, which is not a file of an export.
    case foreign(path: String, name: String)
}

extension ExportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let path, let operation, let errorNumber):
            "\(path): cannot \(operation): \(Self.message(errorNumber))"
        case .exists(let path):
            "\(path): exists already; --replace puts the new export in its place"
        case .foreign(let path, let name):
            "\(path): cannot be replaced, because it is no export of features: it holds \(name)"
        }
    }

    private static func message(_ errorNumber: Int32) -> String {
        guard let text = unsafe strerror(errorNumber) else { return "error \(errorNumber)" }
        return unsafe String(cString: text)
    }
}
