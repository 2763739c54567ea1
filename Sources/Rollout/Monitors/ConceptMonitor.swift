import Market
import Statistics

/// What the model's decisions were worth: training's out-of-fold F1 less the live one, by the
/// watermark of labels. Only bars whose label is known count, in the slot of their own bar.
struct ConceptMonitor: Sendable {
    private enum Outcome: Int, CaseIterable {
        case truePositive, falsePositive, falseNegative, trueNegative
    }

    private let expected: Double?
    private(set) var rules: [AlertRule]
    private var outcomes: BinRing
    /// Decisions that await their label, in the order of their bars.
    private var pending: [(closeNs: Int64, buys: Bool)] = []
    /// Stands at the last bar whose label is known.
    private var labelled: WindowClock
    private let pendingMax: Int

    init(_ setup: MonitorSetup, symbol: Int) {
        labelled = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        expected = setup.models[symbol].outOfFoldF1
        let signals: [MonitorSignal] = [.conceptFortnight, .conceptMonth]
        rules = signals.map { AlertRule($0, symbol: symbol, startNs: setup.startNs) }
        let clock = labelled
        let windows = signals.map { clock.barCount($0) }
        outcomes = BinRing(windows: windows, binCount: Outcome.allCases.count)
        pendingMax = windows[0]
    }

    var storedValueCount: Int { outcomes.storedCount + pending.count }

    mutating func observe(_ bar: SymbolBar, _ look: inout MonitorLook) {
        for label in bar.labels where label.closeNs > labelled.closeNs { take(label, &look) }
        let candidate = bar.candidate.action
        if !bar.isSubstituted, candidate == .buy || candidate == .none {
            // Labels that never come must not pile up what awaits them.
            if pending.count == pendingMax { pending.removeFirst() }
            pending.append((look.clock.closeNs, candidate == .buy))
        }
        guard look.clock.closeNs - labelled.closeNs > Timestamp.dayNs else { return }
        for index in rules.indices where look.clock.isDue(rules[index].signal) {
            look.take(.undefined(.noValues, n: 0), &rules[index])
        }
    }

    mutating func finish(_ look: inout MonitorLook) {
        var own = MonitorLook(atNs: look.atNs, clock: labelled)
        for index in rules.indices { own.finish(&rules[index]) }
        look.findings.alerts += own.findings.alerts
    }

    private mutating func take(_ label: KnownLabel, _ look: inout MonitorLook) {
        labelled.advance(to: label.closeNs)
        let passed = pending.prefix { $0.closeNs < label.closeNs }.count
        pending.removeFirst(passed)
        var outcome: Outcome?
        if let first = pending.first, first.closeNs == label.closeNs {
            pending.removeFirst()
            outcome = label.label.map { value in
                switch (first.buys, value == 1) {
                case (true, true): .truePositive
                case (true, false): .falsePositive
                case (false, true): .falseNegative
                case (false, false): .trueNegative
                }
            }
        }
        outcomes.push(outcome?.rawValue, slot: labelled.slot)
        var own = MonitorLook(atNs: look.atNs, clock: labelled)
        for index in rules.indices where labelled.isDue(rules[index].signal) {
            let gap = gap(window: index, own)
            own.take(gap, &rules[index], nullUpper: Self.reach(gap)) {
                (gap.interval?.low ?? 0) > 0
            }
        }
        look.findings.alerts += own.findings.alerts
        look.findings.measurements += own.findings.measurements
    }

    /// How far the interval reaches below the gap: a larger gap is more than chance explains.
    private static func reach(_ gap: Figure) -> Figure? {
        guard let value = gap.value, let interval = gap.interval else { return nil }
        return Figure(value - interval.low, n: gap.n)
    }

    /// F1 is a ratio of sums over bars, and the bars of one day hang together.
    private func gap(window: Int, _ look: MonitorLook) -> Figure {
        let signal = rules[window].signal
        let n = outcomes.counts[window].reduce(0, +)
        guard look.isFilled(n, signal) else { return look.tooFew(n, signal) }
        guard let expected else { return .undefined(.undefinedPart, n: n) }
        let dayCount = Int(signal.windowNs / Timestamp.dayNs)
        var right = [Double](repeating: 0, count: dayCount)
        var all = right
        let bins = outcomes.bins(window: window)
        for (position, bin) in bins.enumerated() {
            guard let bin, let outcome = Outcome(rawValue: bin) else { continue }
            let day = position * dayCount / bins.count
            switch outcome {
            case .truePositive:
                right[day] += 2
                all[day] += 2
            case .falsePositive, .falseNegative: all[day] += 1
            case .trueNegative: break
            }
        }
        let f1 = ClusteredRatio.figure(numerators: right, denominators: all, n: n)
        guard let value = f1.value else { return f1 }
        let interval = f1.interval.map {
            Interval(low: expected - $0.high, high: expected - $0.low, method: $0.method)
        }
        return Figure(expected - value, n: n, interval: interval)
    }
}
