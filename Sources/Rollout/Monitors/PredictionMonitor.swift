import Statistics

/// What the model says on its own, whatever comes of it: how sure it is, and how often of what.
///
/// Bars that a fallback decided say nothing of the model.
struct PredictionMonitor: Sendable {
    private let trainingSharpness: Double?
    private let trainingDeciles: [Double]
    private(set) var sharpness: AlertRule
    private(set) var shift: AlertRule
    private var probabilities: ValueRing

    init(_ setup: MonitorSetup, symbol: Int) {
        let clock = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        trainingSharpness = setup.models[symbol].sharpness
        trainingDeciles = setup.models[symbol].probabilityDeciles
        sharpness = AlertRule(.sharpness, symbol: symbol, startNs: setup.startNs)
        shift = AlertRule(.probabilityShift, symbol: symbol, startNs: setup.startNs)
        // Both signals have one window and one cadence.
        probabilities = ValueRing(capacity: clock.barCount(sharpness.signal))
    }

    var rules: [AlertRule] { [sharpness, shift] }

    var storedValueCount: Int { probabilities.capacity }

    mutating func observe(_ bar: SymbolBar, _ look: inout MonitorLook) {
        let own = bar.isSubstituted ? nil : bar.candidate.probability
        probabilities.push(own ?? .nan, slot: look.clock.slot)
        guard look.clock.isDue(sharpness.signal) else { return }
        let values = probabilities.last(probabilities.capacity)
        guard look.isFilled(values.count, sharpness.signal) else {
            look.take(look.tooFew(values.count, sharpness.signal), &sharpness)
            look.take(look.tooFew(values.count, shift.signal), &shift)
            return
        }
        look.take(sharpnessGain(values), &sharpness)
        look.take(largestShift(values), &shift)
    }

    mutating func finish(_ look: inout MonitorLook) {
        look.finish(&sharpness)
        look.finish(&shift)
    }

    private func sharpnessGain(_ values: [Double]) -> Figure {
        guard let trainingSharpness else { return .undefined(.undefinedPart, n: values.count) }
        let mean = ReferenceMoments.mean(of: values.map { max($0, 1 - $0) })
        return Figure(mean - trainingSharpness, n: values.count)
    }

    private func largestShift(_ values: [Double]) -> Figure {
        guard !trainingDeciles.isEmpty else { return .undefined(.undefinedPart, n: values.count) }
        let own = Quantile.deciles(of: values)
        var largest = 0.0
        for (mine, theirs) in zip(own, trainingDeciles) {
            largest = max(largest, (mine - theirs).magnitude)
        }
        return Figure(largest, n: values.count)
    }
}
