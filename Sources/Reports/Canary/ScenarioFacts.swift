import JSON
import Market

/// What a report needs of a run's scenario, read from the canonical text that its journal holds.
struct ScenarioFacts: Equatable {
    enum Costs: Equatable {
        /// Spread and slippage as fills found them, and a fee on each leg, in millionths.
        case ladder(feePpm: Int64)
        /// One flat cost of the entry's notional, in millionths.
        case flat(ppm: Int64)
    }

    let barNs: Int64
    let barDelayNs: Int64
    let stopPpm: Int64
    let targetPpm: Int64
    let horizonNs: Int64
    let seed: UInt64
    /// `book` or `candles`.
    let fills: String
    let costs: Costs
    let symbolCapMicros: Int64
    let totalCapMicros: Int64
    /// What one position costs, in millionths of a unit of quote currency: of a fraction, of what a
    /// ledger starts with.
    let notionalMicros: Double

    init(_ text: String) throws(JSONError) {
        let positive: ClosedRange<Int64> = 1...Int64.max
        var fields = try JSONFields(JSONNode.parse(text))
        barNs = try fields.integer("bar_ns", in: positive)
        seed = try fields.integer("seed", in: 0...UInt64(Int64.max))
        var latencies = try fields.object("latencies")
        barDelayNs = try latencies.integer("bar_delay_ns", in: 0...Int64.max)
        var strategy = try fields.object("strategy")
        stopPpm = try strategy.integer("stop_ppm", in: positive)
        targetPpm = try strategy.integer("target_ppm", in: positive)
        horizonNs = try strategy.integer("horizon_ns", in: positive)
        var execution = try fields.object("execution")
        fills = try execution.string("fills")
        let costPpm: Int64 = try execution.integer("cost_ppm", in: 0...Int64.max)
        costs =
            try execution.string("costs") == "ladder"
            ? .ladder(feePpm: costPpm) : .flat(ppm: costPpm)
        symbolCapMicros = try execution.integer("symbol_cap_micros", in: positive)
        totalCapMicros = try execution.integer("total_cap_micros", in: positive)
        let size: Int64 = try execution.integer("size", in: positive)
        notionalMicros =
            try execution.string("sizing") == "notional_micros"
            ? Double(size) : Double(totalCapMicros) * Double(size) / 1e6
    }

    /// One notional in quote units of so many decimals: what returns of blocks are fractions of.
    func notional(quoteDecimals: Int) -> Double {
        notionalMicros / 1e6 * Double(FixedPoint.powerOfTen(quoteDecimals))
    }

    /// In words, such as `stop 0.25 %, target 0.75 %, horizon 2h`.
    var strategy: String {
        "stop \(Self.percent(stopPpm)), target \(Self.percent(targetPpm)), "
            + "horizon \(TimeSpan.text(horizonNs))"
    }

    var costModel: String {
        switch costs {
        case .ladder(let ppm):
            "fills on \(fills), ladder of spread, slippage, funding and a fee of "
                + "\(Self.percent(ppm)) a leg"
        case .flat(let ppm): "fills at mid, one flat cost of \(Self.percent(ppm)) of the entry"
        }
    }

    /// 2500 millionths as `0.25 %`.
    private static func percent(_ ppm: Int64) -> String {
        var text = FixedPoint.text(ppm, decimals: 4)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text + " %"
    }
}
