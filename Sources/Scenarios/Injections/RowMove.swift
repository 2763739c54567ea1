import Market

/// One injection on a stream's way: takes rows in order, and hands rows on in order.
///
/// Each row is worked on by itself and in its turn, so the batches in which rows come decide
/// nothing but when those that are held back are handed on.
struct RowMove: Sendable {
    let injection: PlacedInjection
    private let action: Action
    private let stream: StreamKind
    private let drawKey: UInt64
    /// The last row before the span, for a feed that is frozen in it.
    private var remembered: MovingRow.Content?
    /// Rows to be seen later, in the order in which they will be; of one time, in theirs.
    private var held: [MovingRow] = []
    /// When the last row that was handed on is seen.
    private var reachedNs = Int64.min

    fileprivate enum Action {
        case drop
        case freeze
        case repeated(sharePpm: Int64)
        case reorder(sharePpm: Int64, delayNs: Int64)
        case blind(sharePpm: Int64)
        case skew(byNs: Int64)
        case delay(byNs: Int64)
    }

    /// Nil for an injection that moves no rows of such a stream.
    init?(_ injection: PlacedInjection, stream: StreamKind, symbol: String, seed: UInt64) {
        guard let action = Action(injection.injection, stream) else { return nil }
        self.injection = injection
        self.action = action
        self.stream = stream
        var key = RowHash(seed)
        key.add(Int64(injection.number))
        key.add(symbol)
        key.add(stream.rawValue)
        drawKey = key.bits
    }

    /// How much later rows are seen at most.
    var delayMaxNs: Int64 {
        switch action {
        case .drop, .freeze, .repeated, .blind: 0
        case .reorder(_, let delayNs): delayNs
        case .skew(let byNs): max(byNs, 0)
        case .delay(let byNs): byNs
        }
    }

    /// No row that the tape shows later is met.
    var latestNs: Int64 { injection.endNs + RowMoves.latenessMaxNs }

    /// Takes the next rows. No row is still to come that is seen before `throughNs`.
    mutating func pass(
        _ rows: [MovingRow], throughNs: Int64, _ sources: RowSources,
        into passed: inout [MovingRow]
    ) {
        for row in rows {
            release(throughNs: row.visibleNs, into: &passed)
            if injection.contains(row.marketNs), row.seenNs <= latestNs {
                meet(row, sources, into: &passed)
            } else {
                remember(row)
                hand(row, to: &passed)
            }
        }
        release(throughNs: throughNs, into: &passed)
    }

    private mutating func meet(
        _ met: MovingRow, _ sources: RowSources, into passed: inout [MovingRow]
    ) {
        var row = met
        switch action {
        case .drop: return
        case .freeze:
            guard let remembered, stream != .trades else { return }
            row.content = remembered
            if stream == .candles { row.content.flatPrice = sources.close(remembered) }
        case .repeated(let sharePpm):
            var draw = draw(row)
            if draw.draw(below: 1_000_000) < sharePpm { hand(row, to: &passed) }
        case .reorder(let sharePpm, let delayNs):
            var draw = draw(row)
            if draw.draw(below: 1_000_000) < sharePpm, delayNs > 0 {
                row.delay(by: 1 + draw.draw(below: delayNs))
                return hold(row)
            }
        case .blind(let sharePpm):
            var draw = draw(row)
            guard draw.draw(below: 1_000_000) < sharePpm else { break }
            guard stream == .books else { return }
            if draw.draw(below: 2) == 0 {
                row.content.lacksBids = true
            } else {
                row.content.lacksAsks = true
            }
        case .skew(let byNs):
            row.eventNs += byNs
            row.visibleNs = max(row.visibleNs, row.eventNs)
        case .delay(let byNs):
            if byNs > 0 { row.delay(by: byNs) }
        }
        hand(row, to: &passed)
    }

    private mutating func remember(_ row: MovingRow) {
        guard case .freeze = action, row.marketNs <= injection.startNs else { return }
        remembered = row.content
    }

    private func draw(_ row: MovingRow) -> RowHash {
        var draw = RowHash(drawKey)
        draw.add(row.draw)
        return draw
    }

    private mutating func hand(_ row: MovingRow, to passed: inout [MovingRow]) {
        var row = row
        row.visibleNs = max(row.visibleNs, reachedNs)
        reachedNs = row.visibleNs
        passed.append(row)
    }

    // MARK: - Rows that are held back

    private mutating func hold(_ row: MovingRow) {
        var low = 0
        var high = held.count
        while low < high {
            let middle = (low + high) / 2
            if held[middle].visibleNs <= row.visibleNs { low = middle + 1 } else { high = middle }
        }
        held.insert(row, at: low)
    }

    /// Hands on what is seen by `timeNs`: such a row came before all that are still to come.
    private mutating func release(throughNs timeNs: Int64, into passed: inout [MovingRow]) {
        var count = 0
        while count < held.count, held[count].visibleNs <= timeNs {
            hand(held[count], to: &passed)
            count += 1
        }
        if count > 0 { held.removeFirst(count) }
    }

    /// Which blocks are read from later.
    func note(sources: inout Set<Int>) {
        if let remembered { sources.insert(remembered.source) }
        for row in held { sources.insert(row.content.source) }
    }

    /// Forgets what came before a block that needs none of it.
    mutating func forget() {
        remembered = nil
    }
}

extension RowMove.Action {
    init?(_ injection: Injection, _ stream: StreamKind) {
        // A boundary of funding that a desk hears nothing of is an error, so prints are not lost.
        switch injection.kind {
        case .feedGap where stream != .funding: self = .drop
        case .frozenFeed where stream != .funding: self = .freeze
        case .duplicates where stream != .funding: self = .repeated(sharePpm: injection[.share])
        case .outOfOrder where stream != .funding:
            self = .reorder(sharePpm: injection[.share], delayNs: injection[.delay])
        case .nanBurst where stream == .books || stream == .candles:
            self = .blind(sharePpm: injection[.share])
        case .clockSkew where stream == .books || stream == .trades:
            self = .skew(byNs: injection[.by])
        case .latencySpike: self = .delay(byNs: injection[.feed])
        case .flashCrash, .correlatedCrash, .halvingStep, .volatilityRegime, .spreadBlowOut,
            .depthDrought, .fundingSpike, .feedGap, .frozenFeed, .duplicates, .outOfOrder,
            .nanBurst, .clockSkew, .feeChange, .exchangeOutage:
            return nil
        }
    }
}
