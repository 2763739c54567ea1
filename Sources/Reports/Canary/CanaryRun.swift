package import JSON
package import Journal
import Rollout

/// What a canary report is made from beside the rows of its evidence.
package struct CanaryRun: Sendable {
    /// Another rollout of the same journal.
    package struct Other: Sendable {
        package let runID: String
        package let history: RolloutHistory

        package init(runID: String, history: RolloutHistory) {
            self.runID = runID
            self.history = history
        }
    }

    let record: RunRecord
    let runID: String
    let rowCount: Int64
    let tip: String
    let footer: String?
    let history: RolloutHistory
    let others: [Other]
    /// The option that leads a command to the run, wherever its journal lies.
    let selection: String
    let facts: ScenarioFacts
    let window: EvidenceWindow

    /// - Parameters:
    ///   - others: Rollouts of other runs of the journal, in the order in which they began.
    ///   - tip: The hash of the run's last row.
    ///   - footer: Nil while the run waits for a signature.
    package init(
        _ record: RunRecord, _ history: RolloutHistory, others: [Other], rowCount: Int64,
        tip: String, footer: String?
    ) throws(JSONError) {
        self.record = record
        self.history = history
        self.others = others
        selection = " --run \("\(record.identity)".prefix(12))"
        runID = "\(record.identity)"
        self.rowCount = rowCount
        self.tip = tip
        self.footer = footer
        facts = try ScenarioFacts(record.scenario)
        window = EvidenceWindow(history)
    }

    /// Takes the run's rows; ``EvidenceRows/tables`` says which.
    package var rows: EvidenceRows { EvidenceRows(window, barNs: facts.barNs) }
}
