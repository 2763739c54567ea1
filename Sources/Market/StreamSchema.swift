/// The four kinds of market events, in the order in which they count at one instant.
package enum StreamKind: String, Sendable, CaseIterable {
    case funding, trades, books, candles
}

/// Which columns a stream has, and how they fall into groups that are stored and read apart.
///
/// The order is fixed by the kind, so that two streams of one schema hold equal columns at equal
/// positions. Group 0 always begins with the event time; books add one group for the best five
/// levels and one for all others: levels that move up the book then keep their bytes in sight of zstd.
package struct StreamSchema: Hashable, Sendable {
    package let kind: StreamKind
    /// Book levels a side; 0 for other kinds.
    package let levels: Int
    /// What the source recorded beyond the columns that every stream of the kind has.
    package let extras: Extras
    package let columns: [Column]
    /// Ranges of `columns`, in order and without gaps.
    package let groups: [Range<Int>]

    package struct Extras: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let receiveTime = Extras(rawValue: 1)
        /// Trade ids, or the update ids of books.
        package static let identifiers = Extras(rawValue: 2)
        /// A candle's quote volume.
        package static let quoteVolume = Extras(rawValue: 4)
        /// A candle's trade count and the volumes of its taker buys.
        package static let takerFlow = Extras(rawValue: 8)
    }

    package static let levelsMax = 50
    /// Levels that have a group of their own: what features of the book read.
    package static let bestLevels = 5

    package static func candles(extras: Extras = []) -> StreamSchema {
        var columns: [[Column]] = [[.open, .high, .low, .close, .volume], []]
        if extras.contains(.quoteVolume) { columns[1].append(.quoteVolume) }
        if extras.contains(.takerFlow) {
            columns[1] += [.tradeCount, .takerBuyVolume, .takerBuyQuoteVolume]
        }
        return StreamSchema(
            .candles, extras: extras, columns)
    }

    package static func trades(extras: Extras = []) -> StreamSchema {
        let identifiers: [Column] = extras.contains(.identifiers) ? [.tradeID] : []
        return StreamSchema(
            .trades, extras: extras,
            [[.price, .size, .side], identifiers])
    }

    package static func books(levels: Int, extras: Extras = []) -> StreamSchema {
        precondition((1...levelsMax).contains(levels), "a book has 1 to \(levelsMax) levels")
        var columns: [[Column]] = [[.bidCount, .askCount]]
        if extras.contains(.identifiers) { columns[0].append(.updateID) }
        let best = min(levels, bestLevels)
        for group in [0..<best, best..<levels] where !group.isEmpty {
            columns.append(
                group.flatMap { [Column.bidPrice($0), .bidSize($0)] }
                    + group.flatMap { [Column.askPrice($0), .askSize($0)] })
        }
        return StreamSchema(
            .books, levels: levels, extras: extras, columns)
    }

    package static func funding(extras: Extras = []) -> StreamSchema {
        StreamSchema(
            .funding, extras: extras, [[.fundingRate, .markPrice, .fundingInterval]])
    }

    private init(
        _ kind: StreamKind, levels: Int = 0, extras: Extras, _ grouped: [[Column]]
    ) {
        precondition(
            extras.isSubset(of: Self.extrasAllowed(kind)), "\(kind) cannot record \(extras)")
        self.kind = kind
        self.levels = levels
        self.extras = extras
        var columns: [Column] =
            extras.contains(.receiveTime) ? [.eventTime, .receiveTime] : [.eventTime]
        var groups: [Range<Int>] = []
        for (index, group) in grouped.enumerated() where index == 0 || !group.isEmpty {
            let start = index == 0 ? 0 : columns.count
            columns += group
            groups.append(start..<columns.count)
        }
        self.columns = columns
        self.groups = groups
    }

    /// What a stream of this kind can record beyond its own columns.
    package static func extrasAllowed(_ kind: StreamKind) -> Extras {
        switch kind {
        case .candles: [.receiveTime, .quoteVolume, .takerFlow]
        case .trades, .books: [.receiveTime, .identifiers]
        case .funding: [.receiveTime]
        }
    }

    package func index(of column: Column) -> Int? {
        columns.firstIndex(of: column)
    }

    /// How many groups, from the first, hold the best `levels` levels; all of them for other kinds.
    /// No levels at all leave the first group of any kind: times, and what has no group of its own.
    package func groupCount(levels wanted: Int) -> Int {
        guard wanted > 0 else { return 1 }
        guard kind == .books else { return groups.count }
        return min(groups.count, wanted <= Self.bestLevels ? 2 : 3)
    }
}
