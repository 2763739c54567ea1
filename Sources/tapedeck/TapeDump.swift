import Market
import Tape

extension CommandSpec {
    static let tapeDump = CommandSpec(
        name: "tape dump",
        summary: "Prints one kind of stream as CSV, symbol after symbol, in decimal units.",
        positional: .tapes,
        options: [
            .symbols,
            Option(
                name: "--stream", value: "STREAM",
                help: "candles, trades, books or funding; or one stream as `tape info` names it, "
                    + "such as candles:5m; needed where the tape has several"),
            .from, .to,
            Option(
                name: "--levels", value: "N", help: "the best N levels of books; all by default"),
            Option(
                name: "--iso",
                help: "times as ISO 8601; by default they are nanoseconds since 1970, UTC"),
        ],
        examples: [
            "tapedeck tape dump month.tape --symbol BTCUSDC --stream candles > candles.csv",
            "tapedeck tape dump month.tape --stream books --levels 1 --to 2025-01-02 | head",
            "tapedeck tape dump month.tape --stream trades --iso --from 2025-01-05T12:00",
        ],
        run: { arguments in
            let span = try arguments.timeRange()
            let levels = try arguments.integer("--levels", in: 1...StreamSchema.levelsMax)
            let list = try TapeList(paths: arguments.positionals)
            let selection = try StreamSelection(
                list, symbols: arguments.all("--symbol"), kind: arguments.value("--stream"))
            let dump = try TapeDump(
                selection, span: span, levels: levels, isISO: arguments.has("--iso"))
            try dump.run()
            return .done
        })
}

/// Writes the selected streams to standard output as one table.
///
/// What a venue did not say is an empty field: a level that a book does not have, a mark price.
private struct TapeDump {
    private let selection: StreamSelection
    private let span: TimeRange
    private let levels: Int
    private let isISO: Bool
    private let columns: [Column]

    private static let chunkSize = 1 << 18

    init(
        _ selection: StreamSelection, span: TimeRange, levels: Int?, isISO: Bool
    ) throws(UsageError) {
        let streams = selection.streams.map { selection.list.streams[$0] }
        guard let first = streams.first else {
            throw .badValue("TAPE", "", expected: "a tape with streams; this one has none")
        }
        let isUniform = streams.allSatisfy {
            $0.schema == first.schema && $0.intervalNs == first.intervalNs
        }
        guard isUniform else {
            let labels = selection.labels
            throw .ambiguous(labels.count > 1 ? "--stream" : "--symbol", choices: labels)
        }
        self.selection = selection
        self.span = span
        self.levels = levels ?? .max
        self.isISO = isISO
        columns = first.schema.columns.filter { $0.level < levels ?? .max }
    }

    func run() throws {
        var text = CSVBuffer()
        text.append("symbol," + columns.map(\.name).joined(separator: ",") + "\n")
        var decoder = BlockDecoder()
        for stream in selection.streams {
            var reader = ListReader(selection.list, stream: stream, span: span, levels: levels)
            var block = reader.makeBlock()
            let row = RowFormat(
                selection.instrument(ofStream: stream), columns, reader.schema, isISO: isISO)
            while let rows = try reader.next(into: &block, using: &decoder) {
                try Interrupt.check()
                for index in rows {
                    row.append(block, row: index, to: &text)
                    if text.bytes.count >= Self.chunkSize { try text.flush() }
                }
            }
        }
        try text.flush()
    }
}

/// How the rows of one stream become lines.
private struct RowFormat {
    private let symbol: String
    private let fields: [Field]
    private let isISO: Bool

    private struct Field {
        let column: Column
        /// Its place in the schema.
        let index: Int
        let decimals: Int
    }

    init(_ instrument: Instrument, _ columns: [Column], _ schema: StreamSchema, isISO: Bool) {
        symbol = CSVBuffer.quoted(instrument.symbol)
        self.isISO = isISO
        fields = columns.compactMap { column in
            schema.index(of: column).map { index in
                let decimals =
                    switch column.unit {
                    case .price: instrument.priceDecimals
                    case .size: instrument.sizeDecimals
                    case .quote: instrument.quoteDecimals
                    case .rate: Column.rateDecimals
                    case .nanoseconds, .count, .identifier, .side: 0
                    }
                return Field(column: column, index: index, decimals: decimals)
            }
        }
    }

    func append(_ block: ColumnBlock, row: Int, to text: inout CSVBuffer) {
        text.append(symbol)
        for field in fields {
            text.append(",")
            let value = block.columns[field.index][row]
            if isAbsent(field.column, value, block, row) { continue }
            switch field.column {
            case .side: text.append(AggressorSide(rawValue: value).map { "\($0)" } ?? "")
            case .eventTime where isISO, .receiveTime where isISO:
                text.append(Timestamp(nanoseconds: value).description)
            default: text.append(value, decimals: field.decimals)
            }
        }
        text.append("\n")
    }

    private func isAbsent(
        _ column: Column, _ value: Int64, _ block: ColumnBlock, _ row: Int
    ) -> Bool {
        switch column {
        case .bidPrice(let level), .bidSize(let level): level >= block[.bidCount][row]
        case .askPrice(let level), .askSize(let level): level >= block[.askCount][row]
        case .markPrice, .fundingInterval: value == 0
        default: false
        }
    }
}

extension Column {
    /// The book level that a column belongs to; -1 for columns that every row has.
    fileprivate var level: Int {
        switch self {
        case .bidPrice(let level), .bidSize(let level), .askPrice(let level), .askSize(let level):
            level
        default: -1
        }
    }
}
