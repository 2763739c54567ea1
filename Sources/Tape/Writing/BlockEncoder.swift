import Market

/// One block of a stream, coded and compressed: bytes ready to be written, and what the index needs.
package struct EncodedBlock: Sendable {
    let stream: Int
    let number: Int
    let rows: Int
    let firstVisibleNs: Int64
    let lastVisibleNs: Int64
    let groups: [Group]
    /// Descriptor and frame of each group, one after the other.
    let bytes: [UInt8]

    struct Group: Sendable {
        let frameSize: Int
        let contentSize: Int
    }
}

/// Codes and compresses blocks. It holds scratch memory and libzstd's context, about 2 MB, so there
/// is one for each lane of work and not one for each stream.
package struct BlockEncoder: ~Copyable {
    private let compressor: ZstandardCompressor
    private var groupEncoder = GroupEncoder()
    private var content: [UInt8] = []
    private var frame: [UInt8] = []

    /// `compressionLevel` as libzstd counts it, 1 (fast) to 19 (small).
    package init(compressionLevel: Int) {
        precondition((1...19).contains(compressionLevel), "libzstd's levels are 1 to 19")
        compressor = ZstandardCompressor(level: compressionLevel)
    }

    mutating func encode(
        _ block: ColumnBlock, rows: Range<Int>, stream: Int, number: Int, firstVisibleNs: Int64,
        lastVisibleNs: Int64
    ) -> EncodedBlock {
        var bytes: [UInt8] = []
        var groups: [EncodedBlock.Group] = []
        for (index, group) in block.schema.groups.enumerated() {
            groupEncoder.encode(block, group: group, rows: rows, into: &content)
            frame.removeAll(keepingCapacity: true)
            let frameSize = compressor.compress(content, appendingTo: &frame)
            bytes += FrameDescriptor(
                stream: stream, block: number, group: index, rows: rows.count,
                firstVisibleNs: firstVisibleNs, lastVisibleNs: lastVisibleNs,
                frameSize: frameSize, contentSize: content.count
            ).encoded()
            bytes += frame
            groups.append(EncodedBlock.Group(frameSize: frameSize, contentSize: content.count))
        }
        return EncodedBlock(
            stream: stream, number: number, rows: rows.count, firstVisibleNs: firstVisibleNs,
            lastVisibleNs: lastVisibleNs, groups: groups, bytes: bytes)
    }
}
