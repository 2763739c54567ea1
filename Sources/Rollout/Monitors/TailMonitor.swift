import Market
import Statistics

/// How far the 99th percentile of a column lies from training's, in training's deviations.
struct TailMonitor: Sendable {
    private static let level = 0.99

    private let position: Int
    private let moments: ReferenceMoments
    private let expected: Figure
    private(set) var rule: AlertRule
    private var ring: ValueRing

    init(
        _ signal: MonitorSignal, _ reference: ColumnReference, symbol: Int, _ setup: MonitorSetup
    ) {
        let clock = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        position = reference.position
        moments = ReferenceMoments(reference)
        expected = TailQuantile.linear(Self.level, of: reference.sorted)
        rule = AlertRule(
            signal, column: reference.name, symbol: symbol, startNs: setup.startNs)
        ring = ValueRing(capacity: clock.barCount(signal))
    }

    var storedValueCount: Int { ring.capacity }

    mutating func observe(_ row: [Double], _ look: inout MonitorLook) {
        ring.push(row.isEmpty ? .nan : row[position], slot: look.clock.slot)
        guard look.clock.isDue(rule.signal) else { return }
        let values = ring.last(ring.capacity)
        let own = TailQuantile.linear(Self.level, of: values)
        var figure = look.tooFew(values.count, rule.signal)
        if look.isFilled(values.count, rule.signal) {
            figure = .undefined(.noValues, n: values.count)
            if let value = own.value, let expected = expected.value {
                figure = moments.distance(value, from: expected, n: values.count)
            }
        }
        look.take(figure, &rule)
    }

    mutating func finish(_ look: inout MonitorLook) { look.finish(&rule) }
}

/// The spread's 99th percentile over a week by that over a quarter of a year.
struct SpreadMonitor: Sendable {
    private static let level = 0.99
    private static let shortNs = 7 * Timestamp.dayNs

    private let position: Int
    private(set) var rule: AlertRule
    private var ring: ValueRing

    init(_ signal: MonitorSignal, position: Int, symbol: Int, _ setup: MonitorSetup) {
        let clock = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        self.position = position
        rule = AlertRule(signal, symbol: symbol, startNs: setup.startNs)
        ring = ValueRing(capacity: clock.barCount(signal))
    }

    var storedValueCount: Int { ring.capacity }

    mutating func observe(_ row: [Double], _ look: inout MonitorLook) {
        ring.push(row.isEmpty ? .nan : row[position], slot: look.clock.slot)
        guard look.clock.isDue(rule.signal) else { return }
        let values = ring.last(ring.capacity)
        let week = ring.last(look.clock.barCount(Self.shortNs))
        var figure = look.tooFew(values.count, rule.signal)
        let isWeekFilled = 2 * week.count >= look.clock.barCount(Self.shortNs)
        if isWeekFilled, look.isFilled(values.count, rule.signal) {
            let recent = TailQuantile.linear(Self.level, of: week).value ?? .nan
            let usual = TailQuantile.linear(Self.level, of: values).value ?? .nan
            figure = Figure(recent / usual, n: week.count)
        }
        look.take(figure, &rule)
    }

    mutating func finish(_ look: inout MonitorLook) { look.finish(&rule) }
}
