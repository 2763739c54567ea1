import Journal

/// Puts the rows of a run into one order, whatever the slices in which they came: by time, then by
/// table, then by a key that the row's maker gives.
struct RowOrder: Sendable {
    private struct Entry {
        let row: JournalRow
        let key: Int
        let arrival: Int
    }

    private var waiting: [Entry] = []
    private var arrivalCount = 0

    /// Rows of one time, table and key keep the order in which they were added.
    mutating func add(_ row: JournalRow, key: Int = 0) {
        waiting.append(Entry(row: row, key: key, arrival: arrivalCount))
        arrivalCount += 1
    }

    /// The rows of all times up to `timeNs`, of which no more will come. Those of later times wait:
    /// a slice may end in the middle of an instant.
    mutating func take(throughNs timeNs: Int64) -> [JournalRow] {
        let split = waiting.partition { $0.row.atNs <= timeNs }
        let ready = waiting[split...].sorted {
            ($0.row.atNs, $0.row.table.rank, $0.key, $0.arrival)
                < ($1.row.atNs, $1.row.table.rank, $1.key, $1.arrival)
        }
        waiting.removeSubrange(split...)
        return ready.map(\.row)
    }
}

extension JournalTable {
    /// Causes come before their effects.
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
