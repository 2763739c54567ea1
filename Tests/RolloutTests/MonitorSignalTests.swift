import Rollout
import Statistics
import Testing

/// One way in which a run goes wrong, on the first symbol alone, and the alert that it must cause.
struct MonitorFault: CustomTestStringConvertible, Sendable {
    let id: AlertID
    var detail = ""
    let level: AlertLevel
    /// Until then all is well.
    var startDay = 0
    let days: Int
    var isForAllSymbols = false
    let change: @Sendable (inout SymbolBar, MonitorStream, Int) -> Void

    var testDescription: String { "\(id.rawValue) \(detail) \(level.rawValue)" }

    private static func shifted(
        _ id: AlertID, _ level: AlertLevel, _ column: String, by amount: Double, days: Int
    ) -> MonitorFault {
        MonitorFault(id: id, detail: column, level: level, days: days) { bar, _, _ in
            bar.shift(column, by: amount)
        }
    }

    private static func loss(_ id: AlertID, _ detail: String, _ level: AlertLevel, all: Bool)
        -> MonitorFault
    {
        MonitorFault(
            id: id, detail: detail, level: level, startDay: 4, days: 3, isForAllSymbols: all
        ) { bar, stream, count in
            if count % 24 == 23 { bar.actedTrades = [stream.trade(entryBar: count - 4, -0.002)] }
        }
    }

    /// The share of bars of ten that are bought rightly becomes smaller.
    private static func concept(_ level: AlertLevel, _ detail: String, wrong: Int, days: Int)
        -> MonitorFault
    {
        MonitorFault(id: .conceptDrift, detail: detail, level: level, days: days) { bar, _, count in
            // Of 20 bars, so many labels of right buys say otherwise.
            let own = count - MonitorStream.horizonBars
            if own >= 0, own % 20 < wrong, let label = bar.labels.first {
                bar.labels = [KnownLabel(closeNs: label.closeNs, label: 0)]
            }
        }
    }

    static let all: [MonitorFault] =
        [
            MonitorFault(id: .l2Freshness, level: .warn, days: 1) { bar, _, count in
                if count == 50 { bar.freshness[7] = 61 }
            },
            MonitorFault(id: .l2Freshness, level: .act, days: 1) { bar, _, count in
                if count == 50 { bar.freshness[7] = 301 }
            },
            MonitorFault(id: .l2NaNRate, level: .warn, days: 1) { bar, _, count in
                if count == 50 { bar.shift("l2_ofi_15m", by: .nan) }
            },
            MonitorFault(id: .l2NaNRate, level: .act, days: 1) { bar, _, count in
                if count == 50 {
                    bar.shift("l2_ofi_15m", by: .nan)
                    bar.shift("l2_kyle_lambda", by: .nan)
                }
            },
            MonitorFault(id: .l2OutOfRange, level: .warn, days: 1) { bar, _, count in
                if count < 10 { bar.shift("l2_ofi_15m", by: 100) }
            },
            MonitorFault(id: .l2OutOfRange, level: .act, days: 1) { bar, _, count in
                if count < 40 { bar.shift("l2_ofi_15m", by: 100) }
            },
            shifted(.kyleLambdaPSI, .warn, "l2_kyle_lambda", by: 0.45, days: 3),
            shifted(.kyleLambdaPSI, .act, "l2_kyle_lambda", by: 1, days: 3),
            shifted(.l2FeaturePSI, .warn, "l2_ofi_15m", by: 0.4, days: 31),
            shifted(.l2FeaturePSI, .act, "l2_ofi_15m", by: 1, days: 31),
            MonitorFault(
                id: .kyleLambdaTail, detail: "l2_kyle_lambda", level: .act, days: 31
            ) { bar, _, count in
                if count % 50 == 0 { bar.shift("l2_kyle_lambda", by: 20) }
            },
            MonitorFault(
                id: .btcQuality, detail: "wick_to_body", level: .warn, days: 1,
                isForAllSymbols: true
            ) { bar, _, count in
                if count == 50 { bar.btcAlerts = ["wick_to_body"] }
            },
            MonitorFault(id: .btcNaNRate, level: .act, days: 2) { bar, _, count in
                if count < 30, count % 5 == 0 { bar.shift("btc_return_4h", by: .nan) }
            },
            shifted(.btcFeatureKS, .act, "btc_return_1h", by: 0.5, days: 15),
            shifted(.btcCorrelation, .act, "btc_correlation_15m_lag5", by: 3.5, days: 15),
            shifted(.fracDiffKS, .act, "frac_diff_close_d04", by: 0.5, days: 15),
            MonitorFault(id: .warmUpLoss, level: .act, days: 7) { bar, _, count in
                if count < 150 { bar.shift("frac_diff_close_d04", by: .nan) }
            },
            shifted(.topFeaturePSI, .warn, "btc_return_24h", by: 0.6, days: 8),
            shifted(.topFeaturePSI, .act, "btc_return_24h", by: 1, days: 8),
            concept(.warn, "14d", wrong: 1, days: 15), concept(.act, "14d", wrong: 3, days: 15),
            concept(.warn, "30d", wrong: 1, days: 31), concept(.act, "30d", wrong: 3, days: 31),
            MonitorFault(id: .sharpness, level: .warn, days: 8) { bar, _, count in
                bar.candidate.probability = count % 2 == 0 ? 0.02 : 0.98
            },
            MonitorFault(id: .probabilityShift, level: .warn, days: 8) { bar, _, _ in
                bar.candidate.probability = bar.candidate.probability.map { $0 * $0 }
            },
            MonitorFault(id: .spreadRegime, level: .act, startDay: 91, days: 1) { bar, _, _ in
                bar.features[MonitorStream.position("l2_spread_bps")] *= 4
            },
            loss(.expectancy, "24h", .warn, all: false),
            loss(.expectancy, "48h", .act, all: false),
            loss(.expectancyFleet, "", .act, all: true),
        ]
}

