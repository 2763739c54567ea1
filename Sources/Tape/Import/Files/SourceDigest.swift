import Files

/// A source file's SHA-256, and what the `.CHECKSUM` file beside it says.
struct SourceDigest: Equatable, Sendable {
    let size: Int
    let sha256: String
    /// Whether a `.CHECKSUM` file lay beside the source; it agreed, else there is an error.
    let isVerified: Bool

    init(path: String) throws(ImportError) {
        let file = try SourceFile(path: path)
        var digest = SHA256()
        var offset = 0
        while offset < file.size {
            let bytes = try file.read(at: offset, count: 1 << 20)
            if bytes.isEmpty { throw .file(path: path, .changedDuringImport) }
            digest.update(bytes)
            offset += bytes.count
        }
        size = file.size
        sha256 = "\(digest.finish())"
        guard let expected = try Self.expected(for: path) else {
            isVerified = false
            return
        }
        guard expected == sha256 else {
            throw .file(path: path, .checksumMismatch(expected: expected, actual: sha256))
        }
        isVerified = true
    }

    /// The digest in `path.CHECKSUM`, written as `HASH  NAME`; nil when there is no such file.
    private static func expected(for path: String) throws(ImportError) -> String? {
        let bytes: [UInt8]
        do {
            bytes = try SourceFile(path: path + ".CHECKSUM").read(at: 0, count: 4096)
        } catch .file(_, .unreadable(let errno)) where errno == missingFile {
            return nil
        }
        let parts = bytes.split { $0 == 32 || $0 == 10 || $0 == 13 || $0 == 42 || $0 == 9 }
            .map { String(decoding: $0, as: UTF8.self) }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard parts.count >= 2, let digest = Digest(hexadecimal: parts[0].lowercased()) else {
            throw .file(path: path, .badChecksumFile(detail: parts.first ?? "empty"))
        }
        guard parts[1] == name else {
            throw .file(path: path, .badChecksumFile(detail: "it speaks of \(parts[1])"))
        }
        return "\(digest)"
    }
}
