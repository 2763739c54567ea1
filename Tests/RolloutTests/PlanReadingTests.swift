import JSON
import Market
import Rollout
import TestSupport
import Testing

@Suite struct `A rollout's plan` {
    private static func shipped(_ name: String) throws -> RolloutPlanDocument {
        try RolloutPlanDocument(
            TestFile.read(SharedData.packageRoot + "/scenarios/rollouts/\(name).json5"))
    }

    @Test(arguments: ["focal", "l2"])
    func `that ships is sound, and its document is its inverse`(_ name: String) throws {
        let document = try Self.shipped(name)
        #expect(document.problems.errors.isEmpty)
        let plan = document.plan
        #expect(plan.name == name)
        let text = plan.document.text()
        let again = try RolloutPlan(document: JSONField(JSONNode.parse(Array(text.utf8))))
        #expect(again == plan)
        #expect(again.digest == plan.digest)
    }
}
