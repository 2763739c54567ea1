import Features
import JSON
import TestSupport
import Testing

@Suite("Indicators agree with TA-Lib", .enabled(if: SharedData.isPresent, SharedData.hint))
struct IndicatorOracleTests {
    /// Our column and the fixture's name of it.
    private static let columns = [
        ("RSI_14", "rsi"), ("ATR_14", "atr"), ("ADX_14", "adx"), ("MACD_12_26_9", "macd"),
        ("MACD_signal_12_26_9", "macd_signal"), ("MACD_hist_12_26_9", "macd_hist"),
        ("BB_upper_20_2", "bb_upper"), ("BB_lower_20_2", "bb_lower"),
    ]

    @Test(
        "in every row of every case",
        arguments: ["btc", "constant", "monotone_up", "low_price", "trading_halt"])
    func everyRow(_ name: String) throws {
        let fixture = try #require(IndicatorOracle.read("indicators.json")["cases"]?[name])
        let bars = try Self.bars(fixture)
        let matrix = IndicatorMatrix(bars)
        for (column, key) in Self.columns {
            let theirs = try IndicatorOracle.series(fixture["talib"]?[key])
            let different = IndicatorOracle.firstDifference(matrix[column], theirs)
            #expect(different == nil, "\(column) of \(name)")
        }
        var index = DirectionalIndex()
        var plus: [Double] = []
        var minus: [Double] = []
        for bar in bars {
            _ = index.push(bar)
            plus.append(index.plus)
            minus.append(index.minus)
        }
        for (key, ours) in [
            ("plus_di", plus), ("minus_di", minus), ("bb_middle", matrix.bandMiddle),
        ] {
            let theirs = try IndicatorOracle.series(fixture["talib"]?[key])
            let different = IndicatorOracle.firstDifference(ours, theirs)
            #expect(different == nil, "\(key) of \(name)")
        }
    }

    /// The halt ends in the fixture before TA-Lib's sums fall under its bound; the formula's loop
    /// is what is left to compare a market that never moves with.
    @Test("and with the formula where nothing moves", arguments: ["constant", "trading_halt"])
    func formula(_ name: String) throws {
        let fixture = try #require(IndicatorOracle.read("indicators.json")["cases"]?[name])
        let bars = try Self.bars(fixture)
        let matrix = IndicatorMatrix(bars)
        for (column, key) in Self.columns {
            let theirs = try IndicatorOracle.series(fixture["formula"]?[key])
            let different = IndicatorOracle.firstDifference(matrix[column], theirs)
            #expect(different == nil, "\(column) of \(name)")
        }
    }

    private static func bars(_ fixture: JSONNode) throws -> [Bar] {
        let high = try IndicatorOracle.series(fixture["high"])
        let low = try IndicatorOracle.series(fixture["low"])
        let close = try IndicatorOracle.series(fixture["close"])
        return close.indices.map {
            IndicatorMatrix.bar($0, high: high[$0], low: low[$0], close: close[$0])
        }
    }
}

@Suite("Returns of recorded bars", .enabled(if: SharedData.isPresent, SharedData.hint))
struct BaselineReturnTests {
    @Test("are the change over so many rows, bit for bit", arguments: ["btc", "tgt"])
    func returns(_ asset: String) throws {
        let bars = try IndicatorOracle.bars()
        let close = try #require(bars["\(asset)_close"])
        let matrix = IndicatorMatrix(
            close.indices.map { IndicatorMatrix.bar($0, close: close[$0]) })
        for slots in [1, 4, 16, 96] {
            let expected = close.indices.map {
                $0 < slots ? .nan : close[$0] / close[$0 - slots] - 1
            }
            let different = IndicatorOracle.firstDifference(
                matrix["return_\(slots)"], expected, tolerance: 0)
            #expect(different == nil, "return_\(slots)")
        }
        let momentum = close.indices.map { $0 < 10 ? .nan : close[$0] - close[$0 - 10] }
        #expect(
            IndicatorOracle.firstDifference(matrix["momentum_10"], momentum, tolerance: 0) == nil)
    }

    /// The form of the fixture is ours: one-bar returns without filling, n - 1, every value there.
    @Test("scatter as the reference says, with and without gaps", arguments: ["clean", "btc_nan"])
    func volatility(_ name: String) throws {
        let fixture = try #require(IndicatorOracle.read("btc_features.json")["cases"]?[name])
        let close = try IndicatorOracle.series(fixture["btc_close"])
        let expected = try IndicatorOracle.series(fixture["exact"]?["btc_realized_vol_24h"])
        let matrix = IndicatorMatrix(
            close.indices.map {
                close[$0].isNaN ? nil : IndicatorMatrix.bar($0, close: close[$0])
            })
        var ours = matrix["realized_vol_96"]
        // A row without a bar has no values here, whatever its window holds.
        for row in ours.indices where close[row].isNaN { ours[row] = .nan }
        #expect(IndicatorOracle.firstDifference(ours, expected) == nil)
    }
}
