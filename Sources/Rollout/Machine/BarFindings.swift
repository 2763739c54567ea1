import JSON
package import Statistics

/// What a bar tick says to the rules.
package struct BarFindings: Sendable {
    package var closeNs: Int64
    package var tickNs: Int64
    /// By symbol, whose decision the acted ledger followed at this bar; nil where there was none.
    package var served: [Lane.Model?]
    package var alerts: [AlertChange]
    /// By symbol.
    package var expectancies: [ExpectancyFinding]
    /// Of the stage's symbols, at the end of a block from the plan's first count of blocks on.
    package var line: DecisionLine?
    /// Mean net return of what was closed since the rollback; once the watch is over.
    package var restoration: Figure?

    package init(
        closeNs: Int64, tickNs: Int64, served: [Lane.Model?], alerts: [AlertChange] = [],
        expectancies: [ExpectancyFinding], line: DecisionLine? = nil, restoration: Figure? = nil
    ) {
        self.closeNs = closeNs
        self.tickNs = tickNs
        self.served = served
        self.alerts = alerts
        self.expectancies = expectancies
        self.line = line
        self.restoration = restoration
    }
}

/// How the candidate did with real routes on one symbol: what rules R1 and R2 look at.
package struct ExpectancyFinding: Equatable, Sendable {
    static let windowNs: Int64 = 48 * 3_600_000_000_000
    static let guardedCountMin = 20

    /// Mean net return of trades entered in the last 48 hours and closed.
    package var recent = Figure.undefined(.noValues, n: 0)
    /// The paired line's upper limit for this symbol; nil before there are blocks enough.
    package var lineUpper: Double?
    /// Trades of the stage, and the one-sided 95 % upper bound of their mean where it is below 0.
    package var stageCount = 0
    package var stageUpper: Double?
    package var margin = 0.0

    package init() {}

    /// Whether rule R1 takes this lane back.
    package func isBreached(_ profile: RolloutPlan.Profile) -> Bool {
        guard let mean = recent.value, recent.n >= 1, mean < 0 else { return false }
        switch profile {
        case .seedStrict: return true
        case .guarded:
            let isInferior = lineUpper.map { $0 < -margin } ?? false
            let isLosing = stageUpper.map { $0 < 0 } ?? false
            return isInferior || (isLosing && stageCount >= Self.guardedCountMin)
        }
    }

    /// Both profiles, so that a reader sees where they differ.
    var document: JSONValue {
        [
            "n": JSONValue(recent.n), "mean": Self.number(recent.value),
            "stage_n": JSONValue(stageCount), "stage_upper": Self.number(stageUpper),
            "line_upper": Self.number(lineUpper), "margin": .number(margin),
            "seed_strict": .bool(isBreached(.seedStrict)), "guarded": .bool(isBreached(.guarded)),
        ]
    }

    private static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
}
