import Files
import JSON
import Journal
import Market
import Reports
import Rollout
import Scenarios
import Statistics

/// Makes a rollout's events and rows by hand: a shadow of some bars, and what its look said.
struct CanaryRollout {
    var rows = RowMaker()
    private var events: [RolloutEvent] = []
    private let plan: RolloutPlan

    static let symbol = "BTCUSDC"

    init(symbols: [String] = [symbol], operatorName: String = "anna") throws {
        plan = try Self.plan(operatorName)
        for symbol in symbols { rows.symbol(symbol) }
        let models: [JSONValue] = symbols.map { symbol in
            [
                "symbol": .string(symbol), "champion": Self.model("1"),
                "candidate": Self.model("2"), "fallbacks": [Self.model("1")],
            ]
        }
        add(
            .candidateRegistered(attempt: 1), RowMaker.start, input: Self.rollout,
            detail: ["symbols": .array(models)])
        add(
            .policyFrozen, RowMaker.start, input: plan.digest,
            detail: ["plan": plan.document, "margin": 0.0002])
    }

    private static let rollout = digest("rollout")

    private static func model(_ name: String) -> JSONValue {
        [
            "name": "model", "version": .integer(1),
            "digest": .string("\(digest(name))"),
        ]
    }

    private static func plan(_ operatorName: String) throws -> RolloutPlan {
        let stage = """
            {"covered_ns": 86400000000000, "gates": [
              {"gate": "expectancy_net", "threshold": 0.0, "is_dry_run": false}]}
            """
        let text = """
            {"name": "tests", "profile": "guarded", "canary_symbol": "\(symbol)",
             "shadow": \(stage), "canary": \(stage), "ramp_day_ns": 86400000000000,
             "soak": \(stage), "extensions_max": 2, "evidence_life_ns": 259200000000000,
             "hold_life_ns": 259200000000000, "alpha": 0.05,
             "margin": {"share_of_gain": 0.5, "floor_bps": 2.0}, "block_ns": 14400000000000,
             "blocks_min": 2, "trades_min": 1, "labelled_bars_min": 10,
             "open_positions": "runoff", "drift_action": "hold",
             "operators": [{"name": "anna", "role": "desk lead", "is_author": false}],
             "cooldown_ns": 0}
            """
        var plan = try RolloutPlan(document: JSONField(JSONNode.parse(text)))
        plan.operators[0].name = operatorName
        return plan
    }

    mutating func add(
        _ kind: RolloutEvent.Kind, _ atNs: Int64, input: Digest? = nil, by: String? = nil,
        detail: JSONValue? = nil
    ) {
        events.append(RolloutEvent(kind, atNs: atNs, input: input, by: by, detail: detail))
    }

    mutating func refuse(stress: JSONValue = []) {
        add(
            .preflightEvaluated(.refused), RowMaker.start,
            detail: ["refusals": ["nothing has the alias"], "stress": stress])
    }

    /// The shadow begins at the first bar's tick: bar 1 is the first that counts.
    mutating func enterShadow(stress: JSONValue = []) {
        add(
            .preflightEvaluated(.pass), RowMaker.tickNs(0),
            detail: [
                "sample_trades": .integer(60), "trades_min": .integer(50), "labels": .integer(480),
                "fallback_f1_buy": 0.2, "champion_f1_buy": 0.2, "stress": stress,
            ])
        add(.stageEntered(.shadow, day: nil), RowMaker.tickNs(0))
    }

    /// A look at bar `number` with this verdict, of gates that the journal has so.
    mutating func look(_ verdict: Verdict, bar number: Int, line: DecisionLine) {
        let estimate = Figure.undefined(.noValues, n: 0)
        let evaluation = Evaluation(
            stage: .shadow, symbols: [Self.symbol], fromNs: RowMaker.start,
            toNs: RowMaker.closeNs(number), coveredNs: Int64(number) * RowMaker.barNs,
            plannedNs: Int64(number) * RowMaker.barNs, extensionsUsed: 0,
            gates: [
                GateOutcome(
                    .expectancy, estimate: verdict == .pass ? Figure(0.001, n: 3) : estimate,
                    threshold: 0, seedStrict: .pass, guarded: verdict)
            ], line: line)
        let document = evaluation.document(.guarded)
        add(
            .stageEvaluated(verdict), RowMaker.tickNs(number),
            input: Self.digest(document.text() + "\n"), detail: document)
    }

    /// Both roles' answers to bars, equal but for `candidateBuys`.
    mutating func decide(_ bars: ClosedRange<Int>, candidateBuys: Set<Int> = []) {
        for bar in bars {
            rows.prediction(bar, Self.symbol, "champion", "none", ppb: 200_000_000)
            let buys = candidateBuys.contains(bar)
            rows.prediction(
                bar, Self.symbol, "candidate", buys ? "buy" : "none",
                ppb: buys ? 900_000_000 : 200_000_000)
        }
    }

    func report() throws -> CanaryReport {
        var chained: [ChainedRow] = []
        for event in events {
            chained.append(
                ChainedRow(seq: Int64(chained.count), row(event), hash: []))
        }
        guard let history = try RolloutHistory(chained) else { throw Missing() }
        let record = RunRecord(
            inputs: [
                RunRecord.Input(
                    kind: "tape", name: "/somewhere/market.tape", digest: Self.digest("tape"))
            ], resultsVersion: 1, scenario: Self.scenario)
        let run = try CanaryRun(
            record, history, others: [], rowCount: 10, tip: "\(Self.digest("tip"))", footer: nil)
        var evidence = run.rows
        for row in rows.rows.enumerated().sorted(by: {
            ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset)
        }) { try evidence.add(row.element) }
        return try CanaryReport(run, evidence)
    }

    private struct Missing: Error {}

    private static func digest(_ text: String) -> Digest {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }

    private static let scenario = """
        {"bar_ns": 900000000000, "seed": 7, "latencies": {"bar_delay_ns": 250000000},
         "strategy": {"stop_ppm": 2500, "target_ppm": 7500, "horizon_ns": 7200000000000},
         "execution": {"fills": "book", "costs": "ladder", "cost_ppm": 1000, "spread_ppm": 0,
           "sizing": "notional_micros", "size": 100000000, "symbol_cap_micros": 500000000,
           "total_cap_micros": 1000000000}}
        """

    private func row(_ event: RolloutEvent) -> JournalRow {
        JournalRow(
            .rollout, atNs: event.atNs,
            [
                .text(event.name), .optional(event.symbol), .optional(event.rule?.rawValue),
                .integer(event.fromNs), .integer(event.toNs),
                .optional(event.input.map { "\($0)" }), .text("\(plan.digest)"),
                .text("\(event.id(of: Self.rollout))"), .optional(event.by),
                .text(event.payload.text()),
            ])
    }
}
