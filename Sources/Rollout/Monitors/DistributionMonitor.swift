import Features
import Statistics

/// The Kolmogorov-Smirnov test of one column against training, and where it is asked for how far
/// its mean has moved.
struct DistributionMonitor: Sendable {
    /// A distance below this matters to nobody, however sure it is.
    static let distanceMin = 0.10

    private let reference: ColumnReference
    private let moments: ReferenceMoments?
    private var test: AlertRule
    private var shift: AlertRule?
    private var ring: ValueRing

    init(
        _ signal: MonitorSignal, shift: MonitorSignal?, _ reference: ColumnReference, symbol: Int,
        _ setup: MonitorSetup
    ) {
        let clock = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        self.reference = reference
        test = AlertRule(
            signal, column: reference.name, symbol: symbol, startNs: setup.startNs)
        self.shift = shift.map {
            AlertRule($0, column: reference.name, symbol: symbol, startNs: setup.startNs)
        }
        moments = shift == nil ? nil : ReferenceMoments(reference)
        ring = ValueRing(capacity: clock.barCount(signal))
    }

    var rules: [AlertRule] { [test] + [shift].compactMap(\.self) }

    var storedValueCount: Int { ring.capacity }

    mutating func observe(_ row: [Double], _ look: inout MonitorLook) {
        ring.push(row.isEmpty ? .nan : row[reference.position], slot: look.clock.slot)
        // Both signals share their window and cadence.
        guard look.clock.isDue(test.signal) else { return }
        let values = ring.last(ring.capacity)
        guard look.isFilled(values.count, test.signal) else {
            let nothing = look.tooFew(values.count, test.signal)
            look.take(nothing, &test)
            if var rule = shift {
                look.take(nothing, &rule)
                shift = rule
            }
            return
        }
        compare(values, &look)
        if var rule = shift, let moments {
            look.take(moments.shift(of: values), &rule)
            shift = rule
        }
    }

    mutating func finish(_ look: inout MonitorLook) {
        look.finish(&test)
        if var rule = shift {
            look.finish(&rule)
            shift = rule
        }
    }

    private mutating func compare(_ values: [Double], _ look: inout MonitorLook) {
        guard !reference.sorted.isEmpty else {
            look.take(.undefined(.noValues, n: values.count), &test)
            return
        }
        let comparison = KolmogorovSmirnov(
            sorted: FiniteSort.ascending(values), sorted: reference.sorted)
        let p = Figure(comparison.p(.stephens).value ?? .nan, n: values.count)
        let referenceCount = Double(reference.sorted.count)
        let threshold = test.signal.act ?? 0
        // Without drift the reference's values hang together as the window's do, so both are
        // worth the same share of their number; nothing is asked of the long reference, where
        // the sum of correlations would cost most.
        let size = EffectiveSample.size(values)
        let share = (size.value ?? .nan) / Double(values.count)
        let adjusted =
            size.value.map { comparison.p(firstSize: $0, secondSize: referenceCount * share) }
            ?? size
        look.take(p, &test) {
            guard let distance = comparison.d.value, distance >= Self.distanceMin else {
                return false
            }
            return adjusted.value.map { $0 < threshold } ?? false
        }
        look.measure(comparison.d, test, quantity: .distance)
        look.measure(adjusted, test, quantity: .effectiveP)
    }
}
