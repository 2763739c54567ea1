import Rollout
import Scenarios
import Statistics
import Testing

@Suite("The new champion is watched for 90 days, by fewer rules than a candidate")
struct ChampionWatchTests {
    typealias World = MachineWorld

    /// A locked rollout whose next bar's tick comes so long after its end.
    private func locked(
        _ afterNs: Int64, _ change: (inout RolloutPlan) -> Void = { _ in }
    ) throws -> MachineWorld {
        var world = try World.at(.locked, change)
        let endNs = world.state.sinceNs
        world.closeNs = endNs + afterNs - World.delayNs - World.barNs
        return world
    }

    @Test(
        "R2 takes the fleet back until the 90th day is over",
        arguments: [(0, true), (1, false)])
    func fleet(_ laterNs: Int64, _ isBack: Bool) throws {
        var world = try locked(90 * World.dayNs + laterNs)
        try world.bar(expectancies: World.expectancies([-1, -1, 1]))
        #expect(world.state.isReverting == isBack)
        #expect(world.phase == .closed(.locked))
    }

    @Test("R8 proposes until the 90th day is over", arguments: [(0, true), (1, false)])
    func staleDrift(_ laterNs: Int64, _ isProposed: Bool) throws {
        var world = try locked(90 * World.dayNs + laterNs)
        let firedNs = world.state.sinceNs
        try world.bar(alerts: [World.alert(.fracDiffKS, atNs: firedNs)])
        #expect(world.kinds.contains(.revertProposed(.staleDrift)) == isProposed)
    }

    @Test("R8: a warning is not waited on; one that is said again is as old as it was")
    func staleSince() throws {
        var warned = try locked(World.dayNs)
        let firedNs = warned.nowNs
        try warned.bar(alerts: [World.alert(.fracDiffKS, level: .warn, atNs: firedNs)])
        warned.closeNs += 31 * World.dayNs
        try warned.bar()
        #expect(!warned.kinds.contains(.revertProposed(.staleDrift)))
        var again = try locked(World.dayNs)
        try again.bar(alerts: [World.alert(.fracDiffKS, atNs: again.nowNs, isBeyond: false)])
        again.closeNs += 29 * World.dayNs
        try again.bar(alerts: [World.alert(.fracDiffKS, atNs: again.nowNs)])
        again.closeNs += 2 * World.dayNs
        try again.bar()
        #expect(again.kinds.contains(.revertProposed(.staleDrift)))
    }

    @Test("R8: what resolves for another symbol, level or column ends nothing")
    func staleOther() throws {
        var world = try locked(World.dayNs)
        try world.bar(alerts: [World.alert(.fracDiffKS, symbol: 0, atNs: world.nowNs)])
        try world.bar(alerts: [
            World.alert(.fracDiffKS, symbol: 1, state: .resolved, atNs: world.nowNs),
            World.alert(.fracDiffKS, symbol: 0, level: .warn, state: .resolved),
            World.alert(.fracDiffKS, symbol: 0, state: .resolved, detail: "another column"),
        ])
        world.closeNs += 31 * World.dayNs
        try world.bar()
        #expect(world.kinds.contains(.revertProposed(.staleDrift)))
    }

    @Test("R4 and R7 are a candidate's: they take no champion back")
    func candidateRules() throws {
        var world = try locked(World.dayNs) {
            $0.driftAction = .rollback
            $0.profile = .guarded
        }
        try world.bar(
            alerts: [World.alert(.topFeaturePSI)], line: World.line(upper: -1))
        #expect(!world.state.isReverting)
        #expect(world.kinds.last == .retrainRequested(alert: AlertID.topFeaturePSI.rawValue))
    }

    @Test("R10 judges once, and what broke even is restored")
    func restoration() throws {
        for (first, count) in [(0.0, 0), (-0.001, 1)] {
            var world = try World.at(.canary)
            try world.order(.rollback(symbol: nil))
            try world.bar()
            try world.bar(restoration: Figure(first, n: 4))
            try world.bar(restoration: Figure(-0.001, n: 4))
            #expect(world.kinds.count { $0 == .notRestored } == count)
        }
    }
}
