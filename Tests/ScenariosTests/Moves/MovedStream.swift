import Market
import Scenarios
import TestSupport

/// A stream whose rows are told apart by their sizes, and what becomes of it when it passes through
/// moves in blocks, as a feed does it.
struct MovedStream {
    let block: ColumnBlock
    /// As the tape has it.
    let visibleNs: [Int64]

    /// 2025-01-06.
    static let startNs: Int64 = 1_736_121_600 * Timestamp.secondNs
    static let latencyNs = Timestamp.secondNs / 4

    init(_ block: ColumnBlock) {
        self.block = block
        var times: [Int64] = []
        let isReceived = block.schema.extras.contains(.receiveTime)
        block.visibleTimes(
            from: .min / 2, addingNs: isReceived ? 0 : Self.latencyNs, into: &times)
        visibleNs = times
    }

    /// What comes out, row by row.
    struct Passed: Equatable {
        var block: ColumnBlock
        var visibleNs: [Int64] = []
        /// What is against the contract that a feed relies on.
        var problems: [String] = []
        var untouchedCount = 0

        /// The number that each row had on the tape, by its size.
        var numbers: [Int] { block.numbers }

        static func == (a: Passed, b: Passed) -> Bool {
            a.block == b.block && a.visibleNs == b.visibleNs
        }

        fileprivate mutating func take(_ rows: RowMoves.Rows, beyondNs: Int64) {
            block.append(rows.rows, of: rows.block)
            visibleNs += rows.visibleNs[rows.rows]
            if let firstNs = rows.rows.first.map({ rows.visibleNs[$0] }), firstNs < beyondNs {
                problems.append("a row seen at \(firstNs) came after all up to \(beyondNs)")
            }
        }
    }

    /// Passes the rows in blocks of the given sizes, the last of which is repeated.
    func passed(
        through injections: [PlacedInjection], seed: UInt64 = 1, blockSizes: [Int] = [64]
    ) -> Passed {
        var passed = Passed(block: ColumnBlock(schema: block.schema))
        var moves = RowMoves(injections, schema: block.schema, symbol: "BTCUSDC", seed: seed)
        var sizes = blockSizes.makeIterator()
        var size = 0
        var starts: [Int] = [0]
        while let start = starts.last, start < block.rowCount {
            size = sizes.next() ?? size
            starts.append(min(start + size, block.rowCount))
        }
        var horizonNs = Int64.min
        for (index, (start, end)) in zip(starts, starts.dropFirst()).enumerated() {
            let rows = RowMoves.Rows(
                block: part(start..<end), visibleNs: Array(visibleNs[start..<end]),
                rows: 0..<(end - start))
            let nextEnd = index + 2 < starts.count ? starts[index + 2] : nil
            let isTouched =
                moves?.touches(
                    visibleNs[start]...visibleNs[end - 1], nextNs: nextEnd.map { visibleNs[$0 - 1] }
                ) ?? false
            if isTouched, let moved = moves?.move(rows) {
                passed.take(moved, beyondNs: horizonNs)
            } else {
                if let rest = moves?.rest() { passed.take(rest, beyondNs: horizonNs) }
                passed.take(rows, beyondNs: horizonNs)
                passed.untouchedCount += 1
            }
            horizonNs = visibleNs[end - 1]
        }
        if let rest = moves?.rest() { passed.take(rest, beyondNs: horizonNs) }
        return passed
    }

    private func part(_ rows: Range<Int>) -> ColumnBlock {
        var part = ColumnBlock(schema: block.schema)
        part.append(rows, of: block)
        return part
    }
}

extension ColumnBlock {
    /// The number that each row was given when the stream was drawn.
    var numbers: [Int] {
        switch schema.kind {
        case .candles: self[.open].map { Int($0) }
        case .trades: self[.tradeID].map { Int($0) }
        case .books: self[.updateID].map { Int($0) }
        case .funding: self[.fundingRate].map { Int($0) }
        }
    }
}

extension MovedStream {
    /// A stream of which a row comes about every `stepNs`. Where receive times are recorded, event
    /// times run back now and then, some rows come late, and a few by hours.
    init(
        _ kind: StreamKind, isReceived: Bool = false, count: Int = 3600,
        stepNs: Int64 = 2 * Timestamp.secondNs, seed: UInt64 = 7
    ) {
        let received: StreamSchema.Extras = isReceived ? [.receiveTime] : []
        let schema: StreamSchema =
            switch kind {
            case .candles: .candles(extras: received.union([.quoteVolume, .takerFlow]))
            case .trades: .trades(extras: received.union(.identifiers))
            case .books: .books(levels: 7, extras: received.union(.identifiers))
            case .funding: .funding(extras: received)
            }
        var generator = SeededGenerator(seed: seed)
        var block = ColumnBlock(schema: schema)
        for number in 0..<count {
            let jitterNs = kind == .candles ? 0 : Int64.random(in: 0..<stepNs, using: &generator)
            let eventNs =
                Self.startNs + Int64(number + 1) * stepNs - jitterNs * (isReceived ? 2 : 1)
            let isLate = Int.random(in: 0..<1000, using: &generator) == 0
            let lateNs = Int64.random(
                in: 0..<(isLate ? 2 * Timestamp.hourNs : Timestamp.secondNs / 2),
                using: &generator)
            Self.append(
                number, eventNs, isReceived ? eventNs + lateNs : nil, to: &block, using: &generator)
        }
        self.init(block)
    }

    private static func append(
        _ number: Int, _ eventNs: Int64, _ receiveNs: Int64?, to block: inout ColumnBlock,
        using generator: inout SeededGenerator
    ) {
        let value = Int64(number)
        switch block.schema.kind {
        case .candles:
            block.append(
                Candle(
                    eventTimeNs: eventNs, receiveTimeNs: receiveNs, open: value, high: value + 9,
                    low: value - 9, close: value + 3, volume: 50, quoteVolume: 60,
                    takerFlow: .init(tradeCount: 7, buyVolume: 20, buyQuoteVolume: 30)))
        case .trades:
            block.append(
                Trade(
                    eventTimeNs: eventNs, receiveTimeNs: receiveNs,
                    price: Int64.random(in: 1000...1010, using: &generator),
                    size: Int64.random(in: 1...50, using: &generator),
                    side: Bool.random(using: &generator) ? .buy : .sell, id: value))
        case .books:
            func levels(_ sign: Int64) -> [BookSnapshot.Level] {
                (0..<Int64.random(in: 1...7, using: &generator)).map {
                    BookSnapshot.Level(
                        price: 1000 + sign * ($0 + 1),
                        size: Int64.random(in: 1...50, using: &generator))
                }
            }
            block.append(
                BookSnapshot(
                    eventTimeNs: eventNs, receiveTimeNs: receiveNs, updateID: value,
                    bids: levels(-1), asks: levels(1)))
        case .funding:
            block.append(
                FundingPrint(eventTimeNs: eventNs, receiveTimeNs: receiveNs, rate: value))
        }
    }
}
