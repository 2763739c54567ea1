import Features
import Files
import Journal
import Market

/// All that a run knew and did, in memory.
struct RunTrace: Sendable {
    /// By symbol, of all bars in the window.
    var rows: [FeatureRows]
    /// By tick, then symbol, then role.
    var predictions: [Prediction] = []
    /// The journal's body, in its order.
    var journal: [JournalRow] = []
    /// Hash of the body's last row.
    var tip = JournalChain().tip
    /// Whether BTC has each bar, from the feature epoch on; empty where nobody asks for BTC.
    var isBTCPresent: [Bool] = []
    /// Nil before the end.
    var summary: LineSummary?

    init(symbolCount: Int) {
        rows = [FeatureRows](repeating: FeatureRows(), count: symbolCount)
    }
}

/// Keeps everything of a run, which goes into no journal.
struct TraceKeeper: RunKeeper {
    private var trace: RunTrace
    private var scribe: JournalScribe
    private var chain = JournalChain()

    init(_ plan: ReplayPlan) {
        trace = RunTrace(symbolCount: plan.tradedSymbols.count)
        scribe = JournalScribe(plan)
        scribe.begin(plan)
    }

    mutating func append(_ entry: LineEntry) throws {
        for (symbol, rows) in entry.rows.enumerated() { trace.rows[symbol].append(rows) }
        trace.predictions += entry.scores.predictions
        trace.isBTCPresent += entry.btc?.isPresent ?? []
        keep(scribe.rows(entry))
    }

    mutating func finish(_ end: LineEnd) throws -> RunTrace {
        // A run that was stopped has no end: its last rows would say what only an end settles.
        if end.summary.isComplete { keep(scribe.finish(end)) }
        trace.tip = chain.tip
        trace.summary = end.summary
        return trace
    }

    private mutating func keep(_ rows: [JournalRow]) {
        for row in rows { _ = chain.advance(row) }
        trace.journal += rows
    }
}

/// Holds the body of a journal against that of a run, row by row, and keeps nothing of it.
struct BodyKeeper: RunKeeper {
    private let expected: RunTrace
    private var scribe: JournalScribe
    private var chain = JournalChain()
    private var comparison = BodyComparison()

    init(_ plan: ReplayPlan, against expected: RunTrace) {
        self.expected = expected
        scribe = JournalScribe(plan)
        scribe.begin(plan)
    }

    mutating func append(_ entry: LineEntry) throws { compare(scribe.rows(entry)) }

    mutating func finish(_ end: LineEnd) throws -> BodyComparison {
        guard end.summary.isComplete else { return comparison }
        compare(scribe.finish(end))
        comparison.end(expected, tip: chain.tip)
        return comparison
    }

    private mutating func compare(_ rows: [JournalRow]) {
        for row in rows {
            _ = chain.advance(row)
            comparison.take(row, expected)
        }
    }
}

/// Where a journal's body is another than it should be.
struct BodyComparison: Equatable, Sendable {
    private(set) var rowCount = 0
    /// In words; nil while all is equal.
    private(set) var difference: String?

    init(difference: String? = nil) {
        self.difference = difference
    }

    mutating func take(_ row: JournalRow, _ expected: RunTrace) {
        defer { rowCount += 1 }
        guard difference == nil else { return }
        guard rowCount < expected.journal.count else {
            difference = "row \(rowCount) (\(row.place)) is there, and no row should be"
            return
        }
        let other = expected.journal[rowCount]
        if row != other {
            difference = "row \(rowCount) (\(other.place)): \(row.change(from: other))"
        }
    }

    /// Looks for what is missing at the end.
    mutating func end(_ expected: RunTrace, tip: Digest) {
        guard difference == nil else { return }
        if rowCount < expected.journal.count {
            difference = "ends after \(rowCount) rows of \(expected.journal.count)"
        } else if tip != expected.tip {
            difference = "equal rows have another digest: \(tip), not \(expected.tip)"
        }
    }
}

extension JournalRow {
    /// The row's table and when it was known, as people find it again.
    var place: String { "\(table.rawValue) at \(Timestamp(nanoseconds: atNs))" }

    /// The first value that is another, in words.
    func change(from other: JournalRow) -> String {
        guard table == other.table, atNs == other.atNs else { return "\(place) in its place" }
        for (column, (own, their)) in zip(table.columns, zip(values, other.values))
        where own != their {
            return "\(column.name) is \(own.text), not \(their.text)"
        }
        return "equal"
    }
}

extension JournalValue {
    fileprivate var text: String {
        switch self {
        case .null: "null"
        case .integer(let value): "\(value)"
        case .text(let text): text
        }
    }
}
