/// What a decision or a label says of a bar.
package enum TradeClass: Int, CaseIterable, Sendable {
    case buy, hold, sell
}

/// How often each class was predicted where each one came true. Only bars with a decision and a
/// finished label are counted, in a position or not.
package struct ConfusionMatrix: Hashable, Sendable {
    private var counts = [Int](
        repeating: 0, count: TradeClass.allCases.count * TradeClass.allCases.count)

    package init() {}

    package mutating func add(predicted: TradeClass, actual: TradeClass) {
        counts[Self.index(predicted, actual)] += 1
    }

    /// Pools another matrix into this one: a figure of the sum is the pooled figure.
    package mutating func add(_ other: ConfusionMatrix) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    package func count(predicted: TradeClass, actual: TradeClass) -> Int {
        counts[Self.index(predicted, actual)]
    }

    package var count: Int { counts.reduce(0, +) }

    /// Of the bars predicted to be of the class, the share that were.
    package func precision(_ positive: TradeClass) -> Figure {
        share(of: positive, in: predictedCount(positive))
    }

    /// Of the bars that were of the class, the share predicted to be.
    package func recall(_ positive: TradeClass) -> Figure {
        share(of: positive, in: actualCount(positive))
    }

    /// 2 TP / (2 TP + FP + FN): undefined only where the class neither occurred nor was predicted.
    package func f1(_ positive: TradeClass) -> Figure {
        let n = count
        guard n > 0 else { return .undefined(.noValues, n: 0) }
        let right = count(predicted: positive, actual: positive)
        let all = predictedCount(positive) + actualCount(positive)
        guard all > 0 else { return .undefined(.classAbsent, n: n) }
        return Figure(Double(2 * right) / Double(all), n: n)
    }

    /// The mean of one figure over symbols, each with the same weight. Undefined where any is: a
    /// mean over those that happen to be defined would be of another set every time.
    package static func macroMean(_ figures: [Figure]) -> Figure {
        let values = figures.compactMap(\.value)
        guard !figures.isEmpty else { return .undefined(.noValues, n: 0) }
        guard values.count == figures.count else {
            return .undefined(.undefinedPart, n: figures.count)
        }
        return Figure(Moments.mean(values), n: figures.count)
    }

    private func share(of positive: TradeClass, in total: Int) -> Figure {
        guard total > 0 else { return .undefined(count == 0 ? .noValues : .classAbsent, n: 0) }
        return Figure(
            Double(count(predicted: positive, actual: positive)) / Double(total), n: total)
    }

    private func predictedCount(_ predicted: TradeClass) -> Int {
        TradeClass.allCases.reduce(0) { $0 + count(predicted: predicted, actual: $1) }
    }

    private func actualCount(_ actual: TradeClass) -> Int {
        TradeClass.allCases.reduce(0) { $0 + count(predicted: $1, actual: actual) }
    }

    private static func index(_ predicted: TradeClass, _ actual: TradeClass) -> Int {
        predicted.rawValue * TradeClass.allCases.count + actual.rawValue
    }
}
