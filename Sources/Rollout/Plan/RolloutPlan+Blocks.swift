extension RolloutPlan {
    /// How many blocks a stage plans, extensions left out: where its limits are tightest.
    ///
    /// - Parameter symbolCount: Of the run; a ramp has a day for each.
    package func plannedBlockCount(_ stage: RolloutStage, symbolCount: Int) -> Int {
        let plannedNs =
            switch stage {
            case .registered, .shadow: shadow.coveredNs
            case .canary: canary.coveredNs
            case .ramp: rampDayNs * Int64(symbolCount)
            case .soak: soak.coveredNs
            }
        return max(Int(plannedNs / blockNs), 1)
    }
}
