/// Says how far market time has come when a run is paced. It reads the monotonic clock alone, so
/// that setting the wall clock changes nothing; and what it says changes when a slice is handed
/// out, never what is in it.
struct Pacer: Sendable {
    private let speed: Speed
    /// Market time before this is history that warms the features up: it passes unpaced.
    private let fromNs: Int64
    let clock = ContinuousClock()
    private var start: ContinuousClock.Instant?

    /// How often events are handed out, and how soon a wish to stop is noticed.
    private static let beat = Duration.milliseconds(50)

    enum Step {
        /// Everything that is seen up to this time may be handed out.
        case show(throughNs: Int64)
        /// Ask again then.
        case wait(until: ContinuousClock.Instant)
    }

    init(_ speed: Speed, fromNs: Int64) {
        self.speed = speed
        self.fromNs = fromNs
    }

    /// What to do now, when `nextEventNs` is the time of the next event or tick.
    mutating func next(_ nextEventNs: @autoclosure () -> Int64) -> Step {
        guard case .times(let factor) = speed else { return .show(throughNs: .max) }
        let nextNs = nextEventNs()
        if nextNs <= fromNs { return .show(throughNs: fromNs) }
        let now = clock.now
        let start = self.start ?? now
        self.start = start
        let passedNs = start.duration(to: now).nanoseconds(times: Double(factor))
        let (marketNs, isBeyondTime) = fromNs.addingReportingOverflow(passedNs)
        if isBeyondTime { return .show(throughNs: .max) }
        if marketNs >= nextNs { return .show(throughNs: marketNs) }
        let due = start.advanced(by: .nanoseconds(Double(nextNs - fromNs) / Double(factor)))
        return .wait(until: min(due, now.advanced(by: Self.beat)))
    }
}

extension Duration {
    fileprivate func nanoseconds(times factor: Double) -> Int64 {
        let nanoseconds = Double(components.seconds) * 1e9 + Double(components.attoseconds) * 1e-9
        return Int64(min(nanoseconds * factor, 9e18))
    }

    fileprivate static func nanoseconds(_ value: Double) -> Duration {
        .seconds(value * 1e-9)
    }
}
