package import Features
import Market

/// What a model is called: `CVNTrade_{MODEL_TYPE}_{SYMBOL}_{STRATEGY}`, such as
/// `CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4`.
package struct ModelName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String
    package let symbol: String

    private static let opening = "CVNTrade"

    package init(symbol: String, strategy: Strategy) {
        description = "\(Self.opening)_XGBoost_\(symbol)_\(strategy.name)"
        self.symbol = symbol
    }

    /// Nil for what is no model's name, or could not be a folder's.
    package init?(_ text: String) {
        let steps = text.split(separator: "_", omittingEmptySubsequences: false)
        guard steps.count >= 6, steps[0] == Self.opening, !steps[1].isEmpty else { return nil }
        let hasStrategy = zip(steps.suffix(3), ["SL", "TP", "H"]).allSatisfy {
            $0.count > $1.count && $0.hasPrefix($1)
        }
        // A symbol may hold underscores: BTCUSD_PERP.
        let symbol = steps.dropFirst(2).dropLast(3).joined(separator: "_")
        let isFolderName = text.unicodeScalars.allSatisfy {
            $0.value > 32 && $0 != "/" && $0.value != 127
        }
        guard hasStrategy, !symbol.isEmpty, isFolderName, text.utf8.count <= 200 else {
            return nil
        }
        description = text
        self.symbol = symbol
    }

    package static func < (a: ModelName, b: ModelName) -> Bool { a.description < b.description }
}

extension Strategy {
    /// Stop and target in percent, the horizon in hours or, where these are no whole number, in the
    /// unit that it says: `SL0.5_TP1_H4`, `SL0.5_TP1_H90m`.
    package var name: String {
        let horizon =
            horizonNs % Timestamp.hourNs == 0
            ? "\(horizonNs / Timestamp.hourNs)" : TimeSpan.text(horizonNs)
        // A percent is 10,000 millionths.
        return "SL\(FixedPoint.text(stopPpm, decimals: 4))"
            + "_TP\(FixedPoint.text(targetPpm, decimals: 4))_H\(horizon)"
    }
}
