/// The layout of a `.npy` file: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
package enum NPYLayout {
    /// The data begins here, aligned to 64 bytes as the format asks.
    package static let headerSize = 128
    static let pieceSize = 1 << 16

    /// A header of ``headerSize`` bytes for `rowCount` rows of `type`.
    package static func header(type: String, rowCount: Int, columnCount: Int?) -> [UInt8] {
        let shape = columnCount.map { "(\(rowCount), \($0))" } ?? "(\(rowCount),)"
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        let textSize = UInt16(headerSize - bytes.count - 2)
        bytes += [UInt8(truncatingIfNeeded: textSize), UInt8(truncatingIfNeeded: textSize >> 8)]
        bytes += Array(text.utf8)
        // Two numbers of 19 digits leave room, so this pads every header to the same size.
        precondition(bytes.count < headerSize, "a header has room for every shape")
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: headerSize - bytes.count - 1)
        return bytes + [UInt8(ascii: "\n")]
    }

    /// What follows `type`'s header in `bytes`: the data's offset, rows and columns. Nil where they
    /// are no array of rows of that type in C order, or its data is not as long as it says.
    package static func table<Element: NPYElement>(
        _ bytes: [UInt8], of type: Element.Type
    ) -> NPYTable? {
        guard bytes.count > 10, bytes[..<8] == [0x93, 78, 85, 77, 80, 89, 1, 0] else { return nil }
        let dataOffset = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        guard bytes.count >= dataOffset else { return nil }
        let text = String(decoding: bytes[10..<dataOffset].filter { $0 > 32 }, as: UTF8.self)
        let opening = "{'descr':'\(Element.npyType)','fortran_order':False,'shape':("
        guard text.hasPrefix(opening), text.hasSuffix("),}") else { return nil }
        let shape = text.dropFirst(opening.count).dropLast(3).split(separator: ",").map { Int($0) }
        guard shape.count == 2, let rowCount = shape[0], let columnCount = shape[1],
            rowCount >= 0, columnCount > 0
        else { return nil }
        let (count, isTooLarge) = rowCount.multipliedReportingOverflow(by: columnCount)
        let size = bytes.count - dataOffset
        guard !isTooLarge, size % MemoryLayout<Element>.stride == 0,
            size / MemoryLayout<Element>.stride == count
        else { return nil }
        return NPYTable(dataOffset: dataOffset, rowCount: rowCount, columnCount: columnCount)
    }
}

/// Where the rows of a `.npy` file's bytes begin, and how many there are.
package struct NPYTable: Equatable, Sendable {
    package let dataOffset: Int
    package let rowCount: Int
    package let columnCount: Int
}
