import Features
import Files
import JSON
import Rollout
import Scenarios
import TestSupport
import Testing

@Suite("The log: numbered, chained, each event once, and read back as it was written")
struct MachineLogTests {
    typealias World = MachineWorld

    /// A whole rollout's entries.
    private func entries() throws -> (entries: [RolloutLog.Entry], state: RolloutState) {
        var world = try World.at(.soak)
        try world.order(.kill(.family(.l2)))
        try world.order(.unkill(.family(.l2)))
        try world.order(.rollback(symbol: "ADAUSDC"))
        try world.bar()
        try world.order(.resume)
        try world.look(.pass)
        var log = emptyLog()
        return (world.events.compactMap { log.append($0) }, world.state)
    }

    private func emptyLog() -> RolloutLog {
        RolloutLog(rollout: World.setup().rollout, policy: World.setup().planDigest)
    }

    private func fold(_ entries: [RolloutLog.Entry]) throws -> RolloutState {
        var state = RolloutState(plan: World.plan(), symbols: World.symbols)
        for entry in entries { try state.apply(entry.event) }
        return state
    }

    @Test("entries are numbered from 0 and bound to the one before")
    func chain() throws {
        let (entries, state) = try entries()
        #expect(entries.map(\.seq) == Array(0..<entries.count))
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $1.prevHash == $0.hash })
        #expect(try fold(entries) == state)
        #expect(state.phase == .closed(.locked))
    }

    @Test(
        "duplicated and reordered delivery gives the same log and the same state",
        arguments: UInt64(1)...20)
    func delivery(_ seed: UInt64) throws {
        let (entries, state) = try entries()
        var generator = SeededGenerator(seed: seed)
        var log = emptyLog()
        var placed: [RolloutLog.Entry] = []
        for entry in (entries + entries + entries.prefix(5)).shuffled(using: &generator) {
            placed += try log.deliver(entry)
        }
        try log.finish()
        #expect(placed == entries)
        #expect(log.tip == entries.last?.hash && log.waitingCount == 0)
        #expect(try fold(placed) == state)
    }

    @Test("an event that is there already is not added again")
    func duplicate() throws {
        var log = emptyLog()
        let event = RolloutEvent(.policyFrozen, atNs: 5, detail: ["note": 1])
        let counts = [event, event, RolloutEvent(.policyFrozen, atNs: 6)].map { event in
            _ = log.append(event)
            return log.count
        }
        #expect(counts == [1, 1, 2])
    }

    @Test("a gap, a changed entry, another one of its number and an unknown schema stop")
    func damage() throws {
        let (entries, _) = try entries()
        var gap = emptyLog()
        for entry in entries where entry.seq != 7 { _ = try gap.deliver(entry) }
        #expect(throws: RolloutLogError.gap(expected: 7, found: 8)) { try gap.finish() }

        var changed = entries[3]
        changed.event = RolloutEvent(changed.event.kind, atNs: changed.event.atNs + 1)
        var log = emptyLog()
        #expect(throws: RolloutLogError.brokenChain(seq: 3)) { try log.deliver(changed) }

        var other = emptyLog()
        let first = RolloutEvent(.candidateRegistered(attempt: 2), atNs: 1)
        let appended = other.append(first)
        let stranger = try #require(appended)
        _ = try log.deliver(entries[0])
        #expect(throws: RolloutLogError.conflict(seq: 0)) { try log.deliver(stranger) }

        var schema = entries[1]
        schema.schema = 2
        #expect(throws: RolloutLogError.unknownSchema(2, seq: 1)) { try log.deliver(schema) }
    }

    @Test("a chain of another policy or another rollout is not taken")
    func strangers() throws {
        let (entries, _) = try entries()
        var policy = RolloutLog(rollout: World.setup().rollout, policy: World.digest("other"))
        #expect(throws: RolloutLogError.brokenChain(seq: 0)) { try policy.deliver(entries[0]) }
        var rollout = RolloutLog(rollout: World.digest("x"), policy: World.setup().planDigest)
        #expect(throws: RolloutLogError.brokenChain(seq: 0)) { try rollout.deliver(entries[0]) }
    }

    /// One of each kind, and of each value that a kind can hold.
    static let kinds: [RolloutEvent.Kind] = {
        var kinds: [RolloutEvent.Kind] = [
            .candidateRegistered(attempt: 3), .policyFrozen, .leakageDetected,
            .measurementRecorded, .evaluationErred, .resumed, .holdExpired, .approvalExpired,
            .rollbackStalled, .notRestored, .operatorAborted, .superseded,
            .stageEntered(.ramp, day: 4), .laneDayPassed(day: 2), .integrityFault(symbol: nil),
            .integrityFault(symbol: "BTCUSDC"), .retrainRequested(alert: "concept_drift_f1_buy"),
            .waiverGranted(gate: "ece", expiresNs: .max),
            .signOffRefused(.full), .signedOff(.canary, evidence: MachineWorld.digest("e")),
        ]
        kinds += RolloutEvent.PreflightVerdict.allCases.map { .preflightEvaluated($0) }
        kinds += RolloutStage.allCases.map { .stageEntered($0, day: nil) }
        kinds += Verdict.allCases.map { .stageEvaluated($0) }
        for reason in HoldReason.allCases {
            kinds += RolloutStage.allCases.map { .holdEntered(reason, resumes: $0) }
        }
        for model in Lane.Model.allCases {
            kinds += [
                .flipRequested(symbol: "ETHUSDC", model, expectedEpoch: 2),
                .flipApplied(symbol: "ETHUSDC", model, epoch: 3),
                .flipConfirmed(symbol: "ETHUSDC", model),
            ]
        }
        for rule in RolloutRule.allCases {
            kinds += [
                .rollbackTriggered(rule, symbol: nil), .rollbackTriggered(rule, symbol: "ADAUSDC"),
                .revertProposed(rule),
            ]
        }
        let switches: [OperatorCommand.KillSwitch] =
            [.trading] + FeatureColumn.Family.allCases.map { .family($0) }
        for what in switches {
            kinds += [.killSwitchSet(what, isOn: true), .killSwitchSet(what, isOn: false)]
        }
        let outcomes: [RolloutOutcome] = [
            .locked, .keepAvailable, .rolledBack, .superseded, .abandoned("operator"),
            .abandoned("a (b)"), .invalid(""), .invalid("identical"),
        ]
        return kinds + outcomes.map { .attemptClosed($0) }
    }()

    @Test("each kind reads back from its row as itself, and each has its own id")
    func rows() throws {
        var ids: [Digest] = []
        for kind in Self.kinds {
            for detail: JSONValue? in [nil, ["x": 1.5, "y": ["z": nil]]] {
                let event = RolloutEvent(
                    kind, atNs: 9, fromNs: -3, toNs: 9, input: World.digest("i"), by: "ann",
                    detail: detail)
                let back = try RolloutEvent(
                    name: event.name, symbol: event.symbol, rule: event.rule?.rawValue,
                    payload: event.payload.text(), atNs: 9, fromNs: -3, toNs: 9,
                    input: World.digest("i"), by: "ann")
                #expect(back == event)
                if detail == nil { ids.append(event.id(of: World.digest("r"))) }
            }
        }
        #expect(Set(ids).count == ids.count)
    }

    @Test("a row of an unknown event, or without what its event needs, is refused by name")
    func wrongRows() {
        func read(_ name: String, _ payload: String, symbol: String? = nil, rule: String? = nil)
            throws(RolloutLogError)
        {
            _ = try RolloutEvent(
                name: name, symbol: symbol, rule: rule, payload: payload, atNs: 0, fromNs: 0,
                toNs: 0, input: nil, by: nil)
        }
        #expect(throws: RolloutLogError.unknownEvent("promoted")) { try read("promoted", "{}") }
        #expect(throws: RolloutLogError.wrongPayload(event: "resumed", field: "JSON text")) {
            try read("resumed", "{")
        }
        #expect(throws: RolloutLogError.wrongPayload(event: "stage_evaluated", field: "verdict")) {
            try read("stage_evaluated", #"{"verdict":"great"}"#)
        }
        #expect(throws: RolloutLogError.wrongPayload(event: "flip_applied", field: "symbol")) {
            try read("flip_applied", #"{"model":"champion","epoch":1}"#)
        }
        #expect(throws: RolloutLogError.wrongPayload(event: "revert_proposed", field: "rule")) {
            try read("revert_proposed", "{}", rule: "R99")
        }
        #expect(throws: RolloutLogError.wrongPayload(event: "signed_off", field: "evidence")) {
            try read("signed_off", #"{"stage":"full","evidence":"12"}"#)
        }
    }

    @Test("time never runs back, and nothing comes before the registration")
    func order() throws {
        var state = RolloutState(plan: World.plan(), symbols: World.symbols)
        #expect(
            throws: RolloutLogError.impossible(
                event: "policy_frozen", phase: "registered", seq: 0)
        ) { try state.apply(RolloutEvent(.policyFrozen, atNs: 5)) }
        try state.apply(RolloutEvent(.candidateRegistered(attempt: 1), atNs: 5))
        #expect(throws: RolloutLogError.timeRunsBack(atNs: 4, lastNs: 5, seq: 1)) {
            try state.apply(RolloutEvent(.policyFrozen, atNs: 4))
        }
        #expect(
            throws: RolloutLogError.impossible(
                event: "candidate_registered", phase: "registered", seq: 1)
        ) { try state.apply(RolloutEvent(.candidateRegistered(attempt: 1), atNs: 5)) }
    }

    @Test("a flip that expects another epoch, or an unknown symbol, changes nothing")
    func epochs() throws {
        var state = try World.at(.canary).state
        try state.apply(RolloutEvent(.operatorAborted, atNs: state.lastNs))
        let before = state
        #expect(
            throws: RolloutLogError.wrongEpoch(
                symbol: "BTCUSDC", expected: 0, found: 1, seq: before.eventCount)
        ) {
            try state.apply(
                RolloutEvent(
                    .flipRequested(symbol: "BTCUSDC", .champion, expectedEpoch: 0),
                    atNs: state.lastNs))
        }
        #expect(
            throws: RolloutLogError.unknownSymbol("DOGEUSDC", seq: before.eventCount)
        ) {
            try state.apply(
                RolloutEvent(
                    .flipRequested(symbol: "DOGEUSDC", .champion, expectedEpoch: 0),
                    atNs: state.lastNs))
        }
        #expect(state == before)
    }
}
