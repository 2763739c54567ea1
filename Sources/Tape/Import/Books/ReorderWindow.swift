/// Puts rows in order of their venue's number when they come interleaved, within a bounded window.
struct ReorderWindow: Sendable {
    /// Rows that may come too late by at least half of this many rows.
    static let capacity = 8_192

    private var pending: [(key: Int64, row: ImportedRow)] = []
    private var lastKeyOut = Int64.min

    mutating func add(
        _ row: ImportedRow, key: Int64, into output: inout ParserOutput
    ) throws(RowFault) {
        guard key >= lastKeyOut else {
            throw RowFault(
                .timeBackwards, field: "update_id", value: "\(key) after \(lastKeyOut)",
                advice: "rows may be out of order by \(Self.capacity / 2) rows; sort the file")
        }
        var index = pending.count
        while index > 0, pending[index - 1].key > key { index -= 1 }
        pending.insert((key, row), at: index)
        if pending.count >= Self.capacity { release(Self.capacity / 2, into: &output) }
    }

    mutating func releaseAll(into output: inout ParserOutput) {
        release(pending.count, into: &output)
    }

    private mutating func release(_ count: Int, into output: inout ParserOutput) {
        guard count > 0 else { return }
        lastKeyOut = pending[count - 1].key
        for index in 0..<count { output.rows.append(pending[index].row) }
        pending.removeFirst(count)
    }
}
