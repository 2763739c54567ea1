import JSON
import Market
import Pages
import Tape

extension CommandSpec {
    static let tapeInfo = CommandSpec(
        name: "tape info",
        summary: "Shows what is on a tape or a list of them, or what a scenario injects.",
        positional: Positional(
            name: "TAPE", help: "a tape; several are read as one, in the order given",
            count: 0...Int.max),
        options: [
            Option(
                name: "--scenario", value: "FILE",
                help: "in the place of tapes: this scenario's injections as they are placed in "
                    + "its run, and each symbol's lowest prices with and without them"),
            .json,
        ],
        examples: [
            "tapedeck tape info .tapes/month.tape",
            "tapedeck tape info january.tape february.tape march.tape",
            "tapedeck tape info --json month.tape | jq '.tapes[0].streams[].rows'",
            "tapedeck tape info --scenario scenarios/stress/flash-crash.json5",
        ],
        run: { arguments in
            if let path = arguments.value("--scenario") {
                if let tape = arguments.positionals.first {
                    throw UsageError.unexpectedPositional(tape)
                }
                let info = try await ScenarioInfo(scenarioPath: path)
                try Console.output(
                    arguments.has("--json") ? info.document.text(pretty: true) + "\n" : info.text)
                return .done
            }
            guard !arguments.positionals.isEmpty else { throw UsageError.missingPositional("TAPE") }
            let list = try TapeList(paths: arguments.positionals)
            if arguments.has("--json") {
                try Console.output(TapeInfo.document(list).text(pretty: true) + "\n")
            } else {
                try Console.output(TapeInfo.text(list))
            }
            return .done
        })
}

/// What `tape info` tells, as text for people and as a document for programs.
enum TapeInfo {
    // MARK: - Text

    static func text(_ list: TapeList) throws(TapeError) -> String {
        var text = ""
        for tape in list.tapes { text += heading(tape) }
        text += "\n" + instrumentTable(list)
        text += "\n" + (list.tapes.count == 1 ? streamTable(list.tapes[0]) : streamTable(list))
        let prices = try priceTable(list)
        if !prices.isEmpty { text += "\n" + prices }
        if list.tapes.count == 1 {
            for (name, value) in [
                ("provenance", list.tapes[0].header.provenance), ("ledger", list.tapes[0].ledger),
            ] where value != nil {
                text += "\n\(name) \(value.text(pretty: true))\n"
            }
        }
        return text
    }

    private static func heading(_ tape: TapeFile) -> String {
        var text = TapeReport(tape).line + "\n"
        if case .rebuilt(_, let lostBytes) = tape.state {
            text +=
                "  its writer died before the end: rebuilt by a scan, "
                + "\(Units.bytes(Int(lostBytes))) at the end are lost\n"
        }
        return text
    }

    private static func instrumentTable(_ list: TapeList) -> String {
        var table = Table(
            ("symbol", .left), ("venue", .left), ("kind", .left), ("from", .left),
            ("tick", .right), ("lot", .right))
        for instrument in list.instruments {
            for (index, span) in instrument.spans.enumerated() {
                table.add(
                    index == 0 ? instrument.symbol : "", index == 0 ? instrument.venue : "",
                    index == 0 ? instrument.kind.rawValue : "", time(span.startNs),
                    FixedPoint.text(span.tickUnits, decimals: instrument.priceDecimals),
                    FixedPoint.text(span.lotUnits, decimals: instrument.sizeDecimals))
            }
        }
        return table.text
    }

    private static func streamTable(_ tape: TapeFile) -> String {
        var table = Table(
            ("symbol", .left), ("stream", .left), ("rows", .right), ("first", .left),
            ("last", .left), ("bytes/row", .right), ("digest", .left))
        for (index, stream) in tape.header.streams.enumerated() {
            let times = tape.visibleTimes(ofStream: index)
            let rows = tape.rowCount(ofStream: index)
            var (bytes, digest) = ("", "")
            if case .complete(let summaries, _, _) = tape.state {
                bytes = rows > 0 ? Units.tenths(Double(summaries[index].size) / Double(rows)) : ""
                digest = String("\(summaries[index].digest)".prefix(12))
            }
            table.add(
                tape.header.instrument(ofStream: index).symbol, stream.label,
                Units.count(Int(rows)), times.map { time($0.lowerBound) } ?? "",
                times.map { time($0.upperBound) } ?? "", bytes, digest)
        }
        return table.text
    }

