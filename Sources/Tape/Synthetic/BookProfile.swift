import Numerics

/// The recorded markets whose books a symbol may imitate.
package enum RecordedMarket: String, CaseIterable, Sendable {
    case spotBTC, spotETH, perpetualBTC, perpetualETH
}

/// How the book of one kind of market looks and how much of it changes, in ticks and lots.
///
/// Each profile imitates one recorded market; `docs/synthetic-market.md` compares them.
struct BookProfile: Sendable {
    /// The share of seconds in which the touch moves, and the whole book with it.
    let moveShare: Double
    /// While the touch stands: the share of seconds in which the price at level 2, 3, ... changes.
    let levelShares: [Double]
    /// While a level's price stands: the share of seconds in which its size changes.
    let refreshShare: Double
    /// The share of books whose spread exceeds one tick, and by how many ticks on average.
    let wideShare: Double
    let wideTicks: Double
    /// ``Quantiles`` of the gap to the next better level, of level sizes and of trade sizes.
    private let tables: [Int64]

    /// What a table tells, in the order in which the tables stand.
    enum Table: Int {
        case gapSecond, gapThird, gapUpper, gapLower
        case sizeFirst, sizeSecond, sizeThird, sizeUpper, sizeLower
        case trade
    }

    init(
        moveShare: Double, levelShares: [Double], refreshShare: Double, wideShare: Double,
        wideTicks: Double, gaps: [[Int64]], sizes: [[Int64]], trades: [[Int64]]
    ) {
        self.moveShare = moveShare
        self.levelShares = levelShares
        self.refreshShare = refreshShare
        self.wideShare = wideShare
        self.wideTicks = wideTicks
        let all = gaps + sizes + trades
        precondition(all.allSatisfy { $0.count == Self.intervals + 1 }, "a table lacks a quantile")
        tables = all.flatMap { $0 }
    }

    static let levelsMax = 10
    /// Quantiles stand at multiples of 1/32; the last one is at 0.995, for the tails are long.
    private static let intervals = 32
    private static let fractionBits = 11

    /// A draw from `table` for 16 uniform random bits, linear between two quantiles. Quantiles
    /// that are equal keep the sizes that traders repeat.
    @inline(__always)
    func draw(_ table: Table, bits: UInt64) -> Int64 {
        let index = table.rawValue * (Self.intervals + 1) + Int(bits >> Self.fractionBits)
        let fraction = Int64(bits & (1 << Self.fractionBits - 1))
        let low = tables[index]
        return low + (((tables[index + 1] - low) * fraction) >> Self.fractionBits)
    }

    @inline(__always)
    static func sizeTable(level: Int) -> Table {
        switch level {
        case 0: .sizeFirst
        case 1: .sizeSecond
        case 2: .sizeThird
        case ...4: .sizeUpper
        default: .sizeLower
        }
    }

    @inline(__always)
    static func gapTable(level: Int) -> Table {
        switch level {
        case ...1: .gapSecond
        case 2: .gapThird
        case ...5: .gapUpper
        default: .gapLower
        }
    }

    /// The chance that something with `share` changes a second happens within `seconds`.
    static func share(_ share: Double, inSeconds seconds: Double) -> Double {
        1 - Elementary.pow(1 - share, seconds)
    }
}
