internal import CArchive
internal import Glibc

/// The uncompressed bytes of one source: a plain, gzip or zstd file, or the one file in a zip.
///
/// Nothing is ever extracted to disk. A member whose path would leave the archive is refused all
/// the same: who made such a zip meant harm, and its content is not to be trusted either. What a
/// file may expand to is bounded, so a decompression bomb is an error and not a full machine.
struct ArchiveReader: ~Copyable {
    /// A file may expand to this many times its size; recorded feeds reach about 15.
    static let ratioMax = 250
    /// No bound on the ratio below this: short runs of equal lines compress to almost nothing.
    static let ratioFreeSize = 64 << 20
    /// The largest uncompressed source, in bytes.
    static let sizeMax = 1 << 40

    let path: String
    /// Uncompressed bytes handed out so far.
    private(set) var offset = 0
    private let archive: ArchiveHandle
    private let member: String
    private var checksum: GzipChecksum?

    init(path: String) throws(ImportError) {
        let checksum = try GzipChecksum(path: path)
        let archive = ArchiveHandle(path: path)
        try archive.open()
        guard let member = try archive.nextMember(at: 0) else {
            throw .file(path: path, .noMember)
        }
        self.path = path
        self.checksum = checksum
        self.member = member
        self.archive = archive
    }

    /// Compressed bytes consumed so far: what progress is measured in.
    var compressedOffset: Int { archive.compressedOffset }

    /// Overwrites `bytes` from `start` to its end as far as data is left; returns how many bytes.
    ///
    /// 0 means the source has ended, and every check that its format offers has passed.
    mutating func read(into bytes: inout [UInt8], from start: Int) throws(ImportError) -> Int {
        let count = try archive.read(into: &bytes, from: start, at: offset)
        offset += count
        guard offset <= Self.sizeMax,
            offset <= Self.ratioFreeSize || offset / Self.ratioMax <= max(compressedOffset, 1)
        else { throw .file(path: path, .expandsTooMuch(offset: offset)) }
        checksum?.update(bytes.span.extracting(start..<(start + count)))
        if count == 0 {
            if let checksum, !checksum.isPlausible {
                throw .file(path: path, .corrupt(offset: offset, detail: "gzip checksum differs"))
            }
            if let second = try archive.nextMember(at: offset) {
                throw .file(path: path, .severalMembers(first: member, second: second))
            }
        }
        return count
    }

    /// Whether a member's path is absolute or climbs out of the folder it is unpacked in.
    static func escapes(_ name: String) -> Bool {
        let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        return parts.first == "" || parts.contains("..") || parts.first?.last == ":"
    }
}

/// Owns libarchive's reader, set up for what sources may be.
@safe private struct ArchiveHandle: ~Copyable {
    private static let blockSize = 1 << 18

    private let path: String
    private let pointer: OpaquePointer

    init(path: String) {
        guard let pointer = unsafe archive_read_new() else {
            preconditionFailure("libarchive found no memory for a reader")
        }
        self.path = path
        unsafe self.pointer = unsafe pointer
        // Only filters that libarchive holds itself: the others would start programs.
        unsafe archive_read_support_filter_gzip(pointer)
        unsafe archive_read_support_filter_zstd(pointer)
        unsafe archive_read_support_format_zip(pointer)
        unsafe archive_read_support_format_raw(pointer)
    }

    deinit { unsafe archive_read_free(pointer) }

    var compressedOffset: Int { unsafe Int(archive_filter_bytes(pointer, -1)) }

    func open() throws(ImportError) {
        guard unsafe archive_read_open_filename(pointer, path, Self.blockSize) == ARCHIVE_OK else {
            throw failure(at: 0)
        }
    }

    func read(
        into bytes: inout [UInt8], from start: Int, at offset: Int
    ) throws(ImportError) -> Int {
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe archive_read_data(
                pointer, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
        }
        guard count >= 0 else { throw failure(at: offset) }
        return count
    }

    /// Moves to the next regular member and returns its name; nil at the end.
    func nextMember(at offset: Int) throws(ImportError) -> String? {
        while true {
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(pointer, &entry)
            if status == ARCHIVE_EOF { return nil }
            guard status == ARCHIVE_OK, let entry = unsafe entry else {
                throw failure(at: offset)
            }
            let name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
            if ArchiveReader.escapes(name) { throw .file(path: path, .escapingMember(name: name)) }
            switch unsafe archive_entry_filetype(entry) {
            case S_IFREG: return name
            case S_IFDIR: continue
            // A link would lead elsewhere.
            default: throw .file(path: path, .escapingMember(name: name))
            }
        }
    }

    private func failure(at offset: Int) -> ImportError {
        let detail =
            unsafe archive_error_string(pointer).map { unsafe String(cString: $0) }
            ?? "libarchive gives no reason"
        return .file(path: path, .corrupt(offset: offset, detail: detail))
    }
}
