internal import Glibc

/// An open file, closed when the last reference goes; safe to read from any thread.
final class SystemFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens `path` for reading.
    init(reading path: String) throws(TapeError) {
        self.path = path
        descriptor = try Self.opened(path, O_RDONLY | O_CLOEXEC, "open")
    }

    /// Creates `path`, or empties what is there.
    init(creating path: String) throws(TapeError) {
        self.path = path
        descriptor = try Self.opened(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, "create")
    }

    deinit { close(descriptor) }

    /// What tells this file from one that was put in its place.
    struct Identity: Equatable, Sendable {
        let device: UInt
        let inode: UInt
        let size: Int64
        let modifiedNs: Int64
    }

    func identity() throws(TapeError) -> Identity {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("examine") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .system(path: path, operation: "read it as a regular file", errorNumber: EINVAL)
        }
        return Identity(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int64(status.st_size),
            modifiedNs: Int64(status.st_mtim.tv_sec) &* 1_000_000_000
                &+ Int64(status.st_mtim.tv_nsec))
    }

    /// Replaces `buffer` by the bytes at `range`; fewer only where the file ends.
    func read(_ range: Range<Int64>, into buffer: inout [UInt8]) throws(TapeError) {
        let count = try readPrefix(range, into: &buffer)
        buffer.removeLast(buffer.count - count)
    }

    /// Writes the bytes at `range` over the front of `buffer`, which grows but never shrinks, so
    /// that one that is used again is not cleared each time. Returns how many there were.
    func readPrefix(
        _ range: Range<Int64>, into buffer: inout [UInt8]
    ) throws(TapeError) -> Int {
        let wanted = range.count
        buffer.grow(to: wanted)
        var filled = 0
        while filled < wanted {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(
                    descriptor, bytes.baseAddress?.advanced(by: filled), wanted - filled,
                    off_t(range.lowerBound) + off_t(filled))
            }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw failure("read")
            }
            filled += got
        }
        return filled
    }

    func write(_ bytes: [UInt8]) throws(TapeError) {
        var written = 0
        while written < bytes.count {
            let put = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if put < 0 {
                if errno == EINTR { continue }
                throw failure("write")
            }
            written += put
        }
    }

    /// Forces what was written to the disk.
    func synchronize() throws(TapeError) {
        guard fsync(descriptor) == 0 else { throw failure("flush to disk") }
    }

    private func failure(_ operation: String) -> TapeError {
        .system(path: path, operation: operation, errorNumber: errno)
    }

    private static func opened(
        _ path: String, _ flags: Int32, _ operation: String
    ) throws(TapeError) -> Int32 {
        let descriptor = unsafe open(path, flags, 0o644)
        guard descriptor >= 0 else {
            throw .system(path: path, operation: operation, errorNumber: errno)
        }
        return descriptor
    }
}

/// Names in the file system.
enum FileSystem {
    /// Puts `path` in the place of `target` in one step that survives a crash.
    static func replace(_ target: String, with path: String) throws(TapeError) {
        guard unsafe rename(path, target) == 0 else {
            throw .system(path: target, operation: "rename to", errorNumber: errno)
        }
        let cut = target.lastIndex(of: "/")
        let folder = cut.map { String(target[...$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems refuse to flush a folder; the rename itself has happened by then.
        _ = fsync(descriptor)
        close(descriptor)
    }

    static func remove(_ path: String) {
        _ = unsafe unlink(path)
    }
}
