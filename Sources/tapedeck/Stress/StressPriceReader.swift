import Kernel
import Market
import Reports
import Scenarios
import Tape

/// Reads the prices around injections from a run's tapes, as they are and as they were bent.
enum StressPriceReader {
    /// Points of a path: more than a drawing can tell apart are of no use.
    private static let pointCount: Int64 = 600

    /// The closes of the symbol that meets the first injection first.
    static func read(_ plan: RunPlan, _ spans: [StressReport.Span]) -> StressReport.Prices {
        guard
            let first = spans.min(by: { ($0.injection, $0.startNs) < ($1.injection, $1.startNs) }),
            let symbol = plan.symbols.firstIndex(where: { $0.instrument.symbol == first.symbol })
        else { return .absent("no symbol that was traded meets an injection") }
        let schedule = plan.schedule
        let window = TimeRange(
            startNs: schedule.firstWindowCloseNs - schedule.barNs, endNs: schedule.lastCloseNs)
        do throws(TapeError) {
            return .read(
                symbol: first.symbol,
                try points(plan, symbol, StressReport.shown(spans, in: window)))
        } catch {
            Console.note("\(error)")
            return .absent("the tape cannot be read; `tapedeck tape verify` tells where")
        }
    }

    private static func points(
        _ plan: RunPlan, _ index: Int, _ span: TimeRange
    ) throws(TapeError) -> [StressReport.Prices.Point] {
        let symbol = plan.symbols[index]
        let candleNs = plan.list.streams[symbol.candles].intervalNs
        let bends = RowBends(
            plan.injections[index], noise: nil, kind: .candles, instrument: symbol.instrument,
            candleNs: candleNs)
        let one = Double(FixedPoint.powerOfTen(symbol.instrument.priceDecimals))
        let stepNs = max((span.endNs - span.startNs) / pointCount, candleNs)
        var reader = ListReader(plan.list, stream: symbol.candles, span: span)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var points: [StressReport.Prices.Point] = []
        var nextNs = span.startNs
        while let rows = try reader.next(into: &block, using: &decoder) {
            var bent = block
            bends?.bend(&bent, visibleNs: block.eventTimes)
            for row in rows {
                let atNs = block.eventTimes[row]
                guard atNs >= nextNs, atNs <= span.endNs else { continue }
                points.append(
                    StressReport.Prices.Point(
                        atNs: atNs, stressed: Double(bent[.close][row]) / one,
                        unstressed: Double(block[.close][row]) / one))
                nextNs = span.startNs + ((atNs - span.startNs) / stepNs + 1) * stepNs
            }
        }
        return points
    }
}
