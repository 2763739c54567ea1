/// The rollout that a run is: its plan, what training left for it, and which attempt it is.
package struct RolloutSettings: Equatable, Sendable {
    /// A plan file.
    package var plan: String
    /// What `tapedeck train` wrote beside the models: cells.csv, or the folder that holds it.
    package var training: String
    /// Folders that `tapedeck stress` wrote about the candidate: preflight asks for them.
    package var stress: [String]
    /// From 1. An attempt after another one has stricter limits and evidence of its own.
    package var attempt: Int
    /// Simulated markets at each difference, for the plan's operating characteristics; 0 for none.
    package var worldCount: Int

    package init(
        plan: String, training: String, stress: [String] = [], attempt: Int,
        worldCount: Int = worldsStandard
    ) {
        self.plan = plan
        self.training = training
        self.stress = stress
        self.attempt = attempt
        self.worldCount = worldCount
    }

    /// Enough to tell a rate of 80 % from one of 60 %, and seconds of work.
    package static let worldsStandard = 100

    static let attemptsMax = 100
    static let worldsMax = 100_000
}
