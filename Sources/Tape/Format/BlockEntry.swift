/// Where one block of a stream lies in the file: a line of the stream's index.
package struct BlockEntry: Equatable, Sendable {
    /// Of the first group's descriptor.
    package let offset: Int64
    package let rows: Int
    package let firstVisibleNs: Int64
    package let lastVisibleNs: Int64
    /// One size for each column group: a descriptor and its frame.
    package let groupSizes: [Int]

    package var size: Int { groupSizes.reduce(0, +) }

    static func encodedSize(groups: Int) -> Int { 8 + 4 + 8 + 8 + 4 * groups }

    func append(to bytes: inout [UInt8]) {
        bytes.append(littleEndian: offset)
        bytes.append(littleEndian: UInt32(rows))
        bytes.append(littleEndian: firstVisibleNs)
        bytes.append(littleEndian: lastVisibleNs)
        for size in groupSizes { bytes.append(littleEndian: UInt32(size)) }
    }

    init?(_ reader: inout ByteReader, groups: Int) {
        guard let offset: Int64 = reader.integer(), offset >= 0,
            let rows: UInt32 = reader.integer(), (1...FrameLayout.rowsMax).contains(Int(rows)),
            let first: Int64 = reader.integer(), let last: Int64 = reader.integer(), first <= last
        else { return nil }
        var sizes: [Int] = []
        for _ in 0..<groups {
            guard let size: UInt32 = reader.integer() else { return nil }
            sizes.append(Int(size))
        }
        self.init(
            offset: offset, rows: Int(rows), firstVisibleNs: first, lastVisibleNs: last,
            groupSizes: sizes)
    }

    init(
        offset: Int64, rows: Int, firstVisibleNs: Int64, lastVisibleNs: Int64, groupSizes: [Int]
    ) {
        self.offset = offset
        self.rows = rows
        self.firstVisibleNs = firstVisibleNs
        self.lastVisibleNs = lastVisibleNs
        self.groupSizes = groupSizes
    }
}

/// All blocks of one stream as they stand in the file, in a checked frame of their own.
enum StreamIndex {
    static func encode(stream: Int, _ entries: [BlockEntry]) -> [UInt8] {
        var payload: [UInt8] = []
        payload.append(littleEndian: UInt32(stream))
        for entry in entries { entry.append(to: &payload) }
        return CheckedFrame.encode(.index, payload: payload)
    }

    static func encodedSize(blocks: Int, groups: Int) -> Int {
        CheckedFrame.overhead + 4 + blocks * BlockEntry.encodedSize(groups: groups)
    }

    /// Nil unless `bytes` is the index of `stream`, with blocks that follow one another.
    static func decode(_ bytes: [UInt8], stream: Int, groups: Int) -> [BlockEntry]? {
        guard let payload = CheckedFrame.decode(.index, bytes) else { return nil }
        var reader = ByteReader(bytes, in: payload.indices)
        guard let number: UInt32 = reader.integer(), Int(number) == stream else { return nil }
        var entries: [BlockEntry] = []
        entries.reserveCapacity(reader.remaining / BlockEntry.encodedSize(groups: groups))
        while reader.remaining > 0 {
            guard let entry = BlockEntry(&reader, groups: groups) else { return nil }
            if let last = entries.last {
                guard entry.firstVisibleNs >= last.lastVisibleNs,
                    entry.offset >= last.offset + Int64(last.size)
                else { return nil }
            }
            entries.append(entry)
        }
        return entries
    }
}
