/// An injection at its place in a run: what one symbol meets of it, and when.
package struct PlacedInjection: Equatable, Sendable {
    package let injection: Injection
    /// Its place among the scenario's injections: each has draws of its own.
    package let number: Int
    /// In market time, the lag of a follower included.
    package let startNs: Int64
    /// When it is over; the largest time for one that lasts.
    package let endNs: Int64
    /// A crash's depth for this symbol, in millionths.
    package let depthPpm: Int64
    /// Closes of the last candles at start and end, which a regime of volatility moves around and
    /// leaves behind; nil for other kinds.
    package let anchors: Anchors?

    package struct Anchors: Equatable, Sendable {
        package let start: Int64
        package let end: Int64

        package init(start: Int64, end: Int64) {
            self.start = start
            self.end = end
        }
    }

    /// - Parameter isFollower: whether another symbol leads this one.
    package init(
        _ injection: Injection, number: Int, startNs: Int64, isFollower: Bool = false,
        anchors: Anchors? = nil
    ) {
        self.injection = injection
        self.number = number
        self.anchors = anchors
        let isLate = isFollower && injection.kind == .correlatedCrash
        let lagNs = injection.kind == .correlatedCrash ? injection[.lag] : 0
        let ownNs = injection.spanNs.map { $0 - lagNs }
        self.startNs = startNs + (isLate ? lagNs : 0)
        endNs = ownNs.map { [startNs = self.startNs] in startNs + $0 } ?? .max
        switch injection.kind {
        case .flashCrash: depthPpm = injection[.depth]
        case .correlatedCrash:
            depthPpm =
                isLate ? injection[.depth] * injection[.follow] / 1_000_000 : injection[.depth]
        default: depthPpm = 0
        }
    }

    package var kind: InjectionKind { injection.kind }

    package func contains(_ timeNs: Int64) -> Bool { timeNs > startNs && timeNs <= endNs }
}
