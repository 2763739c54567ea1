import Market

/// What can be injected into a run, in the order of what it happens to: a market, the feed that
/// tells of it, the venue that it trades at. Its raw value is its name in scenarios and reports.
package enum InjectionKind: String, CaseIterable, Sendable {
    // Markets: prices, books and funding are others than they were.
    case flashCrash, correlatedCrash, halvingStep, volatilityRegime, spreadBlowOut, depthDrought
    case fundingSpike
    // Feeds: the market is as it was, and what is seen of it is not.
    case feedGap, frozenFeed, duplicates, outOfOrder, nanBurst, clockSkew
    // Venues: what an order meets.
    case latencySpike, feeChange, exchangeOutage
}

/// A number that says how an injection is shaped.
package enum InjectionParameter: String, CaseIterable, Sendable {
    case depth, follow, fall, hold, recovery, lag
    case spread, drought
    case size, factor, share, delay, by, add, feed, order
    case lasting

    package enum Unit: Sendable {
        /// Millionths: of a price, of rows, of a size, or of one for factors.
        case millionths
        case nanoseconds
    }
}

extension InjectionKind {
    /// One parameter of a kind, as files give it.
    package struct Field: Sendable {
        package let parameter: InjectionParameter
        package let unit: InjectionParameter.Unit
        package let range: ClosedRange<Int64>
        package let standard: Int64
        /// At which the injection does nothing; nil for a parameter that shapes what another one
        /// sizes.
        package let zero: Int64?
    }

    /// In the order in which they are told.
    package var fields: [Field] {
        switch self {
        case .flashCrash: Self.crash
        case .correlatedCrash:
            Self.crash + [
                .share(.follow, standard: 800_000, max: 1_000_000), .duration(.lag, minutes: 2),
            ]
        case .halvingStep: [.sized(.size, -900_000...10_000_000, standard: 100_000, zero: 0)]
        case .volatilityRegime:
            [
                .sized(.factor, 100_000...10_000_000, standard: 2_000_000, zero: 1_000_000),
                .duration(.lasting, minutes: 1440),
            ]
        case .spreadBlowOut:
            [
                .sized(.factor, 1_000_000...1_000_000_000, standard: 10_000_000, zero: 1_000_000),
                .duration(.lasting, minutes: 60),
            ]
        case .depthDrought:
            [.sized(.share, 0...999_999, standard: 900_000, zero: 0)]
                + [.duration(.lasting, minutes: 60)]
        case .fundingSpike:
            [
                .sized(.add, -50_000...50_000, standard: 1_000, zero: 0),
                .duration(.lasting, minutes: 1440),
            ]
        case .feedGap, .frozenFeed, .exchangeOutage:
            [.duration(.lasting, minutes: 30, zero: 0)]
        case .duplicates:
            [
                .sized(.share, 0...1_000_000, standard: 200_000, zero: 0),
                .duration(.lasting, minutes: 60),
            ]
        case .outOfOrder:
            [
                .sized(.share, 0...1_000_000, standard: 200_000, zero: 0),
                .delay(.delay, seconds: 2), .duration(.lasting, minutes: 60),
            ]
        case .nanBurst:
            [
                .sized(.share, 0...1_000_000, standard: 500_000, zero: 0),
                .duration(.lasting, minutes: 60),
            ]
        case .clockSkew:
            [
                Field(
                    parameter: .by, unit: .nanoseconds, range: -Timestamp.hourNs...Timestamp.hourNs,
                    standard: 5 * Timestamp.secondNs, zero: 0),
                .duration(.lasting, minutes: 60),
            ]
        case .latencySpike:
            [
                .delay(.feed, seconds: 5, zero: 0), .delay(.order, seconds: 5, zero: 0),
                .duration(.lasting, minutes: 60),
            ]
        case .feeChange:
            [
                .sized(.add, -10_000...100_000, standard: 1_000, zero: 0),
                .duration(.lasting, minutes: 365 * 1440),
            ]
        }
    }

    private static let crash: [Field] = [
        .sized(.depth, 0...950_000, standard: 300_000, zero: 0),
        .duration(.fall, minutes: 60), .duration(.hold, minutes: 0),
        .duration(.recovery, minutes: 60),
        .sized(.spread, 1_000_000...1_000_000_000, standard: 5_000_000),
        .share(.drought, standard: 800_000, max: 999_999),
    ]

    package func field(_ parameter: InjectionParameter) -> Field? {
        fields.first { $0.parameter == parameter }
    }
}

extension InjectionKind.Field {
    fileprivate static func sized(
        _ parameter: InjectionParameter, _ range: ClosedRange<Int64>, standard: Int64,
        zero: Int64? = nil
    ) -> Self {
        Self(parameter: parameter, unit: .millionths, range: range, standard: standard, zero: zero)
    }

    fileprivate static func share(
        _ parameter: InjectionParameter, standard: Int64, max: Int64
    ) -> Self {
        sized(parameter, 0...max, standard: standard)
    }

    fileprivate static func duration(
        _ parameter: InjectionParameter, minutes: Int64, zero: Int64? = nil
    ) -> Self {
        Self(
            parameter: parameter, unit: .nanoseconds, range: 0...(365 * Timestamp.dayNs),
            standard: minutes * Timestamp.minuteNs, zero: zero)
    }

    /// By how much something comes later: rows that wait are kept until then.
    fileprivate static func delay(
        _ parameter: InjectionParameter, seconds: Int64, zero: Int64? = nil
    ) -> Self {
        Self(
            parameter: parameter, unit: .nanoseconds, range: 0...Timestamp.dayNs,
            standard: seconds * Timestamp.secondNs, zero: zero)
    }
}
