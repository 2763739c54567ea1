/// Binance's T_DEPTH product: one level a record, snapshots (`snap`) and changes (`set`, `delete`).
///
/// Columns are found by the header's names; without one they are `symbol, timestamp, trans_id,
/// first_update_id, last_update_id, side, update_type, price, qty`. Update ids of futures are not
/// consecutive, so a missing message shows only where the file has a `pu` column.
struct BinanceDepthParser: RecordParser {
    private static let usualHeader = [
        "symbol", "timestamp", "trans_id", "first_update_id", "last_update_id", "side",
        "update_type", "price", "qty",
    ]

    private(set) var instruments: [SourceInstrument]
    private var time = TimeReader()
    private var fields = CSVFields()
    private var columns: Columns
    private var messages: LevelMessages
    private var lastUpdateID: Int64?
    private(set) var lastRecordTimeNs: Int64?

    private struct Columns: Sendable {
        let count: Int
        let timestamp, side, updateType, price, size: Int
        let lastUpdate, previousUpdate: Int?

        init?(_ names: [String]) {
            func index(_ name: String) -> Int? { names.firstIndex(of: name) }
            guard let timestamp = index("timestamp"), let side = index("side"),
                let updateType = index("update_type"), let price = index("price"),
                let size = index("qty") ?? index("quantity")
            else { return nil }
            count = names.count
            self.timestamp = timestamp
            self.side = side
            self.updateType = updateType
            self.price = price
            self.size = size
            lastUpdate = index("last_update_id")
            previousUpdate = index("pu")
        }
    }

    var timeUnit: TimeUnit? { time.unit }

    init(instrument: SourceInstrument, levels: Int) {
        instruments = [instrument]
        messages = LevelMessages(levels: levels)
        guard let columns = Columns(Self.usualHeader) else {
            preconditionFailure("the usual header names every column")
        }
        self.columns = columns
    }

    mutating func beginFile() { time.beginFile() }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        try fields.split(record)
        if record.hasPrefix("symbol") {
            guard let named = Columns(fields.texts(of: record)) else {
                throw RowFault(.fieldCount, field: "header", bytes: record)
            }
            columns = named
            return output.tally.forgetHeader()
        }
        try fields.require(count: columns.count...columns.count, of: record)
        let type = record.extracting(fields[columns.updateType])
        guard type.equals("snap") || type.equals("set") || type.equals("delete") else {
            throw RowFault(.unknownRecord, field: "update_type", bytes: type)
        }
        var updateID: Int64?
        if let index = columns.lastUpdate {
            updateID = try fields.integer(index, of: record, "last_update_id")
        }
        let key = LevelMessages.Key(
            eventTimeNs: try time.nanoseconds(
                columns.timestamp, in: fields, of: record, "timestamp"),
            isSnapshot: type.equals("snap"), updateID: updateID)
        lastRecordTimeNs = key.eventTimeNs
        let side = try side(record.extracting(fields[columns.side]))
        let price = try fields.decimal(columns.price, of: record, "price")
        let size = try fields.decimal(columns.size, of: record, "qty")
        try checkSequence(key, record, into: &output)
        try messages.add(
            key, side, price: price, size: type.equals("delete") ? .zero : size, into: &output)
    }

    private mutating func checkSequence(
        _ key: LevelMessages.Key, _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        guard let index = columns.previousUpdate, let updateID = key.updateID else { return }
        if !key.isSnapshot, let lastUpdateID, updateID != lastUpdateID,
            try fields.integer(index, of: record, "pu") != lastUpdateID
        {
            messages.settle(into: &output)
            messages.gap(into: &output)
        }
        lastUpdateID = updateID
    }

    private func side(_ bytes: Span<UInt8>) throws(RowFault) -> BookSide {
        if bytes.equals("b") || bytes.equals("bid") { return .bid }
        if bytes.equals("a") || bytes.equals("ask") { return .ask }
        throw RowFault(.badSide, field: "side", bytes: bytes)
    }

    mutating func finish(into output: inout ParserOutput) {
        messages.settle(into: &output)
    }

    mutating func recordWasLeftOut(into output: inout ParserOutput) {
        messages.recordWasLeftOut(into: &output)
    }
}
