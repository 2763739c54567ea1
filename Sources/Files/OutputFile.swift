internal import Glibc

/// Whole writes to files that are open only while they are written to, so that an export of
/// hundreds of symbols needs one file descriptor.
package enum OutputFile {
    /// Makes the file, or empties what is there, and writes all of `bytes`.
    package static func create<Element: BitwiseCopyable>(
        _ path: String, _ values: [Element]
    ) throws(OutputError) {
        let descriptor = try opened(path, O_WRONLY | O_CREAT | O_TRUNC, "create")
        defer { close(descriptor) }
        try write(values, to: descriptor, path)
    }

    package static func append<Element: BitwiseCopyable>(
        _ path: String, _ values: [Element]
    ) throws(OutputError) {
        let descriptor = try opened(path, O_WRONLY | O_APPEND, "open")
        defer { close(descriptor) }
        try write(values, to: descriptor, path)
    }

    /// Writes `bytes` over the front of the file and forces all of it to the disk.
    package static func seal(_ path: String, front bytes: [UInt8] = []) throws(OutputError) {
        let descriptor = try opened(path, O_WRONLY, "open")
        defer { close(descriptor) }
        try write(bytes, to: descriptor, path)
        guard fsync(descriptor) == 0 else { throw failure(path, "flush to disk") }
    }

    /// The first `size` bytes; fewer where the file is shorter.
    package static func front(_ path: String, size: Int) throws(OutputError) -> [UInt8] {
        let descriptor = try opened(path, O_RDONLY, "open")
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = unsafe read(descriptor, &bytes, size)
        guard count >= 0 else { throw failure(path, "read") }
        return Array(bytes[..<count])
    }

    /// Writes the elements as they lie in memory: little-endian on every machine that Swift runs
    /// on.
    private static func write<Element: BitwiseCopyable>(
        _ values: [Element], to descriptor: Int32, _ path: String
    ) throws(OutputError) {
        let size = values.count * MemoryLayout<Element>.stride
        var written = 0
        while written < size {
            let count = unsafe values.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), size - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path, "write")
            }
            written += count
        }
    }

    private static func opened(
        _ path: String, _ flags: Int32, _ operation: String
    ) throws(OutputError) -> Int32 {
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, operation) }
        return descriptor
    }

    private static func failure(_ path: String, _ operation: String) -> OutputError {
        .system(path: path, operation: operation, errorNumber: errno)
    }
}

/// Folders of the file system.
package enum OutputFolder {
    package static func create(_ path: String) throws(OutputError) {
        guard unsafe mkdir(path, 0o755) == 0 else {
            throw .system(path: path, operation: "create", errorNumber: errno)
        }
    }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The names in a folder, sorted; nil when there is nothing at `path`.
    package static func names(_ path: String) throws(OutputError) -> [String]? {
        guard let folder = unsafe opendir(path) else {
            if errno == ENOENT { return nil }
            throw .system(path: path, operation: "list", errorNumber: errno)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let capacity = MemoryLayout.size(ofValue: unsafe entry.pointee.d_name)
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: capacity) { text in
                    unsafe String(cString: text)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes the folder and the files of it that are named; true when nothing is left of it.
    @discardableResult
    package static func remove(_ path: String, holding names: [String]) -> Bool {
        for name in names { _ = unsafe unlink(path + "/" + name) }
        return unsafe rmdir(path) == 0
    }

    package static func rename(_ path: String, to target: String) throws(OutputError) {
        guard unsafe Glibc.rename(path, target) == 0 else {
            throw .system(path: target, operation: "rename to", errorNumber: errno)
        }
    }

    /// Forces the names in a folder to the disk, where the file system can.
    package static func synchronize(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems refuse this; the names have changed by then all the same.
        _ = fsync(descriptor)
        close(descriptor)
    }
}
