package import Files

/// What a run starts from, which names it: equal inputs are one run.
package struct RunRecord: Equatable, Sendable {
    package struct Input: Equatable, Sendable {
        /// The part that it plays: `tape`, `model BTCUSDC champion`. Part of the identity.
        package let kind: String
        /// Where it came from, for people. No part of the identity: a file may move.
        package let name: String
        package let digest: Digest

        package init(kind: String, name: String, digest: Digest) {
            self.kind = kind
            self.name = name
            self.digest = digest
        }
    }

    package let inputs: [Input]
    /// Raised only when results change with equal inputs.
    package let resultsVersion: Int
    /// The scenario's canonical text.
    package let scenario: String
    /// Where the scenario was read, for who goes on with the run. No part of the identity.
    package let scenarioPath: String?
    package let identity: Digest

    package init(
        inputs: [Input], resultsVersion: Int, scenario: String, scenarioPath: String? = nil
    ) {
        self.inputs = inputs
        self.resultsVersion = resultsVersion
        self.scenario = scenario
        self.scenarioPath = scenarioPath
        var hash = SHA256()
        func add(_ text: String) {
            hash.update([Int64(text.utf8.count)])
            hash.update(Array(text.utf8))
        }
        add("tapedeck run 1")
        hash.update([Int64(resultsVersion), Int64(inputs.count)])
        for input in inputs {
            add(input.kind)
            hash.update(input.digest.bytes)
        }
        add(scenario)
        identity = hash.finish()
    }
}

/// What a journal holds of a run that begins.
package struct RunState: Equatable, Sendable {
    /// The run's number in this journal: the column `run` of each table.
    package let run: Int64
    /// Rows that are stored already: numbers 0 to `rowCount - 1`.
    package let rowCount: Int64
    package let isFinished: Bool
}

/// A run as `journal list` shows it.
package struct RunSummary: Equatable, Sendable {
    /// The run's number in this journal: the column `run` of each table.
    package let run: Int64
    /// The identity's 64 digits.
    package let id: String
    package let resultsVersion: Int64
    package let rowCount: Int64
    /// Hash of the last row that was written.
    package let tip: String
    /// Digest of the operators' commands; nil until the run has ended.
    package let commands: String?
    /// The footer's hash; nil until the run has ended.
    package let footer: String?
    /// What the machine's clock said; no part of the chain or of an export.
    package let startedWallNs: Int64
    package let finishedWallNs: Int64?
    package let isSelected: Bool

    package var isFinished: Bool { footer != nil }
}
