import Features
import Numerics
import Rollout
import Statistics
import Testing

@Suite struct `What monitors measure is told at each look` {
    private static let dayNs = Int64(MonitorStream.dayBars) * MonitorStream.barNs

    private static func stream(
        days: Int, _ change: (inout SymbolBar, Int, Int) -> Void = { _, _, _ in }
    ) -> MonitorStream {
        var stream = MonitorStream()
        stream.run(days: days, change)
        return stream
    }

    private static func told(
        _ stream: MonitorStream, _ name: String, column: String? = nil, symbol: Int = 0
    ) -> [MonitorMeasurement] {
        stream.measurements.filter {
            $0.name == name && $0.symbol == symbol && $0.column == column
        }
    }

    @Test func `with the value and the null band of a stability index`() throws {
        let column = MonitorStream.columns[0].name
        let stream = Self.stream(days: 8)
        let looks = Self.told(stream, "top_feature_drift_psi", column: column)
        #expect(looks.map(\.toNs) == [7, 8].map { MonitorStream.startNs + $0 * Self.dayNs })
        #expect(looks.map(\.fromNs) == [0, 1].map { MonitorStream.startNs + $0 * Self.dayNs })
        let last = try #require(looks.last)
        #expect(last.atNs == last.toNs + MonitorStream.barDelayNs)
        let reference = stream.setup.models[0].reference[0]
        let index = StabilityIndex(reference: reference)
        let bars = (MonitorStream.dayBars..<8 * MonitorStream.dayBars)
        let sorted = reference.sorted()
        let values = bars.map { sorted[$0 * 4950 % sorted.count] }
        #expect(last.value == index.psi(values))
        var random = RandomStream(seed: stream.setup.seed, "psi", column)
        let band = index.nullBand(of: reference, count: values.count, &random)
        #expect(last.nullUpper == band.upper95)
        #expect(stream.changes.isEmpty)
    }

    @Test func `with distance and both p of a test`() throws {
        let stream = Self.stream(days: 14) { bar, _, count in
            // Values that hang together: of four bars all have the first one's.
            bar.shift("btc_return_1h", by: count % 4 < 2 ? 0.2 : -0.2)
        }
        let name = "btc_feature_drift_ks"
        let p = try #require(Self.told(stream, name, column: "btc_return_1h").first)
        let distance = try #require(
            Self.told(stream, name + ".distance", column: "btc_return_1h").first)
        let effective = try #require(
            Self.told(stream, name + ".p_effective", column: "btc_return_1h").first)
        #expect(p.value.n == 14 * MonitorStream.dayBars)
        #expect((0.01..<1).contains(distance.value.value ?? 0))
        // Never more than the count of values, so never less than p.
        #expect(try #require(effective.value.value) >= #require(p.value.value))
        #expect(p.nullUpper == nil)
        let correlation = Self.told(
            stream, "btc_correlation_drift", column: "btc_correlation_15m_lag5")
        #expect(correlation.count == 1)
    }

    @Test func `once a day for what is watched bar by bar`() throws {
        let stream = Self.stream(days: 2) { bar, _, count in
            guard count < MonitorStream.dayBars else { return }
            // One tick in fifty of the first day, and one value in sixty.
            if count % 10 == 0 { bar.freshness = [Double](repeating: 9, count: 15) }
            if count % 10 == 0 { bar.shift("l2_ofi_15m", by: .nan) }
        }
        let freshness = Self.told(stream, "l2_feature_freshness_seconds")
        #expect(freshness.map(\.value.value) == [9, 1])
        #expect(freshness.map(\.value.n) == [1440, 1440])
        #expect(freshness.map(\.fromNs) == [0, 1].map { MonitorStream.startNs + $0 * Self.dayNs })
        let nanRate = Self.told(stream, "l2_feature_nan_rate")
        #expect(nanRate.map(\.value.value) == [10.0 / 576, 0])
        #expect(Self.told(stream, "l2_feature_value_oor").count == 2)
        #expect(Self.told(stream, "btc_feature_nan_rate").map(\.value.value) == [0, 0])
        // What each bar asks anew has no rows of its own.
        #expect(Self.told(stream, "expectancy_net_realized").isEmpty)
        #expect(stream.measurements.allSatisfy { $0.id != .latency })
    }

    @Test func `up to the watermark of labels`() throws {
        let stream = Self.stream(days: 15) { bar, _, count in
            let own = count - MonitorStream.horizonBars
            if own >= 0, own % 20 < 3, let label = bar.labels.first {
                bar.labels = [KnownLabel(closeNs: label.closeNs, label: 0)]
            }
        }
        let gap = try #require(Self.told(stream, "concept_drift_f1_buy").first)
        // The look is made once the label of the fourteenth day's last bar is known.
        #expect(gap.toNs == MonitorStream.startNs + 14 * Self.dayNs)
        #expect(gap.fromNs == MonitorStream.startNs)
        #expect(gap.atNs > gap.toNs + 4 * 3_600_000_000_000 - MonitorStream.barNs)
        let change = try #require(stream.changes(.conceptDrift, .act, detail: "14d").first)
        #expect(gap.value == change.value)
        let low = try #require(gap.value.interval?.low)
        let value = try #require(gap.value.value)
        #expect(gap.nullUpper?.value == value - low)
    }

    @Test func `with the reason where there is nothing to measure`() throws {
        let stream = Self.stream(days: 8) { bar, _, _ in bar.loseData() }
        let psi = try #require(
            Self.told(stream, "top_feature_drift_psi", column: MonitorStream.columns[0].name).last)
        #expect(psi.value == .undefined(.tooFew(needed: 336), n: 0))
        #expect(psi.nullUpper == nil)
        let freshness = try #require(Self.told(stream, "l2_feature_freshness_seconds").last)
        #expect(freshness.value == .undefined(.noValues, n: 0))
    }

    @Test func `and of a short run what it lost to the warm-up`() throws {
        var stream = Self.stream(days: 1) { bar, _, count in
            if count < 24 { bar.shift("frac_diff_close_d04", by: .nan) }
        }
        stream.finish()
        let loss = try #require(Self.told(stream, "warm_up_loss").first)
        #expect(loss.value.value == 0.25)
        #expect(loss.fromNs == MonitorStream.startNs)
    }
}
