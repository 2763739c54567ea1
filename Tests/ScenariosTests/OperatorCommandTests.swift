import Features
import JSON
import Market
import Scenarios
import Testing

@Suite struct `An operator's command` {
    private static let rollout =
        "strategy: { stop: 0.005, target: 0.01, horizon: '4h' }, execution: {}, "
        + "models: { candidate: 'candidate' }, rollout: { plan: 'p.json5', training: 't' }, "

    private static func document(_ command: String, _ rollout: String) throws -> ScenarioDocument {
        try ScenarioDocument(
            """
            { tapes: ['a'], features: { baseline: true }, \(rollout)
              commands: [{ at: '2025-03-01', by: 'anna', reason: 'why', \(command) }] }
            """)
    }

    private static func action(_ command: String) throws -> OperatorCommand.Action? {
        let document = try document(command, rollout)
        #expect(document.problems.errors.isEmpty, "\(document.problems.errors)")
        return document.scenario.commands.first?.action
    }

    private static let marchNs: Int64 = 1_740_787_200_000_000_000

    private static let actions: [(text: String, action: OperatorCommand.Action)] = [
        (
            "serve: { role: 'champion', symbol: 'A', version: 3 }",
            .serve(role: "champion", symbol: "A", version: 3)
        ),
        ("approve: 'canary'", .approve(stage: .canary, evidence: nil)),
        (
            "approve: 'full', evidence: '0123abcd'",
            .approve(stage: .full, evidence: "0123abcd")
        ),
        ("refuse: 'full'", .refuse(stage: .full)),
        ("hold: true", .hold), ("resume: true", .resume), ("abort: true", .abort),
        ("rollback: 'all'", .rollback(symbol: nil)),
        ("rollback: 'ETHUSDC'", .rollback(symbol: "ETHUSDC")),
        (
            "waive: { gate: 'agreement', until: '2025-03-02' }",
            .waive(gate: "agreement", expiresNs: marchNs + Timestamp.dayNs)
        ),
        ("kill: 'l2'", .kill(.family(.l2))), ("kill: 'frac_diff'", .kill(.family(.fracDiff))),
        ("unkill: 'trading'", .unkill(.trading)),
    ]

    @Test(arguments: actions.indices)
    func `is read from a scenario, and from the document that a journal keeps`(
        _ index: Int
    ) throws {
        let (text, expected) = Self.actions[index]
        #expect(try Self.action(text) == expected)
        let command = OperatorCommand(
            atNs: Self.marchNs + 1, action: expected, by: "ben \"b\"", reason: "é\n")
        let stored = command.document.text()
        let again = try OperatorCommand(
            document: JSONField(JSONNode.parse(Array(stored.utf8))))
        #expect(again == command)
    }

    @Test(arguments: [
        ("hold: false", "commands[0].hold", "write true or remove it"),
        ("hold: 1", "commands[0].hold", "expected true or false"),
        ("hold: true, resume: true", "commands[0]", "make two commands of it"),
        ("approv: 'canary'", "commands[0].approv", "did you mean `approve`?"),
        ("approve: 'shadow'", "commands[0].approve", "use one of canary, full"),
        ("approve: 'full', evidence: '0123ABCD'", "commands[0].evidence", "in lower case"),
        ("approve: 'full', evidence: '0123abc'", "commands[0].evidence", "8 or more digits"),
        ("refuse: 'full', evidence: '0123abcd'", "commands[0].evidence", "no such field"),
        ("kill: 'l3'", "commands[0].kill", "there are baseline, btc, l2, frac_diff"),
        ("waive: { gate: 'ece', until: '2025-03-01' }", "commands[0].waive.until", "after `at`"),
    ])
    func `is refused with its place and a way out`(
        _ text: String, _ path: String, _ reason: String
    ) throws {
        let errors = try Self.document(text, Self.rollout).problems.errors
        #expect(errors.count == 1)
        let line = errors.first?.description ?? ""
        #expect(line.contains(": \(path): ") && line.contains(reason), "\(line)")
    }

