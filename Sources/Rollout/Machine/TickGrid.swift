/// The evaluation ticks of a run: multiples of the evaluation interval, and the tick of each bar.
struct TickGrid: Sendable {
    let evaluationNs: Int64
    let barNs: Int64
    let barDelayNs: Int64

    /// The first tick after `ns`; never, for times that never come.
    func after(_ ns: Int64) -> Int64 {
        guard ns < .max - evaluationNs - barNs - barDelayNs else { return .max }
        let bar = Self.multiple(of: barNs, after: ns - barDelayNs) + barDelayNs
        return min(Self.multiple(of: evaluationNs, after: ns), bar)
    }

    /// The first tick that is not before `ns`.
    func notBefore(_ ns: Int64) -> Int64 { ns == .max ? .max : after(ns - 1) }

    private static func multiple(of step: Int64, after ns: Int64) -> Int64 {
        var (quotient, remainder) = ns.quotientAndRemainder(dividingBy: step)
        if remainder < 0 { quotient -= 1 }
        return (quotient + 1) * step
    }
}
