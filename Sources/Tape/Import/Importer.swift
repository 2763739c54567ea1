internal import JSON
internal import Market

/// How far an import is.
package struct ImportProgress: Equatable, Sendable {
    package enum Phase: String, Sendable { case survey, write }

    package let phase: Phase
    /// Compressed bytes read in this phase, and how many there are.
    package let bytesDone: Int
    package let bytesTotal: Int
    package let rows: Int
}

/// Turns recorded market data into one tape.
///
/// Every source is read twice. The survey reads every row: it checks them, and learns scales,
/// columns and instruments; so bad input is refused before the tape is begun. The second reading
/// writes. Memory does not grow with the sources: a row lives until the next one, apart from the
/// books that changes are applied to and bounded windows.
package struct Importer {
    package typealias ProgressReport = (ImportProgress) -> Bool

    private let plan: ImportPlan
    private let report: ProgressReport
    private var instruments = InstrumentTable()
    private var ledger = ImportLedger()
    private var lanes: [[LaneSource]] = []
    private var bytesTotal = 0

    /// Imports all sources of `plan` and puts the tape in its place.
    ///
    /// - Parameter progress: called now and then; false stops the import and leaves nothing behind.
    package static func run(
        _ plan: ImportPlan, progress: ProgressReport = { _ in true }
    ) throws(ImportError) -> ImportLedger {
        try plan.validate()
        return try withoutActuallyEscaping(progress) { progress throws(ImportError) in
            var importer = Importer(plan: plan, report: progress)
            return try importer.run()
        }
    }

    private init(plan: ImportPlan, report: @escaping ProgressReport) {
        self.plan = plan
        self.report = report
    }

    private mutating func run() throws(ImportError) -> ImportLedger {
        let planner = SourcePlanner(skipsBadRows: plan.skipsBadRows)
        try arrange(planner.chains(of: plan.sources))
        let quarantine = Quarantine(
            path: plan.quarantinePath, policy: plan.skipsBadRows ? .setApart : .stop)
        var streams = StreamTable()
        for lane in lanes { try survey(lane, quarantine, &streams) }
        let layout = try TapeLayout(plan, instruments, streams)
        ledger.streams = layout.ledger
        ledger.quarantinePath = quarantine.isUsed ? quarantine.path : nil
        try write(layout, quarantine)
        quarantine.keep()
        return ledger
    }

    // MARK: - Arrangement

    /// Names the instruments, and sorts the sources into lanes that share none.
    private mutating func arrange(_ probes: [SourcePlanner.Probe]) throws(ImportError) {
        var laneOfInstrument: [Int: Int] = [:]
        for (index, probe) in probes.enumerated() {
            var digests: [SourceDigest] = []
            for path in probe.chain.paths { digests.append(try SourceDigest(path: path)) }
            bytesTotal += digests.reduce(0) { $0 + $1.size }
            ledger.sources.append(SourceLedger(probe.chain, digests))
            var own: [Int] = []
            for instrument in probe.instruments { own.append(try instruments.add(instrument)) }
            let source = LaneSource(
                chain: probe.chain, firstTimeNs: probe.firstTimeNs, instruments: own,
                ledgerIndex: index)
            let touched = Set(own.compactMap { laneOfInstrument[$0] }).sorted()
            let lane = touched.first ?? lanes.count
            if lane == lanes.count { lanes.append([]) }
            for other in touched.dropFirst() {
                lanes[lane] += lanes[other]
                lanes[other] = []
                for (key, value) in laneOfInstrument where value == other {
                    laneOfInstrument[key] = lane
                }
            }
            lanes[lane].append(source)
            for instrument in own { laneOfInstrument[instrument] = lane }
        }
        lanes.removeAll(where: \.isEmpty)
        for index in lanes.indices {
            lanes[index].sort {
                ($0.firstTimeNs, $0.ledgerIndex) < ($1.firstTimeNs, $1.ledgerIndex)
            }
        }
    }

    // MARK: - First reading

    private mutating func survey(
        _ lane: [LaneSource], _ quarantine: Quarantine, _ streams: inout StreamTable
    ) throws(ImportError) {
        let reader = LaneReader(lane, quarantine: quarantine)
        let monitors = try walk(lane, reader, .survey) { slot, row in streams.add(row, to: slot) }
        for (slot, monitor) in monitors { streams.settle(slot, monitor) }
        for (index, source) in lane.enumerated() {
            guard let cursor = reader.finished[index] else {
                preconditionFailure("a lane ends when all its sources have ended")
            }
            ledger.sources[source.ledgerIndex].settle(cursor)
            for stream in cursor.parser.declared
            where source.instruments.indices.contains(stream.instrument) {
                streams.declare(
                    stream, of: source.instruments[stream.instrument])
            }
        }
    }

    /// Reads a lane to its end; `body` gets each row that belongs on the tape. Returns what was
    /// seen of each stream.
    private func walk(
        _ lane: [LaneSource], _ reader: LaneReader, _ phase: ImportProgress.Phase,
        _ body: (StreamSlot, ImportedRow) throws(ImportError) -> Void
    ) throws(ImportError) -> [StreamSlot: StreamMonitor] {
        var monitors: [StreamSlot: StreamMonitor] = [:]
        let scale = RowScale(plan)
        var count = 0
        while let (row, index) = try reader.next() {
            let source = lane[index]
            count += 1
            if count % 65_536 == 0 { try tell(phase, reader.compressedOffset, count) }
            guard source.chain.options.streams.contains(row.kind) else {
                reader.cursor.dropLastRow(.notRequested)
                continue
            }
            guard source.instruments.indices.contains(row.instrument) else {
                try reader.cursor.rejectLastRow(
                    RowFault(
                        .unknownRecord, field: "instrument", value: "\(row.instrument)",
                        advice: "the file's head does not name it; give --symbol"))
                continue
            }
            if let fault = scale.fault(of: row) {
                try reader.cursor.rejectLastRow(fault)
                continue
            }
            let slot = StreamSlot(
                instrument: source.instruments[row.instrument], kind: row.kind)
            let verdict = monitors[
                slot, default: StreamMonitor(intervalNs: row.candleIntervalNs)
            ].admit(row, from: index, isAsIs: source.chain.format == .databento)
            switch verdict {
            case .admit: try body(slot, row)
            case .duplicate: reader.cursor.dropLastRow(.duplicate)
            case .reject(let fault): try reader.cursor.rejectLastRow(fault)
            case .overlap(let other):
                throw .overlap(
                    path: reader.cursor.path, other: lane[other].chain.paths[0],
                    timeNs: row.eventTimeNs)
            }
        }
        return monitors
    }

    private func tell(
        _ phase: ImportProgress.Phase, _ bytes: Int, _ rows: Int
    ) throws(ImportError) {
        let progress = ImportProgress(
            phase: phase, bytesDone: bytes, bytesTotal: bytesTotal, rows: rows)
        guard report(progress) else { throw .interrupted }
    }

    // MARK: - Second reading

    private mutating func write(
        _ layout: TapeLayout, _ quarantine: Quarantine
    ) throws(ImportError) {
        do {
            var writer = try TapeWriter(
                path: plan.outputPath, header: layout.header(provenance: ledger.provenance),
                compressionLevel: plan.compressionLevel ?? Self.compressionLevel)
            let again = Quarantine(
                path: quarantine.path, policy: plan.skipsBadRows ? .skipAgain : .stop)
            var rows = RowWriter(layout)
            for lane in lanes {
                let reader = LaneReader(lane, quarantine: again)
                _ = try walk(lane, reader, .write) { slot, row throws(ImportError) in
                    try rows.add(row, to: slot, path: reader.cursor.path, &writer)
                }
            }
            try rows.finish(&writer)
            guard rows.counts == layout.rowCounts else {
                throw ImportError.file(path: plan.sources[0].path, .changedDuringImport)
            }
            ledger.summary = try writer.finish(ledger: ledger.asJSON)
        } catch let error as ImportError {
            throw error
        } catch let error as TapeError {
            throw .tape(error)
        } catch {
            preconditionFailure("writing a tape throws nothing else: \(error)")
        }
    }

    /// Recorded data are written once and read often.
    private static let compressionLevel = 9
}

