package import Statistics

/// What the expectancy gate makes of its figures, under both profiles.
package struct ExpectancyRule: Equatable, Sendable {
    package let seedStrict: Verdict
    package let guarded: Verdict
    /// How far inside; nil where a figure is undefined.
    package let distance: Double?

    /// - Parameters:
    ///   - own: The candidate's mean over trades, with the interval of its blocks.
    ///   - threshold: 0 is the champion's mean itself.
    package init(own: Figure, champion: Figure, threshold: Double, _ line: DecisionLine) {
        guard let mean = own.value, let other = champion.value else {
            seedStrict = max(
                GateKeeper.verdict(undefined: own.value == nil ? own : champion), .inconclusive)
            guarded = seedStrict
            distance = nil
            return
        }
        let bar = other + threshold
        let reach = max(mean, own.interval?.high ?? mean)
        // Without an interval the second half of the rule cannot be told.
        seedStrict = reach >= bar ? .pass : own.interval == nil ? .inconclusive : .fail
        guarded =
            seedStrict == .pass && !line.conclusion.isNonInferior ? .inconclusive : seedStrict
        distance = reach - bar
    }

    package func verdict(_ profile: RolloutPlan.Profile) -> Verdict {
        profile == .seedStrict ? seedStrict : guarded
    }
}
