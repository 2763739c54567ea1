import Numerics
import Rollout
import Statistics
import Testing

@Suite("What is open under each profile, and what it asks for")
struct MonitorProfileTests {
    /// A stream whose every column follows x = 0.9 x + noise, as its training did: no drift.
    private static func persistent(days: Int, seed: UInt64, phi: Double) -> MonitorStream {
        func path(_ random: inout RandomStream, _ count: Int) -> [Double] {
            let scale = (1 - phi * phi).squareRoot()
            var x = random.normal()
            return (0..<count).map { _ in
                x = phi * x + scale * random.normal()
                return x
            }
        }
        var setup = MonitorStream.healthySetup()
        for symbol in setup.models.indices {
            for column in MonitorStream.columns.indices {
                var random = RandomStream(seed: seed, "training", "\(symbol)", "\(column)")
                setup.models[symbol].reference[column] = path(&random, 12_000)
            }
        }
        var live: [[[Double]]] = []
        for symbol in setup.models.indices {
            live.append(
                MonitorStream.columns.indices.map { column in
                    var random = RandomStream(seed: seed, "live", "\(symbol)", "\(column)")
                    return path(&random, days * MonitorStream.dayBars)
                })
        }
        var stream = MonitorStream(setup: setup)
        stream.run(days: days) { bar, symbol, count in
            for column in bar.features.indices {
                bar.features[column] = live[symbol][column][count]
            }
        }
        return stream
    }

    /// The share of looks at a signal, over symbols and columns, at which it is firing.
    @Test("without drift, values that persist alarm the strict profile often, the guarded rarely")
    func falseAlarms() {
        let stream = Self.persistent(days: 120, seed: 3, phi: 0.9)
        func share(_ id: AlertID, _ level: AlertLevel, guarded: Bool) -> Double {
            var firingNs: Int64 = 0
            var keys: [String: Int64] = [:]
            let changes = stream.changes(id, level)
            for change in changes {
                let key = "\(change.symbol ?? -1) \(change.detail)"
                if let since = keys.removeValue(forKey: key) { firingNs += change.atNs - since }
                let counts = change.state == .firing && (!guarded || change.isBeyondNullBand)
                if counts { keys[key] = change.atNs }
            }
            let endNs = stream.closeNs(stream.barCount)
            for since in keys.values { firingNs += endNs - since }
            let streams = id == .kyleLambdaPSI ? 2.0 : id == .btcFeatureKS ? 12.0 : 2.0
            return Double(firingNs) / (streams * Double(endNs - MonitorStream.startNs))
        }
        // Simulated: 92 % of days are above 0.10 and 60 % above 0.25 though nothing has drifted.
        #expect(share(.kyleLambdaPSI, .warn, guarded: false) > 0.85)
        #expect(share(.kyleLambdaPSI, .act, guarded: false) > 0.45)
        // What fires stays for two hours at least, so it is somewhat more than one in twenty.
        #expect(share(.kyleLambdaPSI, .warn, guarded: true) < 0.12)
        #expect(share(.kyleLambdaPSI, .act, guarded: true) < 0.12)
        // Simulated: in so persistent a series a nominal 1 % is 61 %.
        #expect(share(.fracDiffKS, .act, guarded: false) > 0.4)
        #expect(share(.fracDiffKS, .act, guarded: true) < 0.1)
        #expect(share(.btcFeatureKS, .act, guarded: false) > 0.4)
        #expect(share(.btcFeatureKS, .act, guarded: true) < 0.1)
    }

    @Test("the guarded profile leaves out what the null band explains")
    func openDrift() {
        let stream = Self.persistent(days: 20, seed: 5, phi: 0.97)
        let strict = stream.bank.openDrift(.seedStrict)
        let guarded = stream.bank.openDrift(.guarded)
        #expect(strict.count > 5)
        #expect(guarded.count < strict.count / 2)
        #expect(strict.allSatisfy { $0.level == .act && $0.state == .firing })
        #expect(guarded.allSatisfy { $0.isBeyondNullBand })
    }

