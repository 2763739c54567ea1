import Features
import Market
import Numerics

/// Columns computed from all bars at once, by their definitions: no rings, no increments, no joins.
///
/// Sums are taken in the features' fixed order. Windows are taken as never flat.
struct WholeColumns {
    let bars: [Bar?]
    let btcBars: [Bar?]
    private let closes: [Double]
    private let return1: [Double]

    init(bars: [Bar?], btcBars: [Bar?]) {
        self.bars = bars
        self.btcBars = btcBars
        closes = bars.map { $0?.close ?? .nan }
        return1 = Self.changes(closes, 1)
    }

    /// All columns that candles make, by name; a row without a bar is NaN throughout.
    func columns(btcPurgeBars: Int, minWeight: Double) -> [String: [Double]] {
        var columns = baseline.merging(recursive) { $1 }
        for (name, values) in interactions(columns) { columns[name] = values }
        for (name, values) in btc {
            columns[name] = bars.indices.map {
                $0 < btcPurgeBars ? .nan : values[$0 - btcPurgeBars]
            }
        }
        for tenths in [4, 5] {
            columns["frac_diff_close_d0\(tenths)"] = fracDiff(tenths, minWeight)
        }
        return columns.mapValues { values in
            zip(bars, values).map { $0 == nil ? .nan : $1 }
        }
    }

    // MARK: - Windows

    private static func changes(_ values: [Double], _ slots: Int) -> [Double] {
        values.indices.map { $0 < slots ? .nan : finite(values[$0] / values[$0 - slots]) - 1 }
    }

    private static func finite(_ value: Double) -> Double { value.isFinite ? value : .nan }

    /// Mean and sum of squares of each window of `count` slots; NaN where one is missing.
    private static func moments(
        _ values: [Double], _ count: Int
    ) -> [(mean: Double, squares: Double)] {
        values.indices.map { slot in
            guard slot + 1 >= count else { return (.nan, .nan) }
            return moments(Array(values[(slot + 1 - count)...slot]))
        }
    }

    private static func moments(_ values: [Double]) -> (mean: Double, squares: Double) {
        let mean = WindowStatistics.sum(values.span, values.indices) / Double(values.count)
        return (mean, WindowStatistics.squares(values.span, values.indices, around: mean))
    }

    private var bands: [(upper: Double, middle: Double, lower: Double)] {
        Self.moments(closes, 20).map { mean, squares in
            let reach = 2 * (squares / 20).squareRoot()
            return (mean + reach, mean, mean - reach)
        }
    }

    private var baseline: [String: [Double]] {
        var columns: [String: [Double]] = [:]
        for slots in [1, 4, 16, 96] { columns["return_\(slots)"] = Self.changes(closes, slots) }
        columns["realized_vol_96"] = Self.moments(return1, 96).map { ($1 / 95).squareRoot() }
        columns["BB_upper_20_2"] = bands.map(\.upper)
        columns["BB_lower_20_2"] = bands.map(\.lower)
        columns["momentum_10"] = closes.indices.map {
            $0 < 10 ? .nan : closes[$0] - closes[$0 - 10]
        }
        let volumes = bars.map { $0?.volume ?? .nan }
        columns["volume"] = volumes
        columns["volume_z_96"] = zip(volumes, Self.moments(volumes, 96)).map { volume, moments in
            Self.finite((volume - moments.mean) / (moments.squares / 95).squareRoot())
        }
        let weekNs = 7 * Timestamp.dayNs
        let angles = bars.map { bar in
            // The epoch's first Monday was its fifth day.
            let sinceNs = ((bar?.closeNs ?? 0) + 3 * Timestamp.dayNs) % weekNs
            return 2 * Double.pi * (Double(sinceNs) / Double(weekNs))
        }
        columns["how_sin"] = angles.map { Elementary.sin($0) }
        columns["how_cos"] = angles.map { Elementary.cos($0) }
        return columns
    }

    private func interactions(_ columns: [String: [Double]]) -> [String: [Double]] {
        func value(_ name: String, _ slot: Int) -> Double { columns[name]?[slot] ?? .nan }
        func column(_ formula: (Int) -> Double) -> [Double] { closes.indices.map(formula) }
        let bands = bands
        return [
            "ix_rsi_atr": column { (value("RSI_14", $0) - 50) / 50 * value("atr_normalized", $0) },
            "ix_volume_return": column { value("volume_z_96", $0) * value("return_1", $0) },
            "ix_macd_adx": column {
                value("MACD_hist_12_26_9", $0) / closes[$0] * (value("ADX_14", $0) / 100)
            },
            "ix_bbpos_momentum": column {
                (closes[$0] - bands[$0].lower) / (bands[$0].upper - bands[$0].lower)
                    * (value("momentum_10", $0) / closes[$0])
            },
            "ix_bbwidth_volume": column {
                (bands[$0].upper - bands[$0].lower) / bands[$0].middle * value("volume_z_96", $0)
            },
            "ix_momentum_atr": column { value("momentum_10", $0) / value("ATR_14", $0) },
        ]
    }

