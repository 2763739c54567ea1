import Features
import JSON
import Kernel
import Pages
import Statistics

/// What each column of a run looks like, over all symbols or for one.
struct FeaturesDescription {
    /// The symbol; nil for all of them together.
    private let symbol: String?
    private let weights: [(order: Double, minWeight: Double, tapCount: Int)]
    private let rows: [Row]

    private struct Row {
        let column: FeatureColumn
        let summary: ColumnSummary
        /// The bar of the first value, counted from the feature epoch, over the symbols that have
        /// one.
        let firstBars: ClosedRange<Int>?
    }

    /// - Parameters:
    ///   - values: of the symbols that are described.
    ///   - symbol: the one that is described, or nil for all.
    init(
        tally: FeatureTally, rows values: FeatureCollector.Result,
        fracDiff: FeatureFamilies.FracDiff?, symbol: Int?
    ) {
        self.symbol = symbol.map { tally.symbols[$0].name }
        let symbols = symbol.map { [tally.symbols[$0]] } ?? tally.symbols
        weights =
            fracDiff.map { fracDiff in
                fracDiff.ordersInTenths.map { order in
                    let weights = FracDiffWeights(
                        orderInTenths: order, minWeight: fracDiff.minWeight)
                    return (Double(order) / 10, fracDiff.minWeight, weights.tapCount)
                }
            } ?? []
        rows = tally.columns.enumerated().map { index, column in
            let bars = symbols.compactMap { $0.counts.firstValidBars[index] }.sorted()
            return Row(
                column: column, summary: ColumnSummary(values.column(index)),
                firstBars: bars.first.map { $0...bars[bars.count - 1] })
        }
    }

    var text: String {
        var text = ""
        for weight in weights {
            text += "  weights d=\(weight.order.shortestDecimal)"
            text += " min_w=\(weight.minWeight.shortestDecimal) \(weight.tapCount) taps\n"
        }
        if !weights.isEmpty { text += "\n" }
        var table = Table(
            ("column" + (symbol.map { " of \($0)" } ?? ""), .left), ("first bar", .right),
            ("n", .right), ("NaN", .right), ("mean", .right), ("std", .right), ("1 %", .right),
            ("5 %", .right), ("25 %", .right), ("50 %", .right), ("75 %", .right),
            ("95 %", .right), ("99 %", .right), ("histogram", .left))
        for row in rows { table.add(cells(row)) }
        return text + table.text
    }

    private func cells(_ row: Row) -> [String] {
        let summary = row.summary
        let first = row.firstBars.map { bars in
            bars.count == 1 ? "\(bars.lowerBound)" : "\(bars.lowerBound)-\(bars.upperBound)"
        }
        return [
            row.column.name, first ?? "-", Units.count(summary.count),
            Units.count(summary.nanCount), Units.significant(summary.mean),
            Units.significant(summary.standardDeviation),
        ] + summary.quantiles.map(Units.significant) + [histogram(summary)]
    }

    private func histogram(_ summary: ColumnSummary) -> String {
        summary.count == 0 ? "" : Sparkline.text(summary.histogram.map(Double.init))
    }

    var document: JSONValue {
        [
            "symbol": symbol.map { .string($0) } ?? nil,
            "frac_diff_weights": .array(
                weights.map {
                    [
                        "d": .number($0.order), "min_w": .number($0.minWeight),
                        "taps": JSONValue($0.tapCount),
                    ]
                }),
            "columns": .array(rows.map(document)),
        ]
    }

    private func document(_ row: Row) -> JSONValue {
        let summary = row.summary
        return [
            "name": .string(row.column.name), "family": .string(row.column.family.rawValue),
            "price_scaled": .bool(row.column.isPriceScaled),
            "first_bar_min": row.firstBars.map { JSONValue($0.lowerBound) } ?? nil,
            "first_bar_max": row.firstBars.map { JSONValue($0.upperBound) } ?? nil,
            "n": JSONValue(summary.count), "nan": JSONValue(summary.nanCount),
            "mean": Self.number(summary.mean), "std": Self.number(summary.standardDeviation),
            "min": Self.number(summary.minimum), "max": Self.number(summary.maximum),
            "quantiles": .object(
                zip(ColumnSummary.quantileLevels, summary.quantiles).map {
                    JSONMember($0.shortestDecimal, Self.number($1))
                }),
            "histogram": .array(summary.histogram.map { JSONValue($0) }),
        ]
    }

    /// JSON has no other numbers than finite ones.
    private static func number(_ value: Double) -> JSONValue {
        value.isFinite ? .number(value) : nil
    }
}
