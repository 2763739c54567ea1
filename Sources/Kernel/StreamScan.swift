import Market
import Tape

/// A pass over the times of a symbol's books, or the sides of its trades, within the run's bars.
///
/// It reads the first column group alone, and nothing that becomes visible after the last bar's
/// tick.
struct StreamScan: Sendable {
    let symbol: String
    let bars: BarSpan
    private let list: TapeList
    private let stream: Int
    /// Of visible time.
    private let span: TimeRange

    init(
        _ list: TapeList, _ stream: Int, symbol: String, _ bars: BarSpan, _ schedule: BarSchedule
    ) {
        self.list = list
        self.stream = stream
        self.symbol = symbol
        self.bars = bars
        // An event lies after its bar's open, and is visible no earlier.
        span = TimeRange(
            startNs: bars.openNs + 1,
            endNs: max(bars.openNs, bars.closeNs + schedule.barDelayNs) + 1)
    }

    var isOfBooks: Bool { list.streams[stream].schema.kind == .books }

    // MARK: - On all cores

    /// One result for each scan. The parts of all scans are joined in order, so that of several
    /// errors it is always the same one that is reported.
    static func run(_ scans: [StreamScan]) async throws -> [Result<ScanFindings, TapeError>] {
        let jobs = scans.indices.flatMap { scan in scans[scan].parts.map { (scan, part: $0) } }
        var findings = [Result<ScanFindings, TapeError>?](repeating: nil, count: jobs.count)
        try await withThrowingTaskGroup(of: (Int, Result<ScanFindings, TapeError>).self) { group in
            for (number, job) in jobs.enumerated() {
                group.addTask {
                    try Task.checkCancellation()
                    return (number, scans[job.0].findings(in: job.part))
                }
            }
            for try await (number, result) in group { findings[number] = result }
        }
        var results = scans.map {
            Result<ScanFindings, TapeError>.success(ScanFindings(barCount: $0.bars.count))
        }
        for (job, part) in zip(jobs, findings) {
            guard let part else { continue }
            results[job.0] = results[job.0].flatMap { whole in
                part.map { whole.joined(with: $0) }
            }
        }
        return results
    }

    /// Spans of visible time that together make up the scan's, about as long as one another.
    private var parts: [TimeRange] {
        let count = min(Self.partsMax, list.rowCount(ofStream: stream) / Self.partRows + 1)
        let length = (span.endNs - span.startNs) / count + 1
        return stride(from: span.startNs, to: span.endNs, by: Int(length)).map {
            TimeRange(startNs: $0, endNs: min($0 + length, span.endNs))
        }
    }

    /// Every part reads the stream's index, so there are not too many.
    private static let partsMax: Int64 = 16
    private static let partRows: Int64 = 1 << 20

    // MARK: - One part

    private func findings(in part: TimeRange) -> Result<ScanFindings, TapeError> {
        Result { () throws(TapeError) in
            var findings = ScanFindings(barCount: bars.count)
            if isOfBooks {
                findings.heldBars = try barsWithBook(in: part)
            } else {
                findings.unknownSides = try unknownSides(in: part)
            }
            return findings
        }
    }

    /// Which bars hold a snapshot, by event time.
    private func barsWithBook(in part: TimeRange) throws(TapeError) -> BarSet {
        var held = BarSet(count: bars.count)
        try forEachBlock(of: part) { block, rows in
            let column = block.eventTimes
            let times = column.span
            // Rows of one bar follow one another, so nearly all lie in the bar last found.
            var open = Int64.max
            var close = Int64.min
            for row in rows {
                let time = times[row]
                if time > open && time <= close { continue }
                guard bars.contains(time) else { continue }
                let index = bars.index(of: time)
                held.insert(index)
                open = bars.openNs + Int64(index) * bars.barNs
                close = open + bars.barNs
            }
        }
        return held
    }

    private func unknownSides(in part: TimeRange) throws(TapeError) -> Int {
        var count = 0
        try forEachBlock(of: part) { block, rows in
            let times = block.eventTimes
            let sides = block[.side]
            for row in rows
            where sides[row] == AggressorSide.unknown.rawValue && bars.contains(times[row]) {
                count += 1
            }
        }
        return count
    }

    private func forEachBlock(
        of part: TimeRange, _ body: (ColumnBlock, Range<Int>) -> Void
    ) throws(TapeError) {
        var reader = ListReader(list, stream: stream, span: part, levels: 0)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        while let rows = try reader.next(into: &block, using: &decoder) { body(block, rows) }
    }
}

/// What a scan, or a part of one, came upon.
struct ScanFindings: Sendable {
    /// Bars that hold a book; none in a scan of trades.
    var heldBars: BarSet
    /// Trades of unknown side; none in a scan of books.
    var unknownSides = 0

    init(barCount: Int) {
        heldBars = BarSet(count: barCount)
    }

    func joined(with other: ScanFindings) -> ScanFindings {
        var joined = self
        joined.heldBars.formUnion(other.heldBars)
        joined.unknownSides += other.unknownSides
        return joined
    }
}

/// Some of a run's bars, a bit for each.
struct BarSet: Equatable, Sendable {
    private var words: [UInt64]

    init(count: Int) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    mutating func insert(_ bar: Int) {
        words[bar / 64] |= 1 << UInt64(bar % 64)
    }

    mutating func formUnion(_ other: BarSet) {
        precondition(words.count == other.words.count, "both sets are of the same bars")
        for index in words.indices { words[index] |= other.words[index] }
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
}
