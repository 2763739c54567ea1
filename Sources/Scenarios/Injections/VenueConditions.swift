import Market

/// What injections do to a symbol's venue: functions of the venue's time alone.
///
/// Spans are open at their starts and closed at their ends, like those of bars.
package struct VenueConditions: Equatable, Sendable {
    /// While nothing is matched: outages, and feeds that are frozen, since nobody can say what the
    /// venue would have offered. In the order of their starts.
    private let closures: [PlacedInjection]
    private let feeChanges: [PlacedInjection]
    private let latencySpikes: [PlacedInjection]
    private let wideSpreads: [PlacedInjection]
    private let repeats: [PlacedInjection]
    private let disorders: [PlacedInjection]

    package static let undisturbed = VenueConditions([])

    package init(_ injections: [PlacedInjection]) {
        func all(_ kinds: InjectionKind...) -> [PlacedInjection] {
            injections.filter { kinds.contains($0.kind) }
        }
        closures = all(.exchangeOutage, .frozenFeed).filter { $0.startNs < $0.endNs }.sorted {
            ($0.startNs, $0.number) < ($1.startNs, $1.number)
        }
        feeChanges = all(.feeChange)
        latencySpikes = all(.latencySpike)
        wideSpreads = all(.spreadBlowOut)
        // A tape may repeat or reorder rows by itself, which these leave as it is at size zero.
        repeats = all(.duplicates).filter { $0.injection[.share] > 0 }
        disorders = all(.outOfOrder).filter {
            $0.injection[.share] > 0 && $0.injection[.delay] > 0
        }
    }

    // MARK: - Matching

    /// Whether nothing is matched against what the venue shows at `eventNs`.
    package func isClosed(at eventNs: Int64) -> Bool {
        closures.contains { $0.contains(eventNs) }
    }

    /// Whether nothing is matched at some moment of (`startNs`, `endNs`].
    package func isClosed(after startNs: Int64, through endNs: Int64) -> Bool {
        closures.contains { startNs < $0.endNs && endNs > $0.startNs }
    }

    /// When an order that arrives at `arrivesNs` has waited for `lifeNs`, not counting what it
    /// waits while nothing is matched: from the end of that its time begins anew.
    package func deadlineNs(arrivesNs: Int64, lifeNs: Int64) -> Int64 {
        var deadlineNs = arrivesNs + lifeNs
        for closure in closures
        where closure.startNs < deadlineNs && closure.endNs >= arrivesNs {
            deadlineNs = max(deadlineNs, closure.endNs + lifeNs)
        }
        return deadlineNs
    }

    /// Whether rows of this event time may be a feed's repetitions.
    package func mayRepeat(_ eventNs: Int64) -> Bool {
        repeats.contains { $0.contains(eventNs) }
    }

    package var hasDisorder: Bool { !disorders.isEmpty }

    /// Whether rows of this event time may have been overtaken by later ones.
    package func mayBeOvertaken(_ eventNs: Int64) -> Bool {
        disorders.contains { $0.contains(eventNs) }
    }

    // MARK: - Orders and costs

    /// What an order that is decided at `decidedNs` takes longer to arrive.
    package func addedOrderNs(decidedNs: Int64) -> Int64 {
        addedNs(.order) { $0.contains(decidedNs) }
    }

    /// The most by which anything is seen later than it was.
    package var addedFeedNsMax: Int64 { addedNs(.feed) { $0.startNs < $0.endNs } }

    /// Added to the fee of a fill, in millionths of its notional.
    package func addedFeePpm(fillNs: Int64) -> Int64 {
        feeChanges.reduce(0) { $1.contains(fillNs) ? $0 + $1.injection[.add] : $0 }
    }

    /// A spread of a fill on candles, where no book brings its own: factors multiply, up to one of
    /// ``spreadFactorMax``.
    package func widened(_ spread: Int128, fillNs: Int64) -> Int128 {
        var factorPpm: Int128 = 1_000_000
        for wide in wideSpreads where wide.contains(fillNs) {
            factorPpm = factorPpm * Int128(wide.injection[.factor]) / 1_000_000
            factorPpm = min(factorPpm, 1_000_000 * Self.spreadFactorMax)
        }
        return (spread * factorPpm + 999_999) / 1_000_000
    }

    package static let spreadFactorMax: Int128 = 1_000

    /// The sum over those that hold, up to a year: no run tells more apart.
    private func addedNs(
        _ parameter: InjectionParameter, where holds: (PlacedInjection) -> Bool
    ) -> Int64 {
        latencySpikes.reduce(0) {
            holds($1) ? min($0 + $1.injection[parameter], 365 * Timestamp.dayNs) : $0
        }
    }
}
