import JSON
import Kernel
import Market
import Pages
import Scenarios
import Tape

/// What `tape info --scenario` tells: a scenario's injections at their places in the run, and what
/// becomes of each symbol's prices.
struct ScenarioInfo {
    private let path: String
    private let plan: RunPlan
    private let placed: [Placed]
    private let sketches: [InjectionSketch]

    /// One injection, and the symbols that meet it at the same time.
    private struct Placed {
        let first: PlacedInjection
        var symbols: [String]
    }

    init(scenarioPath path: String) async throws {
        let document = try StartUp.document(at: path)
        let plan = try await StartUp.plan(document, path: path, for: .features)
        self.path = path
        self.plan = plan
        sketches = try plan.symbols.indices.map { try InjectionSketch(ofSymbol: $0, in: plan) }
        placed = Self.placed(plan)
    }

    /// In the order in which they are declared; of a crash that spreads, who leads it first.
    private static func placed(_ plan: RunPlan) -> [Placed] {
        var placed: [Placed] = []
        for (symbol, injections) in plan.injections.enumerated() {
            let name = plan.symbols[symbol].instrument.symbol
            for injection in injections {
                let same = placed.firstIndex {
                    $0.first.number == injection.number && $0.first.startNs == injection.startNs
                }
                if let same {
                    placed[same].symbols.append(name)
                } else {
                    placed.append(Placed(first: injection, symbols: [name]))
                }
            }
        }
        return placed.sorted {
            ($0.first.number, $0.first.startNs) < ($1.first.number, $1.first.startNs)
        }
    }

    // MARK: - Text

    var text: String {
        "\(path): \(time(plan.pacedFromNs)) to \(time(plan.schedule.lastCloseNs))\n\n"
            + (placed.isEmpty ? "  nothing is injected\n" : injectionTable) + "\n" + priceTable
    }

    private var injectionTable: String {
        var table = Table(
            ("injection", .left), ("from", .left), ("until", .left), ("symbols", .left),
            ("parameters", .left))
        for placed in placed {
            let injection = placed.first.injection
            table.add(
                injection.kind.rawValue, time(placed.first.startNs),
                placed.first.endNs == .max ? "the end" : time(placed.first.endNs),
                placed.symbols.joined(separator: ", "),
                injection.kind.fields.map { text($0, injection[$0.parameter]) }
                    .joined(separator: ", "))
        }
        return table.text
    }

    private func text(_ field: InjectionKind.Field, _ value: Int64) -> String {
        let name = field.parameter.rawValue
        switch (field.unit, field.parameter) {
        case (.nanoseconds, _): return "\(name) \(TimeSpan.text(value))"
        case (.millionths, .factor), (.millionths, .spread):
            return "\(name) \(FixedPoint.text(value, decimals: 6))"
        case (.millionths, _): return "\(name) \(FixedPoint.text(value, decimals: 4)) %"
        }
    }

    private var priceTable: String {
        var table = Table(
            ("symbol", .left), ("", .left), ("lowest prices", .left), ("lowest", .right))
        for (symbol, sketch) in zip(plan.symbols, sketches) {
            let lines =
                [("recorded", sketch.recorded)]
                + (sketch.isBent ? [("injected", sketch.injected)] : [])
            for (index, (name, lows)) in lines.enumerated() {
                table.add(
                    index == 0 ? symbol.instrument.symbol : "", name,
                    Sparkline.text(lows.map { $0.map { Double($0) } }),
                    lows.compactMap(\.self).min().map { price($0, symbol) } ?? "")
            }
        }
        return table.text
    }

    // MARK: - Document

    var document: JSONValue {
        [
            "scenario": .string(path),
            "from_ns": .integer(plan.pacedFromNs), "to_ns": .integer(plan.schedule.lastCloseNs),
            "injections": .array(
                placed.map { placed in
                    let endNs = placed.first.endNs
                    return [
                        "number": JSONValue(placed.first.number),
                        "start_ns": .integer(placed.first.startNs),
                        "end_ns": endNs == .max ? nil : .integer(endNs),
                        "symbols": .array(placed.symbols.map { .string($0) }),
                        "injection": placed.first.injection.document,
                    ]
                }),
            "symbols": .array(
                zip(plan.symbols, sketches).map { symbol, sketch in
                    [
                        "symbol": .string(symbol.instrument.symbol),
                        "recorded_lows": prices(sketch.recorded, symbol),
                        "injected_lows": prices(sketch.injected, symbol),
                    ]
                }),
        ]
    }

    private func prices(_ lows: [Int64?], _ symbol: SymbolPlan) -> JSONValue {
        .array(lows.map { $0.map { .string(price($0, symbol)) } ?? nil })
    }

    private func price(_ price: Int64, _ symbol: SymbolPlan) -> String {
        FixedPoint.text(price, decimals: symbol.instrument.priceDecimals)
    }

    private func time(_ timeNs: Int64) -> String { Timestamp(nanoseconds: timeNs).description }
}

/// A symbol's lowest prices over equal stretches of a run, as they were recorded and as the run
/// meets them. Lowest, because what most injections do is short and downward.
struct InjectionSketch {
    /// Nil where the stretch has no candle.
    private(set) var recorded: [Int64?]
    private(set) var injected: [Int64?]
    /// Whether anything bends the symbol's prices.
    let isBent: Bool

    init(ofSymbol symbol: Int, in plan: RunPlan) throws(TapeError) {
        let symbolPlan = plan.symbols[symbol]
        let window = Self.window(plan)
        recorded = [Int64?](repeating: nil, count: PriceSketch.pointCount)
        injected = recorded
        let bends = RowBends(
            plan.injections[symbol], noise: nil, kind: .candles, instrument: symbolPlan.instrument,
            candleNs: plan.list.streams[symbolPlan.candles].intervalNs)
        isBent = bends != nil
        var reader = ListReader(plan.list, stream: symbolPlan.candles, span: window)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        while let rows = try reader.next(into: &block, using: &decoder) {
            Self.add(block, rows, window, to: &recorded)
            bends?.bend(&block, visibleNs: block.eventTimes)
            Self.add(block, rows, window, to: &injected)
        }
    }

    /// From the start of the first bar whose row is handed on to the end of the last one.
    private static func window(_ plan: RunPlan) -> TimeRange {
        TimeRange(startNs: plan.pacedFromNs, endNs: plan.schedule.lastCloseNs + 1)
    }

    private static func add(
        _ block: ColumnBlock, _ rows: Range<Int>, _ window: TimeRange, to lows: inout [Int64?]
    ) {
        let (times, prices) = (block.eventTimes, block[.low])
        for row in rows where window.contains(times[row]) {
            let point = Int128(times[row] - window.startNs) * Int128(lows.count)
            let index = Int(point / Int128(window.endNs - window.startNs))
            lows[index] = min(lows[index] ?? prices[row], prices[row])
        }
    }
}
