/// The compressed column frames of one block, read but not touched.
package struct CompressedFrames: Sendable {
    package let rowCount: Int
    fileprivate let bytes: [UInt8]
    fileprivate let frames: [(range: Range<Int>, contentSize: Int)]

    init(_ entry: BlockEntry, groupCount: Int, from file: SystemFile) throws(TapeError) {
        let sizes = entry.groupSizes.prefix(groupCount)
        var bytes: [UInt8] = []
        try file.read(
            entry.offset..<(entry.offset + Int64(sizes.reduce(0, +))), into: &bytes)
        var frames: [(range: Range<Int>, contentSize: Int)] = []
        var start = 0
        for size in sizes {
            let frameStart = start + FrameDescriptor.encodedSize
            guard start + size <= bytes.count,
                let descriptor = FrameDescriptor(Array(bytes[start..<frameStart]))
            else {
                throw .corrupt(
                    path: file.path, offset: entry.offset, field: "block",
                    problem: "its descriptors cannot be read")
            }
            frames.append((frameStart..<(start + size), descriptor.contentSize))
            start += size
        }
        rowCount = entry.rows
        self.bytes = bytes
        self.frames = frames
    }
}

/// libzstd alone, with one context and one buffer: what decoding a tape is measured against.
package struct DecompressionYardstick: ~Copyable {
    private let decompressor = ZstandardDecompressor()
    private var content: [UInt8] = []

    package init() {}

    /// Decompresses all frames and returns how many bytes came out.
    package mutating func decompress(_ block: CompressedFrames) -> Int {
        var total = 0
        for frame in block.frames {
            let isWhole = decompressor.decompress(
                block.bytes, frame.range, size: frame.contentSize, into: &content)
            precondition(isWhole, "a frame of a sound tape decompresses")
            total += frame.contentSize
        }
        return total
    }
}
