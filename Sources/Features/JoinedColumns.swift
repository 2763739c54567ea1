import Market

// What a row is joined with: columns that other stages handed over, and the histories that shift
// them. Each part is fed at every tick, whether the symbol has a bar or not, because purges count
// slots and not rows.

/// The BTC columns of one symbol.
struct CrossAssetColumns: Sendable {
    private let sharedCount: Int
    private var correlation: LaggedCorrelation?
    private var correlationPurge: PurgeLine
    private var lastClose = Double.nan
    private var values: [Double] = []

    init(_ config: EnrichmentConfig, _ btc: FeatureFamilies.BTC) {
        let hasCorrelation = btc.set != .min
        sharedCount = btc.columns.count - (hasCorrelation ? 1 : 0)
        correlation = hasCorrelation ? LaggedCorrelation(config: config) : nil
        correlationPurge = PurgeLine(columnCount: 1, purgeBars: btc.purgeBars)
        values.reserveCapacity(btc.columns.count)
    }

    mutating func advance(_ btc: BTCColumns?, at index: Int, _ bar: Bar?) {
        guard let btc else { preconditionFailure("BTC features are on, and BTC says nothing") }
        values.removeAll(keepingCapacity: true)
        for column in 0..<sharedCount { values.append(btc.features[index * sharedCount + column]) }
        let close = bar?.close ?? .nan
        let own = close / lastClose - 1
        lastClose = close
        let latest = correlation?.push(
            ownReturn1: own, isOwnPresent: bar != nil, btcReturn1: btc.return1[index],
            isBTCPresent: btc.isPresent[index])
        guard let latest else { return }
        let sample: [1 of Double] = [latest]
        correlationPurge.push(sample.span, into: &values)
    }

    func append(to row: inout [Double]) { row += values }
}

/// The book columns of one symbol, shifted by their purge.
struct BookColumns: Sendable {
    private let columnCount: Int
    private var purge: PurgeLine
    private var values: [Double] = []

    init(_ l2: FeatureFamilies.L2) {
        columnCount = l2.columns.count
        purge = PurgeLine(columnCount: columnCount, purgeBars: l2.purgeBars)
        values.reserveCapacity(columnCount)
    }

    mutating func advance(_ samples: [Double], at index: Int) {
        values.removeAll(keepingCapacity: true)
        let range = (index * columnCount)..<((index + 1) * columnCount)
        purge.push(samples.span.extracting(range), into: &values)
    }

    func append(to row: inout [Double]) { row += values }
}

extension CrossAssetColumns: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(correlation)
        correlationPurge.encode(into: &state)
        state.add(lastClose)
    }
}

extension BookColumns: StateEncodable {
    func encode(into state: inout StateEncoder) {
        purge.encode(into: &state)
    }
}
