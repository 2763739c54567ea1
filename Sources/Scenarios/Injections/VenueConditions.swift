/// What injections do to a symbol's venue: functions of the venue's time alone.
package struct VenueConditions: Equatable, Sendable {
    private let injections: [PlacedInjection]

    package static let undisturbed = VenueConditions([])

    package init(_ injections: [PlacedInjection]) {
        self.injections = injections.filter {
            switch $0.kind {
            case .feeChange, .exchangeOutage, .latencySpike, .spreadBlowOut, .frozenFeed: true
            default: false
            }
        }
    }
}
