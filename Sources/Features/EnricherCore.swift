package import Market

/// Makes the feature rows of one symbol: its bars, and what they are joined with.
///
/// Whatever a row holds was visible at its tick. Memory is taken in `init`; a slice costs one
/// reservation for the rows that it hands on.
package struct EnricherCore: Sendable {
    private let columnCount: Int
    private let hasBaseline: Bool
    private let hasInteractions: Bool
    private var bars: BarBuilder
    private var labeler: Labeler?
    private var baseline = BaselineIndicators()
    private var crossAsset: CrossAssetColumns?
    private var books: BookColumns?
    private var fracDiff: FracDiffWindow?
    /// Whether there was a bar since the last missing one.
    private var hasCloses = false
    /// The row in the making.
    private var row: [Double] = []
    package private(set) var counts: EnricherCounts

    /// - Parameters:
    ///   - candleNs: the length of the symbol's candles.
    ///   - fracDiff: an empty window, whose weights all symbols share.
    ///   - strategy: labels are made where there is one.
    package init(
        _ config: EnrichmentConfig, candleNs: Int64, scale: DecimalScale,
        fracDiff: FracDiffWindow?, strategy: Strategy?
    ) {
        let families = config.families
        columnCount = config.columns.count
        hasBaseline = families.hasBaseline
        hasInteractions = families.hasInteractions
        precondition(hasBaseline || !hasInteractions, "interactions are made of baseline columns")
        bars = BarBuilder(barNs: config.barNs, candleNs: candleNs, scale: scale)
        labeler = strategy.map {
            Labeler(strategy: $0, candleNs: candleNs, barNs: config.barNs)
        }
        crossAsset = families.btc.map { CrossAssetColumns(config, $0) }
        books = families.l2.map { BookColumns($0) }
        precondition((fracDiff == nil) == (families.fracDiff == nil), "a family is on or off")
        self.fracDiff = fracDiff
        counts = EnricherCounts(columnCount: columnCount)
        row.reserveCapacity(columnCount)
    }

    /// Takes the candles of a slice and returns the rows of its ticks.
    ///
    /// - Parameters:
    ///   - btc: what BTC says at each tick; needed when its features are on.
    ///   - bookSamples: a sample of the book for each tick; empty when the book's features are off.
    package mutating func advance(
        _ candles: [StreamSlice], ticks: [BarTick], btc: BTCColumns?, bookSamples: [Double]
    ) -> FeatureRows {
        var rows = FeatureRows()
        rows.reserve(ticks.count { $0.isInWindow }, columnCount: columnCount)
        var cursor = StreamCursor(candles)
        for (index, tick) in ticks.enumerated() {
            take(&cursor, throughNs: tick.tickNs, &rows)
            rows.labelCounts.append(rows.labels.count)
            let bar = bars.close(at: tick.closeNs)
            openLabel(tick, bar)
            crossAsset?.advance(btc, at: index, bar)
            books?.advance(bookSamples, at: index)
            makeRow(bar, tick)
            counts.add(row, isHandedOn: tick.isInWindow)
            if tick.isInWindow { rows.append(row, tick, close: bar?.close ?? .nan) }
        }
        take(&cursor, throughNs: .max, &rows)
        return rows
    }

    /// Ends the run: labels that are still open stay unknown.
    package mutating func finish() -> FeatureRows {
        var rows = FeatureRows()
        labeler?.finish(into: &rows.labels)
        counts.restartCount = baseline.restartCount
        counts.lateCandleCount = bars.lateCandleCount
        counts.repeatedCandleCount = bars.repeatedCandleCount
        return rows
    }

    private mutating func take(
        _ cursor: inout StreamCursor, throughNs timeNs: Int64, _ rows: inout FeatureRows
    ) {
        while let piece = cursor.next(through: timeNs) {
            bars.add(piece)
            labeler?.advance(piece, finishing: &rows.labels)
        }
    }

    private mutating func openLabel(_ tick: BarTick, _ bar: Bar?) {
        guard tick.isInWindow else { return }
        if bar != nil {
            labeler?.open(closeNs: tick.closeNs, entry: bars.lastCloseUnits)
        } else {
            labeler?.openMissing(closeNs: tick.closeNs)
        }
    }

    /// Every NaN is written with the same bits, wherever it came from.
    private mutating func makeRow(_ bar: Bar?, _ tick: BarTick) {
        row.removeAll(keepingCapacity: true)
        guard let bar else {
            if hasBaseline { baseline.pushMissing() }
            fracDiff?.empty()
            if fracDiff != nil && hasCloses { counts.emptiedCount += 1 }
            hasCloses = false
            counts.missingBarCount += 1
            for _ in 0..<columnCount { row.append(.nan) }
            return
        }
        if hasBaseline { baseline.push(bar, into: &row) }
        crossAsset?.append(to: &row)
        books?.append(to: &row)
        fracDiff?.push(bar.close, into: &row)
        hasCloses = true
        if hasInteractions {
            DomainInteractions.append(
                to: &row, baselineStart: 0, bar: bar, bandMiddle: baseline.bandMiddle)
        }
        precondition(row.count == columnCount, "a row has a value for every column")
        for column in row.indices where row[column].isNaN { row[column] = .nan }
    }
}

extension EnricherCore: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        bars.encode(into: &state)
        state.add(labeler)
        baseline.encode(into: &state)
        state.add(crossAsset)
        state.add(books)
        state.add(fracDiff)
        state.add(hasCloses)
        counts.encode(into: &state)
    }
}
