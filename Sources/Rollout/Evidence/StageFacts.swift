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
