package import Features
package import Market
package import Models

/// What a run plays: the content of a scenario file, every value checked.
package struct Scenario: Equatable, Sendable {
    /// The tapes to read as one, in order.
    package var tapes: [String]
    /// Bars that open at or after its start and close by its end are handed on; nil for all.
    package var window: TimeRange?
    /// Where the enricher starts; nil for the tape's start.
    package var featureEpochNs: Int64?
    /// Nil for every instrument that has candles.
    package var symbols: [String]?
    package var barNs: Int64
    package var families: FeatureFamilies
    /// Labels are made where there is one.
    package var strategy: Strategy?
    package var latencies: Latencies
    package var evaluationNs: Int64
    package var seed: UInt64
    /// Nil for a run that scores nothing.
    package var serving: Serving?
    /// Nil for a run that trades nothing.
    package var execution: Execution?
    package var training: Training?
    /// Nil for a run that decides nothing about a candidate.
    package var rollout: RolloutSettings?
    /// In the order of their times.
    package var commands: [OperatorCommand]
    /// In the order in which they were declared, which is the order in which they work.
    package var injections: [Injection] = []

    /// How long information and orders take.
    package struct Latencies: Equatable, Sendable {
        /// Added to the event time of what was recorded without a receive time.
        package var feedNs: Int64
        /// From a bar's close to its tick; the feed's latency when not given.
        package var barDelayNs: Int64
        package var computeNs: Int64
        package var orderNs: Int64
    }
}
