import Rollout
import Statistics
import Testing

@Suite("An alert's state changes only by what is seen")
struct MonitorStateTests {
    private static func lose(_ bar: inout SymbolBar, _: Int, _: Int) { bar.loseData() }

    @Test("forty days without data resolve nothing", arguments: MonitorFault.all)
    func missingData(fault: MonitorFault) throws {
        var stream = MonitorStream()
        stream.run(days: fault.startDay)
        let before = stream
        // Short faults are followed by nothing at all, at once.
        var hasFired = false
        for _ in 0..<fault.days * MonitorStream.dayBars where !hasFired {
            stream.run(bars: 1) { bar, symbol, count in
                if symbol == 0 || fault.isForAllSymbols { fault.change(&bar, before, count) }
            }
            hasFired = stream.firing.contains {
                $0.id == fault.id && $0.level == fault.level && $0.detail == fault.detail
            }
        }
        try #require(hasFired)
        let firedCount = stream.changes.count
        stream.run(days: 40, Self.lose)
        let later = stream.changes.dropFirst(firedCount)
        #expect(!later.contains { $0.state == .resolved })
    }

    @Test("what was silent says that it does not know, and that all is well once it is seen again")
    func noData() {
        var stream = MonitorStream()
        stream.run(days: 35)
        #expect(stream.changes.isEmpty)
        stream.run(days: 35, Self.lose)
        let silenced = stream.changes
        #expect(silenced.allSatisfy { $0.state == .noData && $0.value.value == nil })
        let expected: [AlertID] = [
            .l2Freshness, .l2NaNRate, .l2OutOfRange, .kyleLambdaPSI, .l2FeaturePSI,
            .kyleLambdaTail, .btcQuality, .btcNaNRate, .btcFeatureKS, .btcCorrelation,
            .fracDiffKS, .topFeaturePSI, .conceptDrift, .sharpness, .probabilityShift,
            .expectancy, .expectancyFleet,
        ]
        for id in expected { #expect(silenced.contains { $0.id == id }, "\(id)") }
        stream.run(days: 35)
        let later = stream.changes.dropFirst(silenced.count)
        #expect(later.allSatisfy { $0.state == .resolved })
        for id in expected { #expect(later.contains { $0.id == id }, "\(id)") }
    }

    @Test("a stale book is over after five clean minutes and a clean bar")
    func hysteresis() throws {
        var setup = MonitorStream.healthySetup()
        setup.barNs = 60_000_000_000
        var stream = MonitorStream(setup: setup)
        stream.run(bars: 30) { bar, symbol, count in
            if symbol == 0, count == 10 || count == 13 { bar.freshness = [301] }
        }
        let acts = stream.changes(.l2Freshness, .act)
        #expect(acts.map(\.state) == [.firing, .resolved])
        let base = stream.closeNs(0) + MonitorStream.barDelayNs
        #expect(acts.map { ($0.atNs - base) / 60_000_000_000 } == [10, 18])
        // Fifteen-minute bars are clean for longer than that.
        var slow = MonitorStream()
        slow.run(bars: 30) { bar, symbol, count in
            if symbol == 0, count == 10 { bar.freshness[3] = 301 }
        }
        let slowBase = slow.closeNs(0) + MonitorStream.barDelayNs
        let slowActs = slow.changes(.l2Freshness, .act)
        #expect(slowActs.map { ($0.atNs - slowBase) / MonitorStream.barNs } == [10, 11])
    }

    @Test("says nothing twice")
    func deduplication() {
        var stream = MonitorStream()
        stream.run(days: 40) { bar, symbol, count in
            guard symbol == 0 else { return }
            // Regimes of three days come and go, with holes.
            if count / 288 % 2 == 1 {
                for index in bar.features.indices { bar.features[index] += 1.5 }
                bar.freshness[0] = 400
                bar.candidate.probability = 0.99
            }
            if count % 97 == 0 { bar.loseData() }
        }
        struct Key: Hashable {
            let id: AlertID
            let detail: String
            let level: AlertLevel
        }
        var last: [Key: AlertChange] = [:]
        for change in stream.changes {
            let key = Key(id: change.id, detail: change.detail, level: change.level)
            if let before = last[key] {
                #expect(
                    before.state != change.state
                        || before.isBeyondNullBand != change.isBeyondNullBand)
            } else {
                #expect(change.state != .resolved)
            }
            last[key] = change
        }
        #expect(stream.changes.count > 100)
        #expect(zip(stream.changes, stream.changes.dropFirst()).allSatisfy { $0.atNs <= $1.atNs })
    }

    @Test("windows that the run cannot fill are short, and no others")
    func short() {
        var stream = MonitorStream()
        stream.run(days: 20)
        #expect(stream.changes.isEmpty)
        stream.finish()
        #expect(stream.changes.allSatisfy { $0.state == .short && $0.value.value == nil })
        let ids = Set(stream.changes.map { $0.id.rawValue + $0.detail })
        #expect(
            ids == [
                "l2_feature_drift_psil2_kyle_lambda", "l2_feature_drift_psil2_ofi_15m",
                "l2_feature_drift_psil2_depth_imbalance_l5", "l2_kyle_lambda_p99l2_kyle_lambda",
                "concept_drift_f1_buy30d", "l2_spread_regime",
            ])
    }

