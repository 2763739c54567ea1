internal import Glibc

/// How a source's bytes fall into records.
enum Framing: Sendable {
    /// One record a line, without its end of line.
    case lines
    /// DBN: the metadata first, then records that begin with their length.
    case databento
}

/// Where a reader takes its bytes from.
enum ByteSource: ~Copyable {
    case archive(ArchiveReader)
    case memory([UInt8], next: Int)

    mutating func read(into bytes: inout [UInt8], from start: Int) throws(ImportError) -> Int {
        switch consume self {
        case .archive(var reader):
            let count: Int
            do {
                count = try reader.read(into: &bytes, from: start)
            } catch {
                self = .archive(reader)
                throw error
            }
            self = .archive(reader)
            return count
        case .memory(let all, let next):
            let count = min(all.count - next, bytes.count - start)
            bytes.replaceSubrange(start..<(start + count), with: all[next..<(next + count)])
            self = .memory(all, next: next + count)
            return count
        }
    }

    var compressedOffset: Int {
        switch self {
        case .archive(let reader): reader.compressedOffset
        case .memory: 0
        }
    }
}

/// Cuts a source into records, in one buffer that is reused: memory stays constant.
struct RecordReader: ~Copyable {
    /// A REST snapshot of 5,000 levels has about 300 KB; no row is longer than this.
    static let recordSizeMax = 16 << 20
    private static let readSizeMax = 1 << 18

    let path: String
    let framing: Framing
    /// Where the current record began.
    private(set) var position: SourcePosition
    private var source: ByteSource
    /// Holds the record at `recordRange`; valid until the next call of ``next()``.
    private(set) var buffer: [UInt8]
    /// How many bytes are asked for at a time.
    private let readSize: Int
    private var unread = 0..<0
    private(set) var recordRange = 0..<0
    private var recordNumber = 0
    /// Uncompressed bytes before the buffer.
    private var bufferOffset = 0
    private var hasEnded = false

    init(path: String, framing: Framing) throws(ImportError) {
        self.init(
            path: path, framing: framing, source: .archive(try ArchiveReader(path: path)),
            readSize: Self.readSizeMax)
    }

    init(path: String, framing: Framing, bytes: [UInt8]) {
        self.init(
            path: path, framing: framing, source: .memory(bytes, next: 0),
            readSize: min(Self.readSizeMax, bytes.count + 64))
    }

    private init(
        path: String, framing: Framing, source: consuming ByteSource, readSize: Int
    ) {
        self.readSize = readSize
        buffer = [UInt8](repeating: 0, count: 2 * readSize)
        self.path = path
        self.framing = framing
        self.source = source
        position = framing == .lines ? .line(1) : .offset(0)
    }

    /// The record that ``next()`` moved to, copied.
    var recordBytes: [UInt8] { Array(buffer[recordRange]) }

    var compressedOffset: Int { source.compressedOffset }

    /// Moves to the next record; false at the source's end.
    mutating func next() throws(ImportError) -> Bool {
        switch framing {
        case .lines: try nextLine()
        case .databento: try nextBinary()
        }
    }

    private mutating func nextLine() throws(ImportError) -> Bool {
        var searched = 0
        recordNumber += 1
        position = .line(recordNumber)
        while true {
            if let length = newline(in: unread.dropFirst(searched)).map({ $0 - unread.lowerBound })
            {
                setRecord(length: length, consumed: length + 1)
                return true
            }
            searched = unread.count
            if hasEnded {
                setRecord(length: unread.count, consumed: unread.count)
                return searched > 0
            }
            try refill(.lineTooLong)
        }
    }

    private mutating func setRecord(length: Int, consumed: Int) {
        var start = unread.lowerBound
        var end = start + length
        // A byte order mark and the carriage returns of other systems are no part of a row.
        if recordNumber == 1, length >= 3, buffer[start] == 0xef, buffer[start + 1] == 0xbb,
            buffer[start + 2] == 0xbf
        {
            start += 3
        }
        if end > start, buffer[end - 1] == 13 { end -= 1 }
        recordRange = start..<end
        unread = (unread.lowerBound + consumed)..<unread.upperBound
    }

    private func newline(in range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        return unsafe buffer.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.flatMap { base in
                unsafe memchr(base + range.lowerBound, 10, range.count).map { found in
                    unsafe UnsafeRawPointer(found) - base
                }
            }
        }
    }

    private mutating func nextBinary() throws(ImportError) -> Bool {
        position = .offset(bufferOffset + unread.lowerBound)
        let isMetadata = recordNumber == 0
        recordNumber += 1
        guard try fill(isMetadata ? DBNMetadata.prefixSize : 1) else {
            if unread.isEmpty, !isMetadata { return false }
            throw truncated()
        }
        let start = unread.lowerBound
        let size =
            isMetadata
            ? try metadataSize(at: start) : Int(buffer[start]) * DBNParser.lengthUnit
        guard size >= DBNParser.headerSize else {
            throw .row(
                path: path, position,
                RowFault(
                    .malformed, field: "record length", value: "\(size)",
                    advice: "the file is damaged from here on; fetch it again"))
        }
        guard try fill(size) else { throw truncated() }
        recordRange = unread.lowerBound..<(unread.lowerBound + size)
        unread = recordRange.upperBound..<unread.upperBound
        return true
    }

    private func metadataSize(at start: Int) throws(ImportError) -> Int {
        let prefix = buffer.span.extracting(start..<(start + DBNMetadata.prefixSize))
        guard prefix[0] == 68, prefix[1] == 66, prefix[2] == 78 else {
            throw .file(
                path: path,
                .refused(
                    format: "a DBN fragment or no DBN at all",
                    why: "it does not begin with DBN and a version, so nothing says what its "
                        + "records are; fetch the file with its metadata"))
        }
        let length = Int(prefix.word32(at: 4))
        guard length <= Self.recordSizeMax - DBNMetadata.prefixSize else {
            throw .row(
                path: path, .offset(4),
                RowFault(
                    .outOfRange, field: "metadata length", value: "\(length)",
                    advice: "the file is damaged; fetch it again"))
        }
        return length + DBNMetadata.prefixSize
    }

    /// Makes at least `count` unread bytes available; false when the source has fewer left.
    private mutating func fill(_ count: Int) throws(ImportError) -> Bool {
        while unread.count < count {
            if hasEnded { return false }
            try refill(.outOfRange)
        }
        return true
    }

    private mutating func refill(_ tooLong: DropReason) throws(ImportError) {
        if unread.lowerBound > 0 {
            bufferOffset += unread.lowerBound
            buffer.replaceSubrange(0..<unread.count, with: buffer[unread])
            unread = 0..<unread.count
        }
        if buffer.count - unread.count < readSize {
            guard buffer.count < Self.recordSizeMax else {
                throw .row(
                    path: path, position,
                    RowFault(
                        tooLong, field: "row", bytes: buffer.span.extracting(0..<64),
                        advice: "this is no file of rows"))
            }
            buffer += [UInt8](repeating: 0, count: buffer.count)
        }
        let count = try source.read(into: &buffer, from: unread.upperBound)
        unread = unread.lowerBound..<(unread.upperBound + count)
        if count == 0 { hasEnded = true }
    }

    private func truncated() -> ImportError {
        .row(
            path: path, position,
            RowFault(
                .truncated, field: "record", value: "\(unread.count) bytes",
                advice: "the file is cut short; fetch it again"))
    }
}