    @Test(arguments: actions.indices)
    func `of a rollout is refused in a run without one`(_ index: Int) throws {
        let (text, action) = Self.actions[index]
        let errors = try Self.document(text, "").problems.errors
        #expect(errors.isEmpty == !action.needsRollout, "\(errors)")
        if action.needsRollout { #expect("\(errors)".contains("add `rollout: { ... }`")) }
    }

    @Test func `in a journal is refused when it was changed`() throws {
        let command = OperatorCommand(
            atNs: 1, action: .hold, by: "anna", reason: "why")
        let text = command.document.text()
        for (old, new) in [("hold", "hld"), ("true", "false"), ("\"why\"", "\"\""), ("1", "-1")] {
            let changed = Array(text.replacing(old, with: new).utf8)
            #expect(throws: JSONError.self) {
                try OperatorCommand(document: JSONField(JSONNode.parse(changed)))
            }
        }
    }
}

@Suite struct `A scenario's rollout` {
    private static func document(_ fields: String) throws -> ScenarioDocument {
        try ScenarioDocument(
            "{ tapes: ['a'], features: { baseline: true }, "
                + "strategy: { stop: 0.005, target: 0.01, horizon: '4h' }, \(fields) }")
    }

    private static let models = "models: { candidate: 'candidate' }, execution: {}, "

    @Test func `names its plan, its training, its attempt and its worlds`() throws {
        let first = try Self.document(Self.models + "rollout: { plan: 'p', training: 't' }")
        #expect(first.problems.errors.isEmpty)
        #expect(first.scenario.rollout == RolloutSettings(plan: "p", training: "t", attempt: 1))
        let second = try Self.document(
            Self.models + "rollout: { plan: 'p', training: 't', attempt: 2 }")
        #expect(second.scenario.rollout?.attempt == 2)
        #expect(second.scenario.rollout?.worldCount == 100)
        let third = try Self.document(
            Self.models + "rollout: { plan: 'p', training: 't', worlds: 0 }")
        #expect(third.scenario.rollout?.worldCount == 0)
        #expect(try Self.document("").scenario.rollout == nil)
    }

    @Test func `is part of what a run is called, but where its files lie is not`() throws {
        func text(_ rollout: String) throws -> String {
            try Self.document(Self.models + rollout).scenario.document.text()
        }
        let plain = try text("rollout: { plan: 'p', training: 't' }")
        #expect(try text("rollout: { plan: 'q', training: 'u' }") == plain)
        #expect(try text("rollout: { plan: 'p', training: 't', attempt: 2 }") != plain)
        #expect(try text("rollout: { plan: 'p', training: 't', worlds: 5 }") != plain)
        let without = try text("")
        #expect(without != plain)
        // Runs were called so before there were rollouts.
        #expect(!without.contains("rollout"))
    }

    @Test(arguments: [
        ("rollout: { training: 't' }", "rollout.plan"),
        ("rollout: { plan: 'p' }", "rollout.training"),
        ("rollout: { plan: 'p', training: 't', attempt: 0 }", "rollout.attempt"),
        ("rollout: { plan: 'p', training: 't', worlds: -1 }", "rollout.worlds"),
        ("rollout: { plan: 'p', training: 't', attempts: 2 }", "rollout.attempts"),
    ])
    func `is refused field by field`(_ rollout: String, _ path: String) throws {
        let errors = try Self.document(Self.models + rollout).problems.errors
        #expect(errors.map(\.path) == [path])
    }

    @Test func `needs a candidate and orders`() throws {
        let errors = try Self.document("rollout: { plan: 'p', training: 't' }").problems.errors
        #expect(errors.count == 2)
        #expect("\(errors)".contains("needs a candidate"))
        #expect("\(errors)".contains("needs an `execution`"))
    }
}
