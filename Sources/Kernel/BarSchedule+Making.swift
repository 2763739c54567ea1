package import Market

extension BarSchedule {
    /// The bars of a run. Bars close at multiples of their length since the Unix epoch.
    ///
    /// - Parameters:
    ///   - epochNs: where the enricher starts. Before the tape there is nothing to start with, so
    ///     an earlier one makes no bars there.
    ///   - tape: from where the first candle opens to the last candle's close.
    ///   - horizonNs: for how long trades go on after the last bar of the window.
    package init(
        barNs: Int64, barDelayNs: Int64, epochNs: Int64, tape: ClosedRange<Int64>,
        window: TimeRange?, horizonNs: Int64 = 0
    ) {
        let first = max(epochNs, tape.lowerBound).roundedUp(to: barNs) + barNs
        let end = min(window?.endNs ?? .max, tape.upperBound)
        let last = end / barNs * barNs
        let firstOfWindow = window.map { $0.startNs.roundedUp(to: barNs) + barNs }
        self.init(
            barNs: barNs, barDelayNs: barDelayNs, firstCloseNs: first,
            lastCloseNs: last, firstWindowCloseNs: max(first, firstOfWindow ?? first),
            lastTickCloseNs: max(last, min(last + horizonNs, tape.upperBound / barNs * barNs)))
    }

    /// Bars that are handed on and lie wholly in a symbol's life: between its listing and its last
    /// candle.
    func windowBars(in life: ClosedRange<Int64>) -> BarSpan {
        let open = max(firstWindowCloseNs - barNs, life.lowerBound.roundedUp(to: barNs))
        let end = min(lastCloseNs, life.upperBound / barNs * barNs)
        return BarSpan(openNs: open, barNs: barNs, count: Int(max(0, end - open) / barNs))
    }
}

/// Bars in a row.
struct BarSpan: Equatable, Sendable {
    /// Where the first one opens.
    let openNs: Int64
    let barNs: Int64
    let count: Int

    /// The last one's close.
    var closeNs: Int64 { openNs + Int64(count) * barNs }

    /// Whether an event of this time lies in one of the bars: after the open, up to the close.
    func contains(_ eventTimeNs: Int64) -> Bool {
        eventTimeNs > openNs && eventTimeNs <= closeNs
    }

    /// Which bar an event lies in, that lies in one of them.
    func index(of eventTimeNs: Int64) -> Int {
        Int((eventTimeNs - openNs - 1) / barNs)
    }
}

extension Int64 {
    /// The first multiple of `step` that is not less; both are positive or zero.
    fileprivate func roundedUp(to step: Int64) -> Int64 {
        (self + step - 1) / step * step
    }
}
