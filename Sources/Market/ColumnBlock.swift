/// Rows of one stream in columns.
///
/// A block is built or decoded once, then shared and never changed; a reader may also reuse one
/// as its buffer. Columns that a projection left out stay empty.
package struct ColumnBlock: Equatable, Sendable {
    package let schema: StreamSchema
    package private(set) var rowCount = 0
    /// One array for each of the schema's columns: `rowCount` values, or none if not read.
    package private(set) var columns: [[Int64]]

    package init(schema: StreamSchema, reserving rowCapacity: Int = 0) {
        self.schema = schema
        columns = schema.columns.map { _ in [] }
        for index in columns.indices { columns[index].reserveCapacity(rowCapacity) }
    }

    /// Takes whole columns in the schema's order, all of one length.
    package init(schema: StreamSchema, columns: [[Int64]]) {
        precondition(columns.count == schema.columns.count, "a column is missing or too much")
        let rowCount = columns[0].count
        precondition(columns.allSatisfy { $0.count == rowCount }, "columns differ in length")
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }

    package var isEmpty: Bool { rowCount == 0 }

    /// Event times of all rows, in tape order.
    package var eventTimes: [Int64] { columns[0] }

    package subscript(_ column: Column) -> [Int64] {
        guard let index = schema.index(of: column) else {
            preconditionFailure("a \(schema.kind) stream has no column \(column.name)")
        }
        return columns[index]
    }

    /// When row `row` could be known, before order within the stream is taken into account:
    /// the later of event and receive time.
    package func ownVisibleTimeNs(row: Int) -> Int64 {
        guard schema.extras.contains(.receiveTime) else { return columns[0][row] }
        return max(columns[0][row], columns[1][row])
    }

    /// Writes when each row can be known: no earlier than its own time and the row before it.
    ///
    /// - Parameters:
    ///   - startNs: when the first row is known at the earliest.
    ///   - addedNs: how much later than its own time a row is seen.
    package func visibleTimes(
        from startNs: Int64, addingNs addedNs: Int64, into times: inout [Int64]
    ) {
        if times.count != rowCount { times = [Int64](repeating: 0, count: rowCount) }
        let hasReceiveTime = schema.extras.contains(.receiveTime)
        let own = columns[0]
        let received = columns[hasReceiveTime ? 1 : 0]
        var latestNs = startNs + addedNs
        for row in 0..<rowCount {
            latestNs = max(latestNs, max(own[row], received[row]) + addedNs)
            times[row] = latestNs
        }
    }

    /// Appends one row, its values in the schema's order.
    package mutating func append(row values: Span<Int64>) {
        precondition(values.count == columns.count, "a row has a value for every column")
        for index in columns.indices { columns[index].append(values[index]) }
        rowCount += 1
    }

    package mutating func append(_ rows: Range<Int>, of other: ColumnBlock) {
        precondition(schema == other.schema, "blocks of two schemas do not join")
        for index in columns.indices { columns[index] += other.columns[index][rows] }
        rowCount += rows.count
    }

    package mutating func removeAll(keepingCapacity: Bool) {
        for index in columns.indices {
            columns[index].removeAll(keepingCapacity: keepingCapacity)
        }
        rowCount = 0
    }

    /// Makes room for `rowCount` rows and lets `fill` write each of the first `columnCount`
    /// columns; the others become empty.
    package mutating func fill<E: Error>(
        rowCount: Int, columnCount: Int,
        _ body: (_ columns: inout [[Int64]]) throws(E) -> Void
    ) throws(E) {
        for index in columns.indices {
            let wanted = index < columnCount ? rowCount : 0
            if columns[index].count != wanted {
                columns[index] = [Int64](repeating: 0, count: wanted)
            }
        }
        self.rowCount = rowCount
        try body(&columns)
    }
}
