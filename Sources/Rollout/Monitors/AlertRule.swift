import Statistics

/// A condition that must hold for some time before it fires and be over for some time before it no
/// longer does.
private struct Latch: Sendable {
    private var sinceNs: Int64?
    private var lastNs: Int64 = 0
    private(set) var firesSinceNs: Int64?

    var isFiring: Bool { firesSinceNs != nil }

    mutating func take(_ holds: Bool, atNs: Int64, _ signal: MonitorSignal) {
        if holds {
            let since = sinceNs ?? atNs
            sinceNs = since
            lastNs = atNs
            if firesSinceNs == nil, atNs - since >= signal.pendingNs { firesSinceNs = atNs }
        } else {
            sinceNs = nil
            if firesSinceNs != nil, atNs - lastNs >= signal.keepNs { firesSinceNs = nil }
        }
    }
}

/// One level of an alert and what was last said of it.
private struct AlertStep: Sendable {
    let level: AlertLevel
    let threshold: Double
    /// By the threshold alone, and where the null band or the interval excludes it too.
    var strict = Latch()
    var guarded = Latch()
    /// The last change that was handed out.
    var last: AlertChange?

    /// Whether a state is another one than was last said. What fires is said again when it becomes,
    /// or is no longer, more than the null band explains.
    func isNews(_ state: AlertState, isBeyondNullBand: Bool) -> Bool {
        // Nothing was ever wrong: there is nothing to resolve.
        guard let last else { return state != .resolved }
        return state != last.state
            || (state == .firing && isBeyondNullBand != last.isBeyondNullBand)
    }
}

/// A signal on one symbol and column: takes what each look finds and says what changed.
struct AlertRule: Sendable {
    let signal: MonitorSignal
    let detail: String
    /// What it watches; nil for what is of no single column.
    let column: String?
    let symbol: Int?
    private var steps: [AlertStep]
    private var lastDataNs: Int64

    /// - Parameter column: What tells the alert from others of its signal, as `detail` does.
    init(
        _ signal: MonitorSignal, detail: String? = nil, column: String? = nil, symbol: Int?,
        startNs: Int64
    ) {
        self.signal = signal
        self.column = column
        self.detail = detail ?? column ?? signal.variant
        self.symbol = symbol
        lastDataNs = startNs
        let thresholds: [(AlertLevel, Double?)] = [(.warn, signal.warn), (.act, signal.act)]
        steps = thresholds.compactMap { level, threshold in
            threshold.map { AlertStep(level: level, threshold: $0) }
        }
    }

    /// - Parameter isBeyondNull: Asked only where a threshold is crossed, as it may be costly.
    mutating func take(
        _ figure: Figure, atNs: Int64, fromNs: Int64, into changes: inout [AlertChange],
        isBeyondNull: () -> Bool = { true }
    ) {
        guard let value = figure.value else {
            takeNothing(figure, atNs: atNs, fromNs: fromNs, into: &changes)
            return
        }
        lastDataNs = atNs
        var isBeyond: Bool?
        for index in steps.indices {
            let holds = signal.isBreached(value, steps[index].threshold)
            if holds && isBeyond == nil { isBeyond = isBeyondNull() }
            steps[index].strict.take(holds, atNs: atNs, signal)
            steps[index].guarded.take(holds && isBeyond == true, atNs: atNs, signal)
            say(
                index, steps[index].strict.isFiring ? .firing : .resolved, figure, atNs: atNs,
                fromNs: fromNs, into: &changes)
        }
    }

    /// What it watches is another thing from now on.
    mutating func forget(atNs: Int64) {
        lastDataNs = atNs - signal.silenceNs
        for index in steps.indices {
            steps[index].strict = Latch()
            steps[index].guarded = Latch()
        }
    }

    /// Missing data ends nothing: what fires goes on, and the rest says that it does not know.
    private mutating func takeNothing(
        _ figure: Figure, atNs: Int64, fromNs: Int64, into changes: inout [AlertChange]
    ) {
        guard atNs - lastDataNs >= signal.silenceNs else { return }
        if signal.forgets { forget(atNs: atNs) }
        for index in steps.indices where !steps[index].strict.isFiring {
            say(index, .noData, figure, atNs: atNs, fromNs: fromNs, into: &changes)
        }
    }

    /// The run is over, `ranNs` of it having been looked at.
    mutating func finish(ranNs: Int64, barNs: Int64, atNs: Int64, into changes: inout [AlertChange])
    {
        guard ranNs < signal.windowNs else { return }
        let needed = Int(signal.windowNs / barNs)
        for index in steps.indices where !steps[index].strict.isFiring {
            say(
                index, .short, .undefined(.tooFew(needed: needed), n: Int(ranNs / barNs)),
                atNs: atNs, fromNs: atNs - ranNs, into: &changes)
        }
    }

    private mutating func say(
        _ index: Int, _ state: AlertState, _ figure: Figure, atNs: Int64, fromNs: Int64,
        into changes: inout [AlertChange]
    ) {
        let isBeyond = state != .firing || steps[index].guarded.isFiring
        guard steps[index].isNews(state, isBeyondNullBand: isBeyond) else { return }
        let change = AlertChange(
            signal.id, detail: detail, level: steps[index].level, state: state, symbol: symbol,
            atNs: atNs, fromNs: fromNs, value: figure, threshold: steps[index].threshold,
            isBeyondNullBand: isBeyond)
        steps[index].last = change
        changes.append(change)
    }

    // MARK: - What fires

    /// What fires under a profile.
    func open(_ profile: RolloutPlan.Profile) -> [OpenAlert] {
        steps.compactMap { step in
            let latch = profile == .seedStrict ? step.strict : step.guarded
            guard let sinceNs = latch.firesSinceNs, let last = step.last else { return nil }
            return OpenAlert(
                change: last, sinceNs: sinceNs, isDrift: signal.isDrift,
                consequence: signal.consequence(step.level))
        }
    }
}

/// An alert that fires, since when, and what follows from it.
struct OpenAlert {
    let change: AlertChange
    let sinceNs: Int64
    let isDrift: Bool
    let consequence: AlertConsequence
}
