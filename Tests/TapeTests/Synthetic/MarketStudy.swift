import Market
import Tape
import TestSupport

/// What studies of a synthetic market look at: a few series for each symbol.
struct MarketStudy: Sendable {
    /// Closes of candles, and mids and imbalances of books, in the order of their times.
    var closes: [[Double]]
    var mids: [[Double]]
    var spreads: [[Double]]
    /// (bid - ask) / (bid + ask) over the first five levels.
    var imbalances: [[Double]]

    init(_ recipe: Recipe) {
        let empty = [[Double]](repeating: [], count: recipe.symbols.count)
        (closes, mids, spreads, imbalances) = (empty, empty, empty, empty)
        SyntheticMarket(recipe: recipe).play { symbol, blocks in
            for block in blocks {
                switch block.schema.kind {
                case .candles: closes[symbol] += block[.close].map(Double.init)
                case .books: add(block, to: symbol)
                case .trades, .funding: break
                }
            }
        }
    }

    private mutating func add(_ books: ColumnBlock, to symbol: Int) {
        let levels = min(5, books.schema.levels)
        let bidSizes = (0..<levels).map { books[.bidSize($0)] }
        let askSizes = (0..<levels).map { books[.askSize($0)] }
        let (bids, asks) = (books[.bidPrice(0)], books[.askPrice(0)])
        for row in 0..<books.rowCount {
            var bid: Int64 = 0
            var ask: Int64 = 0
            for level in 0..<levels {
                bid += bidSizes[level][row]
                ask += askSizes[level][row]
            }
            mids[symbol].append(Double(bids[row] + asks[row]) / 2)
            spreads[symbol].append(Double(asks[row] - bids[row]))
            imbalances[symbol].append(Double(bid - ask) / Double(bid + ask))
        }
    }

    /// The named recipe, played once a minute: the same market at its coarsest.
    static func recipe(_ name: String, symbols: Int = .max, days: Int64) throws -> Recipe {
        var recipe = try Recipe.load(SharedData.packageRoot + "/replays/\(name).json5")
        recipe.roundNs = Timestamp.minuteNs
        recipe.symbols = Array(recipe.symbols.prefix(symbols))
        recipe.span = TimeRange(
            startNs: recipe.span.startNs, endNs: recipe.span.startNs + days * Timestamp.dayNs)
        return recipe
    }
}

/// Plain statistics over series.
enum Sample {
    static func mean(_ values: some Collection<Double>) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    /// Relative changes over `step` places, not overlapping.
    static func returns(_ values: [Double], every step: Int = 1) -> [Double] {
        stride(from: step, to: values.count, by: step).map { values[$0] / values[$0 - step] - 1 }
    }

    static func correlation(_ a: some Collection<Double>, _ b: some Collection<Double>) -> Double {
        let (meanA, meanB) = (mean(a), mean(b))
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
        }
        return ab / (aa * bb).squareRoot()
    }

    static func autocorrelation(_ values: [Double], lag: Int) -> Double {
        correlation(values.dropLast(lag), values.dropFirst(lag))
    }

    static func excessKurtosis(_ values: [Double]) -> Double {
        let center = mean(values)
        let squares = values.map { ($0 - center) * ($0 - center) }
        let variance = mean(squares)
        return mean(squares.map { $0 * $0 }) / (variance * variance) - 3
    }
}

/// A least-squares line through pairs, each group of pairs about its own means, with an error
/// that allows for changing volatility (White).
struct Regression {
    private var crossSum = 0.0
    private var squareSum = 0.0
    private var scores: [(x: Double, y: Double)] = []

    mutating func add(_ signal: [Double], _ returns: [Double]) {
        let (signalMean, returnMean) = (Sample.mean(signal), Sample.mean(returns))
        for (x, y) in zip(signal, returns) {
            scores.append((x - signalMean, y - returnMean))
            crossSum += (x - signalMean) * (y - returnMean)
            squareSum += (x - signalMean) * (x - signalMean)
        }
    }

    /// The slope in its standard errors.
    var t: Double {
        let slope = crossSum / squareSum
        let variance = scores.reduce(0) { sum, pair in
            let score = pair.x * (pair.y - slope * pair.x)
            return sum + score * score
        }
        return crossSum / variance.squareRoot()
    }

    /// At 5 %, two-sided.
    var isSignificant: Bool { t.magnitude > 1.96 }
}
