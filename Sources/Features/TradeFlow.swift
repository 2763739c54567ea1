import Market

/// Walks the trades of a slice beside its books and sums up what takers bought less what they sold,
/// in size units.
struct TradeFlow {
    private(set) var unknownSideCount = 0
    private let pieces: [StreamSlice]
    private var nextPiece = 0
    // What is left of the piece at hand.
    private var rows = 0..<0
    private var visibleNs: [Int64] = []
    private var sizes: [Int64] = []
    private var sides: [Int64] = []

    init(_ pieces: [StreamSlice]) {
        self.pieces = pieces
    }

    /// Writes, for each row of books in `bookRows`, what was traded since the row before it: a trade
    /// counts for the first snapshot that is visible when it is, or later.
    mutating func take(
        through bookVisibleNs: [Int64], _ bookRows: Range<Int>, into volumes: inout [Int128]
    ) {
        for index in 0..<bookRows.count { volumes[index] = 0 }
        guard let lastRow = bookRows.last else { return }
        let lastNs = bookVisibleNs[lastRow]
        var bookRow = bookRows.lowerBound
        while hasTrade() {
            var row = rows.lowerBound
            while row < rows.upperBound, visibleNs[row] <= lastNs {
                while bookVisibleNs[bookRow] < visibleNs[row] { bookRow += 1 }
                volumes[bookRow - bookRows.lowerBound] += signedVolume(row)
                row += 1
            }
            rows = row..<rows.upperBound
            guard rows.isEmpty else { return }
        }
    }

    /// What was traded in all that is left.
    mutating func takeRest() -> Int128 {
        var volume: Int128 = 0
        while hasTrade() {
            for row in rows { volume += signedVolume(row) }
            rows = rows.upperBound..<rows.upperBound
        }
        return volume
    }

    private mutating func signedVolume(_ row: Int) -> Int128 {
        switch AggressorSide(rawValue: sides[row]) {
        case .buy: return Int128(sizes[row])
        case .sell: return -Int128(sizes[row])
        case .unknown, nil:
            unknownSideCount += 1
            return 0
        }
    }

    /// Goes on to the next piece that has rows, if none are left of this one.
    private mutating func hasTrade() -> Bool {
        while rows.isEmpty, nextPiece < pieces.count {
            let piece = pieces[nextPiece]
            nextPiece += 1
            rows = piece.rows
            visibleNs = piece.visibleNs
            sizes = piece.block[.size]
            sides = piece.block[.side]
        }
        return !rows.isEmpty
    }
}
