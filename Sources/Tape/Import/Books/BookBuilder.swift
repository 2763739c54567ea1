internal import Market

/// A whole book, kept up by changes to single levels.
///
/// Prices are integers at the finest scale met so far; a finer price rescales the book once.
struct BookBuilder: Sendable {
    /// More levels on a side than any venue has: the source is not what it says it is.
    static let levelsMax = 200_000

    private var bids = LevelList()
    private var asks = LevelList()
    private var priceDecimals = 0

    var isCrossed: Bool {
        guard let bid = bids.bestKey, let ask = asks.bestKey else { return false }
        return bid >= -ask
    }

    mutating func clear() {
        bids.removeAll()
        asks.removeAll()
    }

    /// Sets a level to `size`; size 0 removes it.
    mutating func set(
        _ side: BookSide, price: Decimal, size: Decimal
    ) throws(RowFault) {
        guard !size.isNegative else {
            throw RowFault(.negative, field: "level size", value: size.text)
        }
        guard price.mantissa > 0 else {
            throw RowFault(.negative, field: "level price", value: price.text)
        }
        if price.decimals > priceDecimals { try rescale(to: price) }
        guard let units = price.units(decimals: priceDecimals) else {
            throw RowFault(.outOfRange, field: "level price", value: price.text)
        }
        switch side {
        case .bid: bids.set(units, size)
        case .ask: asks.set(-units, size)
        }
        guard max(bids.count, asks.count) <= Self.levelsMax else {
            throw RowFault(.outOfRange, field: "levels of a book", value: "\(Self.levelsMax)")
        }
    }

    /// The best `count` levels of both sides.
    func top(_ count: Int, updateID: Int64?) -> ImportedBook {
        ImportedBook(
            bids: bids.best(count, decimals: priceDecimals),
            asks: asks.best(count, decimals: priceDecimals), updateID: updateID)
    }

    private mutating func rescale(to price: Decimal) throws(RowFault) {
        let factor = FixedPoint.powerOfTen(price.decimals - priceDecimals)
        guard bids.multiply(by: factor), asks.multiply(by: factor) else {
            throw RowFault(.outOfRange, field: "level price", value: price.text)
        }
        priceDecimals = price.decimals
    }
}

/// Which side of a book a level stands on.
enum BookSide: Sendable {
    case bid, ask
}

/// The levels of one side, the best one last, where almost all changes happen.
private struct LevelList: Sendable {
    // A bid's key is its price, an ask's the negative: the best key is the largest on both sides.
    private var keys: [Int64] = []
    private var sizes: [Decimal] = []

    var bestKey: Int64? { keys.last }
    var count: Int { keys.count }

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        sizes.removeAll(keepingCapacity: true)
    }

    mutating func set(_ key: Int64, _ size: Decimal) {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        let isPresent = low < keys.count && keys[low] == key
        if size.mantissa == 0 {
            guard isPresent else { return }
            keys.remove(at: low)
            sizes.remove(at: low)
        } else if isPresent {
            sizes[low] = size
        } else {
            keys.insert(key, at: low)
            sizes.insert(size, at: low)
        }
    }

    /// False, and nothing changed, when a price would not fit.
    mutating func multiply(by factor: Int64) -> Bool {
        var scaled = keys
        for index in scaled.indices {
            let (product, overflow) = scaled[index].multipliedReportingOverflow(by: factor)
            if overflow { return false }
            scaled[index] = product
        }
        keys = scaled
        return true
    }

    func best(_ count: Int, decimals: Int) -> [ImportedBook.Level] {
        var levels: [ImportedBook.Level] = []
        levels.reserveCapacity(min(count, keys.count))
        for index in stride(from: keys.count - 1, through: max(0, keys.count - count), by: -1) {
            let price = keys[index] < 0 ? -keys[index] : keys[index]
            guard let price = Decimal(mantissa: price, decimals: decimals) else { continue }
            levels.append(ImportedBook.Level(price: price, size: sizes[index]))
        }
        return levels
    }
}
