import Files
import Market

/// Everything that can be checked about a tape, by reading all of it.
package struct TapeVerification: Sendable {
    package private(set) var findings: [Finding] = []
    package private(set) var rowCount: Int64 = 0

    package struct Finding: Equatable, Sendable {
        /// A failure means that the file is not what its writer wrote; a remark tells of the market
        /// on it, such as a crossed book.
        package let isFailure: Bool
        /// Nil for the file as a whole.
        package let stream: Int?
        package let subject: String
        package let detail: String
    }

    package var isSound: Bool { !findings.contains(where: \.isFailure) }

    /// Reads and checks all of `tape`; `progress` is told how many rows are done.
    package init(
        of tape: TapeFile, progress: (_ rows: Int64) throws -> Void
    ) throws {
        switch tape.state {
        case .rebuilt(_, let lostBytes):
            fail(
                "trailer",
                "missing: the writer died; \(lostBytes) bytes at the end are of no whole block")
        case .complete(let streams, _, _):
            try checkFrames(tape)
            for stream in streams.indices {
                try checkStream(tape, stream, streams[stream], progress)
            }
        }
    }

    private mutating func fail(_ subject: String, _ detail: String, stream: Int? = nil) {
        findings.append(
            Finding(isFailure: true, stream: stream, subject: subject, detail: detail))
    }

    /// The index and the seek table against what a scan finds.
    private mutating func checkFrames(_ tape: TapeFile) throws {
        let file = try tape.open()
        let opening = TapeOpening(file: file, size: tape.size)
        var scanner = TapeScanner(
            file: file, header: tape.header, headerEnd: try opening.readHeader().headerEnd,
            fileSize: tape.size)
        let tableStart = try scanner.scan()
        for stream in tape.header.streams.indices {
            if try tape.blocks(ofStream: stream) != scanner.entries[stream] {
                fail("index", "names other blocks than the file holds", stream: stream)
            }
        }
        var bytes: [UInt8] = []
        try file.read(tableStart..<tape.size, into: &bytes)
        if SeekTable(bytes)?.entries != scanner.frames.entries {
            fail("seek table", "names other frames than the file holds")
        }
    }

    private mutating func checkStream(
        _ tape: TapeFile, _ stream: Int, _ summary: StreamSummary,
        _ progress: (Int64) throws -> Void
    ) throws {
        var reader = try StreamReader(tape, stream: stream)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var digests = reader.schema.columns.map { _ in SHA256() }
        var market = MarketChecks(reader.schema)
        var visibleNs = Int64.min
        var rows: Int64 = 0
        let blocks = try tape.blocks(ofStream: stream)
        while let read = try reader.next(into: &block, using: &decoder) {
            let entry = blocks[blocks.count - reader.remainingBlocks - 1]
            let first = max(visibleNs, block.ownVisibleTimeNs(row: 0))
            for row in read { visibleNs = max(visibleNs, block.ownVisibleTimeNs(row: row)) }
            if first != entry.firstVisibleNs || visibleNs != entry.lastVisibleNs {
                fail("times", "of a block differ from its rows'", stream: stream)
            }
            for index in digests.indices { digests[index].update(block.columns[index]) }
            market.take(block)
            rows += Int64(read.count)
            rowCount += Int64(read.count)
            try progress(rowCount)
        }
        if rows != summary.rows {
            fail("rows", "\(rows) are there, \(summary.rows) are promised", stream: stream)
        }
        if StreamEncoder.digest(ofColumns: digests) != summary.digest {
            fail("digest", "of the columns is not the trailer's", stream: stream)
        }
        findings += market.findings(stream: stream)
    }
}

/// Counts what no market should show, but recorded ones do.
private struct MarketChecks {
    private let kind: StreamKind
    private var counts: [(subject: String, count: Int64)]

    init(_ schema: StreamSchema) {
        kind = schema.kind
        let subjects: [String] =
            switch schema.kind {
            case .books: ["crossed or locked book", "one-sided book"]
            case .candles: ["price outside low and high", "negative volume"]
            case .trades: ["size not above zero", "price not above zero"]
            case .funding: []
            }
        counts = (["event time before the row above"] + subjects).map { (subject: $0, count: 0) }
    }

    mutating func take(_ block: ColumnBlock) {
        let times = block.eventTimes
        for row in times.indices.dropFirst() where times[row] < times[row - 1] {
            counts[0].count += 1
        }
        switch kind {
        case .books: takeBooks(block)
        case .candles: takeCandles(block)
        case .trades:
            counts[1].count += Int64(block[.size].count { $0 <= 0 })
            counts[2].count += Int64(block[.price].count { $0 <= 0 })
        case .funding: break
        }
    }

    private mutating func takeBooks(_ block: ColumnBlock) {
        let (bidCounts, askCounts) = (block[.bidCount], block[.askCount])
        let (bids, asks) = (block[.bidPrice(0)], block[.askPrice(0)])
        for row in 0..<block.rowCount {
            if bidCounts[row] == 0 || askCounts[row] == 0 {
                counts[2].count += 1
            } else if bids[row] >= asks[row] {
                counts[1].count += 1
            }
        }
    }

    private mutating func takeCandles(_ block: ColumnBlock) {
        let (lows, highs) = (block[.low], block[.high])
        let (opens, closes) = (block[.open], block[.close])
        for row in 0..<block.rowCount {
            let low = min(opens[row], closes[row])
            let high = max(opens[row], closes[row])
            if lows[row] > low || highs[row] < high { counts[1].count += 1 }
        }
        counts[2].count += Int64(block[.volume].count { $0 < 0 })
    }

    func findings(stream: Int) -> [TapeVerification.Finding] {
        counts.filter { $0.count > 0 }.map {
            TapeVerification.Finding(
                isFailure: false, stream: stream, subject: $0.subject, detail: "\($0.count) rows")
        }
    }
}