@Suite("Each signal fires for what it watches, and for nothing else")
struct MonitorSignalTests {
    private static func stream(of fault: MonitorFault) -> MonitorStream {
        var stream = MonitorStream()
        stream.run(days: fault.startDay)
        let setup = stream
        stream.run(days: fault.days) { bar, symbol, count in
            guard symbol == 0 || fault.isForAllSymbols else { return }
            fault.change(&bar, setup, count)
        }
        return stream
    }

    @Test("fires when its cause is there", arguments: MonitorFault.all)
    func fires(fault: MonitorFault) throws {
        let stream = Self.stream(of: fault)
        let change = try #require(
            stream.firing.first {
                $0.id == fault.id && $0.detail == fault.detail && $0.level == fault.level
            })
        let value = try #require(change.value.value)
        #expect(change.value.n > 0)
        #expect(change.fromNs < change.atNs)
        #expect(
            AlertRegistry.all.contains {
                $0.id == change.id && $0.level == change.level
                    && $0.threshold == change.threshold
                    && ($0.variant.isEmpty || $0.variant == change.detail)
            })
        // A warning of a short window may be what chance gives.
        #expect(change.isBeyondNullBand || fault.level == .warn)
        switch fault.id {
        case .btcFeatureKS, .fracDiffKS, .expectancy: #expect(value < change.threshold)
        case .expectancyFleet: #expect(value == 2)
        default: #expect(value > change.threshold)
        }
        if !fault.isForAllSymbols {
            #expect(change.symbol == 0)
            // The other symbol is healthy.
            #expect(stream.firing.allSatisfy { $0.symbol == 0 })
        }
    }

    @Test("a warning is no act", arguments: MonitorFault.all.filter { $0.level == .warn })
    func warnsOnly(fault: MonitorFault) {
        let stream = Self.stream(of: fault)
        let acts = stream.changes(fault.id, .act, detail: fault.detail)
        #expect(acts.allSatisfy { $0.state != .firing })
    }

    @Test("a hundred healthy days are silent, and every window was looked at")
    func silence() {
        var stream = MonitorStream()
        stream.run(days: 100)
        stream.finish()
        #expect(stream.changes.map(\.id.rawValue) == [])
    }

    @Test(
        "a slow model is told of at its first bar",
        arguments: [(99, [AlertLevel]()), (101, [.warn]), (501, [.warn, .act])])
    func latency(milliseconds: Int, levels: [AlertLevel]) {
        var setup = MonitorStream.healthySetup()
        setup.computeLatencyNs = Int64(milliseconds) * 1_000_000
        var stream = MonitorStream(setup: setup)
        stream.run(bars: 5)
        #expect(stream.firing.map(\.level) == levels)
        #expect(stream.firing.allSatisfy { $0.id == .latency && $0.symbol == nil })
    }

    @Test("a model without a focal loss never raises the focal alert")
    func otherLoss() {
        var stream = MonitorStream(setup: MonitorStream.healthySetup(isFocal: false))
        stream.run(days: 3) { bar, _, _ in
            bar.actedTrades = bar.actedTrades.map { opener, trade in
                var losing = trade
                losing.netReturn = -0.01
                return (opener, losing)
            }
        }
        #expect(stream.changes(.expectancyFleet) == [])
        #expect(stream.changes(.expectancy, .act).count { $0.state == .firing } == 2)
    }
}
