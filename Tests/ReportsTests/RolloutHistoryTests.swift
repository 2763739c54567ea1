import Files
import JSON
import Journal
import Reports
import Rollout
import Scenarios
import Statistics
import Testing

/// A rollout of one symbol that nobody plays: its decider's events as a journal has them.
private struct Story {
    static let dayNs: Int64 = 86_400_000_000_000
    static let barNs = dayNs / 96
    static let startNs = 20_000 * dayNs

    static let plan: RolloutPlan = {
        let stage = RolloutPlan.Stage(
            coveredNs: 7 * dayNs, gates: [Gate(.expectancy, threshold: 0)])
        return RolloutPlan(
            name: "story", profile: .guarded, canarySymbol: "BTCUSDC", shadow: stage,
            canary: stage, rampDayNs: dayNs, soak: stage, extensionsMax: 2,
            evidenceLifeNs: 3 * dayNs, holdLifeNs: 3 * dayNs, alpha: 0.05,
            margin: RolloutPlan.Margin(shareOfGain: 0.5, floorBps: 2), blockNs: dayNs / 6,
            blocksMin: 20, tradesMin: 50, labelledBarsMin: 500, openPositions: .runoff,
            driftAction: .hold,
            operators: [RolloutPlan.Operator(name: "ann", role: "owner", isAuthor: true)],
            cooldownNs: 7 * dayNs)
    }()

    static func model(_ name: String) -> RolloutSetup.Model {
        RolloutSetup.Model(name: name, version: 1, digest: Evaluation.digest(ofText: name))
    }

    let setup = RolloutSetup(
        plan: plan, planDigest: plan.digest,
        symbols: [
            RolloutSetup.Symbol(
                name: "BTCUSDC", champion: model("old"), candidate: model("new"), fallbacks: [])
        ], attempt: 2, training: TrainingEvidence(cells: [], symbols: []), refusals: [],
        startNs: startNs, barNs: barNs, barDelayNs: 0, evaluationNs: barNs / 15,
        horizonNs: dayNs / 6, seed: 7, commands: [])
    let state: RolloutState
    private(set) var rows: [ChainedRow] = []

    /// Through the shadow and its review, into the canary, and aborted there.
    init() {
        var decider = RolloutDecider(setup, margin: 0.0002)
        var nowNs = Self.startNs
        func observe() {
            nowNs += Self.barNs
            while decider.nextWakeNs <= nowNs { decider.wake(atNs: decider.nextWakeNs) }
            decider.observe(
                BarFindings(
                    closeNs: nowNs, tickNs: nowNs, served: decider.state.lanes.map(\.model),
                    expectancies: [ExpectancyFinding()]))
        }
        func order(_ action: OperatorCommand.Action) {
            decider.obey(
                OperatorCommand(atNs: nowNs, action: action, by: "ann", reason: "seen"),
                atNs: nowNs)
        }
        observe()
        decider.conclude(
            PreflightFindings(sampleTradeCount: 60, drill: nil), fromNs: Self.startNs,
            atNs: nowNs)
        observe()
        decider.take(.evaluated(Self.evaluation(toNs: nowNs)), atNs: nowNs)
        order(.approve(stage: .canary, evidence: nil))
        observe()
        order(.abort)
        observe()
        state = decider.state
        for event in decider.takeStep().events { append(event) }
    }

    private static func evaluation(toNs: Int64) -> Evaluation {
        Evaluation(
            stage: .shadow, symbols: ["BTCUSDC"], fromNs: startNs, toNs: toNs, coveredNs: dayNs,
            plannedNs: dayNs, extensionsUsed: 0,
            gates: [
                GateOutcome(
                    .expectancy, estimate: Figure(0.001, n: 60), threshold: 0, seedStrict: .pass,
                    guarded: .pass)
            ],
            line: DecisionLine(
                mean: Figure(0, n: 40), lower: -0.001, upper: 0.001, margin: 0.0002,
                conclusion: .open))
    }