    // MARK: - BTC

    /// By BTC's own bars, not shifted.
    private var btc: [String: [Double]] {
        let closes = btcBars.map { $0?.close ?? .nan }
        let return1 = Self.changes(closes, 1)
        let first = closes.firstIndex { !$0.isNaN } ?? closes.count
        var columns: [String: [Double]] = [:]
        for (name, bars) in [("1h", 4), ("4h", 16), ("24h", 96)] {
            columns["btc_return_\(name)"] = closes.indices.map { slot in
                let bases = (bars...(bars + bars / 4)).filter { $0 <= slot }
                let base = bases.map { closes[slot - $0] }.first { !$0.isNaN }
                return base.map { closes[slot] / $0 - 1 } ?? .nan
            }
        }
        columns["btc_realized_vol_24h"] = closes.indices.map { slot in
            let values = Self.present(return1, slot)
            guard !closes[slot].isNaN, slot >= first + 96, values.count >= 92 else { return .nan }
            return (Self.moments(values).squares / Double(values.count - 1)).squareRoot()
        }
        columns["btc_z_score_close"] = closes.indices.map { slot in
            let values = Self.present(closes, slot)
            guard !closes[slot].isNaN, slot >= first + 95, values.count >= 92 else { return .nan }
            let (mean, squares) = Self.moments(values)
            return (closes[slot] - mean) / (squares / Double(values.count - 1)).squareRoot()
        }
        columns["btc_correlation_15m_lag5"] = correlation(closes, return1, first)
        return columns
    }

    /// What there is of the 96 slots up to `slot`.
    private static func present(_ values: [Double], _ slot: Int) -> [Double] {
        values[max(0, slot - 95)...slot].filter { !$0.isNaN }
    }

    /// The symbol's returns and BTC's of five slots before: shifted first, then windowed.
    private func correlation(
        _ btcCloses: [Double], _ btcReturn1: [Double], _ btcFirst: Int
    ) -> [Double] {
        let first = closes.firstIndex { !$0.isNaN } ?? closes.count
        let lagged = btcReturn1.indices.map { $0 < 5 ? .nan : btcReturn1[$0 - 5] }
        return closes.indices.map { slot in
            let isFull = slot >= first + 96 && slot >= btcFirst + 101
            guard isFull, !closes[slot].isNaN, !btcCloses[slot].isNaN else { return .nan }
            let pairs = ((slot - 95)...slot).filter { !return1[$0].isNaN && !lagged[$0].isNaN }
            guard pairs.count >= 92 else { return .nan }
            return Self.correlation(pairs.map { return1[$0] }, pairs.map { lagged[$0] })
        }
    }

    private static func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let meanX = inFourLanes(x) / Double(x.count)
        let meanY = inFourLanes(y) / Double(y.count)
        let squaresX = inFourLanes(x.map { ($0 - meanX) * ($0 - meanX) })
        let squaresY = inFourLanes(y.map { ($0 - meanY) * ($0 - meanY) })
        let products = inFourLanes(zip(x, y).map { ($0 - meanX) * ($1 - meanY) })
        return products / (squaresX * squaresY).squareRoot()
    }

    /// The correlation's order of summation: four lanes, then their pairs, then what is left.
    private static func inFourLanes(_ values: [Double]) -> Double {
        let whole = values.count - values.count % 4
        var lanes = [0.0, 0.0, 0.0, 0.0]
        for index in 0..<whole { lanes[index % 4] += values[index] }
        return values[whole...].reduce((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]), +)
    }

    // MARK: - Fractional differences

    private func fracDiff(_ tenths: Int, _ minWeight: Double) -> [Double] {
        let weights = FracDiffWeights(orderInTenths: tenths, minWeight: minWeight).newestFirst
        // Zero weights fill the oldest group of eight; the newest value is always in lane 7.
        return closes.indices.map { slot in
            guard slot + 1 >= weights.count else { return .nan }
            var lanes = [Double](repeating: 0, count: 8)
            for age in weights.indices.reversed() {
                lanes[7 - age % 8] += weights[age] * closes[slot - age]
            }
            let four = (0..<4).map { lanes[$0] + lanes[$0 + 4] }
            return (four[0] + four[2]) + (four[1] + four[3])
        }
    }
}
