internal import Glibc

/// The file beside an SQLite journal whose bytes stand for its runs: who has locked a byte writes
/// that run. The lock goes with the process that holds it, however that ends.
struct RunLockFile: ~Copyable {
    private let descriptor: Int32

    /// - Throws: errno, when the file cannot be opened.
    init(_ path: String) throws(ErrorNumber) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ErrorNumber(value: errno) }
    }

    deinit {
        // A child that another thread is about to start has the file open for a moment longer; the
        // lock must not last that long.
        _ = set(F_UNLCK, start: 0, count: 0)
        close(descriptor)
    }

    struct ErrorNumber: Error {
        let value: Int32
    }

    /// Locks the byte of run `run`; false when another process has it, or another handle of this.
    func lock(run: Int64) throws(ErrorNumber) -> Bool {
        while !set(F_WRLCK, start: Int(run), count: 1) {
            switch errno {
            case EINTR: continue
            case EAGAIN, EACCES: return false
            default: throw ErrorNumber(value: errno)
            }
        }
        return true
    }

    /// Locks or unlocks bytes; a count of 0 means all.
    private func set(_ type: Int32, start: Int, count: Int) -> Bool {
        // Locks of the open file, unlike POSIX's own, keep two handles of one process apart and
        // outlive the closing of another handle.
        let setLockOfOpenFile: Int32 = 37
        var region = flock()
        region.l_type = Int16(type)
        region.l_whence = Int16(SEEK_SET)
        region.l_start = start
        region.l_len = count
        return unsafe fcntl(descriptor, setLockOfOpenFile, &region) == 0
    }
}
