import Statistics

/// Tells when a signal is due for a look: once its window is full, at the first bar of each period
/// of its cadence, counted from the run's start.
struct WindowClock: Sendable {
    let startNs: Int64
    let barNs: Int64
    private(set) var closeNs: Int64
    private var lastCloseNs: Int64

    init(startNs: Int64, barNs: Int64) {
        self.startNs = startNs
        self.barNs = barNs
        closeNs = startNs
        lastCloseNs = startNs
    }

    mutating func advance(to closeNs: Int64) {
        lastCloseNs = self.closeNs
        self.closeNs = closeNs
    }

    var slot: Int { Int(closeNs / barNs) }

    /// How long the run has been looked at.
    var ranNs: Int64 { closeNs - startNs }

    func isDue(_ signal: MonitorSignal) -> Bool {
        guard ranNs >= signal.windowNs else { return false }
        guard signal.cadenceNs > 0 else { return true }
        return isDue(every: signal.cadenceNs)
    }

    /// At the first bar of each period, counted from the run's start.
    func isDue(every periodNs: Int64) -> Bool {
        ranNs / periodNs > (lastCloseNs - startNs) / periodNs
    }

    func barCount(_ signal: MonitorSignal) -> Int { barCount(signal.windowNs) }

    func barCount(_ windowNs: Int64) -> Int { max(1, Int(windowNs / barNs)) }
}

/// One look: when it is, and where what it finds goes.
struct MonitorLook {
    let atNs: Int64
    let clock: WindowClock
    var findings = MonitorFindings()
    /// Symbols that traded with a focal loss, and those of them that lost money.
    var tradingCount = 0
    var losingCount = 0

    init(atNs: Int64, clock: WindowClock) {
        self.atNs = atNs
        self.clock = clock
    }

    var losing: Figure {
        guard tradingCount > 0 else { return .undefined(.noValues, n: 0) }
        return Figure(Double(losingCount), n: tradingCount)
    }

    mutating func take(
        _ figure: Figure, _ rule: inout AlertRule, nullUpper: Figure? = nil,
        isBeyondNull: () -> Bool = { true }
    ) {
        // A signal without a window looks at the last bar.
        let length = max(rule.signal.windowNs, clock.barNs)
        rule.take(
            figure, atNs: atNs, fromNs: clock.closeNs - length, into: &findings.alerts,
            isBeyondNull: isBeyondNull)
        if rule.signal.tellsOfEachLook { measure(figure, rule, nullUpper: nullUpper) }
    }

    /// Tells what was found, of the signal's own window if no other is given.
    mutating func measure(
        _ figure: Figure, _ rule: AlertRule, quantity: MonitorMeasurement.Quantity = .signal,
        windowNs: Int64? = nil, nullUpper: Figure? = nil
    ) {
        guard let symbol = rule.symbol else { return }
        let length = windowNs ?? rule.signal.windowNs
        findings.measurements.append(
            MonitorMeasurement(
                id: rule.signal.id, quantity: quantity, column: rule.column, symbol: symbol,
                atNs: atNs, fromNs: max(clock.startNs, clock.closeNs - length),
                toNs: clock.closeNs, value: figure, nullUpper: nullUpper))
    }

    mutating func finish(_ rule: inout AlertRule) {
        rule.finish(ranNs: clock.ranNs, barNs: clock.barNs, atNs: atNs, into: &findings.alerts)
    }

    /// A window with less than half of its values is none.
    func isFilled(_ count: Int, _ signal: MonitorSignal) -> Bool {
        2 * count >= clock.barCount(signal)
    }

    func tooFew(_ count: Int, _ signal: MonitorSignal) -> Figure {
        .undefined(.tooFew(needed: (clock.barCount(signal) + 1) / 2), n: count)
    }
}
