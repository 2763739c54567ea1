package import Desk

/// Times the models of a slice, one after the other.
protocol ScoreTimer {
    mutating func begin()
    mutating func end(symbol: Int, _ role: Role, rowCount: Int)
}

/// By the machine's clock.
struct ClockTimer: ScoreTimer {
    private(set) var times: [InferenceTime] = []
    private var laps = Laps()

    mutating func begin() { _ = laps.next() }

    mutating func end(symbol: Int, _ role: Role, rowCount: Int) {
        times.append(
            InferenceTime(symbol: symbol, role: role, rowCount: rowCount, duration: laps.next()))
    }
}

/// What a model took for some rows of one symbol, which it scores together: a measure of the
/// machine that never reaches a result.
package struct InferenceTime: Sendable {
    /// Among the traded symbols.
    package let symbol: Int
    package let role: Role
    package let rowCount: Int
    package let duration: Duration
}
