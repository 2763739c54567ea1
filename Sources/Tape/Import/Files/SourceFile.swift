internal import Glibc

/// The error number of a file that is not there.
let missingFile = ENOENT

/// A source's bytes as they lie on disk; owns the descriptor.
struct SourceFile: ~Copyable {
    let path: String
    let size: Int
    private let descriptor: Int32

    /// Throws for a file that is missing, unreadable, empty, or no regular file.
    init(path: String) throws(ImportError) {
        self.path = path
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, .unreadable(errno: errno)) }
        var status = stat()
        let result = unsafe fstat(descriptor, &status)
        let problem: FileFault? =
            if result != 0 {
                .unreadable(errno: errno)
            } else if status.st_mode & S_IFMT != S_IFREG {
                .notAFile
            } else if status.st_size == 0 {
                .empty
            } else {
                nil
            }
        if let problem {
            close(descriptor)
            throw .file(path: path, problem)
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes from `offset`; fewer at the file's end.
    func read(at offset: Int, count: Int) throws(ImportError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
        }
        guard got >= 0 else { throw .file(path: path, .unreadable(errno: errno)) }
        bytes.removeLast(count - got)
        return bytes
    }
}
