/// What stands before every column frame, so that a scan understands a tape without its index.
struct FrameDescriptor: Equatable {
    let stream: Int
    /// Counts the stream's blocks from 0; all groups of a block carry the same number.
    let block: Int
    let group: Int
    let rows: Int
    /// Visible times of the block's first and last row; they never run back within a stream.
    let firstVisibleNs: Int64
    let lastVisibleNs: Int64
    /// Size of the frame that follows.
    let frameSize: Int
    /// Size of what the frame decompresses to.
    let contentSize: Int

    static let encodedSize = CheckedFrame.overhead + 4 + 4 + 2 + 2 + 8 + 8 + 4 + 4

    func encoded() -> [UInt8] {
        var payload: [UInt8] = []
        payload.append(littleEndian: UInt32(stream))
        payload.append(littleEndian: UInt32(block))
        payload.append(littleEndian: UInt16(group))
        payload.append(littleEndian: UInt16(rows))
        payload.append(littleEndian: firstVisibleNs)
        payload.append(littleEndian: lastVisibleNs)
        payload.append(littleEndian: UInt32(frameSize))
        payload.append(littleEndian: UInt32(contentSize))
        return CheckedFrame.encode(.block, payload: payload)
    }

    init?(_ bytes: [UInt8]) {
        guard let payload = CheckedFrame.decode(.block, bytes) else { return nil }
        var reader = ByteReader(bytes, in: payload.indices)
        guard let stream: UInt32 = reader.integer(), let block: UInt32 = reader.integer(),
            let group: UInt16 = reader.integer(), let rows: UInt16 = reader.integer(),
            let first: Int64 = reader.integer(), let last: Int64 = reader.integer(),
            let frameSize: UInt32 = reader.integer(), let contentSize: UInt32 = reader.integer(),
            reader.remaining == 0, (1...FrameLayout.rowsMax).contains(Int(rows)), first <= last
        else { return nil }
        self.init(
            stream: Int(stream), block: Int(block), group: Int(group), rows: Int(rows),
            firstVisibleNs: first, lastVisibleNs: last, frameSize: Int(frameSize),
            contentSize: Int(contentSize))
    }

    init(
        stream: Int, block: Int, group: Int, rows: Int, firstVisibleNs: Int64,
        lastVisibleNs: Int64, frameSize: Int, contentSize: Int
    ) {
        self.stream = stream
        self.block = block
        self.group = group
        self.rows = rows
        self.firstVisibleNs = firstVisibleNs
        self.lastVisibleNs = lastVisibleNs
        self.frameSize = frameSize
        self.contentSize = contentSize
    }
}