    private static func streamTable(_ list: TapeList) -> String {
        var table = Table(
            ("symbol", .left), ("stream", .left), ("rows", .right), ("first", .left),
            ("last", .left))
        for (index, stream) in list.streams.enumerated() {
            let times = list.visibleTimes(ofStream: index)
            table.add(
                list.instruments[stream.instrument].symbol, stream.label,
                Units.count(Int(list.rowCount(ofStream: index))),
                times.map { time($0.lowerBound) } ?? "", times.map { time($0.upperBound) } ?? "")
        }
        return table.text
    }

    private static func priceTable(_ list: TapeList) throws(TapeError) -> String {
        var table = Table(("symbol", .left), ("price", .left), ("first", .right), ("last", .right))
        var isEmpty = true
        for (index, instrument) in list.instruments.enumerated() {
            guard let sketch = try PriceSketch(of: index, in: list) else { continue }
            let decimals = instrument.priceDecimals
            table.add(
                instrument.symbol, Sparkline.text(sketch.prices),
                sketch.first.map { FixedPoint.text($0, decimals: decimals) } ?? "",
                sketch.last.map { FixedPoint.text($0, decimals: decimals) } ?? "")
            isEmpty = false
        }
        return isEmpty ? "" : table.text
    }

    private static func time(_ timeNs: Int64) -> String {
        Timestamp(nanoseconds: timeNs).description
    }

    // MARK: - Document

    static func document(_ list: TapeList) -> JSONValue {
        [
            "tapes": .array(list.tapes.map(document)),
            "instruments": .array(list.instruments.map(document)),
            "streams": .array(
                list.streams.indices.map { index in
                    let stream = list.streams[index]
                    return .object(
                        [
                            JSONMember(
                                "symbol", .string(list.instruments[stream.instrument].symbol)),
                            JSONMember("stream", .string(stream.label)),
                        ]
                            + extent(
                                rows: list.rowCount(ofStream: index),
                                times: list.visibleTimes(ofStream: index)))
                }),
        ]
    }

    private static func document(_ tape: TapeFile) -> JSONValue {
        [
            "path": .string(tape.path),
            "size_bytes": .integer(tape.size),
            "is_rebuilt": .bool(tape.isRebuilt),
            "content_digest": tape.contentDigest.map { "\($0)" } ?? nil,
            "streams": .array(tape.header.streams.indices.map { document(tape, stream: $0) }),
            "provenance": tape.header.provenance,
            "ledger": tape.ledger,
        ]
    }

    private static func document(_ tape: TapeFile, stream: Int) -> JSONValue {
        var members = [
            JSONMember("symbol", .string(tape.header.instrument(ofStream: stream).symbol)),
            JSONMember("stream", .string(tape.header.streams[stream].label)),
            JSONMember(
                "columns",
                .array(tape.header.streams[stream].schema.columns.map { .string($0.name) })),
        ]
        members += extent(
            rows: tape.rowCount(ofStream: stream), times: tape.visibleTimes(ofStream: stream))
        if case .complete(let summaries, _, _) = tape.state {
            members.append(JSONMember("size_bytes", .integer(summaries[stream].size)))
            members.append(JSONMember("digest", "\(summaries[stream].digest)"))
        }
        return .object(members)
    }

    private static func extent(rows: Int64, times: ClosedRange<Int64>?) -> [JSONMember] {
        [
            JSONMember("rows", .integer(rows)),
            JSONMember("first_visible_ns", times.map { .integer($0.lowerBound) } ?? nil),
            JSONMember("last_visible_ns", times.map { .integer($0.upperBound) } ?? nil),
        ]
    }

    private static func document(_ instrument: Instrument) -> JSONValue {
        [
            "venue": .string(instrument.venue), "id": .string(instrument.id),
            "symbol": .string(instrument.symbol), "kind": .string(instrument.kind.rawValue),
            "price_decimals": JSONValue(instrument.priceDecimals),
            "size_decimals": JSONValue(instrument.sizeDecimals),
            "quote_decimals": JSONValue(instrument.quoteDecimals),
            "spans": .array(
                instrument.spans.map { span in
                    [
                        "start_ns": .integer(span.startNs),
                        "tick": .string(
                            FixedPoint.text(span.tickUnits, decimals: instrument.priceDecimals)),
                        "lot": .string(
                            FixedPoint.text(span.lotUnits, decimals: instrument.sizeDecimals)),
                    ]
                }),
        ]
    }
}
