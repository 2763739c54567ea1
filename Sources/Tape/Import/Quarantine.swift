internal import Glibc

/// The file that bad rows go to, verbatim; made when the first one comes.
struct Quarantine: ~Copyable {
    let path: String
    private var descriptor: Int32?
    private var isKept = false

    init(path: String) {
        self.path = path
    }

    deinit {
        if let descriptor { close(descriptor) }
        // An import that failed leaves nothing behind.
        if descriptor != nil, !isKept { unsafe unlink(path) }
    }

    /// Adds a line: reason, file, position, field, and the record as it stood (binary as hex).
    mutating func add(
        _ fault: RowFault, path source: String, _ position: SourcePosition, _ record: [UInt8]
    ) throws(ImportError) {
        var line = Array("\(fault.reason.rawValue)\t\(source)\t\(position)\t\(fault.field)\t".utf8)
        switch position {
        case .line: line += record
        case .offset:
            for byte in record { line += Array((byte < 16 ? "0" : "").utf8 + String(byte, radix: 16).utf8) }
        }
        line.append(10)
        try write(line)
    }

    /// The import has succeeded: the file stays.
    mutating func keep() { isKept = true }

    private mutating func write(_ bytes: [UInt8]) throws(ImportError) {
        let descriptor: Int32
        if let open = self.descriptor {
            descriptor = open
        } else {
            descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw .output(path: path, errno: errno) }
            self.descriptor = descriptor
        }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written },
                    bytes.count - written)
            }
            guard count > 0 else { throw .output(path: path, errno: errno) }
            written += count
        }
    }
}
