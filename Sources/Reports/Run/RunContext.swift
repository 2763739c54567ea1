package import JSON
package import Journal
package import Market

/// What a summary needs to know of a run beside its rows.
package struct RunContext: Equatable, Sendable {
    package let runID: String
    /// Path of the scenario's file.
    package let scenario: String
    /// Where the journal lies.
    package let journal: String
    /// From the open of the first bar that was decided on to the close of the last one.
    package let window: TimeRange
    package let strategy: String
    package let barNs: Int64
    /// From a bar's close to its tick.
    package let barDelayNs: Int64
    /// What all symbols together, and one symbol, may tie up: the equity that the curve of a
    /// ledger, and of its symbol, starts with. In millionths of a unit of quote currency.
    package let totalCapMicros: Int64
    package let symbolCapMicros: Int64
    /// Of the resampling behind the intervals.
    package let seed: UInt64
    /// Commands that go on from here.
    package let nextSteps: [NextStep]

    /// A command to type, and what for.
    package struct NextStep: Equatable, Sendable {
        package let command: String
        package let purpose: String

        package init(command: String, purpose: String) {
            self.command = command
            self.purpose = purpose
        }
    }

    package init(
        runID: String, scenario: String, journal: String, window: TimeRange, strategy: String,
        barNs: Int64, barDelayNs: Int64, totalCapMicros: Int64, symbolCapMicros: Int64,
        seed: UInt64, nextSteps: [NextStep]
    ) {
        precondition(window.endNs - window.startNs >= barNs, "a window holds a bar")
        precondition(totalCapMicros > 0 && symbolCapMicros > 0, "a ledger starts with money")
        self.runID = runID
        self.scenario = scenario
        self.journal = journal
        self.window = window
        self.strategy = strategy
        self.barNs = barNs
        self.barDelayNs = barDelayNs
        self.totalCapMicros = totalCapMicros
        self.symbolCapMicros = symbolCapMicros
        self.seed = seed
        self.nextSteps = nextSteps
    }
}

extension RunContext {
    /// The context that a run's own record and bars give: what `tapedeck replay` and the reports
    /// share.
    ///
    /// - Parameters:
    ///   - closesNs: of the first and the last bar that the run decided on.
    ///   - scenario: where the scenario lies; empty in a report, which names no place.
    package init(
        _ record: RunRecord, closesNs: ClosedRange<Int64>, scenario path: String = "",
        journal: String = "", nextSteps: [NextStep] = []
    ) throws(JSONError) {
        let scenario = try RecordedScenario(record.scenario)
        self.init(
            runID: "\(record.identity)", scenario: path, journal: journal,
            window: TimeRange(
                startNs: closesNs.lowerBound - scenario.barNs, endNs: closesNs.upperBound),
            strategy: scenario.strategy, barNs: scenario.barNs,
            barDelayNs: scenario.barDelayNs,
            totalCapMicros: scenario.execution?.totalCapMicros ?? 1,
            symbolCapMicros: scenario.execution?.symbolCapMicros ?? 1, seed: scenario.seed,
            nextSteps: nextSteps)
    }
}
