import JSON
import Rollout
import Statistics

extension CanaryMaker {
    func gates(_ line: CanaryReport.PairedLine) -> CanaryReport.Gates {
        if let look, let entry = window.look {
            let rows = look.gates.map { row($0, line) }
            return CanaryReport.Gates(
                source: .look, atNs: entry.event.atNs, rows: sorted(rows))
        }
        guard let entry = window.measurement else {
            return CanaryReport.Gates(source: .none, atNs: nil, rows: [])
        }
        let rows = measured(entry.event).map { row($0, line) }
        return CanaryReport.Gates(
            source: .measurement, atNs: entry.event.atNs, rows: sorted(rows))
    }

    /// What is nearest to failing goes first: the verdict, then the distance as a share of the
    /// threshold.
    private func sorted(_ rows: [CanaryReport.Gates.Row]) -> [CanaryReport.Gates.Row] {
        func rank(_ row: CanaryReport.Gates.Row) -> (Int, Double) {
            let order = [
                CanaryReport.Gates.Status.invalid, .rollback, .fail, .noData, .short,
                .inconclusive, .pass, .waived, .dryRun,
            ]
            let scale = row.threshold == 0 ? 1 : row.threshold.magnitude
            return (
                order.firstIndex(of: row.status) ?? 0,
                row.distance.map { $0 / scale } ?? .greatestFiniteMagnitude
            )
        }
        return rows.enumerated().sorted {
            let (a, b) = (rank($0.element), rank($1.element))
            return a == b ? $0.offset < $1.offset : a < b
        }.map(\.element)
    }

    /// A daily measurement holds values and verdicts alone.
    private func measured(_ event: RolloutEvent) -> [GateOutcome] {
        guard case .array(let gates) = event.detail?["gates"] else { return [] }
        return gates.compactMap { gate in
            guard case .string(let name) = gate["gate"], let kind = GateKind(rawValue: name),
                case .integer(let n) = gate["n"], let strict = gate.verdict("seed_strict"),
                let guarded = gate.verdict("guarded")
            else { return nil }
            var symbol: String?
            if case .string(let name) = gate["symbol"] { symbol = name }
            var estimate = Figure.undefined(.noValues, n: Int(n))
            if case .number(let value) = gate["value"] { estimate = Figure(value, n: Int(n)) }
            let own = stageGates.first { $0.kind == kind }
            return GateOutcome(
                kind, symbol: symbol, estimate: estimate, threshold: own?.threshold ?? 0,
                seedStrict: strict, guarded: guarded, isDryRun: own?.isDryRun ?? false)
        }
    }

    private func row(
        _ gate: GateOutcome, _ line: CanaryReport.PairedLine
    ) -> CanaryReport.Gates.Row {
        let notes = gate.notes.map { CanaryReport.Gates.Note(name: $0.name, figure: $0.figure) }
        let isTest = gate.kind == .liftP
        return CanaryReport.Gates.Row(
            kind: gate.kind, symbol: gate.symbol, clause: gate.kind.clause,
            estimand: gate.kind.estimand, estimate: gate.estimate,
            guardInterval: gate.guardInterval, threshold: gate.threshold, distance: gate.distance,
            effectiveCount: gate.kind == .expectancy || gate.kind == .sortino
                ? line.effectiveBlocks : nil,
            rawP: isTest ? notes.first { $0.name == "raw_p" }?.figure : nil,
            adjustedP: isTest ? gate.estimate : nil, seedStrict: gate.seedStrict,
            guarded: gate.guarded, status: status(gate), notes: notes)
    }

    private func status(_ gate: GateOutcome) -> CanaryReport.Gates.Status {
        if gate.isDryRun { return .dryRun }
        if gate.isWaived { return .waived }
        let verdict = gate.verdict(plan.profile)
        if gate.estimate.value == nil, verdict != .invalid, verdict != .fail { return .noData }
        switch verdict {
        case .pass: return .pass
        case .inconclusive: return .inconclusive
        case .short: return .short
        case .fail: return .fail
        case .rollback: return .rollback
        case .invalid: return .invalid
        }
    }
}

extension JSONValue {
    fileprivate func verdict(_ key: String) -> Verdict? {
        if case .string(let name) = self[key] { Verdict(rawValue: name) } else { nil }
    }
}

extension GateKind {
    /// The rule as its source has it.
    var clause: String {
        switch self {
        case .freshness: "shadow: p99 of the age of books < 30 s"
        case .nanRate: "shadow: p99 of the share of L2 features without a value < 1 %"
        case .agreement: "shadow: agreement with the blind fallback >= 90 %"
        case .liftInterval: "sweep.lift: the interval of the gain in F1 excludes 0"
        case .liftEffect: "sweep.effect: Cohen's d >= 0.3"
        case .liftP: "sweep.p: adjusted p < 0.05"
        case .trainingCalibration: "shadow: training's ECE <= the champion's + 0.01"
        case .trades: "canary: at least 50 trades"
        case .expectancy:
            "canary: expectancy net >= the champion's, or that within the interval"
        case .calibration: "canary: ECE per symbol <= the champion's + 0.01"
        case .f1Band: "canary: F1 of BUY within 20 % of the estimate"
        case .sortino: "full: Sortino >= the champion's"
        case .drawdown: "full: max drawdown <= the champion's + 1 point"
        case .noDrift: "canary: no drift alert"
        case .noKillSwitch: "full: no kill switch"
        }
    }

    /// What is estimated.
    var estimand: String {
        switch self {
        case .freshness: "99th percentile over evaluation ticks of the last book's age"
        case .nanRate: "99th percentile over bars of the share of L2 columns without a value"
        case .agreement: "share of bars with the same action as the blind fallback"
        case .liftInterval: "mean gain in F1 of BUY over training's cells"
        case .liftEffect: "Cohen's d of training's cells, by the average variance"
        case .liftP: "p of training's cells, paired t, two-sided, adjusted"
        case .trainingCalibration: "out-of-fold ECE, candidate less champion"
        case .trades: "the candidate's closed trades"
        case .expectancy: "mean net return of the candidate's trades"
        case .calibration: "ECE, candidate less champion, on the same rows"
        case .f1Band: "live F1 of BUY by training's, less 1"
        case .sortino: "annualised Sortino of blocks, candidate less champion"
        case .drawdown: "max drawdown at block ends, candidate less champion"
        case .noDrift: "drift alerts at the level of action"
        case .noKillSwitch: "switches that were on"
        }
    }
}
