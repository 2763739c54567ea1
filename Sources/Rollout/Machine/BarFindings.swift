import JSON
import Statistics

/// What a bar tick says to the rules.
struct BarFindings: Sendable {
    var closeNs: Int64
    var tickNs: Int64
    /// By symbol, whose decision the acted ledger followed at this bar; nil where there was none.
    var served: [Lane.Model?]
    var alerts: [AlertChange] = []
    /// By symbol.
    var expectancies: [ExpectancyFinding]
    /// Of the stage's symbols, at the end of a block from the plan's first count of blocks on.
    var line: DecisionLine?
    /// Mean net return of what was closed since the rollback; once the watch is over.
    var restoration: Figure?
}

/// How the candidate did with real routes on one symbol: what rules R1 and R2 look at.
struct ExpectancyFinding: Equatable, Sendable {
    static let windowNs: Int64 = 48 * 3_600_000_000_000
    static let guardedCountMin = 20

    /// Mean net return of trades entered in the last 48 hours and closed.
    var recent = Figure.undefined(.noValues, n: 0)
    /// The paired line's upper limit for this symbol; nil before there are blocks enough.
    var lineUpper: Double?
    /// Trades of the stage, and the one-sided 95 % upper bound of their mean.
    var stageCount = 0
    var stageUpper: Double?
    var margin = 0.0

    func isBreached(_ profile: RolloutPlan.Profile) -> Bool {
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
