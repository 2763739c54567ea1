package import Files
package import JSON
package import Market

/// Writes a tape from front to back in constant memory.
///
/// The bytes go to `path.partial`, which takes the place of `path` only when ``finish(ledger:)`` has
/// succeeded. A writer that is dropped before removes the partial file; one that dies leaves it, and
/// ``TapeFile`` can still read what it holds.
package struct TapeWriter: ~Copyable {
    /// Rows compress well at low levels; higher ones are worth their time only for recorded data.
    package static let defaultCompressionLevel = 1

    private let path: String
    private let header: TapeHeader
    private let file: SystemFile
    private var encoder: BlockEncoder
    private var encoders: [StreamEncoder]
    private var entries: [[BlockEntry]]
    private var seekTable = SeekTable()
    private var buffer: [UInt8] = []
    private var offset: Int64 = 0
    private var isFinished = false

    private static let bufferSize = 1 << 20

    package init(
        path: String, header: TapeHeader, compressionLevel: Int = defaultCompressionLevel
    ) throws(TapeError) {
        file = try SystemFile(creating: Self.partialPath(path))
        self.path = path
        self.header = header
        encoder = BlockEncoder(compressionLevel: compressionLevel)
        encoders = header.streams.enumerated().map { index, stream in
            StreamEncoder(stream: index, schema: stream.schema)
        }
        entries = header.streams.map { _ in [] }
        buffer = header.encoded()
        offset = Int64(buffer.count)
        seekTable.append(compressedSize: buffer.count, contentSize: 0)
    }

    deinit {
        if !isFinished { FileSystem.remove(Self.partialPath(path)) }
    }

    /// Where the bytes are until the tape is complete.
    package static func partialPath(_ path: String) -> String { path + ".partial" }

    /// Appends rows to a stream, in the stream's order; any number at a time.
    package mutating func append(
        _ block: ColumnBlock, to stream: Int
    ) throws(TapeError) {
        try write(encoders[stream].append(block, using: &encoder))
    }

    /// Ends the stream's current block early, so that a crash loses nothing before this point.
    package mutating func flush(stream: Int) throws(TapeError) {
        try write(encoders[stream].flush(using: &encoder))
        try flushBuffer()
    }

    /// Writes blocks that a lane has made with a copy of the stream's encoder, in their order.
    package mutating func write(_ blocks: [EncodedBlock]) throws(TapeError) {
        for block in blocks {
            precondition(
                block.number == entries[block.stream].count, "a stream's blocks come in order")
            let sizes = block.groups.map { $0.frameSize + FrameDescriptor.encodedSize }
            entries[block.stream].append(
                BlockEntry(
                    offset: offset, rows: block.rows, firstVisibleNs: block.firstVisibleNs,
                    lastVisibleNs: block.lastVisibleNs, groupSizes: sizes))
            for group in block.groups {
                seekTable.append(compressedSize: FrameDescriptor.encodedSize, contentSize: 0)
                seekTable.append(
                    compressedSize: group.frameSize, contentSize: group.contentSize)
            }
            try append(block.bytes)
        }
    }

    /// A copy of the stream's encoder for a lane of work; see ``resume(with:)``.
    package func encoder(forStream stream: Int) -> StreamEncoder { encoders[stream] }

    /// Takes back an encoder whose blocks have all been written.
    package mutating func resume(with encoder: StreamEncoder) {
        precondition(
            encoder.blockCount == entries[encoder.stream].count, "blocks are missing")
        encoders[encoder.stream] = encoder
    }

    /// Completes the tape and puts it in its place.
    ///
    /// - Parameter ledger: what the tape was made from, as a document of its own.
    package mutating func finish(ledger: JSONValue) throws(TapeError) -> TapeSummary {
        precondition(!isFinished, "a tape is finished once")
        for stream in encoders.indices { try write(encoders[stream].flush(using: &encoder)) }
        var streams: [StreamSummary] = []
        for (stream, encoder) in encoders.enumerated() {
            streams.append(
                StreamSummary(
                    rows: encoder.rowCount, firstVisibleNs: encoder.firstVisibleNs,
                    lastVisibleNs: encoder.rowCount == 0 ? nil : encoder.lastVisibleNs,
                    digest: encoder.digest, blocks: entries[stream].count, indexOffset: offset,
                    size: entries[stream].reduce(0) { $0 + Int64($1.size) }))
            try put(StreamIndex.encode(stream: stream, entries[stream]))
        }
        let trailer = TapeTrailer(streams: streams, ledger: ledger, header: header)
        try put(trailer.encoded())
        try append(seekTable.encoded())
        try flushBuffer()
        try file.synchronize()
        try FileSystem.replace(path, with: Self.partialPath(path))
        isFinished = true
        return TapeSummary(
            path: path, size: offset, streams: streams, contentDigest: trailer.contentDigest)
    }

    /// Writes a skippable frame.
    private mutating func put(_ frame: [UInt8]) throws(TapeError) {
        seekTable.append(compressedSize: frame.count, contentSize: 0)
        try append(frame)
    }

    private mutating func append(_ bytes: [UInt8]) throws(TapeError) {
        buffer += bytes
        offset += Int64(bytes.count)
        if buffer.count >= Self.bufferSize { try flushBuffer() }
    }

    private mutating func flushBuffer() throws(TapeError) {
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// What a finished tape holds.
package struct TapeSummary: Sendable {
    package let path: String
    package let size: Int64
    package let streams: [StreamSummary]
    package let contentDigest: Digest
}
