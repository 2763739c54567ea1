package import Files
package import Scenarios

/// All that a rollout starts from; with the market's events it decides everything that follows.
package struct RolloutSetup: Sendable {
    /// A model of the run, as a rollout knows it.
    package struct Model: Equatable, Sendable {
        package var name: String
        package var version: Int
        package var digest: Digest

        package init(name: String, version: Int, digest: Digest) {
            self.name = name
            self.version = version
            self.digest = digest
        }
    }

    /// One traded symbol, in the order of the run.
    package struct Symbol: Equatable, Sendable {
        package var name: String
        package var champion: Model
        package var candidate: Model
        /// What the candidate's fallback aliases resolve to, in the order in which they are
        /// declared; a rollback goes to the champion of the preflight.
        package var fallbacks: [Model]

        package init(name: String, champion: Model, candidate: Model, fallbacks: [Model]) {
            self.name = name
            self.champion = champion
            self.candidate = candidate
            self.fallbacks = fallbacks
        }
    }

    /// A command at the evaluation tick at which it takes effect.
    package struct DueCommand: Equatable, Sendable {
        package var tickNs: Int64
        package var command: OperatorCommand

        package init(tickNs: Int64, command: OperatorCommand) {
            self.tickNs = tickNs
            self.command = command
        }
    }

    package var plan: RolloutPlan
    package var planDigest: Digest
    package var symbols: [Symbol]
    package var attempt: Int
    package var training: TrainingEvidence
    /// Problems found before the first event: a fallback that is missing, a contract that differs.
    package var refusals: [String]
    package var startNs: Int64
    package var barNs: Int64
    package var barDelayNs: Int64
    package var evaluationNs: Int64
    package var horizonNs: Int64
    package var seed: UInt64
    /// In the order of their ticks.
    package var commands: [DueCommand]

    package init(
        plan: RolloutPlan, planDigest: Digest, symbols: [Symbol], attempt: Int,
        training: TrainingEvidence, refusals: [String], startNs: Int64, barNs: Int64,
        barDelayNs: Int64, evaluationNs: Int64, horizonNs: Int64, seed: UInt64,
        commands: [DueCommand]
    ) {
        self.plan = plan
        self.planDigest = planDigest
        self.symbols = symbols
        self.attempt = attempt
        self.training = training
        self.refusals = refusals
        self.startNs = startNs
        self.barNs = barNs
        self.barDelayNs = barDelayNs
        self.evaluationNs = evaluationNs
        self.horizonNs = horizonNs
        self.seed = seed
        self.commands = commands
    }
}
