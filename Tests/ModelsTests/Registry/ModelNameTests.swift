import Features
import Market
import Models
import TestSupport
import Testing

@Suite("A model's name")
struct ModelNameTests {
    @Test("is made of type, symbol and strategy")
    func making() {
        #expect("\(TestModel.name)" == "CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4")
        let strategies: [(Int64, Int64, Int64, String)] = [
            (5_000, 10_000, 4 * Timestamp.hourNs, "SL0.5_TP1_H4"),
            (12_345, 200_000, 90 * Timestamp.minuteNs, "SL1.2345_TP20_H90m"),
            (1, 10, 48 * Timestamp.hourNs, "SL0.0001_TP0.001_H48"),
        ]
        for (stop, target, horizon, name) in strategies {
            #expect(Strategy(stopPpm: stop, targetPpm: target, horizonNs: horizon).name == name)
        }
    }

    @Test("reads back, also of a symbol with underscores")
    func reading() {
        for symbol in ["BTCUSDC", "BTCUSD_PERP", "1000PEPE-PERP", "SL1_TP1_H1"] {
            let text = "CVNTrade_XGBoost_\(symbol)_SL0.5_TP1_H4"
            #expect(ModelName(text)?.symbol == symbol)
            #expect(ModelName(text)?.description == text)
        }
        #expect(ModelName("\(TestModel.name)") == TestModel.name)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "CVNTrade", "CVNTrade_XGBoost_BTCUSDC", "CVNTrade_XGBoost__SL1_TP1_H4",
            "CVNTrade__BTCUSDC_SL1_TP1_H4", "cvntrade_XGBoost_BTCUSDC_SL1_TP1_H4",
            "CVNTrade_XGBoost_BTCUSDC_SL_TP1_H4", "CVNTrade_XGBoost_BTCUSDC_TP1_SL1_H4",
            "CVNTrade_XGBoost_../../etc_SL1_TP1_H4", "CVNTrade_XGBoost_BTC USDC_SL1_TP1_H4",
            "CVNTrade_XGBoost_BTC\u{0}USDC_SL1_TP1_H4", "CVNTrade_XGBoost_BTC\n_SL1_TP1_H4",
        ])
    func refusals(_ text: String) {
        #expect(ModelName(text) == nil)
    }
}
