import JSON
import Rollout
import TestSupport
import Testing

@Suite("Runbooks: a page for each alert, and events that name it")
struct RunbookTests {
    @Test("the index lists the alerts that there are, in their order")
    func index() {
        let index = String(
            decoding: TestFile.read(SharedData.packageRoot + "/docs/runbooks/README.md"),
            as: UTF8.self)
        let ids = index.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("| [") else { return nil }
            return line.dropFirst(3).split(separator: "]").first.map(String.init)
        }
        #expect(ids == AlertID.allCases.map(\.rawValue))
    }

    @Test("each alert's page is there, under its id", arguments: AlertID.allCases)
    func page(_ id: AlertID) {
        let page = TestFile.read(SharedData.packageRoot + "/" + id.runbook)
        #expect(page.starts(with: "# \(id.rawValue)\n".utf8))
    }

    @Test(
        "what an alert caused names that alert's page",
        arguments: [
            RolloutEvent.Kind.retrainRequested(alert: "concept_drift_f1_buy"),
            .holdEntered(.drift, resumes: .canary), .approvalExpired,
        ])
    func caused(_ kind: RolloutEvent.Kind) {
        let detail: JSONValue = ["alert": ["id": .string(AlertID.conceptDrift.rawValue)]]
        #expect(RolloutEvent(kind, atNs: 0, detail: detail).runbook == .conceptDrift)
    }

    @Test(
        "a rollback names what its rule looked at, and the alert where there is one",
        arguments: [
            (RolloutRule.laneExpectancy, AlertID.expectancy), (.fleetExpectancy, .expectancyFleet),
            (.inferior, nil), (.commanded, nil),
        ] as [(RolloutRule, AlertID?)])
    func rollback(_ rule: RolloutRule, _ alert: AlertID?) {
        let kind = RolloutEvent.Kind.rollbackTriggered(rule, symbol: nil)
        #expect(RolloutEvent(kind, atNs: 0, detail: ["cause": ["lanes": []]]).runbook == alert)
        let drift: JSONValue = ["cause": ["alert": ["id": "top_feature_drift_psi"]]]
        #expect(
            RolloutEvent(.rollbackTriggered(.drift, symbol: nil), atNs: 0, detail: drift).runbook
                == .topFeaturePSI)
    }

    @Test("stalls, faults, proposals and what was not restored have pages, commands have none")
    func others() {
        let pages: [(RolloutEvent.Kind, AlertID?)] = [
            (.rollbackStalled, .rollbackStalled), (.integrityFault(symbol: nil), .contract),
            (.revertProposed(.staleDrift), .fracDiffKS), (.notRestored, .expectancyFleet),
            (.holdEntered(.commanded, resumes: .canary), nil), (.operatorAborted, nil),
        ]
        for (kind, alert) in pages {
            #expect(RolloutEvent(kind, atNs: 0).runbook == alert, "\(kind)")
        }
    }
}
