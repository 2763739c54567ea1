internal import Glibc

/// What happens to bad rows: the import stops at the first, or they go, verbatim, to a file that is
/// made when the first one comes.
final class Quarantine {
    enum Policy {
        case stop
        case setApart
        /// A second reading of the same source: the rows have been set apart before.
        case skipAgain
    }

    let path: String
    private let policy: Policy
    private var descriptor: Int32?
    private var isKept = false

    /// Whether a bad row came.
    var isUsed: Bool { descriptor != nil }

    init(path: String, policy: Policy) {
        self.path = path
        self.policy = policy
    }

    deinit {
        if let descriptor { close(descriptor) }
        // An import that failed leaves nothing behind.
        if descriptor != nil, !isKept { unsafe unlink(path) }
    }

    /// Adds a line: reason, file, position, field, and the record as it stood (binary as hex).
    func add(
        _ fault: RowFault, path source: String, _ position: SourcePosition, _ record: [UInt8]
    ) throws(ImportError) {
        switch policy {
        case .stop: throw .row(path: source, position, fault)
        case .skipAgain: return
        case .setApart: break
        }
        var line = Array("\(fault.reason.rawValue)\t\(source)\t\(position)\t\(fault.field)\t".utf8)
        switch position {
        case .line: line += record
        case .offset:
            for byte in record {
                let digits = String(byte, radix: 16)
                line += Array((digits.count < 2 ? "0" + digits : digits).utf8)
            }
        }
        line.append(10)
        try write(line)
    }

    /// The import has succeeded: the file stays.
    func keep() { isKept = true }

    private func write(_ bytes: [UInt8]) throws(ImportError) {
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
