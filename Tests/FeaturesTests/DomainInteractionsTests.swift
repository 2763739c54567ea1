import Features
import TestSupport
import Testing

@Suite("Domain interactions")
struct DomainInteractionsTests {
    private static let bar = IndicatorMatrix.bar(0, close: 104)

    @Test("combine the columns that their names say")
    func formulas() {
        let values = Self.interactions([
            "return_1": 0.5, "RSI_14": 75, "ATR_14": 4, "atr_normalized": 0.25, "ADX_14": 20,
            "MACD_hist_12_26_9": 26, "BB_upper_20_2": 120, "BB_lower_20_2": 88,
            "momentum_10": -13, "volume_z_96": 3,
        ])
        #expect(
            values == [
                "ix_rsi_atr": 0.125,
                "ix_volume_return": 1.5,
                "ix_macd_adx": 0.25 * 0.2,
                "ix_bbpos_momentum": 0.5 * -0.125,
                "ix_bbwidth_volume": 32.0 / 100 * 3,
                "ix_momentum_atr": -3.25,
            ])
    }

    @Test("are NaN over a zero, never infinite")
    func zeros() {
        let values = Self.interactions([
            "return_1": 0, "RSI_14": 0, "ATR_14": 0, "atr_normalized": 0, "ADX_14": 0,
            "MACD_hist_12_26_9": 0, "BB_upper_20_2": 104, "BB_lower_20_2": 104,
            "momentum_10": 1, "volume_z_96": 1,
        ])
        #expect(values["ix_bbpos_momentum"]?.isNaN == true)
        #expect(values["ix_momentum_atr"]?.isNaN == true)
        #expect(values["ix_bbwidth_volume"] == 0)
        #expect(values["ix_macd_adx"] == 0)
    }

    @Test("are NaN where a column that they need is", arguments: IndicatorMatrix.names)
    func missing(_ name: String) {
        let needs = [
            "ix_rsi_atr": ["RSI_14", "atr_normalized"],
            "ix_volume_return": ["volume_z_96", "return_1"],
            "ix_macd_adx": ["MACD_hist_12_26_9", "ADX_14"],
            "ix_bbpos_momentum": ["BB_upper_20_2", "BB_lower_20_2", "momentum_10"],
            "ix_bbwidth_volume": ["BB_upper_20_2", "BB_lower_20_2", "volume_z_96"],
            "ix_momentum_atr": ["momentum_10", "ATR_14"],
        ]
        for (interaction, value) in Self.interactions([name: .nan]) {
            #expect(value.isNaN == needs[interaction]?.contains(name), "\(interaction)")
        }
    }

    @Test("follow the baseline values that stand anywhere in a row")
    func afterBaseline() {
        var draws = SeededGenerator(seed: 8)
        var matrix = IndicatorMatrix([])
        for slot in 0..<200 {
            let close = 100 + Double(draws.next() % 1000) / 100
            let bar = IndicatorMatrix.bar(slot, close: close, volume: Double(draws.next() % 50))
            matrix.push(bar)
            var row = [7.0, 8] + matrix.rows[slot]
            DomainInteractions.append(
                to: &row, baselineStart: 2, bar: bar, bandMiddle: matrix.bandMiddle[slot])
            #expect(row.count == 27)
            let isEveryOneThere = row[21...].allSatisfy(\.isFinite)
            #expect(isEveryOneThere == (slot >= 95), "slot \(slot)")
        }
    }

    /// The interactions by name, of a row of threes but for `values`.
    private static func interactions(_ values: [String: Double]) -> [String: Double] {
        var row = IndicatorMatrix.names.enumerated().map { values[$1] ?? Double($0 + 3) }
        let count = row.count
        DomainInteractions.append(to: &row, baselineStart: 0, bar: bar, bandMiddle: 100)
        return Dictionary(
            uniqueKeysWithValues: zip(IndicatorMatrix.interactionNames, row[count...]))
    }
}