    @Test("what training left out is unknown, not fine")
    func unknownTraining() {
        var setup = MonitorStream.healthySetup()
        for index in setup.models.indices {
            setup.models[index].outOfFoldF1 = nil
            setup.models[index].sharpness = nil
            setup.models[index].probabilityDeciles = []
            setup.models[index].totalGain = setup.models[index].columns.map { _ in .nan }
            setup.models[index].reference = setup.models[index].columns.map { _ in [] }
        }
        var stream = MonitorStream(setup: setup)
        stream.run(days: 35)
        #expect(stream.changes.allSatisfy { $0.state == .noData })
        for id: AlertID in [
            .conceptDrift, .sharpness, .probabilityShift, .topFeaturePSI, .kyleLambdaPSI,
            .l2FeaturePSI, .kyleLambdaTail, .btcFeatureKS, .btcCorrelation, .fracDiffKS,
        ] {
            #expect(stream.changes.contains { $0.id == id }, "\(id)")
        }
    }

    @Test("a lane that flips does not answer for the other model's trades")
    func flip() {
        var stream = MonitorStream()
        stream.run(days: 3) { bar, symbol, count in
            guard symbol == 0, count % 24 == 23 else { return }
            let entryNs = bar.actedTrades[0].1.entryNs
            bar.actedTrades = [
                (
                    .candidate,
                    TradeSample(entryNs: entryNs, exitNs: entryNs + 1, netReturn: -0.01)
                )
            ]
        }
        let lost = stream.changes(.expectancy, .act)
        #expect(lost.map(\.state) == [.firing])
        let count = stream.changes.count
        stream.run(bars: 23) { bar, _, _ in
            bar.acted = .champion
            bar.actedTrades = []
        }
        let later = stream.changes(.expectancy, .act, symbol: 0).filter { $0.atNs > lost[0].atNs }
        #expect(later.map(\.state) == [.noData])
        #expect(stream.changes.count > count)
    }

    @Test("memory does not grow once the longest window is full")
    func memory() {
        var stream = MonitorStream()
        stream.run(days: 91)
        let stored = stream.bank.storedValueCount
        // Labels and trades that never end must not pile up either.
        stream.run(days: 60) { bar, _, _ in bar.labels = [] }
        #expect(stream.bank.storedValueCount <= stored + 2 * 14 * MonitorStream.dayBars)
        let later = stream.bank.storedValueCount
        stream.run(days: 60) { bar, _, _ in bar.labels = [] }
        #expect(stream.bank.storedValueCount == later)
    }
}

@Suite("Failed trainings are counted by the hour")
struct TrainingFailureTests {
    private static let minuteNs: Int64 = 60_000_000_000

    @Test("one an hour warns, five act, and an hour without resolves")
    func counts() {
        var watch = TrainingFailureWatch(startNs: 0)
        var changes: [AlertChange] = []
        for index in 0..<5 { changes += watch.fail(atNs: Int64(index) * 10 * Self.minuteNs) }
        #expect(changes.map(\.level) == [.warn, .act])
        #expect(changes.allSatisfy { $0.id == .trainingCrash && $0.state == .firing })
        #expect(changes[1].value.value == 5)
        changes = watch.look(atNs: 59 * Self.minuteNs)
        #expect(changes == [])
        changes = watch.look(atNs: 60 * Self.minuteNs)
        #expect(changes.map(\.state) == [.resolved])
        #expect(changes.map(\.level) == [.act])
        changes = watch.look(atNs: 200 * Self.minuteNs)
        #expect(changes.map(\.level) == [.warn])
    }

    @Test("failures two hours apart never act")
    func spread() {
        var watch = TrainingFailureWatch(startNs: 0)
        var changes: [AlertChange] = []
        for index in 0..<500 { changes += watch.fail(atNs: Int64(index) * 120 * Self.minuteNs) }
        #expect(changes.map(\.level) == [.warn])
    }
}
