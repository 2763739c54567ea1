/// A number that a `.npy` file can hold.
package protocol NPYElement: BitwiseCopyable, Sendable {
    /// NumPy's name of the type: byte order, kind and size.
    static var npyType: String { get }
}

extension Double: NPYElement {
    package static var npyType: String { "<f8" }
}

extension Int64: NPYElement {
    package static var npyType: String { "<i8" }
}

/// Writes one array in NumPy's format, version 1.0, as rows come in: `numpy.load` reads it.
///
/// The header has room for any number of rows, so that the true number is put in at the end. The
/// file is open only while a piece of some 64 kB is written to it.
package struct NPYFile<Element: NPYElement>: Sendable {
    package let path: String
    /// How many rows were appended, written or not.
    package private(set) var rowCount = 0
    /// Nil for an array of one dimension.
    private let columnCount: Int?
    private var pending: [Element] = []

    /// Makes the file, of no rows, over what is there.
    package init(_ path: String, columnCount: Int? = nil) throws(OutputError) {
        precondition(columnCount.map { $0 > 0 } ?? true, "a row holds at least one value")
        self.path = path
        self.columnCount = columnCount
        try OutputFile.create(path, header)
    }

    /// Appends whole rows, each `columnCount` values long.
    package mutating func append(_ values: [Element]) throws(OutputError) {
        let (rows, rest) = values.count.quotientAndRemainder(dividingBy: columnCount ?? 1)
        precondition(rest == 0, "rows are appended whole")
        pending += values
        rowCount += rows
        if pending.count >= NPYLayout.pieceSize / MemoryLayout<Element>.stride { try flush() }
    }

    /// Writes what is left, then the number of rows, and forces the file to the disk.
    package mutating func finish() throws(OutputError) {
        try flush()
        try OutputFile.seal(path, front: header)
    }

    private mutating func flush() throws(OutputError) {
        if pending.isEmpty { return }
        try OutputFile.append(path, pending)
        pending.removeAll(keepingCapacity: true)
    }

    private var header: [UInt8] {
        NPYLayout.header(type: Element.npyType, rowCount: rowCount, columnCount: columnCount)
    }
}
