internal import Glibc

/// A folder of its own for one test, removed with all that is in it when the value goes.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/tapedeck-test-XXXXXX\0".utf8CString)
        guard let made = unsafe mkdtemp(&template) else {
            fatalError("cannot make a temporary folder: errno \(errno)")
        }
        path = unsafe String(cString: made)
    }

    deinit { remove() }

    /// Removes it now, which a folder that lives as long as the process needs.
    package func remove() { Self.remove(path) }

    private static func remove(_ path: String) {
        for name in names(path) where unsafe unlink(path + "/" + name) != 0 {
            remove(path + "/" + name)
        }
        unsafe rmdir(path)
    }

    package func file(_ name: String) -> String { path + "/" + name }

    /// The files in the folder, sorted.
    package var names: [String] { Self.names(path) }

    /// The files in a folder inside, sorted; none when it is not there.
    package func names(in name: String) -> [String] { Self.names(file(name)) }

    fileprivate static func names(_ path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    unsafe String(cString: text)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// Whole files as bytes.
package enum TestFile {
    /// The files in a folder, sorted; none when it is not there.
    package static func names(in path: String) -> [String] { TemporaryFolder.names(path) }

    package static func read(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else {
            fatalError("cannot open \(path): errno \(errno)")
        }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    package static func write(_ bytes: [UInt8], to path: String) {
        guard let file = unsafe fopen(path, "wb") else {
            fatalError("cannot create \(path): errno \(errno)")
        }
        defer { unsafe fclose(file) }
        let count = unsafe fwrite(bytes, 1, bytes.count, file)
        precondition(count == bytes.count, "\(path) took \(count) of \(bytes.count) bytes")
    }
}
