import Features
import Statistics

/// The quality of the data behind one symbol's rows: how fresh, how whole, how usual.
struct QualityMonitor: Sendable {
    /// A column of the L2 family and the values that training saw nearly all of.
    private struct Limits: Sendable {
        let position: Int
        let lower: Double
        let upper: Double
    }

    private let l2: [Limits]
    private let btc: [Int]
    private(set) var freshness: AlertRule
    private(set) var nanRate: AlertRule
    private(set) var outOfRange: AlertRule
    private(set) var btcNaNRate: AlertRule
    private(set) var warmUpLoss: AlertRule
    private var outside: ShareRing
    private var btcMissing: ShareRing
    /// Columns of the model that have not had a value yet.
    private var awaited: [Int]
    private var day = QualityDay()
    private var rowCount = 0
    private var lostRowCount = 0

    init(_ setup: MonitorSetup, symbol: Int) {
        let model = setup.models[symbol]
        let clock = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        l2 = model.columns.indices.filter { setup.columns[model.columns[$0]].family == .l2 }.map {
            let limits =
                setup.columns[model.columns[$0]].isPriceScaled
                ? Self.limits(of: model.reference[$0]) : model.limits[$0]
            return Limits(position: model.columns[$0], lower: limits.lower, upper: limits.upper)
        }
        btc = model.columns.filter { setup.columns[$0].family == .btc }
        awaited = model.columns
        func rule(_ signal: MonitorSignal) -> AlertRule {
            AlertRule(signal, symbol: symbol, startNs: setup.startNs)
        }
        freshness = rule(.freshness)
        nanRate = rule(.nanRate)
        outOfRange = rule(.outOfRange)
        btcNaNRate = rule(.btcNaNRate)
        warmUpLoss = rule(.warmUpLoss)
        outside = ShareRing(capacity: clock.barCount(outOfRange.signal))
        btcMissing = ShareRing(capacity: clock.barCount(btcNaNRate.signal))
    }

    var rules: [AlertRule] {
        (l2.isEmpty ? [] : [freshness, nanRate, outOfRange]) + (btc.isEmpty ? [] : [btcNaNRate])
            + [warmUpLoss]
    }

    var storedValueCount: Int {
        outside.storedCount + btcMissing.storedCount + awaited.count + day.storedValueCount
    }

    mutating func observe(_ bar: SymbolBar, _ look: inout MonitorLook) {
        if !l2.isEmpty { observeL2(bar, &look) }
        if !btc.isEmpty { observeBTC(bar.features, &look) }
        if !bar.features.isEmpty {
            rowCount += 1
            if !awaited.isEmpty {
                awaited.removeAll { !bar.features[$0].isNaN }
                if !awaited.isEmpty { lostRowCount += 1 }
            }
        }
        if look.clock.isDue(every: QualityDay.lengthNs) { tellDay(&look) }
        if look.clock.isDue(warmUpLoss.signal) { look.take(warmUpShare, &warmUpLoss) }
    }

    mutating func finish(_ look: inout MonitorLook) {
        if !l2.isEmpty { look.finish(&outOfRange) }
        if !btc.isEmpty { look.finish(&btcNaNRate) }
        // What a shorter run lost to the warm-up is known all the same.
        look.take(warmUpShare, &warmUpLoss)
    }

    private var warmUpShare: Figure {
        guard rowCount > 0 else { return .undefined(.noValues, n: 0) }
        return Figure(Double(lostRowCount) / Double(rowCount), n: rowCount)
    }

    /// What is watched bar by bar, once a day.
    private mutating func tellDay(_ look: inout MonitorLook) {
        let length = QualityDay.lengthNs
        if !l2.isEmpty {
            look.measure(day.freshness, freshness, windowNs: length)
            look.measure(day.nanRate, nanRate, windowNs: length)
            look.measure(Self.share(outside, of: l2.count, outOfRange.signal, look), outOfRange)
        }
        if !btc.isEmpty {
            look.measure(Self.share(btcMissing, of: 1, btcNaNRate.signal, look), btcNaNRate)
        }
        day = QualityDay()
    }

    private mutating func observeL2(_ bar: SymbolBar, _ look: inout MonitorLook) {
        // Before the first book there is no age.
        var oldest = -1.0
        for age in bar.freshness where age.isFinite { oldest = max(oldest, age) }
        look.take(
            oldest < 0
                ? .undefined(.noValues, n: 0) : Figure(oldest, n: bar.freshness.count),
            &freshness)
        var missing = 0
        var unusual = 0
        if !bar.features.isEmpty {
            for column in l2 {
                let value = bar.features[column.position]
                if value.isNaN {
                    missing += 1
                } else if value < column.lower || value > column.upper {
                    unusual += 1
                }
            }
        }
        day.add(
            ages: bar.freshness, missing: missing, of: bar.features.isEmpty ? 0 : l2.count)
        let presentCount = bar.features.isEmpty ? 0 : l2.count - missing
        look.take(
            bar.features.isEmpty
                ? .undefined(.noValues, n: 0)
                : Figure(Double(missing) / Double(l2.count), n: l2.count), &nanRate)
        outside.push(unusual, of: presentCount, slot: look.clock.slot)
        guard look.clock.isDue(outOfRange.signal) else { return }
        look.take(
            presentCount == 0
                ? .undefined(.noValues, n: 0)
                : Self.share(outside, of: l2.count, outOfRange.signal, look), &outOfRange)
    }

    private mutating func observeBTC(_ row: [Double], _ look: inout MonitorLook) {
        let isMissing = !row.isEmpty && btc.contains { row[$0].isNaN }
        btcMissing.push(isMissing ? 1 : 0, of: row.isEmpty ? 0 : 1, slot: look.clock.slot)
        guard look.clock.isDue(btcNaNRate.signal) else { return }
        look.take(
            row.isEmpty
                ? .undefined(.noValues, n: 0)
                : Self.share(btcMissing, of: 1, btcNaNRate.signal, look), &btcNaNRate)
    }

    /// Asked only at bars that have something to add: what leaves the window during an outage is no
    /// sign of better.
    ///
    /// - Parameter perBar: How many values a bar can have.
    private static func share(
        _ ring: ShareRing, of perBar: Int, _ signal: MonitorSignal, _ look: MonitorLook
    ) -> Figure {
        guard look.isFilled(ring.totalCount / perBar, signal) else {
            return look.tooFew(ring.totalCount / perBar, signal)
        }
        return Figure(Double(ring.hitCount) / Double(ring.totalCount), n: ring.totalCount)
    }

    /// Beyond which lay one in a thousand of training's values on either side, as the artifact has
    /// them of the other columns.
    private static func limits(of reference: [Double]) -> (lower: Double, upper: Double) {
        let count = reference.count { $0.isFinite }
        let beyond = Int(0.001 * Double(count)) + 1
        let largest = TailQuantile.largest(beyond, of: reference)
        let smallest = TailQuantile.largest(beyond, of: reference.map { -$0 })
        guard let upper = largest.first, let lower = smallest.first else {
            return (-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude)
        }
        return (-lower, upper)
    }
}
