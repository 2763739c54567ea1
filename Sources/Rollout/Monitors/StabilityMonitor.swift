import Features
import Numerics
import Statistics

/// PSI of one column against training, over each window that a signal asks for.
struct StabilityMonitor: Sendable {
    private let reference: ColumnReference
    private let index: StabilityIndex
    /// One for each window of the ring.
    private(set) var rules: [AlertRule]
    private var ring: BinRing
    private let seed: UInt64
    /// The null band's upper limit by window, and the count that it holds for.
    private var bands: [(count: Int, upper: Figure)?]

    init(
        _ signals: [MonitorSignal], _ reference: ColumnReference, symbol: Int,
        _ setup: MonitorSetup
    ) {
        let clock = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        self.reference = reference
        seed = setup.seed
        index = StabilityIndex(
            sortedReference: reference.sorted,
            unusableCount: reference.values.count - reference.sorted.count)
        rules = signals.map {
            AlertRule($0, column: reference.name, symbol: symbol, startNs: setup.startNs)
        }
        ring = BinRing(windows: signals.map { clock.barCount($0) }, binCount: index.binCount)
        bands = signals.map { _ in nil }
    }

    var storedValueCount: Int { ring.storedCount }

    /// - Parameter row: Empty where the bar is missing.
    mutating func observe(_ row: [Double], _ look: inout MonitorLook) {
        ring.push(row.isEmpty ? nil : index.bin(of: row[reference.position]), slot: look.clock.slot)
        for window in rules.indices where look.clock.isDue(rules[window].signal) {
            let counts = ring.counts[window]
            let n = counts.reduce(0, +)
            guard look.isFilled(n, rules[window].signal) else {
                look.take(look.tooFew(n, rules[window].signal), &rules[window])
                continue
            }
            let figure = index.psi(counts: counts)
            let upper = nullUpper(window, count: n)
            look.take(figure, &rules[window], nullUpper: upper) {
                guard let upper = upper.value, let value = figure.value else { return false }
                return value > upper
            }
        }
    }

    /// Kept while the count stays what it was, as it does where nothing is missing.
    private mutating func nullUpper(_ window: Int, count: Int) -> Figure {
        if let band = bands[window], band.count == count { return band.upper }
        var random = RandomStream(seed: seed, "psi", reference.name)
        let upper = index.nullBand(of: reference.values, count: count, &random).upper95
        bands[window] = (count, upper)
        return upper
    }

    mutating func finish(_ look: inout MonitorLook) {
        for window in rules.indices { look.finish(&rules[window]) }
    }
}
