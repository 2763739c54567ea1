/// A whole source in memory: for mapping files, tests and small tools, not for imports.
package enum SourceContents {
    /// The uncompressed bytes of a plain, gzip, zstd or zip file; an error beyond `sizeMax`.
    package static func read(
        _ path: String, sizeMax: Int = 1 << 30
    ) throws(ImportError) -> [UInt8] {
        var reader = try ArchiveReader(path: path)
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        var filled = 0
        while true {
            let count = try reader.read(into: &bytes, from: filled)
            if count == 0 { break }
            filled += count
            guard filled <= sizeMax else {
                throw .file(path: path, .expandsTooMuch(offset: filled))
            }
            if filled == bytes.count { bytes += [UInt8](repeating: 0, count: filled) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
