import Features

/// TA-Lib's indicators as loops over a whole series of bars.
extension WholeColumns {
    /// Missing bars are left out; after more than four in a row a new series begins.
    var recursive: [String: [Double]] {
        var columns: [String: [Double]] = [:]
        for name in Self.recursiveNames {
            columns[name] = [Double](repeating: .nan, count: bars.count)
        }
        for slots in series {
            let bars = slots.compactMap { self.bars[$0] }
            let range = Self.range(bars)
            let convergence = Self.convergence(bars.map(\.close))
            let values = [
                Self.strength(bars.map(\.close)), range,
                zip(range, bars).map { $0 / $1.close }, Self.direction(bars), convergence.line,
                convergence.signal, zip(convergence.line, convergence.signal).map { $0 - $1 },
            ]
            for (name, values) in zip(Self.recursiveNames, values) {
                for (slot, value) in zip(slots, values) { columns[name]?[slot] = value }
            }
        }
        return columns
    }

    private static let recursiveNames = [
        "RSI_14", "ATR_14", "atr_normalized", "ADX_14", "MACD_12_26_9", "MACD_signal_12_26_9",
        "MACD_hist_12_26_9",
    ]

    /// Slots that have a bar, cut where more than four in a row have none.
    private var series: [[Int]] {
        var series: [[Int]] = []
        for slot in bars.indices where bars[slot] != nil {
            if let last = series.last?.last, slot - last <= 5 {
                series[series.count - 1].append(slot)
            } else {
                series.append([slot])
            }
        }
        return series
    }

    /// The plain mean of the values from `first` on, then Wilder's average; NaN before.
    private static func wilder(_ values: [Double], from first: Int) -> [Double] {
        var averages = [Double](repeating: .nan, count: values.count)
        let start = first + 13
        guard start < values.count else { return averages }
        averages[start] = values[first...start].reduce(0, +) / 14
        for index in values.indices.dropFirst(start + 1) {
            averages[index] = (averages[index - 1] * 13 + values[index]) / 14
        }
        return averages
    }

    private static func strength(_ closes: [Double]) -> [Double] {
        let changes = closes.indices.map { $0 == 0 ? .nan : closes[$0] - closes[$0 - 1] }
        let gains = wilder(changes.map { $0 > 0 ? $0 : 0 }, from: 1)
        let losses = wilder(changes.map { $0 < 0 ? -$0 : 0 }, from: 1)
        return zip(gains, losses).map { 100 * ($0 / ($0 + $1)) }
    }

    private static func trueRanges(_ bars: [Bar]) -> [Double] {
        bars.indices.map { index in
            guard index > 0 else { return .nan }
            let (bar, close) = (bars[index], bars[index - 1].close)
            return max(bar.high - bar.low, max(abs(bar.high - close), abs(bar.low - close)))
        }
    }

    private static func range(_ bars: [Bar]) -> [Double] {
        wilder(trueRanges(bars), from: 1)
    }

    private static func direction(_ bars: [Bar]) -> [Double] {
        let ranges = trueRanges(bars)
        var sums = (rising: 0.0, falling: 0.0, range: 0.0)
        var indexes = [Double](repeating: .nan, count: bars.count)
        for index in bars.indices.dropFirst() {
            let up = bars[index].high - bars[index - 1].high
            let down = bars[index - 1].low - bars[index].low
            if index >= 14 {
                sums.rising -= sums.rising / 14
                sums.falling -= sums.falling / 14
                sums.range -= sums.range / 14
            }
            sums.rising += up > 0 && up > down ? up : 0
            sums.falling += down > 0 && down > up ? down : 0
            sums.range += ranges[index]
            guard index >= 14 else { continue }
            let plus = 100 * (sums.rising / sums.range)
            let minus = 100 * (sums.falling / sums.range)
            indexes[index] = 100 * (abs(plus - minus) / (plus + minus))
        }
        return wilder(indexes, from: 14)
    }

    /// The plain mean of `length` values from `first` on, then the exponential average.
    private static func exponential(_ values: [Double], _ length: Int, from first: Int) -> [Double]
    {
        var averages = [Double](repeating: .nan, count: values.count)
        let start = first + length - 1
        guard start < values.count else { return averages }
        averages[start] = values[first...start].reduce(0, +) / Double(length)
        let share = 2 / Double(length + 1)
        for index in values.indices.dropFirst(start + 1) {
            averages[index] = averages[index - 1] + (values[index] - averages[index - 1]) * share
        }
        return averages
    }

    private static func convergence(_ closes: [Double]) -> (line: [Double], signal: [Double]) {
        let fast = exponential(closes, 12, from: 14)
        let slow = exponential(closes, 26, from: 0)
        let line = zip(fast, slow).map { $0 - $1 }
        let signal = exponential(line, 9, from: 25)
        return (zip(line, signal).map { $1.isNaN ? .nan : $0 }, signal)
    }
}
