internal import Glibc

/// Why a small file could not be read.
package enum TextFileError: Error, Equatable {
    /// The operating system refused; `errorNumber` is errno's value.
    case unreadable(errorNumber: Int32)
    case tooLarge(sizeMax: Int)
}

extension TextFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let errorNumber): "cannot be read: \(systemMessage(errorNumber))"
        case .tooLarge(let sizeMax): "is larger than \(sizeMax) bytes, which no such file is"
        }
    }
}

/// Small files that people write: recipes, scenarios.
package enum TextFile {
    /// All bytes of the file at `path`, at most `sizeMax`.
    package static func read(_ path: String, sizeMax: Int) throws(TextFileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(errorNumber: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(errorNumber: errno)
            }
            bytes += chunk[..<count]
            guard bytes.count <= sizeMax else { throw .tooLarge(sizeMax: sizeMax) }
        }
    }
}
