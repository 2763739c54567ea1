/// What a look at a stage needs beside its blocks.
package struct StageFacts: Sendable {
    package var stage: RolloutStage
    /// Indexes of the symbols whose lanes count: all in shadow and soak, the candidate's in canary.
    package var symbols: [Int]
    package var coveredNs: Int64
    package var plannedNs: Int64
    package var extensionsUsed: Int
    /// Act-level drift alerts that are open, by profile, and switches that were on in the stage.
    package var openDriftStrict: [String]
    package var openDriftGuarded: [String]
    package var hadKillSwitch: Bool
    /// Whether the two models decided on the same bars.
    package var hasParity: Bool

    package init(
        stage: RolloutStage, symbols: [Int], coveredNs: Int64, plannedNs: Int64,
        extensionsUsed: Int, openDriftStrict: [String], openDriftGuarded: [String],
        hadKillSwitch: Bool, hasParity: Bool
    ) {
        self.stage = stage
        self.symbols = symbols
        self.coveredNs = coveredNs
        self.plannedNs = plannedNs
        self.extensionsUsed = extensionsUsed
        self.openDriftStrict = openDriftStrict
        self.openDriftGuarded = openDriftGuarded
        self.hadKillSwitch = hadKillSwitch
        self.hasParity = hasParity
    }
}

/// Holds blocks against a plan's gates: a pure function, which the run and the simulator share.
package struct GateKeeper: Sendable {
    package let plan: RolloutPlan
    package let symbols: [String]
    package let training: TrainingEvidence
    package let attempt: Int
    package let seed: UInt64
    /// m, in fractions of one notional a block: the plan's rule on training's blocks.
    package let margin: Double

    package init(
        plan: RolloutPlan, symbols: [String], training: TrainingEvidence, attempt: Int,
        seed: UInt64
    ) {
        self.plan = plan
        self.symbols = symbols
        self.training = training
        self.attempt = attempt
        self.seed = seed
        margin = plan.margin.floorBps / 10_000
    }

    /// The whole look: every gate of the stage under both profiles, and the paired line.
    package func evaluate(_ blocks: [EvidenceBlock], _ facts: StageFacts) -> Evaluation {
        fatalError("not written yet")
    }

    /// The paired line alone, which rules R1 and R7 ask at each block's end.
    package func line(
        _ blocks: [EvidenceBlock], _ symbols: [Int], _ stage: RolloutStage
    ) -> DecisionLine {
        fatalError("not written yet")
    }
}
