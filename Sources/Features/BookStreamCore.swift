package import Market

/// The book features of one symbol: one sample for each bar, taken from the last snapshot inside
/// the bar that is visible by the bar's tick.
///
/// A snapshot counts when both sides have a level and they do not cross. One that does not count
/// gives NaN where it is sampled, makes no observation and leaves the next snapshot without a
/// previous one. Kyle's lambda and the order flow go on over what counted.
///
/// Only the best level is read for each snapshot, five where one is sampled.
///
/// - Complexity: about 15 ns a snapshot with flow, 4 ns without.
package struct BookStreamCore: Sendable {
    /// What was met and passed over.
    package var counts: BookCounts {
        var counts = scan.counts
        counts.disordered = disorderedCount
        counts.unknownSides = unknownSideCount
        counts.refused += window.refusedCount
        return counts
    }

    private let barNs: Int64
    private let l2: FeatureFamilies.L2
    /// The set's columns among all six.
    private let indexes: [Int]
    private let hasFlow: Bool
    private let scale: DecimalScale
    private let schema: StreamSchema
    private let positions: BookPositions
    private var disorderedCount = 0
    private var unknownSideCount = 0
    private var window = FlowWindow(lengthNs: FeatureFamilies.L2.windowNs)

    // The last snapshot in order.
    private var eventTimeNs = Int64.min
    /// The close of the bar that it lies in.
    private var barCloseNs = Int64.min
    private var scan = BookScan()
    /// What it says by itself, up to date at the end of each block.
    private var measures = BookSample()
    /// Trades visible since then.
    private var signedVolume: Int128 = 0

    /// What was traded up to each row of the chunk at hand, and what was observed there.
    private var volumes: [Int128] = []
    private var observations: [FlowWindow.Observation] = []
    private static let chunkRows = 256

    /// The sample of a bar whose tick may be yet to come when the next bar's snapshots are. A bar's
    /// delay is shorter than a bar, so there is never a second one.
    private var frozen = BookSample()
    private var frozenCloseNs = Int64.min

    /// `schema` is that of the books; bars close at multiples of `barNs`.
    package init(
        barNs: Int64, l2: FeatureFamilies.L2, scale: DecimalScale, schema: StreamSchema
    ) {
        precondition(barNs > 0, "a bar has a length")
        self.barNs = barNs
        self.l2 = l2
        indexes = l2.indexes
        hasFlow = l2.needsTrades
        self.scale = scale
        self.schema = schema
        positions = BookPositions(schema)
        if hasFlow {
            volumes = [Int128](repeating: 0, count: Self.chunkRows)
            observations = [FlowWindow.Observation](
                repeating: FlowWindow.Observation(
                    eventTimeNs: 0, midTwiceChange: 0, signedVolume: 0, orderFlow: 0),
                count: Self.chunkRows)
        }
    }

    /// Walks one slice and appends the set's columns for each tick, not shifted by the purge.
    package mutating func advance(
        books: [StreamSlice], trades: [StreamSlice], ticks: [BarTick],
        into samples: inout [Double]
    ) {
        var cursor = StreamCursor(books)
        var flow = TradeFlow(hasFlow ? trades : [])
        for tick in ticks {
            precondition(tick.closeNs % barNs == 0, "bars close at multiples of their length")
            while let piece = cursor.next(through: tick.tickNs) { walk(piece, &flow) }
            let sample = sample(closeNs: tick.closeNs)
            for index in indexes { samples.append(sample[index]) }
        }
        while let piece = cursor.next(through: .max) { walk(piece, &flow) }
        // No later slice holds a book that these trades do not precede.
        signedVolume += flow.takeRest()
        unknownSideCount += flow.unknownSideCount
    }

    private mutating func walk(_ piece: StreamSlice, _ flow: inout TradeFlow) {
        precondition(piece.block.schema == schema, "all books of a symbol have one schema")
        let rows = BookRows(piece.block, positions)
        var lastRow: Int?
        var chunk = piece.rows.lowerBound..<piece.rows.lowerBound
        while chunk.upperBound < piece.rows.upperBound {
            let start = chunk.upperBound
            chunk = start..<min(start + Self.chunkRows, piece.rows.upperBound)
            if hasFlow { flow.take(through: piece.visibleNs, chunk, into: &volumes) }
            walk(rows, chunk, &lastRow)
        }
        if let lastRow { measure(rows.columns, lastRow) }
    }

    /// Splits rows into runs that lie in order and in one bar.
    private mutating func walk(_ rows: BookRows, _ chunk: Range<Int>, _ lastRow: inout Int?) {
        var row = chunk.lowerBound
        while row < chunk.upperBound {
            let end = rows.endOfRun(
                in: row..<chunk.upperBound, from: eventTimeNs, through: barCloseNs)
            if end > row {
                if hasFlow {
                    volumes[row - chunk.lowerBound] += signedVolume
                    signedVolume = 0
                }
                observe(rows, row..<end, volumesFrom: row - chunk.lowerBound)
                eventTimeNs = rows.eventTimes[end - 1]
                lastRow = end - 1
                row = end
            } else if rows.eventTimes[row] < eventTimeNs {
                disorderedCount += 1
                if hasFlow { signedVolume += volumes[row - chunk.lowerBound] }
                row += 1
            } else {
                if let lastRow { measure(rows.columns, lastRow) }
                freeze(before: rows.eventTimes[row])
            }
        }
    }

    /// Takes in rows that lie in order and in one bar.
    private mutating func observe(_ rows: BookRows, _ run: Range<Int>, volumesFrom start: Int) {
        guard hasFlow else {
            scan.pass(rows, run)
            return
        }
        let count = scan.observe(
            rows, run, volumes: volumes, from: start, into: &observations)
        window.append(observations, count: count)
    }

    // MARK: - Samples

    private mutating func freeze(before timeNs: Int64) {
        frozen = currentSample()
        frozenCloseNs = barCloseNs
        let rest = timeNs % barNs
        barCloseNs = rest > 0 ? timeNs - rest + barNs : timeNs - rest
    }

    private mutating func sample(closeNs: Int64) -> BookSample {
        if closeNs == frozenCloseNs { return frozen }
        return closeNs == barCloseNs ? currentSample() : BookSample()
    }

    /// All six, as of the last snapshot.
    private mutating func currentSample() -> BookSample {
        guard scan.isSound else { return BookSample() }
        var sample = measures
        if hasFlow {
            let sums = window.sums(at: eventTimeNs)
            sample.kyleLambda = sums.kyleLambda(minObservations: l2.kyleMinObservations, scale)
            sample.orderFlowImbalance = sums.orderFlowImbalance(scale)
        }
        return sample
    }

    /// Notes what the last snapshot, which is this row, says by itself.
    private mutating func measure(_ columns: [[Int64]], _ row: Int) {
        guard scan.isSound else { return }
        let bidSizes = positions.sizes(
            at: positions.bidSizes, count: columns[positions.bidCount][row], columns, row: row)
        let askSizes = positions.sizes(
            at: positions.askSizes, count: columns[positions.askCount][row], columns, row: row)
        measures.mid = BookMeasures.mid(scan.best, scale)
        measures.spreadBps = BookMeasures.spreadBps(scan.best)
        measures.imbalanceBest = BookMeasures.imbalance(
            bidSizes: bidSizes.span, askSizes: askSizes.span, levels: 1)
        measures.imbalanceFive = BookMeasures.imbalance(
            bidSizes: bidSizes.span, askSizes: askSizes.span, levels: 5)
    }
}

extension BookStreamCore: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add(eventTimeNs)
        state.add(barCloseNs)
        scan.encode(into: &state)
        // Measured where a piece of the tape ends, so of a snapshot that does not count they tell
        // of one before it, which depends on the cuts; and nobody reads them then.
        state.add(scan.isSound ? measures : nil)
        state.add(signedVolume)
        if eventTimeNs > .min { window.encode(at: eventTimeNs, into: &state) }
        state.add(frozenCloseNs)
        frozen.encode(into: &state)
        counts.encode(into: &state)
    }
}
