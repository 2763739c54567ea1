// DELETE THIS FILE at the merge: the start-up's branch declares the same.
import Features
import Market

extension Scenario {
    package static let defaults = Scenario(
        tapes: [], window: nil, featureEpochNs: nil, symbols: nil, barNs: 900_000_000_000,
        families: FeatureFamilies(), strategy: nil,
        latencies: Latencies(feedNs: 0, barDelayNs: 0, computeNs: 0, orderNs: 0),
        evaluationNs: Timestamp.minuteNs, seed: 0)
}
