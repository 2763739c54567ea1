internal import CArchive
internal import Glibc

/// The uncompressed bytes of one source: a plain, gzip or zstd file, or the one file in a zip.
///
/// Nothing is ever extracted to disk. A member whose path would leave the archive is refused all
/// the same: who made such a zip meant harm, and its content is not to be trusted either. What a
/// file may expand to is bounded, so a decompression bomb is an error and not a full machine.
@safe struct ArchiveReader: ~Copyable {
    /// A file may expand to this many times its size; recorded feeds reach about 15.
    package static let ratioMax = 250
    /// No bound on the ratio below this: short runs of equal lines compress to almost nothing.
    static let ratioFreeSize = 64 << 20
    /// The largest uncompressed source, in bytes.
    package static let sizeMax = 1 << 40
    private static let blockSize = 1 << 18

    let path: String
    /// Uncompressed bytes handed out so far.
    private(set) var offset = 0
    private let handle: OpaquePointer
    private var member = ""
    private var crc: GzipChecksum?

    init(path: String) throws(ImportError) {
        self.path = path
        crc = try GzipChecksum(path: path)
        guard let handle = unsafe archive_read_new() else {
            throw .file(path: path, .unreadable(errno: ENOMEM))
        }
        unsafe self.handle = unsafe handle
        // Only filters that libarchive holds itself: the others would start programs.
        unsafe archive_read_support_filter_gzip(handle)
        unsafe archive_read_support_filter_zstd(handle)
        unsafe archive_read_support_format_zip(handle)
        unsafe archive_read_support_format_raw(handle)
        guard unsafe archive_read_open_filename(handle, path, Self.blockSize) == ARCHIVE_OK else {
            throw failure(in: "opening")
        }
        guard let first = try nextMember() else { throw .file(path: path, .noMember) }
        member = first
    }

    deinit { unsafe archive_read_free(handle) }

    /// Compressed bytes consumed so far: what progress is measured in.
    var compressedOffset: Int { unsafe Int(archive_filter_bytes(handle, -1)) }

    /// Overwrites `bytes` from `start` to its end as far as data is left; returns how many bytes.
    ///
    /// 0 means the source has ended, and every check that its format offers has passed.
    mutating func read(into bytes: inout [UInt8], from start: Int) throws(ImportError) -> Int {
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe archive_read_data(
                handle, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
        }
        guard count >= 0 else { throw failure(in: "reading") }
        offset += count
        guard offset <= Self.sizeMax,
            offset <= Self.ratioFreeSize || offset / Self.ratioMax <= max(compressedOffset, 1)
        else { throw .file(path: path, .expandsTooMuch(offset: offset)) }
        crc?.update(bytes.span.extracting(start..<(start + count)))
        if count == 0 {
            if let crc, !crc.isPlausible {
                throw .file(path: path, .corrupt(offset: offset, detail: "gzip checksum differs"))
            }
            if let second = try nextMember() {
                throw .file(path: path, .severalMembers(first: member, second: second))
            }
        }
        return count
    }

    /// Moves to the next regular member and returns its name.
    private func nextMember() throws(ImportError) -> String? {
        while true {
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(handle, &entry)
            if status == ARCHIVE_EOF { return nil }
            guard status == ARCHIVE_OK, let entry = unsafe entry else { throw failure(in: "header") }
            let name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
            if Self.escapes(name) { throw .file(path: path, .escapingMember(name: name)) }
            if unsafe archive_entry_filetype(entry) == S_IFREG { return name }
            guard unsafe archive_entry_filetype(entry) == S_IFDIR else {
                throw .file(path: path, .escapingMember(name: name))
            }
        }
    }

    /// Whether a member's path is absolute or climbs out of the folder it is unpacked in.
    static func escapes(_ name: String) -> Bool {
        let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        return parts.first == "" || parts.contains("..") || parts.first?.last == ":"
    }

    private func failure(in step: String) -> ImportError {
        let detail =
            unsafe archive_error_string(handle).map { unsafe String(cString: $0) } ?? step
        return .file(path: path, .corrupt(offset: offset, detail: detail))
    }
}
