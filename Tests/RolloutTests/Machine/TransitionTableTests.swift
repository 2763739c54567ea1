import JSON
import Rollout
import Scenarios
import Testing

@Suite("The state table: where each event can happen, and what it leads to")
struct TransitionTableTests {
    typealias World = MachineWorld

    /// Of an event: the phases in which it can happen, and those that follow.
    struct Row: Sendable {
        let kind: RolloutEvent.Kind
        let paths: [String: String]

        init(_ kind: RolloutEvent.Kind, _ paths: [String: String]) {
            self.kind = kind
            self.paths = paths
        }

        /// What changes no phase.
        init(_ kind: RolloutEvent.Kind, stays phases: [String]) {
            self.init(kind, phases.reduce(into: [:]) { $0[$1] = $1 })
        }

        init(_ kind: RolloutEvent.Kind, _ phases: [String], to next: String) {
            self.init(kind, phases.reduce(into: [:]) { $0[$1] = next })
        }
    }

    /// One for each name below, as a rollout comes there.
    private static func states() throws -> [RolloutState] {
        let stages: [World.Place] = [.registered, .shadow, .canary, .rampTwo, .soak]
        var worlds = try (stages + [.shadowReview, .canaryReview, .locked]).map {
            try World.at($0)
        }
        for place in stages {
            var held = try World.at(place)
            try held.order(.hold)
            worlds.append(held)
        }
        var extended = try World.at(.canary)
        try extended.look(.short)
        var back = try World.at(.canary)
        try back.order(.rollback(symbol: nil))
        var failed = try World.at(.canary)
        try failed.look(.fail)
        worlds += [extended, back, failed]
        try back.bar()
        try failed.bar()
        worlds += [back, failed]
        return worlds.map(\.state)
    }

    private static let early = ["registered", "shadow", "shadow_review"]
    private static let late = ["canary", "canary_review", "ramp(2)", "soak"]
    private static let gathering = ["shadow", "canary", "ramp(2)", "soak"]
    private static let earlyHolds = ["hold(operator, registered)", "hold(operator, shadow)"]
    private static let lateHolds = [
        "hold(operator, canary)", "hold(stage, canary)", "hold(operator, ramp)",
        "hold(operator, soak)",
    ]
    private static let holds = earlyHolds + lateHolds
    private static let open = early + late + holds
    private static let ways = ["rolling_back", "returning(keep_available)"]
    private static let ends = ["closed(locked)", "closed(rolled_back)", "closed(keep_available)"]

    private static let preflight: [Row] = [
        Row(.candidateRegistered(attempt: 2), [:]),
        Row(.policyFrozen, [:]),
        Row(.preflightEvaluated(.pass), ["registered": "shadow"]),
        Row(.preflightEvaluated(.fail), ["registered": "returning(keep_available)"]),
        Row(.preflightEvaluated(.refused), ["registered": "registered"]),
        Row(.preflightEvaluated(.shortSample), ["registered": "hold(preflight, registered)"]),
        Row(.preflightEvaluated(.identical), ["registered": "returning(invalid(identical))"]),
        Row(.leakageDetected, early + earlyHolds, to: "returning(abandoned(leakage))"),
    ]

    private static let stages: [Row] = [
        Row(.stageEntered(.shadow, day: nil), stays: ["shadow"]),
        Row(.stageEntered(.canary, day: nil), stays: ["canary"]),
        Row(.stageEntered(.ramp, day: 2), stays: ["ramp(2)"]),
        Row(.stageEntered(.ramp, day: 1), [:]),
        Row(.stageEntered(.soak, day: nil), stays: ["soak"]),
        Row(.stageEntered(.registered, day: nil), [:]),
        Row(.measurementRecorded, stays: Array(early.dropFirst()) + late),
        Row(
            .stageEvaluated(.pass),
            [
                "shadow": "shadow_review", "canary": "canary_review", "ramp(2)": "ramp(2)",
                "soak": "soak",
            ]),
        Row(.stageEvaluated(.short), extended), Row(.stageEvaluated(.inconclusive), extended),
        Row(.stageEvaluated(.fail), gathering, to: "returning(keep_available)"),
        Row(
            .stageEvaluated(.rollback),
            [
                "shadow": "returning(keep_available)", "canary": "canary", "ramp(2)": "ramp(2)",
                "soak": "soak",
            ]),
        Row(.stageEvaluated(.invalid), gathering, to: "returning(invalid(evidence))"),
        Row(.evaluationErred, stays: gathering),
        Row(.laneDayPassed(day: 2), ["ramp(2)": "ramp(3)"]),
        Row(.laneDayPassed(day: 1), [:]), Row(.laneDayPassed(day: 3), [:]),
    ]

    private static let extended = [
        "shadow": "hold(stage, shadow)", "canary": "hold(stage, canary)", "ramp(2)": "ramp(2)",
        "soak": "hold(stage, soak)",
    ]

