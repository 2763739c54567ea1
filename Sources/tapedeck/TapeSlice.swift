import JSON
import Market
import Tape

extension CommandSpec {
    static let tapeSlice = CommandSpec(
        name: "tape slice",
        summary: "Copies symbols and a span of time to a tape of their own.",
        positional: .tapes,
        options: [
            .output, .symbols, .from, .to,
            Option(
                name: "--shift-to", value: "TIME",
                help: "move all times so that the start falls on TIME: --from or, without it, the "
                    + "first event (of a candle, its open)"),
            .json, .quiet,
        ],
        examples: [
            "tapedeck tape slice quarter.tape -o january.tape --to 2025-02-01",
            "tapedeck tape slice quarter.tape -o btc.tape --symbol BTCUSDC",
            "tapedeck tape slice crash.tape -o moved.tape --from 2024-08-05 --shift-to 2025-01-06",
        ],
        run: { arguments in
            let list = try TapeList(paths: arguments.positionals)
            let selection = try StreamSelection(
                list, symbols: arguments.all("--symbol"), kind: nil)
            let slice = try TapeSlice(
                selection, span: try arguments.timeRange(),
                shiftToNs: try arguments.timeNs("--shift-to"))
            let output = arguments.value("--output") ?? ""
            let summary = try slice.write(to: output, isQuiet: arguments.has("--quiet"))
            try Console.output(TapeReport(summary).text(isJSON: arguments.has("--json")))
            return .done
        })
}

/// Copies rows from a list of tapes to a new one, perhaps at another time.
private struct TapeSlice {
    private let selection: StreamSelection
    private let span: TimeRange
    private let shiftNs: Int64

    init(_ selection: StreamSelection, span: TimeRange, shiftToNs: Int64?) throws(UsageError) {
        self.selection = selection
        self.span = span
        guard let shiftToNs else {
            shiftNs = 0
            return
        }
        let (startNs, endNs) = Self.bounds(selection, span)
        let (shift, overflow) = shiftToNs.subtractingReportingOverflow(startNs)
        let spans = selection.streams.flatMap { selection.instrument(ofStream: $0).spans }
        let times = spans.map(\.startNs) + [startNs, endNs]
        guard !overflow, times.allSatisfy({ !$0.addingReportingOverflow(shift).overflow }) else {
            throw .badValue(
                "--shift-to", "\(Timestamp(nanoseconds: shiftToNs))",
                expected: "a time to which all of the slice can move without leaving 64 bits")
        }
        shiftNs = shift
    }

    /// Where the slice starts, and the last time on it.
    private static func bounds(
        _ selection: StreamSelection, _ span: TimeRange
    ) -> (startNs: Int64, endNs: Int64) {
        let list = selection.list
        var (start, end) = (Int64.max, Int64.min)
        for stream in selection.streams {
            guard let times = list.visibleTimes(ofStream: stream) else { continue }
            start = min(start, times.lowerBound - list.streams[stream].intervalNs)
            end = max(end, times.upperBound)
        }
        if span.startNs != TimeRange.all.startNs { start = span.startNs }
        return (start == .max ? 0 : start, min(end == .min ? 0 : end, span.endNs))
    }

    func write(to path: String, isQuiet: Bool) throws -> TapeSummary {
        var writer = try TapeWriter(path: path, header: header)
        var progress = Progress("slice", unit: "rows", isQuiet: isQuiet)
        defer { progress.finish() }
        var decoder = BlockDecoder()
        var rowCount = 0
        for (target, stream) in selection.streams.enumerated() {
            var reader = ListReader(selection.list, stream: stream, span: span)
            var block = reader.makeBlock()
            while let rows = try reader.next(into: &block, using: &decoder) {
                try Interrupt.check()
                try writer.append(shifted(block, rows), to: target)
                rowCount += rows.count
                progress.update(
                    count: rowCount,
                    fraction: Double(target) / Double(selection.streams.count))
            }
        }
        return try writer.finish(ledger: [
            "sources": .array(
                selection.list.tapes.map { tape in
                    ["path": .string(tape.path), "ledger": tape.ledger]
                })
        ])
    }

    /// The instruments that are left, their spans moved, and the streams that are left of each.
    private var header: TapeHeader {
        var indexes: [Int: Int] = [:]
        var instruments: [Instrument] = []
        var streams: [StreamDescription] = []
        for stream in selection.streams.map({ selection.list.streams[$0] }) {
            let index = indexes[stream.instrument] ?? instruments.count
            if index == instruments.count {
                indexes[stream.instrument] = index
                instruments.append(shifted(selection.list.instruments[stream.instrument]))
            }
            streams.append(
                StreamDescription(
                    instrument: index, schema: stream.schema, intervalNs: stream.intervalNs))
        }
        return TapeHeader(instruments: instruments, streams: streams, provenance: provenance)
    }

    private var provenance: JSONValue {
        [
            "slice_of": .array(
                selection.list.tapes.map { $0.contentDigest.map { "\($0)" } ?? nil }),
            "from_ns": span.startNs == .min ? nil : .integer(span.startNs),
            "to_ns": span.endNs == .max ? nil : .integer(span.endNs),
            "shift_ns": .integer(shiftNs),
        ]
    }

    private func shifted(_ instrument: Instrument) -> Instrument {
        Instrument(
            venue: instrument.venue, id: instrument.id, symbol: instrument.symbol,
            kind: instrument.kind, priceDecimals: instrument.priceDecimals,
            sizeDecimals: instrument.sizeDecimals, quoteDecimals: instrument.quoteDecimals,
            spans: instrument.spans.map { span in
                ValiditySpan(
                    startNs: span.startNs + shiftNs, tickUnits: span.tickUnits,
                    lotUnits: span.lotUnits)
            })
    }

    private func shifted(_ block: ColumnBlock, _ rows: Range<Int>) -> ColumnBlock {
        if shiftNs == 0, rows.count == block.rowCount { return block }
        let columns = zip(block.schema.columns, block.columns).map { column, values in
            switch column {
            case .eventTime, .receiveTime: values[rows].map { $0 + shiftNs }
            default: Array(values[rows])
            }
        }
        return ColumnBlock(schema: block.schema, columns: columns)
    }
}
