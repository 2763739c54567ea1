import Desk
import Features
import Journal
import Market
internal import Numerics

/// An instant after which a run's market is noise.
struct AuditCut: Equatable, Sendable {
    let atNs: Int64
    /// Which of the window's rows is the first whose tick comes after the instant.
    let nextRow: Int

    init(atNs: Int64, _ schedule: BarSchedule) {
        self.atNs = atNs
        nextRow = Int((atNs - schedule.firstWindowTickNs) / schedule.barNs) + 1
    }

    /// Half of them anywhere within bars; the others where leaks hide: at a bar's tick, just
    /// before one, and where a bar closes.
    static func draw(_ count: Int, of schedule: BarSchedule, seed: UInt64) -> [AuditCut] {
        let firstNs = schedule.firstWindowTickNs
        let lastNs = schedule.lastCloseNs + schedule.barDelayNs
        guard lastNs >= firstNs else { return [] }
        var random = RandomStream(seed: seed, "audit", "cuts")
        return (0..<count).map { index in
            let anyNs = firstNs + Int64(random.integer(below: UInt64(lastNs - firstNs + 1)))
            let tickNs = anyNs - (anyNs - firstNs) % schedule.barNs
            let atNs =
                switch index % 6 {
                case 3: tickNs
                case 4: tickNs + schedule.barNs - 1
                case 5: tickNs + schedule.barNs - schedule.barDelayNs
                default: anyNs
                }
            return AuditCut(atNs: atNs, schedule)
        }
    }

    /// Until when the noise has the better part of a bar left: the next row is then sure to tell.
    func isEarlyInBar(_ schedule: BarSchedule) -> Bool {
        let closeNs = schedule.firstWindowCloseNs + Int64(nextRow) * schedule.barNs
        return closeNs - atNs >= schedule.barNs / 2
    }
}

extension BarSchedule {
    /// When the first row that is handed on comes to be.
    var firstWindowTickNs: Int64 { firstWindowCloseNs + barDelayNs }
}

/// What noise after an instant moved.
struct CutComparison: Equatable, Sendable {
    /// Something that was known at the instant, and is another when what comes later is.
    struct Move: Equatable, Sendable {
        enum Kind: String, Sendable { case column, signal, table }

        let kind: Kind
        let subject: String
        /// From when it was known to the instant: so far it looked ahead, at least.
        var aheadNs: Int64
        var count: Int
    }

    let cut: AuditCut
    /// In the order of the columns, then signals, then tables.
    private(set) var moves: [Move] = []
    private(set) var valueCount = 0
    private(set) var predictionCount = 0
    private(set) var journalRowCount = 0
    /// By symbol, then column: which row moved first, counted from the cut's next one; nil where
    /// none did.
    private(set) var firstMoves: [[Int?]]
    /// A stopped run may have played some rows more, as its slices came.
    private let rowCount: Int

    /// Whether the noise is seen where it may be.
    var showsNoise: Bool { firstMoves.joined().contains { $0.map { $0 >= 0 } ?? false } }

    /// - Parameter barsAfter: how many rows after the next one are looked at.
    init(
        _ cut: AuditCut, barsAfter: Int, clean: RunTrace, noisy: RunTrace,
        columns: [FeatureColumn]
    ) {
        self.cut = cut
        rowCount = cut.nextRow + barsAfter + 1
        firstMoves = clean.rows.map { _ in [Int?](repeating: nil, count: columns.count) }
        compareRows(clean.rows, noisy.rows, columns)
        comparePredictions(clean.predictions, noisy.predictions)
        compareJournals(clean.journal, noisy.journal)
    }

    private mutating func note(_ kind: Move.Kind, _ subject: String, knownNs: Int64) {
        let aheadNs = cut.atNs - knownNs
        if let index = moves.firstIndex(where: { $0.kind == kind && $0.subject == subject }) {
            moves[index].aheadNs = max(moves[index].aheadNs, aheadNs)
            moves[index].count += 1
        } else {
            moves.append(Move(kind: kind, subject: subject, aheadNs: aheadNs, count: 1))
        }
    }

