/// What one axis of a plot measures.
package struct Axis: Sendable {
    enum Kind: Sendable {
        case number(NumberFormat)
        /// Nanoseconds since the Unix epoch.
        case time
    }

    let label: String
    let kind: Kind
    let range: ClosedRange<Double>?

    /// - Parameter range: nil where the marks decide.
    package static func number(
        _ label: String, _ format: NumberFormat, range: ClosedRange<Double>? = nil
    ) -> Axis {
        Axis(label: label, kind: .number(format), range: range)
    }

    /// An axis of instants, in nanoseconds since the Unix epoch.
    package static func time(_ label: String = "UTC", range: ClosedRange<Int64>? = nil) -> Axis {
        Axis(
            label: label, kind: .time,
            range: range.map { Double($0.lowerBound)...Double($0.upperBound) })
    }
}

/// Maps values of an axis to coordinates, and chooses where its ticks stand.
struct Scale {
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    let low: Double
    let high: Double
    let ticks: [Tick]
    private let from: Double
    private let to: Double

    /// - Parameters:
    ///   - values: what the marks need; infinite ones are left out.
    ///   - ticksMax: about how many labels there is room for.
    init(
        _ axis: Axis, covering values: [Double], from: Double, to: Double, ticksMax: Int
    ) {
        // Farther out a range would not be a number itself.
        let finite = values.filter { $0.magnitude < 1e300 }
        var low = axis.range?.lowerBound ?? finite.min() ?? 0
        var high = axis.range?.upperBound ?? finite.max() ?? 1
        if !(high > low) {
            // One value still needs a space around it.
            let pad = max(low.magnitude * 0.1, 1)
            low -= pad
            high += pad
        }
        switch axis.kind {
        case .number(let format):
            let step = Scale.niceStep((high - low) / Double(max(1, ticksMax)))
            if axis.range == nil {
                low = (low / step).rounded(.down) * step
                high = (high / step).rounded(.up) * step
            }
            let first = (low / step - 1e-9).rounded(.up)
            let count = Int(((high / step + 1e-9).rounded(.down) - first).rounded()) + 1
            ticks = (0..<max(0, count)).map { index in
                let value = (first + Double(index)) * step
                return Tick(value: value, label: format.ticks(ofStep: step).text(value))
            }
        case .time:
            ticks = TimeTicks.ticks(from: Int64(low), to: Int64(high), countMax: ticksMax)
        }
        self.low = low
        self.high = high
        self.from = from
        self.to = to
    }

    func callAsFunction(_ value: Double) -> Double {
        from + (value - low) / (high - low) * (to - from)
    }

    /// The same, held within the axis.
    func clamped(_ value: Double) -> Double {
        self(min(max(value, low), high))
    }

    /// The next of 1, 2, 5, 10, … times a power of ten that is not below `step`.
    static func niceStep(_ step: Double) -> Double {
        guard step > 0, step.isFinite else { return 1 }
        var power = 1.0
        while power > step { power /= 10 }
        while power * 10 <= step { power *= 10 }
        for factor in [1.0, 2, 5] where power * factor >= step * (1 - 1e-9) {
            return power * factor
        }
        return power * 10
    }
}

/// Ticks of a time axis: round minutes, hours, days or months.
enum TimeTicks {
    static func ticks(from low: Int64, to high: Int64, countMax: Int) -> [Scale.Tick] {
        let minute = 60 * UTC.secondNs
        let steps: [Int64] =
            [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map { $0 * minute }
            + [1, 2, 3, 5, 7, 10, 14].map { $0 * UTC.dayNs }
        let span = high - low
        guard let step = steps.first(where: { span / $0 <= Int64(countMax) }) else {
            return months(from: low, to: high, countMax: countMax)
        }
        var tick = low - low % step
        if tick < low { tick += step }
        var ticks: [Scale.Tick] = []
        while tick <= high {
            let isDay = tick % UTC.dayNs == 0
            ticks.append(
                Scale.Tick(
                    value: Double(tick), label: isDay ? UTC.shortDay(tick) : UTC.clock(tick)))
            tick += step
        }
        return ticks
    }

    private static func months(from low: Int64, to high: Int64, countMax: Int) -> [Scale.Tick] {
        var starts: [Int64] = []
        var day = low - low % UTC.dayNs
        if day < low { day += UTC.dayNs }
        while day <= high {
            if UTC.dayOfMonth(day) == 1 { starts.append(day) }
            day += UTC.dayNs
        }
        let every = max(1, (starts.count + countMax - 1) / max(1, countMax))
        return stride(from: 0, to: starts.count, by: every).map { index in
            Scale.Tick(value: Double(starts[index]), label: UTC.month(starts[index]))
        }
    }
}
