import Market

/// Walks a tape's frames from the front, without its index: how a tape whose recorder died is read,
/// and how the index of a whole one is checked.
struct TapeScanner {
    private let file: SystemFile
    private let header: TapeHeader
    private let fileSize: Int64
    private var offset: Int64
    private var buffer: [UInt8] = []

    /// Blocks found so far, by stream; a block counts once all its groups are there.
    private(set) var entries: [[BlockEntry]]
    /// Every frame passed, as a seek table names them.
    private(set) var frames = SeekTable()
    /// Where the last complete block ends.
    private(set) var completeEnd: Int64
    private(set) var trailerOffset: Int64?

    private var openBlock: OpenBlock?

    /// A block of which some groups are still to come.
    private struct OpenBlock {
        let offset: Int64
        let first: FrameDescriptor
        var groupSizes: [Int]
    }

    /// `headerEnd` is where the frames after the header begin.
    init(file: SystemFile, header: TapeHeader, headerEnd: Int64, fileSize: Int64) {
        self.file = file
        self.header = header
        self.fileSize = fileSize
        offset = headerEnd
        completeEnd = headerEnd
        entries = header.streams.map { _ in [] }
        frames.append(compressedSize: Int(headerEnd), contentSize: 0)
    }

    /// Scans to the seek table or the file's end, and returns where that is. Throws for frames that
    /// break the format, a frame that the file's end cuts short included.
    mutating func scan() throws(TapeError) -> Int64 {
        while offset < fileSize {
            try file.read(
                offset..<min(fileSize, offset + Int64(FrameDescriptor.encodedSize)),
                into: &buffer)
            var reader = ByteReader(buffer)
            guard let magic: UInt32 = reader.integer(), let size: UInt32 = reader.integer(),
                offset + Int64(size) + Int64(CheckedFrame.headerSize) <= fileSize
            else { throw corrupt("frame", "the file ends inside it") }
            if magic == SeekTable.frameMagic { return offset }
            guard magic == CheckedFrame.magic, let tag: UInt32 = reader.integer() else {
                throw corrupt("frame", "is not one of a tape's")
            }
            let frameSize = Int64(size) + Int64(CheckedFrame.headerSize)
            switch CheckedFrame.Tag(rawValue: tag) {
            case .block:
                try takeGroup(frameSize: frameSize)
            case .index, .trailer:
                if CheckedFrame.Tag(rawValue: tag) == .trailer { trailerOffset = offset }
                frames.append(compressedSize: Int(frameSize), contentSize: 0)
                offset += frameSize
            case .header, nil:
                throw corrupt("frame", "has a tag that does not belong here")
            }
        }
        return offset
    }

    private mutating func takeGroup(frameSize: Int64) throws(TapeError) {
        guard frameSize == Int64(FrameDescriptor.encodedSize),
            let descriptor = FrameDescriptor(buffer)
        else { throw corrupt("block descriptor", "its checksum does not match") }
        guard descriptor.stream < header.streams.count else {
            throw corrupt("block descriptor", "names stream \(descriptor.stream)")
        }
        let end = offset + frameSize + Int64(descriptor.frameSize)
        guard end <= fileSize else { throw corrupt("frame", "the file ends inside it") }
        try extendBlock(descriptor)
        frames.append(compressedSize: Int(frameSize), contentSize: 0)
        frames.append(
            compressedSize: descriptor.frameSize, contentSize: descriptor.contentSize)
        offset = end
        completeBlock()
    }

    private mutating func extendBlock(_ descriptor: FrameDescriptor) throws(TapeError) {
        let size = FrameDescriptor.encodedSize + descriptor.frameSize
        guard var block = openBlock else {
            let last = entries[descriptor.stream].last
            guard descriptor.group == 0, descriptor.block == entries[descriptor.stream].count,
                descriptor.firstVisibleNs >= last?.lastVisibleNs ?? .min
            else { throw corrupt("block descriptor", "does not continue its stream") }
            openBlock = OpenBlock(offset: offset, first: descriptor, groupSizes: [size])
            return
        }
        guard descriptor.stream == block.first.stream, descriptor.block == block.first.block,
            descriptor.group == block.groupSizes.count, descriptor.rows == block.first.rows,
            descriptor.firstVisibleNs == block.first.firstVisibleNs,
            descriptor.lastVisibleNs == block.first.lastVisibleNs
        else { throw corrupt("block descriptor", "does not continue its block") }
        block.groupSizes.append(size)
        openBlock = block
    }

    private mutating func completeBlock() {
        guard let block = openBlock,
            block.groupSizes.count == header.streams[block.first.stream].schema.groups.count
        else { return }
        entries[block.first.stream].append(
            BlockEntry(
                offset: block.offset, rows: block.first.rows,
                firstVisibleNs: block.first.firstVisibleNs,
                lastVisibleNs: block.first.lastVisibleNs, groupSizes: block.groupSizes))
        completeEnd = offset
        openBlock = nil
    }

    private func corrupt(_ field: String, _ problem: String) -> TapeError {
        .corrupt(path: file.path, offset: offset, field: field, problem: problem)
    }
}
