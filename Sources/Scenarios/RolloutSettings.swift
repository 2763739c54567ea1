/// The rollout that a run is: its plan, what training left for it, and which attempt it is.
package struct RolloutSettings: Equatable, Sendable {
    /// A plan file.
    package var plan: String
    /// What `tapedeck train` wrote beside the models: cells.csv, or the folder that holds it.
    package var training: String
    /// From 1. An attempt after another one has stricter limits and evidence of its own.
    package var attempt: Int

    package init(plan: String, training: String, attempt: Int) {
        self.plan = plan
        self.training = training
        self.attempt = attempt
    }

    static let attemptsMax = 100
}
