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
    let selection: String
    let facts: ScenarioFacts
    let window: EvidenceWindow

    /// - Parameters:
    ///   - others: Rollouts of other runs of the journal, in the order in which they began.
    ///   - selection: Options that lead a command to the run.
    package init(
        _ record: RunRecord, _ summary: RunSummary, _ history: RolloutHistory, others: [Other],
        selection: String
    ) throws(JSONError) {
        self.record = record
        self.history = history
        self.others = others
        self.selection = selection
        runID = summary.id
        rowCount = summary.rowCount
        tip = summary.tip
        footer = summary.footer
        facts = try ScenarioFacts(record.scenario)
        window = EvidenceWindow(history)
    }

    /// Takes the run's rows; ``EvidenceRows/tables`` says which.
    package var rows: EvidenceRows { EvidenceRows(window, barNs: facts.barNs) }
}