    private static let holdsAndReviews: [Row] = [
        Row(
            .holdEntered(.commanded, resumes: .registered),
            ["registered": "hold(operator, registered)"]),
        Row(
            .holdEntered(.drift, resumes: .canary),
            ["canary", "canary_review", "hold(stage, canary)"], to: "hold(drift, canary)"),
        Row(.holdEntered(.error, resumes: .soak), ["soak": "hold(error, soak)"]),
        Row(.holdEntered(.stage, resumes: .canary), [:]),
        Row(.holdEntered(.lane, resumes: .soak), [:]),
        Row(
            .resumed,
            [
                "hold(operator, registered)": "registered", "hold(operator, shadow)": "shadow",
                "hold(operator, canary)": "canary", "hold(stage, canary)": "canary",
                "hold(operator, ramp)": "ramp(2)", "hold(operator, soak)": "soak",
            ]),
        Row(.holdExpired, holds, to: "returning(keep_available)"),
        Row(
            .signedOff(.canary, evidence: MachineWorld.digest("e")), ["shadow_review": "canary"]),
        Row(.signedOff(.full, evidence: MachineWorld.digest("e")), ["canary_review": "ramp(1)"]),
        Row(.signOffRefused(.canary), ["shadow_review": "returning(keep_available)"]),
        Row(.signOffRefused(.full), ["canary_review": "returning(keep_available)"]),
        Row(
            .approvalExpired,
            ["shadow_review": "hold(stale, shadow)", "canary_review": "hold(stale, canary)"]),
        Row(.waiverGranted(gate: "ece", expiresNs: .max), stays: open),
    ]

    private static let returns: [Row] = [
        Row(
            .rollbackTriggered(.commanded, symbol: nil),
            (late + lateHolds).reduce(into: ["closed(locked)": "closed(locked)"]) {
                $0[$1] = "rolling_back"
            }),
        Row(
            .rollbackTriggered(.commanded, symbol: "BTCUSDC"),
            [
                "ramp(2)": "hold(lane, ramp)", "hold(operator, ramp)": "hold(lane, ramp)",
                "soak": "hold(lane, soak)", "hold(operator, soak)": "hold(lane, soak)",
            ]),
        // On the champion, which has nothing to go back from.
        Row(.rollbackTriggered(.commanded, symbol: "ETHUSDC"), lanesOfSoak),
        Row(
            .flipRequested(symbol: "BTCUSDC", .champion, expectedEpoch: 1), stays: lateHolds),
        Row(
            .flipRequested(symbol: "ETHUSDC", .candidate, expectedEpoch: 0),
            stays: ["canary", "ramp(2)"]),
        Row(.rollbackStalled, stays: ["ramp(2)", "soak"] + holds + ways),
        Row(.operatorAborted, aborted), Row(.superseded, open, to: "returning(superseded)"),
        // Lanes are home first.
        Row(.attemptClosed(.rolledBack), [:]), Row(.attemptClosed(.keepAvailable), [:]),
        Row(.attemptClosed(.locked), [:]),
    ]

    private static let lanesOfSoak = [
        "soak": "hold(lane, soak)", "hold(operator, soak)": "hold(lane, soak)",
    ]

    private static let aborted = (late + lateHolds).reduce(
        into: (early + earlyHolds).reduce(into: [:]) { $0[$1] = "returning(abandoned(operator))" }
    ) { $0[$1] = "rolling_back" }

    private static let findings: [Row] = [
        Row(.killSwitchSet(.trading, isOn: true), stays: open + ways + ends),
        Row(
            .integrityFault(symbol: "BTCUSDC"),
            [
                "registered": "hold(integrity, registered)", "shadow": "hold(integrity, shadow)",
                "shadow_review": "hold(integrity, shadow)", "canary": "hold(integrity, canary)",
                "canary_review": "hold(integrity, canary)", "ramp(2)": "hold(integrity, ramp)",
                "soak": "hold(integrity, soak)",
                "hold(operator, registered)": "hold(integrity, registered)",
                "hold(operator, shadow)": "hold(integrity, shadow)",
                "hold(operator, canary)": "hold(integrity, canary)",
                "hold(stage, canary)": "hold(integrity, canary)",
                "hold(operator, ramp)": "hold(integrity, ramp)",
                "hold(operator, soak)": "hold(integrity, soak)", "rolling_back": "rolling_back",
                "returning(keep_available)": "returning(keep_available)",
            ]),
        Row(.retrainRequested(alert: "x"), stays: open + ways + ["closed(locked)"]),
        Row(.notRestored, stays: ["closed(rolled_back)"]),
        Row(.revertProposed(.staleDrift), stays: ["closed(locked)"]),
    ]

    static let rows = preflight + stages + holdsAndReviews + returns + findings

    @Test("each phase of the table is one that a rollout reaches")
    func phases() throws {
        let names = try Self.states().map(\.phase.name).sorted()
        #expect(names == (Self.open + Self.ways + Self.ends).sorted())
    }

    @Test("an event leads where the table says, and is refused everywhere else")
    func transitions() throws {
        let states = try Self.states()
        for row in Self.rows {
            for state in states {
                var next = state
                do {
                    try next.apply(
                        RolloutEvent(
                            row.kind, atNs: state.lastNs + 1, input: World.digest("i"), by: "ann"))
                } catch {
                    #expect(next == state)
                }
                let isTaken = next.eventCount > state.eventCount
                let found = isTaken ? next.phase.name : nil
                #expect(
                    found == row.paths[state.phase.name], "\(row.kind) in \(state.phase.name)")
                // A phase began when it changed.
                let isSame = next.phase == state.phase
                #expect(next.sinceNs == (isSame ? state.sinceNs : state.lastNs + 1))
            }
        }
    }

    @Test("an event that happens once happens once")
    func once() throws {
        var rolledBack = try World.at(.canary)
        try rolledBack.order(.rollback(symbol: nil))
        try rolledBack.bar()
        let locked = try World.at(.locked)
        for (state, kind) in [
            (rolledBack.state, RolloutEvent.Kind.notRestored),
            (locked.state, .revertProposed(.staleDrift)),
            (locked.state, .rollbackTriggered(.fleetExpectancy, symbol: nil)),
        ] {
            var state = state
            try state.apply(RolloutEvent(kind, atNs: state.lastNs))
            #expect(throws: RolloutLogError.self) {
                try state.apply(RolloutEvent(kind, atNs: state.lastNs))
            }
        }
    }
}
