import Rollout
import Testing

@Suite struct `The registry has every alert` {
    @Test func `by id, in order, with a line of its own`() {
        var ids: [AlertID] = []
        for definition in AlertRegistry.all where ids.last != definition.id {
            ids.append(definition.id)
        }
        #expect(ids == AlertID.allCases)
        #expect(Set(AlertID.allCases.map(\.summary)).count == ids.count)
        for summary in AlertID.allCases.map(\.summary) {
            #expect(summary.hasSuffix(".") && !summary.contains("\""))
        }
    }

    @Test func `with both levels, and what calls a person`() {
        let psi = AlertRegistry.all.filter { $0.id == .kyleLambdaPSI }
        #expect(psi.map(\.threshold) == [0.10, 0.25])
        #expect(psi.map(\.severity) == ["warn", "P2"])
        #expect(psi.allSatisfy { $0.pendingNs == 3_600_000_000_000 })
        let stalled = AlertRegistry.all.filter { $0.id == .rollbackStalled }
        #expect(stalled.map(\.severity) == ["P1"])
        #expect(stalled.map(\.threshold) == [nil])
        let windows = AlertRegistry.all.filter { $0.id == .conceptDrift }.map(\.variant)
        #expect(windows == ["14d", "14d", "30d", "30d"])
    }
}
