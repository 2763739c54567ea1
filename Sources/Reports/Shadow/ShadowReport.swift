package import Journal
package import Statistics

/// What a run in shadow comes to: champion and candidate on the same bars, each filled in a ledger
/// of its own.
///
/// A value computed from the journal alone; its ``document``, its ``page`` and the terminal's text
/// show the same numbers. The figures are those that `tapedeck replay` prints.
package struct ShadowReport: Equatable, Sendable {
    package let figures: RunFigures
    package let provenance: RunProvenance
    package let curves: [LedgerCurve]
    package let probabilities: [Probabilities]
    /// Nil without a candidate.
    package let disagreement: Disagreement?
    /// Alerts and commands in the order of time, the last ``incidentsMax`` of them.
    package let incidents: [Incident]
    package let incidentCount: Int
    package let verdict: Verdict

    /// Raised when a reader of the document would have to change.
    package static let schema = "tapedeck.shadow/1"
    package static let incidentsMax = 100

    /// A ledger's equity over all symbols, at the ends of the periods that returns are taken of.
    package struct LedgerCurve: Equatable, Sendable {
        package let ledger: RunLedger
        let periods: [EquityCurve.Period]

        package var equity: [Double] { periods.map(\.equity) }
    }

    /// How a role's probabilities lie, and how they came true.
    package struct Probabilities: Equatable, Sendable {
        package let role: RunRole
        /// Of all bars with a probability; bin k begins at k / ``binCount``.
        package let counts: [Int]
        /// Of the bars whose label is known.
        package let reliability: Reliability

        package static let binCount = 20
    }

    package init(_ tally: RunTally, _ provenance: RunProvenance) {
        // By name: no sum may hang on which symbol the journal names first.
        let symbols = tally.symbols.sorted { $0.name < $1.name }
        figures = tally.finish()
        self.provenance = provenance
        curves = figures.total.ledgers.map(\.ledger).map { ledger in
            let curve = EquityCurve(
                symbols.map { ($0.ledgers[ledger.index].marks, $0.quoteDecimals) },
                capMicros: tally.context.totalCapMicros, tally.context)
            return LedgerCurve(ledger: ledger, periods: curve.periods)
        }
        probabilities = figures.total.roles.map { Probabilities($0.role, symbols) }
        disagreement =
            figures.total.comparison == nil ? nil : Disagreement(symbols, tally.context)
        incidents = tally.incidents.suffix(Self.incidentsMax)
        incidentCount = tally.incidents.count
        verdict = Verdict(figures)
    }
}

extension ShadowReport.Probabilities {
    fileprivate init(_ role: RunRole, _ symbols: [SymbolTally]) {
        var counts = [Int](repeating: 0, count: Self.binCount)
        var probabilities: [Double] = []
        var outcomes: [Bool] = []
        for symbol in symbols {
            for decision in symbol.decisions[role.index] {
                guard let ppb = decision.probabilityPpb else { continue }
                counts[min(Int(ppb) * Self.binCount / 1_000_000_000, Self.binCount - 1)] += 1
            }
            for bar in symbol.labelledDecisions(of: role) {
                guard let probability = bar.probability else { continue }
                probabilities.append(probability)
                outcomes.append(bar.label == .buy)
            }
        }
        self.init(
            role: role, counts: counts,
            reliability: Reliability(probabilities: probabilities, outcomes: outcomes))
    }
}

/// What a run was made from and what seals it: digests, no places.
package struct RunProvenance: Equatable, Sendable {
    package struct Input: Equatable, Sendable {
        package let kind: String
        /// The last part of its name: a path says where somebody's files lie.
        package let name: String
        package let digest: String
    }

    package let run: String
    package let resultsVersion: Int
    package let rowCount: Int64
    /// Nil for a run that waits for a sign-off.
    package let footer: String?
    package let inputs: [Input]
    package let scenario: RecordedScenario
    /// What a rollout in the run has come to; nil for a plain replay.
    package let state: String?

    package init(
        _ record: RunRecord, _ scenario: RecordedScenario, rowCount: Int64, footer: String?,
        state: String?
    ) {
        self.run = "\(record.identity)"
        resultsVersion = record.resultsVersion
        self.rowCount = rowCount
        self.footer = footer
        inputs = record.inputs.map { input in
            Input(
                kind: input.kind,
                name: input.name.split(separator: "/").last.map(String.init) ?? input.name,
                digest: "\(input.digest)")
        }
        self.scenario = scenario
        self.state = state
    }
}
