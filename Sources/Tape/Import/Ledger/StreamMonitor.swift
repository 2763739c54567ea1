internal import Market

/// Watches one stream of the tape as its rows come: order, repetitions, holes.
struct StreamMonitor: Sendable {
    enum Verdict {
        case admit
        case duplicate
        case reject(RowFault)
        /// Two sources overlap and nothing tells their rows apart.
        case overlap(otherSource: Int)
    }

    let intervalNs: Int64
    private(set) var rowCount = 0
    private(set) var firstEventNs: Int64?
    private(set) var lastEventNs: Int64?
    private(set) var gaps = StreamGaps()
    private var last: ImportedRow?
    private var lastSource: Int?
    private var leftSources: Set<Int> = []

    init(intervalNs: Int64 = 0) {
        self.intervalNs = intervalNs
    }

    /// - Parameter source: the index of the row's source, to see where two of them interleave.
    mutating func admit(_ row: ImportedRow, from source: Int, isAsIs: Bool) -> Verdict {
        let verdict = isAsIs ? checkSources(source) : judge(row, source)
        guard case .admit = verdict else { return verdict }
        noteGap(before: row)
        if lastSource != source, let lastSource { leftSources.insert(lastSource) }
        last = row
        lastSource = source
        rowCount += 1
        firstEventNs = min(firstEventNs ?? row.eventTimeNs, row.eventTimeNs)
        lastEventNs = max(lastEventNs ?? row.eventTimeNs, row.eventTimeNs)
        return verdict
    }

    private func judge(_ row: ImportedRow, _ source: Int) -> Verdict {
        guard let last else { return .admit }
        switch row.event {
        case .candle, .funding:
            if row.eventTimeNs == last.eventTimeNs { return repeated(row, last) }
            if row.eventTimeNs < last.eventTimeNs {
                return .reject(
                    RowFault(
                        .timeBackwards, field: "event time",
                        value: "\(Timestamp(nanoseconds: row.eventTimeNs))"))
            }
            if case .candle(let candle) = row.event, candle.intervalNs != intervalNs {
                return .reject(
                    RowFault(
                        .offGrid, field: "interval", value: "\(candle.intervalNs) ns",
                        advice: "another source has candles of \(intervalNs) ns for this stream; "
                            + "import one of them, or give --venue to keep them apart"))
            }
            if case .candle = row.event, (row.eventTimeNs - last.eventTimeNs) % intervalNs != 0 {
                return .reject(
                    RowFault(
                        .offGrid, field: "open time",
                        value: "\(Timestamp(nanoseconds: row.eventTimeNs - intervalNs))"))
            }
            return .admit
        case .trade(let trade):
            guard trade.id != nil else { return checkSources(source) }
            return row.identifier == last.identifier ? repeated(row, last) : .admit
        case .book:
            if row == last { return .duplicate }
            return row.identifier == nil ? checkSources(source) : .admit
        }
    }

    private func repeated(_ row: ImportedRow, _ last: ImportedRow) -> Verdict {
        if row == last { return .duplicate }
        return .reject(
            RowFault(
                .conflictingDuplicate, field: row.identifier == nil ? "event time" : "id",
                value: row.identifier.map { "\($0)" }
                    ?? "\(Timestamp(nanoseconds: row.eventTimeNs))",
                advice:
                    "two rows of one key differ; remove the wrong one, or pass --skip-bad to keep "
                    + "the first"))
    }

    private func checkSources(_ source: Int) -> Verdict {
        leftSources.contains(source) && lastSource != source
            ? .overlap(otherSource: lastSource ?? source) : .admit
    }

    private mutating func noteGap(before row: ImportedRow) {
        guard let last else { return }
        switch row.event {
        case .candle:
            let missing = (row.eventTimeNs - last.eventTimeNs) / intervalNs - 1
            if missing > 0 {
                gaps.add(
                    StreamGap(
                        fromNs: last.eventTimeNs, toNs: row.eventTimeNs - intervalNs,
                        missing: missing))
            }
        case .funding(let funding):
            guard funding.intervalNs > 0 else { return }
            let missing = (row.eventTimeNs - last.eventTimeNs) / funding.intervalNs - 1
            if missing > 0 {
                gaps.add(
                    StreamGap(
                        fromNs: last.eventTimeNs, toNs: row.eventTimeNs, missing: missing))
            }
        case .trade:
            guard let id = row.identifier, let before = last.identifier else { return }
            let (step, overflow) = id.subtractingReportingOverflow(before)
            if overflow || step < 0 {
                gaps.idBacksteps += 1
            } else if step > 1 {
                gaps.add(
                    StreamGap(
                        fromNs: last.eventTimeNs, toNs: row.eventTimeNs, missing: step - 1))
            }
        case .book: break
        }
    }

    /// How many rows the span from the first to the last would hold without holes.
    var expectedCount: Int64? {
        guard intervalNs > 0, let firstEventNs, let lastEventNs else { return nil }
        return (lastEventNs - firstEventNs) / intervalNs + 1
    }
}

/// A hole in a stream: candles or prints by their times, trades by their ids.
struct StreamGap: Equatable, Sendable {
    /// Candles: the open time of the first missing one. Others: the event before the hole.
    let fromNs: Int64
    /// Candles: the open time of the first one after. Others: the event after the hole.
    let toNs: Int64
    let missing: Int64
}

/// All holes counted, the first of them listed.
struct StreamGaps: Equatable, Sendable {
    static let listedMax = 50

    private(set) var count = 0
    private(set) var missing: Int64 = 0
    private(set) var listed: [StreamGap] = []
    /// Ids lower than the one before.
    var idBacksteps = 0

    mutating func add(_ gap: StreamGap) {
        count += 1
        missing = missing.addingReportingOverflow(gap.missing).partialValue
        if listed.count < Self.listedMax { listed.append(gap) }
    }
}