    private mutating func append(_ event: RolloutEvent) {
        rows.append(
            ChainedRow(
                seq: Int64(100 + 3 * rows.count), row(event, setup.rollout, plan: setup.planDigest),
                hash: []))
    }

    private func row(_ event: RolloutEvent, _ rollout: Digest, plan: Digest) -> JournalRow {
        JournalRow(
            .rollout, atNs: event.atNs,
            [
                .text(event.name), .optional(event.symbol), .optional(event.rule?.rawValue),
                .integer(event.fromNs), .integer(event.toNs),
                .optional(event.input?.description), .text("\(plan)"),
                .text("\(event.id(of: rollout))"), .optional(event.by),
                .text(event.payload.text()),
            ])
    }

    // MARK: - Damage

    func place(_ name: String) -> Int { rows.firstIndex { $0.row.values[0] == .text(name) } ?? 0 }

    func seq(_ name: String) -> Int64 { rows[place(name)].seq }

    enum Column: Int {
        case fromNs = 3, toNs, input, policy, id, by, detail
    }

    /// With one value of the first row of an event changed.
    func changing(
        _ name: String, _ column: Column, _ change: (String) -> String
    ) -> [ChainedRow] {
        var rows = rows
        let place = place(name)
        var values = rows[place].row.values
        switch values[column.rawValue] {
        case .text(let text): values[column.rawValue] = .text(change(text))
        case .integer(let number):
            values[column.rawValue] = .integer(Int64(change("\(number)")) ?? 0)
        case .null: values[column.rawValue] = .text(change(""))
        }
        rows[place] = ChainedRow(
            seq: rows[place].seq, JournalRow(.rollout, atNs: rows[place].row.atNs, values),
            hash: [])
        return rows
    }
}

@Suite("A rollout's history is what its rows say, or nothing at all")
struct RolloutHistoryTests {
    private let story = Story()

    private func error(_ rows: [ChainedRow]) -> RolloutHistoryError? {
        do throws(RolloutHistoryError) {
            _ = try RolloutHistory(rows)
            return nil
        } catch {
            return error
        }
    }

    @Test("rows read back lead to the state that was decided")
    func whole() throws {
        let history = try #require(try RolloutHistory(story.rows))
        #expect(history.state == story.state)
        #expect(history.state.outcome == .rolledBack)
        #expect(history.plan == Story.plan && history.policy == Story.plan.digest)
        #expect(history.attempt == 2 && history.rollout == story.setup.rollout)
        #expect(history.entries.map(\.seq) == story.rows.map(\.seq))
        #expect(history.closedNs == story.rows.last?.row.atNs)
        #expect(history.entries.contains { $0.event.by == "ann" })
        #expect(history.candidate == RolloutHistory.candidate(of: story.setup))
    }

    @Test("the evidence is the text that was signed, to the byte")
    func evidence() throws {
        let history = try #require(try RolloutHistory(story.rows))
        let evidence = try #require(history.evidence)
        #expect(evidence.digest == Evaluation.digest(ofText: evidence.text))
        let signed = history.entries.compactMap { entry -> Digest? in
            if case .signedOff(_, let digest) = entry.event.kind { digest } else { nil }
        }
        #expect(signed == [evidence.digest])
        let early = try #require(try RolloutHistory(Array(story.rows.prefix(3))))
        #expect(early.evidence == nil && early.closedNs == nil)
    }

    @Test("no rows are no rollout, and a part from the start is one that goes on")
    func parts() throws {
        #expect(try RolloutHistory([]) == nil)
        for count in 2...story.rows.count {
            let history = try RolloutHistory(Array(story.rows.prefix(count)))
            #expect(history?.entries.count == count)
        }
    }

