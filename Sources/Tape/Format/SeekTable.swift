/// The last frame of a tape, as zstd's seekable format defines it: one entry for each frame before
/// it, so that tools which know that format can jump; a tape's reader uses only the last entry.
struct SeekTable {
    static let frameMagic: UInt32 = 0x184D_2A5E
    private static let footerMagic: UInt32 = 0x8F92_EAB1
    static let footerSize = 9
    static let entrySize = 8

    struct Entry: Equatable {
        let compressedSize: UInt32
        /// 0 for skippable frames.
        let contentSize: UInt32
    }

    private(set) var entries: [Entry] = []

    mutating func append(compressedSize: Int, contentSize: Int) {
        entries.append(
            Entry(compressedSize: UInt32(compressedSize), contentSize: UInt32(contentSize)))
    }

    static func encodedSize(entries count: Int) -> Int {
        CheckedFrame.headerSize + count * entrySize + footerSize
    }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.encodedSize(entries: entries.count))
        bytes.append(littleEndian: Self.frameMagic)
        bytes.append(littleEndian: UInt32(entries.count * Self.entrySize + Self.footerSize))
        for entry in entries {
            bytes.append(littleEndian: entry.compressedSize)
            bytes.append(littleEndian: entry.contentSize)
        }
        bytes.append(littleEndian: UInt32(entries.count))
        bytes.append(0)
        bytes.append(littleEndian: Self.footerMagic)
        return bytes
    }

    /// The count of entries, from a footer; nil when these are not a footer's bytes.
    static func count(footer bytes: [UInt8]) -> Int? {
        var reader = ByteReader(bytes)
        guard bytes.count == footerSize, let count: UInt32 = reader.integer(),
            let flags: UInt8 = reader.integer(), flags == 0, reader.integer() == footerMagic
        else { return nil }
        return Int(count)
    }

    /// Nil unless `bytes` is a whole seek table.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.encodedSize(entries: 0),
            let count = Self.count(footer: Array(bytes.suffix(Self.footerSize))),
            bytes.count == Self.encodedSize(entries: count)
        else { return nil }
        var reader = ByteReader(bytes)
        guard reader.integer() == Self.frameMagic,
            reader.integer() == UInt32(bytes.count - CheckedFrame.headerSize)
        else { return nil }
        entries.reserveCapacity(count)
        for _ in 0..<count {
            guard let compressed: UInt32 = reader.integer(), let content: UInt32 = reader.integer()
            else { return nil }
            entries.append(Entry(compressedSize: compressed, contentSize: content))
        }
    }

    init() {}
}
