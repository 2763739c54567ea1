import Features
import Market
import Rollout
import Scenarios
import TestSupport
import Testing

@Suite struct `Another attempt at a candidate` {
    private static let dayNs = Timestamp.dayNs
    private static let ledger = AttemptLedger([
        .init(number: 1, fromNs: 100 * dayNs, closedNs: 120 * dayNs),
        // On an older tape than the first one.
        .init(number: 2, fromNs: 10 * dayNs, closedNs: 30 * dayNs),
    ])

    private static func refusal(_ number: Int, day: Int64) -> AttemptLedger.Refusal? {
        ledger.refusal(of: number, startNs: day * dayNs, cooldownNs: 7 * dayNs)
    }

    @Test func `is the next one by its number`() {
        #expect(AttemptLedger([]).refusal(of: 1, startNs: 0, cooldownNs: 0) == nil)
        #expect(
            AttemptLedger([]).refusal(of: 2, startNs: 0, cooldownNs: 0)
                == .wrongNumber(2, expected: 1))
        for number in [1, 2, 4] {
            #expect(Self.refusal(number, day: 200) == .wrongNumber(number, expected: 3))
        }
        #expect(Self.refusal(3, day: 200) == nil)
    }

    @Test func `uses no evidence that any before it used`() {
        for day: Int64 in [0, 29, 31, 119] {
            #expect(Self.refusal(3, day: day) == .overlaps(attempt: 1, untilNs: 120 * Self.dayNs))
        }
    }

    @Test func `waits until the last one has cooled down`() {
        for day: Int64 in [120, 126] {
            #expect(
                Self.refusal(3, day: day)
                    == .coolingDown(attempt: 1, untilNs: 127 * Self.dayNs))
        }
        #expect(Self.refusal(3, day: 127) == nil)
    }
}

@Suite struct `A scripted command` {
    private static func refusal(
        _ action: OperatorCommand.Action, by: String = "anna", reason: String = "why"
    ) throws -> RolloutRefusal? {
        let plan = try RolloutPlanDocument(
            TestFile.read(SharedData.packageRoot + "/scenarios/rollouts/focal.json5")
        ).plan
        return plan.refusal(
            ofScripted: OperatorCommand(atNs: 5, action: action, by: by, reason: reason),
            symbols: ["BTCUSDC", "ETHUSDC"])
    }

    @Test func `that might be followed when its time comes is let in`() throws {
        let actions: [OperatorCommand.Action] = [
            .approve(stage: .canary, evidence: nil), .refuse(stage: .full), .hold, .resume, .abort,
            .rollback(symbol: nil), .rollback(symbol: "ETHUSDC"),
            .waive(gate: "expectancy_net", expiresNs: 9), .kill(.trading), .unkill(.family(.l2)),
        ]
        for action in actions { #expect(try Self.refusal(action) == nil) }
        // Switches are anybody's.
        #expect(try Self.refusal(.kill(.trading), by: "eve") == nil)
    }

    @Test func `that never could be is refused before anything runs`() throws {
        #expect(
            try Self.refusal(.hold, by: "eve")
                == .unknownOperator("eve", known: ["anna", "ben"]))
        #expect(try Self.refusal(.hold, reason: " \t") == .reasonMissing)
        #expect(
            try Self.refusal(.rollback(symbol: "SOLUSDC"))
                == .unknownSymbol("SOLUSDC", known: ["BTCUSDC", "ETHUSDC"]))
        #expect(
            try Self.refusal(.waive(gate: "sweep.leak", expiresNs: 9))
                == .unwaivable(gate: "sweep.leak"))
        guard
            case .unknownGate("agreement", _)? =
                try Self.refusal(.waive(gate: "agreement", expiresNs: 9))
        else {
            Issue.record("a gate of another plan was let in")
            return
        }
    }
}