    @Test("rows that do not begin with a candidate and its plan are headless")
    func headless() {
        let first = story.rows[0].seq
        #expect(error(Array(story.rows.dropFirst())) == .headless(seq: story.rows[1].seq))
        #expect(error(Array(story.rows.prefix(1))) == .headless(seq: first))
        let nobody = story.changing("candidate_registered", .detail) {
            $0.replacing("\"digest\"", with: "\"digset\"")
        }
        #expect(error(nobody) == .headless(seq: first))
        let planless = story.changing("policy_frozen", .detail) {
            $0.replacing("\"plan\"", with: "\"plam\"")
        }
        #expect(error(planless) == .headless(seq: story.seq("policy_frozen")))
    }

    @Test("a plan that is another than its digest says, or none, is refused")
    func plan() throws {
        let seq = story.seq("policy_frozen")
        let other = story.changing("policy_frozen", .detail) {
            $0.replacing("\"story\"", with: "\"stories\"")
        }
        #expect(error(other) == .otherPlan(seq: seq))
        let broken = try #require(
            error(
                story.changing("policy_frozen", .detail) {
                    $0.replacing("\"BTCUSDC\"", with: "7")
                }))
        guard case .plan(seq, _) = broken else {
            Issue.record("\(broken)")
            return
        }
        let policy = story.changing("flip_applied", .policy) { _ in
            "\(Evaluation.digest(ofText: "x"))"
        }
        #expect(error(policy) == .otherPolicy(seq: story.seq("flip_applied")))
    }

    @Test(
        "a row of which anything that its id covers was changed is named",
        arguments: ["stage_evaluated", "signed_off", "operator_aborted", "attempt_closed"])
    func changed(_ name: String) {
        let changes: [(Story.Column, (String) -> String)] = [
            (.toNs, { "\((Int64($0) ?? 0) + 1)" }), (.id, { String($0.reversed()) }),
            (.input, { _ in "\(Evaluation.digest(ofText: "x"))" }), (.input, { _ in "no digest" }),
        ]
        for (column, change) in changes {
            let found = error(story.changing(name, column, change))
            // The last look's evidence is compared as well, after all ids.
            #expect(found == .changed(seq: story.seq(name)), "\(column)")
        }
    }

    @Test("an event that is there twice is refused where it is repeated")
    func repeated() {
        var rows = story.rows
        let flip = story.place("flip_confirmed")
        rows.insert(ChainedRow(seq: 7, rows[flip].row, hash: []), at: flip + 1)
        #expect(error(rows) == .repeated(seq: 7))
    }

    @Test("evidence that is not what was signed is refused, though its id holds")
    func otherEvidence() {
        let rows = story.changing("stage_evaluated", .detail) {
            $0.replacing("\"covered_ns\":", with: "\"covered_ns\":1")
        }
        #expect(error(rows) == .otherEvidence(seq: story.seq("stage_evaluated")))
    }

    @Test("events that the state table forbids are refused, with its reason and the row")
    func forbidden() throws {
        var rows = story.rows
        rows.remove(at: story.place("signed_off"))
        let found = try #require(error(rows))
        guard case .log(let seq, .impossible(let event, let phase, _)) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(event == "stage_entered" && phase == "shadow_review")
        #expect(rows.contains { $0.seq == seq } && found.seq == seq)
        #expect(found.description.hasPrefix("row \(seq) (rollout): "))
    }

    @Test("a payload that says nothing, and an event of another version, are named")
    func unreadable() throws {
        let payload = story.changing("stage_evaluated", .detail) { _ in "{}" }
        #expect(
            error(payload)
                == .log(
                    seq: story.seq("stage_evaluated"),
                    .wrongPayload(event: "stage_evaluated", field: "verdict")))
        let day = JournalRow(.days, atNs: 0, JournalTable.days.columns.map { _ in .null })
        #expect(error(story.rows + [ChainedRow(seq: 5, day, hash: [])]) == .changed(seq: 5))
    }
}