    // MARK: - Rows

    private mutating func compareRows(
        _ clean: [FeatureRows], _ noisy: [FeatureRows], _ columns: [FeatureColumn]
    ) {
        for (index, column) in columns.enumerated() {
            for symbol in clean.indices {
                compare(clean[symbol], noisy[symbol], symbol, index, column, columns.count)
            }
        }
    }

    private mutating func compare(
        _ clean: FeatureRows, _ noisy: FeatureRows, _ symbol: Int, _ index: Int,
        _ column: FeatureColumn, _ width: Int
    ) {
        for row in 0..<min(clean.tickNs.count, rowCount) {
            let place = row * width + index
            let isEqual =
                place < noisy.values.count
                && clean.values[place].bitPattern == noisy.values[place].bitPattern
            if row < cut.nextRow { valueCount += 1 }
            if isEqual { continue }
            if row < cut.nextRow { note(.column, column.name, knownNs: clean.tickNs[row]) }
            if firstMoves[symbol][index] == nil {
                firstMoves[symbol][index] = row - cut.nextRow
            }
        }
    }

    // MARK: - Signals

    private mutating func comparePredictions(_ clean: [Prediction], _ noisy: [Prediction]) {
        for (index, own) in clean.enumerated() {
            guard own.tickNs <= cut.atNs else { break }
            predictionCount += 1
            let other = noisy.indices.contains(index) ? noisy[index] : nil
            if own.probability?.bitPattern != other?.probability?.bitPattern {
                note(.signal, "\(own.role.name) probability", knownNs: own.tickNs)
            }
            if own.action != other?.action {
                note(.signal, "\(own.role.name) action", knownNs: own.tickNs)
            }
            if own.model != other?.model || own.substitution != other?.substitution
                || own.nanCount != other?.nanCount
            {
                note(.signal, "\(own.role.name) model", knownNs: own.tickNs)
            }
        }
    }

    // MARK: - Journal

    /// Rows of one table, and of one ledger where the table has several.
    private struct Track: Equatable {
        let name: String
        var rows: [JournalRow] = []
    }

    /// Orders and trades stand in another place when one before them is not there, so tracks are
    /// held against each other from their beginning to the first difference.
    private mutating func compareJournals(_ clean: [JournalRow], _ noisy: [JournalRow]) {
        let (own, other) = (tracks(clean), tracks(noisy))
        let names =
            own.map(\.name)
            + other.map(\.name).filter { name in
                !own.contains { $0.name == name }
            }
        for name in names {
            let rows = own.first { $0.name == name }?.rows ?? []
            let others = other.first { $0.name == name }?.rows ?? []
            journalRowCount += rows.count
            let same = zip(rows, others).prefix { $0 == $1 }.count
            guard same < max(rows.count, others.count) else { continue }
            let known = [rows, others].compactMap { $0.count > same ? $0[same].atNs : nil }
            note(.table, name, knownNs: known.min() ?? cut.atNs)
        }
    }

    private func tracks(_ rows: [JournalRow]) -> [Track] {
        var tracks: [Track] = []
        for row in rows {
            guard row.atNs <= cut.atNs else { break }
            guard let name = row.trackName else { continue }
            let index = tracks.firstIndex { $0.name == name } ?? tracks.count
            if index == tracks.count { tracks.append(Track(name: name)) }
            tracks[index].rows.append(row)
        }
        return tracks
    }
}

extension JournalRow {
    /// Nil for predictions, which are compared as they are before they are rounded.
    fileprivate var trackName: String? {
        switch table {
        case .predictions: nil
        case .orders, .trades, .payments, .marks:
            if case .text(let ledger) = values[0] { "\(table.rawValue) of \(ledger)" } else { nil }
        case .symbols, .models, .labels, .quality, .events, .alerts, .commands, .days,
            .measurements, .rollout:
            table.rawValue
        }
    }
}
