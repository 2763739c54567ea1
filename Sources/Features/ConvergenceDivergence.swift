import Market

/// MACD 12/26/9: the distance between two exponential averages, its own average, and what is
/// between those two.
///
/// As in TA-Lib, each average starts from a plain mean, the fast one late enough that both start at
/// the 26th bar, and nothing is given before the signal is there.
struct ConvergenceDivergence: Sendable {
    private static let fastCount = 12
    private static let slowCount = 26
    private static let signalCount = 9

    private(set) var line = Double.nan
    private(set) var signal = Double.nan
    private(set) var histogram = Double.nan

    /// Bars up to this one, at most what the start takes.
    private var barCount = 0
    private var fast = ExponentialAverage(length: fastCount)
    private var slow = ExponentialAverage(length: slowCount)
    private var average = ExponentialAverage(length: signalCount)

    mutating func push(_ close: Double) {
        if barCount < Self.slowCount { barCount += 1 }
        slow.push(close)
        if barCount > Self.slowCount - Self.fastCount { fast.push(close) }
        guard barCount == Self.slowCount else { return }
        let distance = fast.value - slow.value
        average.push(distance)
        guard average.isWarm else { return }
        line = distance
        signal = average.value
        histogram = distance - average.value
    }
}

/// An exponential average that starts from the plain mean of its first `length` values.
private struct ExponentialAverage: Sendable {
    private let length: Int
    private let share: Double
    private var count = 0
    /// The sum of what there is, until it is warm.
    private(set) var value = 0.0

    init(length: Int) {
        self.length = length
        share = 2 / Double(length + 1)
    }

    var isWarm: Bool { count == length }

    mutating func push(_ next: Double) {
        if isWarm {
            value += (next - value) * share
            return
        }
        value += next
        count += 1
        if isWarm { value /= Double(length) }
    }
}

extension ConvergenceDivergence: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(barCount)
        state.add([fast, slow, average])
    }
}

extension ExponentialAverage: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(count)
        state.add(value)
    }
}
