import Journal

/// Puts the rows of a run into one order, whatever the slices in which they came: by time, then by
/// table, then by a key that the row's maker gives.
struct RowOrder: Sendable {
    private struct Entry {
        let row: JournalRow
        let key: Int
    }

    /// What decides where an entry stands; small, because sorting moves it about.
    private struct Place {
        let atNs: Int64
        let table: Int
        let key: Int
        let index: Int
    }

    /// In the order in which they were added.
    private var waiting: [Entry] = []

    /// Rows of one time, table and key keep the order in which they were added.
    mutating func add(_ row: JournalRow, key: Int = 0) {
        waiting.append(Entry(row: row, key: key))
    }

    /// The rows of all times up to `timeNs`, of which no more will come. Those of later times wait:
    /// a slice may end in the middle of an instant.
    mutating func take(throughNs timeNs: Int64) -> [JournalRow] {
        var places: [Place] = []
        for (index, entry) in waiting.enumerated() where entry.row.atNs <= timeNs {
            places.append(
                Place(
                    atNs: entry.row.atNs, table: entry.row.table.place, key: entry.key,
                    index: index))
        }
        // Tables stand in the order in which causes come before their effects.
        places.sort {
            ($0.atNs, $0.table, $0.key, $0.index) < ($1.atNs, $1.table, $1.key, $1.index)
        }
        let ready = places.map { waiting[$0.index].row }
        waiting.removeAll { $0.row.atNs <= timeNs }
        return ready
    }
}
