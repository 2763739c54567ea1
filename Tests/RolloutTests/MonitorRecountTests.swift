import Features
import Numerics
import Rollout
import Statistics
import Testing

/// What the windows held, kept whole: each value of a change is computed again from it.
private struct Recount {
    private struct Bar {
        let closeNs: Int64
        let row: [Double]
        let probability: Double?
    }

    let setup: MonitorSetup
    private var bars: [Bar] = []

    private let indexes: [StabilityIndex]
    private let sorted: [[Double]]

    init(_ setup: MonitorSetup) {
        self.setup = setup
        indexes = setup.models[0].reference.map { StabilityIndex(reference: $0) }
        sorted = setup.models[0].reference.map { $0.sorted() }
    }

    mutating func add(_ bar: SymbolBar, closeNs: Int64) {
        bars.append(
            Bar(closeNs: closeNs, row: bar.features, probability: bar.candidate.probability))
    }

    private func window(_ days: Int64, _ closeNs: Int64) -> [Bar] {
        let fromNs = closeNs - days * 86_400_000_000_000
        let end = bars.lastIndex { $0.closeNs <= closeNs } ?? -1
        var start = end + 1
        while start > 0, bars[start - 1].closeNs > fromNs { start -= 1 }
        return Array(bars[start..<end + 1])
    }

    private func column(_ name: String, _ days: Int64, _ closeNs: Int64) -> [Double] {
        let position = MonitorStream.position(name)
        return window(days, closeNs).filter { !$0.row.isEmpty }.map { $0.row[position] }
    }

    /// Nil for what is not recounted.
    func value(_ change: AlertChange) -> Double? {
        let closeNs = change.atNs - MonitorStream.barDelayNs
        let model = setup.models[0]
        switch change.id {
        case .kyleLambdaPSI: return psi(change.detail, 1, closeNs)
        case .topFeaturePSI: return psi(change.detail, 7, closeNs)
        case .l2FeaturePSI: return psi(change.detail, 30, closeNs)
        case .btcFeatureKS, .fracDiffKS:
            let values = column(change.detail, 14, closeNs).filter(\.isFinite)
            let reference = model.reference[MonitorStream.position(change.detail)]
            return KolmogorovSmirnov(values, reference).p(.stephens).value
        case .kyleLambdaTail:
            let reference = model.reference[MonitorStream.position(change.detail)]
            let values = column(change.detail, 30, closeNs).filter(\.isFinite)
            let summary = ColumnSummary(reference)
            let shift = ColumnSummary(values).quantiles[6] - summary.quantiles[6]
            return abs(shift) / summary.standardDeviation
        case .l2OutOfRange:
            let rows = window(1, closeNs).map(\.row).filter { !$0.isEmpty }
            var (outside, count) = (0, 0)
            for row in rows {
                for (index, column) in MonitorStream.columns.enumerated()
                where column.family == .l2 {
                    let all = sorted[index]
                    let (low, high) =
                        column.isPriceScaled ? (all[8], all[all.count - 9]) : (-6, 6)
                    guard !row[index].isNaN else { continue }
                    count += 1
                    if row[index] < low || row[index] > high { outside += 1 }
                }
            }
            return Double(outside) / Double(count)
        case .btcNaNRate:
            let rows = window(1, closeNs).map(\.row).filter { !$0.isEmpty }
            let lost = rows.count { row in
                MonitorStream.columns.indices.contains {
                    MonitorStream.columns[$0].family == .btc && row[$0].isNaN
                }
            }
            return Double(lost) / Double(rows.count)
        case .sharpness:
            let values = window(7, closeNs).compactMap(\.probability).map { max($0, 1 - $0) }
            return values.reduce(0, +) / Double(values.count) - 0.75
        default: return nil
        }
    }

    private func psi(_ name: String, _ days: Int64, _ closeNs: Int64) -> Double? {
        indexes[MonitorStream.position(name)].psi(column(name, days, closeNs)).value
    }
}

@Suite("What is kept bar by bar is what counting again gives")
struct MonitorRecountTests {
    @Test(
        "on a stream of regimes, holes and bars that never come", arguments: [11, 12] as [UInt64])
    func recount(seed: UInt64) {
        var stream = MonitorStream()
        var recount = Recount(stream.setup)
        var random = RandomStream(seed: seed, "recount")
        var shifts = MonitorStream.columns.map { _ in 0.0 }
        for bar in 0..<50 * MonitorStream.dayBars {
            if random.uniform() < 0.01 {
                stream.skip(bars: 1 + Int(random.integer(below: 30)))
                continue
            }
            if bar % 500 == 0 { shifts = shifts.map { _ in random.normal() } }
            let closeNs = stream.closeNs(stream.barCount)
            stream.run(bars: 1) { bar, symbol, _ in
                guard symbol == 0 else { return }
                for index in shifts.indices {
                    bar.features[index] += shifts[index]
                    if random.uniform() < 0.02 { bar.features[index] = .nan }
                }
                if random.uniform() < 0.05 { bar.candidate.probability = nil }
                if shifts[0] > 0 {
                    bar.candidate.probability = bar.candidate.probability.map { _ in 0.99 }
                }
                if random.uniform() < 0.03 { bar.features = [] }
                recount.add(bar, closeNs: closeNs)
            }
        }
        var seen: Set<AlertID> = []
        for change in stream.changes where change.symbol == 0 {
            guard let value = change.value.value, let expected = recount.value(change) else {
                continue
            }
            seen.insert(change.id)
            #expect(abs(value - expected) <= 1e-12 * max(1, abs(expected)), "\(change)")
        }
        #expect(
            seen.isSuperset(of: [
                .kyleLambdaPSI, .topFeaturePSI, .l2FeaturePSI, .btcFeatureKS, .fracDiffKS,
                .l2OutOfRange, .btcNaNRate, .sharpness,
            ]))
    }
}