    @Test("true drift is open under both, asks for a retraining, and is gone when it ends")
    func trueDrift() throws {
        let column = "l2_depth_imbalance_l1"
        var setup = MonitorStream.healthySetup()
        for symbol in setup.models.indices {
            setup.models[symbol].totalGain[MonitorStream.position(column)] = 1000
        }
        var stream = MonitorStream(setup: setup)
        stream.run(days: 10) { bar, symbol, _ in
            if symbol == 1 { bar.shift(column, by: 2) }
        }
        for profile in RolloutPlan.Profile.allCases {
            let open = stream.bank.openDrift(profile)
            #expect(open.map(\.id) == [.topFeaturePSI])
            #expect(open.map(\.symbol) == [1])
            let request = try #require(stream.bank.retrainRequests(profile).first)
            #expect(request.alert == open[0])
            #expect(request.symbol == "ETHUSDC")
            #expect(stream.bank.reviews(profile) == [])
        }
        stream.run(days: 10)
        #expect(stream.bank.openDrift(.seedStrict) == [])
        #expect(stream.bank.retrainRequests(.seedStrict) == [])
    }

    @Test("a gap of F1 counts for the guarded profile when its interval leaves out zero")
    func conceptGap() {
        var stream = MonitorStream()
        // A buy a day, right every fourth time: 0.16 too little, but of fourteen buys.
        stream.run(days: 15) { bar, symbol, count in
            guard symbol == 0 else { return }
            bar.candidate.action = count % 96 == 0 ? .buy : .none
            let own = count - MonitorStream.horizonBars
            if own >= 0, let label = bar.labels.first {
                let isRight = own % 96 == 0 && own / 96 % 4 == 0
                bar.labels = [KnownLabel(closeNs: label.closeNs, label: isRight ? 1 : 0)]
            }
        }
        let acts = stream.changes(.conceptDrift, .act)
        #expect(acts.map(\.state) == [.firing])
        #expect(acts.map(\.isBeyondNullBand) == [false])
        #expect(stream.bank.openDrift(.seedStrict).map(\.id) == [.conceptDrift])
        #expect(stream.bank.openDrift(.guarded) == [])
    }

    @Test("a distance that is certain but small counts for the strict profile alone")
    func smallDistance() {
        var stream = MonitorStream()
        stream.run(days: 15) { bar, symbol, _ in
            if symbol == 0 { bar.shift("frac_diff_close_d04", by: 0.2) }
        }
        #expect(stream.bank.openDrift(.seedStrict).map(\.id) == [.fracDiffKS])
        #expect(stream.bank.openDrift(.guarded) == [])
    }

    @Test("frac-diff drift that nobody acted on is stale after thirty days, not before")
    func staleDrift() {
        var stream = MonitorStream()
        let drift = { (bar: inout SymbolBar, symbol: Int, _: Int) in
            if symbol == 0 { bar.shift("frac_diff_close_d04", by: 1) }
        }
        stream.run(days: 43, drift)
        #expect(stream.bank.openDrift(.guarded).map(\.id) == [.fracDiffKS])
        let before = stream.closeNs(stream.barCount - 1) + MonitorStream.barDelayNs
        #expect(stream.bank.staleDrift(.guarded, atNs: before) == [])
        stream.run(days: 1, drift)
        let atNs = stream.closeNs(stream.barCount - 1) + MonitorStream.barDelayNs
        #expect(
            stream.bank.staleDrift(.guarded, atNs: atNs).map(\.detail) == ["frac_diff_close_d04"])
    }

    @Test("values out of range and a change of regime are for a person to look at")
    func reviews() {
        var stream = MonitorStream()
        stream.run(days: 91)
        stream.run(bars: 48) { bar, symbol, _ in
            guard symbol == 0 else { return }
            bar.features[MonitorStream.position("l2_spread_bps")] *= 10
        }
        let ids = stream.bank.reviews(.guarded).map(\.id)
        #expect(ids == [.l2OutOfRange, .spreadRegime])
        #expect(stream.bank.openDrift(.seedStrict) == [])
        #expect(stream.bank.retrainRequests(.seedStrict) == [])
    }
}
