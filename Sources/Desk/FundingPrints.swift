import Market

/// The funding prints of one perpetual: which boundaries they cover, and which of them wait until
/// it is known who held the symbol at their time.
struct FundingPrints: Equatable, Sendable {
    struct Print: Equatable, Sendable {
        let eventNs: Int64
        let rate: Int64
        let markPrice: Int64
        let markSource: PaymentRecord.MarkSource
    }

    private let intervalNs: Int64
    /// In the order in which they came.
    private(set) var waiting: [Print] = []
    /// Boundaries that have a print, of late.
    private var covered: [Int64] = []

    init(intervalNs: Int64) {
        precondition(intervalNs > 0, "boundaries lie apart")
        self.intervalNs = intervalNs
    }

    /// From when on each market event may tell who held at the next print.
    var wakeNs: Int64 { waiting.first?.eventNs ?? .max }

    /// Notes which boundary a print belongs to: the nearest, for venues print a little off it.
    mutating func note(_ eventNs: Int64) {
        let boundaryNs = (eventNs + intervalNs / 2).floored(to: intervalNs)
        if !covered.contains(boundaryNs) { covered.append(boundaryNs) }
    }

    mutating func wait(_ print: Print) { waiting.append(print) }

    /// Takes out what was printed at or before `eventNs`.
    mutating func takeDue(_ eventNs: Int64) -> [Print] {
        let due = waiting.filter { $0.eventNs <= eventNs }
        if !due.isEmpty { waiting.removeAll { $0.eventNs <= eventNs } }
        return due
    }

    /// With nobody left who could have held, no print is waited for.
    mutating func forgetWaiting() { waiting.removeAll(keepingCapacity: true) }

    /// Drops what lies too far back to matter to a position opened at `eventNs` or later.
    mutating func forget(before eventNs: Int64) {
        let keptNs = eventNs - intervalNs
        if let first = covered.first, first < keptNs { covered.removeAll { $0 < keptNs } }
    }

    /// The first boundary in (`startNs`, `endNs`] that has no print.
    func firstMissing(after startNs: Int64, through endNs: Int64) -> Int64? {
        var boundaryNs = startNs.floored(to: intervalNs) + intervalNs
        while boundaryNs <= endNs {
            if !covered.contains(boundaryNs) { return boundaryNs }
            boundaryNs += intervalNs
        }
        return nil
    }
}

extension Int64 {
    /// The largest multiple of `unit` that is not above this.
    fileprivate func floored(to unit: Int64) -> Int64 {
        let rest = self % unit
        return rest < 0 ? self - rest - unit : self - rest
    }
}

extension FundingPrints: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(waiting.count)
        for print in waiting {
            state.add(print.eventNs)
            state.add(print.rate)
            state.add(print.markPrice)
            state.add(print.markSource == .mid)
        }
        state.add(covered.count)
        for boundaryNs in covered { state.add(boundaryNs) }
    }
}
