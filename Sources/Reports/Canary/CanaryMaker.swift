import JSON
import Journal
import Market
import Rollout
import Statistics

extension CanaryReport {
    /// - Parameter rows: All rows of the run, by ``CanaryRun/rows``.
    package init(_ run: CanaryRun, _ rows: EvidenceRows) throws {
        self = try CanaryMaker(run, rows).report()
    }
}

/// Makes the sections of a canary report. What several of them need is made once, here.
struct CanaryMaker {
    let run: CanaryRun
    let rows: EvidenceRows
    /// The look that decides; nil for a stage without one.
    let look: Evaluation?
    let bars: EvidenceBars
    let scored: [ScoredBars]
    let tallies: [SymbolTally]
    let context: RunContext

    var facts: ScenarioFacts { run.facts }
    var window: EvidenceWindow { run.window }
    var plan: RolloutPlan { run.history.plan }
    var state: RolloutState { run.history.state }
    var symbolNames: [String] { bars.symbols.map(\.name) }
    var allSymbols: [Int] { Array(bars.symbols.indices) }
    var bootstrap: StationaryBootstrap { StationaryBootstrap(seed: facts.seed) }

    init(_ run: CanaryRun, _ rows: EvidenceRows) throws {
        self.run = run
        self.rows = rows
        look = try run.window.look.map {
            try Evaluation(evidence: $0.event.detail?.text() ?? "null")
        }
        let bars = EvidenceBars(rows, run.window, run.facts, blockNs: run.history.plan.blockNs)
        let scored = bars.symbols.map { ScoredBars($0, bars, run.facts) }
        self.bars = bars
        self.scored = scored
        let firstNs = bars.span?.fromNs ?? run.window.startNs
        let facts = run.facts
        context = RunContext(
            runID: run.runID, scenario: "", journal: "",
            window: TimeRange(
                startNs: firstNs, endNs: max(bars.span?.toNs ?? 0, firstNs + facts.barNs)),
            strategy: facts.strategy, barNs: facts.barNs, barDelayNs: facts.barDelayNs,
            totalCapMicros: facts.totalCapMicros, symbolCapMicros: facts.symbolCapMicros,
            seed: facts.seed, nextSteps: [])
        tallies = try zip(bars.symbols, scored).map { try SymbolTally($0, $1, bars) }
    }

    func report() throws -> CanaryReport {
        let line = pairedLine()
        let sample = sample()
        let equity = equity()
        let sensitivity = sensitivity(line)
        let gates = gates(line)
        return CanaryReport(
            banner: banner(line, gates), gates: gates, provenance: provenance(),
            sample: sample, headline: headline(equity), line: line, equity: equity,
            forest: forest(line), disagreement: disagreement(), calibration: calibration(),
            drift: drift(), quality: quality(), leakage: leakage(),
            multiplicity: try multiplicity(),
            sensitivity: sensitivity, incidents: incidents(), readiness: readiness(),
            signOff: signOff())
    }

    /// The plan's gates of the stage; a ramp is watched by rules alone.
    var stageGates: [Gate] {
        switch window.stage {
        case .shadow: plan.shadow.gates
        case .canary: plan.canary.gates
        case .soak: plan.soak.gates
        case .registered, .ramp: []
        }
    }

    /// When the evidence ended: the look, or the last bar that there is.
    var endNs: Int64 {
        window.endNs ?? bars.bars.last?.tickNs ?? run.history.state.lastNs
    }

    func isInside(_ atNs: Int64) -> Bool { atNs >= window.startNs && atNs <= endNs }

    /// The mean of a series of blocks, with an interval that resamples them in blocks of their own.
    func blockMean(_ values: [Double]) -> Figure {
        var mean = DailyMean(days: 0..<max(values.count, 1))
        for (index, value) in values.enumerated() { mean.add(value, day: index) }
        return mean.mean(bootstrap)
    }
}

extension Figure {
    /// Without an interval, which pairs alone could give.
    func minus(_ other: Figure) -> Figure {
        let n = min(n, other.n)
        guard let value, let subtracted = other.value else {
            return .undefined(reason == .noValues ? .noValues : .undefinedPart, n: n)
        }
        return Figure(value - subtracted, n: n)
    }
}

/// A symbol's covered bars whose label counts: known, and its whole horizon elapsed.
struct ScoredBars {
    struct Bar {
        let closeNs: Int64
        let champion: EvidenceRows.Decision
        let candidate: EvidenceRows.Decision
        let sign: Int64
    }

    private(set) var bars: [Bar] = []

    init(_ symbol: EvidenceRows.Symbol, _ bars: EvidenceBars, _ facts: ScenarioFacts) {
        guard let lastNs = bars.bars.last?.closeNs else { return }
        let patienceNs = facts.horizonNs + 4 * facts.barNs
        var champion = Cursor(symbol.decisions[RunRole.champion.index], \.closeNs)
        var candidate = Cursor(symbol.decisions[RunRole.candidate.index], \.closeNs)
        var labels = Cursor(symbol.labels, \.closeNs)
        for bar in bars.bars where bar.isCovered {
            guard let own = champion.find(bar.closeNs), let other = candidate.find(bar.closeNs)
            else { continue }
            // The same order in which the rollout counts them: a label that is waited for holds up
            // those behind it.
            if let label = labels.find(bar.closeNs),
                label.atNs - facts.barDelayNs - bar.closeNs <= patienceNs,
                lastNs - bar.closeNs >= facts.horizonNs
            {
                guard let sign = label.sign else { continue }
                self.bars.append(
                    Bar(closeNs: bar.closeNs, champion: own, candidate: other, sign: sign))
            } else if lastNs - bar.closeNs < patienceNs {
                break
            }
        }
    }

    /// Finds values of rising bars in a series in the order of its bars.
    private struct Cursor<Value> {
        private let values: [Value]
        private let key: (Value) -> Int64
        private var index = 0

        init(_ values: [Value], _ key: @escaping (Value) -> Int64) {
            self.values = values
            self.key = key
        }

        mutating func find(_ closeNs: Int64) -> Value? {
            while index < values.count, key(values[index]) < closeNs { index += 1 }
            return index < values.count && key(values[index]) == closeNs ? values[index] : nil
        }
    }
}

extension SymbolTally {
    /// What a stage's covered bars hold of a symbol, for the figures that every run has.
    fileprivate init(
        _ symbol: EvidenceRows.Symbol, _ scored: ScoredBars, _ bars: EvidenceBars
    ) throws(ReportError) {
        self.init(name: symbol.name, kind: "", quoteDecimals: symbol.quoteDecimals)
        for role in RunRole.allCases {
            for decision in symbol.decisions[role.index]
            where bars.isCovered(closeNs: decision.closeNs) {
                add(
                    Decision(
                        closeNs: decision.closeNs, action: decision.action,
                        probabilityPpb: decision.probabilityPpb), of: role)
            }
        }
        for bar in scored.bars { add(Label(closeNs: bar.closeNs, sign: bar.sign)) }
        for row in symbol.cash {
            let fields = RowFields(row)
            let ledger = try fields.word("ledger", as: RunLedger.self).index
            switch row.table {
            case .marks: try ledgers[ledger].addMark(fields, atNs: row.atNs)
            case .orders where bars.coveredBar(knownNs: row.atNs) != nil:
                try ledgers[ledger].addOrder(fields)
            case .trades where bars.coveredBar(knownNs: row.atNs) != nil:
                try ledgers[ledger].addTrade(fields)
            case .payments where bars.coveredBar(knownNs: row.atNs) != nil:
                try ledgers[ledger].addPayment(fields)
            default: break
            }
        }
    }
}
