internal import Market

/// Turns a source's records into rows. One conformer for each family of formats.
///
/// A parser sees the records of one file after the other. For each it either throws what is wrong
/// with it, or accounts for it in `output.tally`: kept, dropped with a reason, or held for later.
protocol RecordParser: Sendable {
    /// The instruments met so far; rows name them by index.
    var instruments: [SourceInstrument] { get }
    /// The unit of the file's times, once known; nil for formats that fix it.
    var timeUnit: TimeUnit? { get }
    /// The time by which the record seen last is ordered; nil for formats that leave it to rows.
    var lastRecordTimeNs: Int64? { get }
    /// Whether rows come out later than their records went in.
    var reordersRows: Bool { get }
    /// Streams that the source declares even when no row of them follows.
    var declared: [DeclaredStream] { get }

    /// A new file begins; the parser's book and sequence go on.
    mutating func beginFile()
    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault)
    /// No record follows: what is held is settled.
    mutating func finish(into output: inout ParserOutput)
    /// The last record was bad and is left out: a book built from changes is incomplete now.
    mutating func recordWasLeftOut(into output: inout ParserOutput)
}

extension RecordParser {
    var timeUnit: TimeUnit? { nil }
    var lastRecordTimeNs: Int64? { nil }
    var reordersRows: Bool { false }
    var declared: [DeclaredStream] { [] }
    mutating func finish(into output: inout ParserOutput) {}
    mutating func recordWasLeftOut(into output: inout ParserOutput) {}
}

/// What a source says of an instrument that it holds.
struct SourceInstrument: Equatable, Sendable {
    var venue: String?
    var id: String?
    var symbol: String?
    /// Nil when the source does not tell.
    var kind: Instrument.Kind?
}

/// A stream known from a source's head.
struct DeclaredStream: Equatable, Sendable {
    var instrument: Int
    var kind: StreamKind
    var levels = 0
    var intervalNs: Int64 = 0
}

/// Where a parser puts what it found.
struct ParserOutput: Sendable {
    var rows: [ImportedRow] = []
    var tally = SourceTally()

    /// The usual case: a record that is one row.
    mutating func keep(_ row: ImportedRow) {
        rows.append(row)
        tally.keep()
    }
}

/// What the import's user asked of one source.
struct ParserOptions: Equatable, Sendable {
    var symbol: String?
    var intervalNs: Int64?
    var levels = 10
    var streams = Set(StreamKind.allCases)
    /// Added to receive times, where the recorder's clock was off.
    var clockOffsetNs: Int64 = 0
    /// Books at multiples of this, in receive time, instead of at every message.
    var sampleNs: Int64?
    /// Best bid and offer messages become books of one level, and depth is left alone.
    var usesBestQuotes = false
}
