package import Files
package import JSON
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
        /// The candidate's L2 columns, as indexes into the run's.
        package var l2Columns: [Int]
        /// What is to be done to the registry's aliases once the rollout is locked.
        package var aliases: [AliasMove]

        package init(
            name: String, champion: Model, candidate: Model, fallbacks: [Model],
            l2Columns: [Int] = [], aliases: [AliasMove] = []
        ) {
            self.name = name
            self.champion = champion
            self.candidate = candidate
            self.fallbacks = fallbacks
            self.l2Columns = l2Columns
            self.aliases = aliases
        }
    }

    /// A move of one of the registry's aliases, from where it stood when the run began.
    package struct AliasMove: Equatable, Sendable {
        package var alias: String
        /// The flips that the alias had seen by then.
        package var expectedEpoch: Int
        /// Nil where the alias was not set.
        package var from: Model?
        package var to: Model

        package init(alias: String, expectedEpoch: Int, from: Model?, to: Model) {
            self.alias = alias
            self.expectedEpoch = expectedEpoch
            self.from = from
            self.to = to
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
    /// Simulated markets at each difference; 0 for none.
    package var worldCount = 0
    /// What preflight says of the plan's ``Characteristics``; null where nothing was simulated.
    package var characteristics: JSONValue = nil
    /// What preflight says of the stress tests that it was shown.
    package var stress: JSONValue = []
    /// Problems found before the first event: a fallback that is missing, a contract that differs.
    package var refusals: [String]
    /// What a leakage check of training found; nil where it found nothing or none was made.
    package var leakage: String?
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
        commands: [DueCommand], leakage: String? = nil
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
        self.leakage = leakage
    }
}
