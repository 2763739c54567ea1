internal import Glibc

/// A small file that tasks and processes take turns with, for as long as the value lives.
///
/// The lock is the system's advisory one: whoever opens the file through this type waits for it,
/// and it is free again when the value, or its process, is gone.
package struct LockedFile: ~Copyable {
    package enum Access: Sendable {
        /// Together with other readers.
        case reading
        /// Alone. The file is made where there is none.
        case writing
    }

    private let path: String
    private let descriptor: Int32

    package init(_ path: String, _ access: Access) throws(OutputError) {
        descriptor = try Self.locked(path, access)
        self.path = path
    }

    deinit { close(descriptor) }

    /// All of the file.
    package borrowing func read() throws(OutputError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe pread(descriptor, &chunk, chunk.count, bytes.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw Self.failure(path, "read")
            }
        }
    }

    /// Puts `bytes` in the place of all that comes after `offset`, and forces them to the disk. A
    /// crash may leave any part of them.
    package borrowing func replaceTail(
        from offset: Int, with bytes: [UInt8]
    ) throws(OutputError) {
        guard ftruncate(descriptor, offset) == 0 else { throw Self.failure(path, "truncate") }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written,
                    offset + written)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                throw Self.failure(path, "write")
            }
        }
        guard fsync(descriptor) == 0 else { throw Self.failure(path, "flush to disk") }
    }

    private static func locked(
        _ path: String, _ access: Access
    ) throws(OutputError) -> Int32 {
        let flags = access == .writing ? O_RDWR | O_CREAT : O_RDONLY
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "open") }
        while flock(descriptor, access == .writing ? LOCK_EX : LOCK_SH) != 0 {
            guard errno == EINTR else {
                let failure = failure(path, "lock")
                close(descriptor)
                throw failure
            }
        }
        return descriptor
    }

    private static func failure(_ path: String, _ operation: String) -> OutputError {
        .system(path: path, operation: operation, errorNumber: errno)
    }
}
