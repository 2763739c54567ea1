import Features
import JSON
import Kernel
import Market
import Scenarios
import Tape
import TestSupport

/// Plans of runs that are written out but never played.
enum ExportPlan {
    /// A plan for `symbols`, which must be sorted, on an empty tape that is written to `tapePath`.
    static func make(
        _ symbols: [String], tapePath: String, families: FeatureFamilies = FeatureFamilies(),
        strategy: Strategy? = nil
    ) throws -> RunPlan {
        let instruments = symbols.map { TestTape.instrument($0) }
        let header = TapeHeader(
            instruments: instruments,
            streams: instruments.indices.map {
                StreamDescription(
                    instrument: $0, schema: .candles(), intervalNs: Timestamp.minuteNs)
            }, provenance: nil)
        var writer = try TapeWriter(path: tapePath, header: header)
        _ = try writer.finish(ledger: nil)
        let barNs = 15 * Timestamp.minuteNs
        var scenario = Scenario.defaults
        scenario.tapes = [tapePath]
        scenario.barNs = barNs
        scenario.families = families
        scenario.strategy = strategy
        return RunPlan(
            scenario: scenario, purpose: .features, list: try TapeList(paths: [tapePath]),
            config: EnrichmentConfig(
                barNs: barNs, featureEpochNs: 0, feedLatencyNs: 0, barDelayNs: 0,
                families: families),
            symbols: instruments.enumerated().map { index, instrument in
                SymbolPlan(
                    instrument: instrument, hasRows: true, candles: index, trades: nil,
                    books: nil, funding: nil)
            },
            btc: nil,
            schedule: BarSchedule(
                barNs: barNs, barDelayNs: 0, firstCloseNs: barNs,
                lastCloseNs: Timestamp.dayNs, firstWindowCloseNs: barNs,
                lastTickCloseNs: Timestamp.dayNs))
    }
}