extension ImportedRow {
    fileprivate var candleIntervalNs: Int64 {
        if case .candle(let candle) = event { return candle.intervalNs }
        return 0
    }
}

/// The instruments of an import, by who trades where.
struct InstrumentTable: Sendable {
    private(set) var all: [PlannedInstrument] = []
    private var indices: [PlannedInstrument.Identity: Int] = [:]

    /// The instrument's index; a new one where it was not known.
    mutating func add(_ instrument: PlannedInstrument) throws(ImportError) -> Int {
        if let index = indices[instrument.identity] {
            try all[index].merge(instrument)
            return index
        }
        indices[instrument.identity] = all.count
        all.append(instrument)
        return all.count - 1
    }
}

/// Scales that the user has fixed: finer values are bad rows.
struct RowScale {
    private let plan: ImportPlan
    private let isFixed: Bool

    init(_ plan: ImportPlan) {
        self.plan = plan
        isFixed = plan.priceDecimals != nil || plan.sizeDecimals != nil || plan.quoteDecimals != nil
    }

    func fault(of row: ImportedRow) -> RowFault? {
        guard isFixed else { return nil }
        var survey = StreamSurvey(kind: row.kind)
        survey.add(row)
        for (extent, decimals, name) in [
            (survey.price, plan.priceDecimals, "price"), (survey.size, plan.sizeDecimals, "size"),
            (survey.quote, plan.quoteDecimals, "cash"),
        ] {
            guard let decimals else { continue }
            if extent.decimals > decimals || extent.misfit(decimals: decimals) != nil {
                return RowFault(
                    .outOfRange, field: name, value: "a value of \(extent.decimals) decimals",
                    advice: "the scale was given as \(decimals); give a finer one or --skip-bad")
            }
        }
        return nil
    }
}
