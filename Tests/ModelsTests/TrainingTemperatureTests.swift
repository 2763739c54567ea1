import Models
import Numerics
import TestSupport
import Testing

@Suite("The temperature of a model")
struct TrainingTemperatureTests {
    @Test("undoes what margins were stretched by", arguments: [0.25, 1, 4])
    func stretched(factor: Double) {
        var random = RandomStream(seed: 1, "margins")
        let honest = (0..<20_000).map { _ in 1.5 * random.normal() }
        let isBuy = honest.map { random.uniform() < Calibration.none.probability(ofMargin: $0) }
        let temperature = TemperatureFit.temperature(
            margins: honest.map { $0 * factor }, isBuy: isBuy)
        #expect((temperature / factor - 1).magnitude < 0.04, "\(temperature)")
    }

    @Test("is where the loss is least")
    func least() {
        var random = RandomStream(seed: 2, "margins")
        let margins = (0..<500).map { _ in random.normal() }
        let isBuy = margins.map { $0 + random.normal() > 0 }
        let best = TemperatureFit.temperature(margins: margins, isBuy: isBuy)
        func loss(_ temperature: Double) -> Double {
            zip(margins, isBuy).reduce(0) { sum, row in
                let terms = FocalLoss(.logistic).terms(margin: row.0 / temperature, isBuy: row.1)
                return sum + terms.value
            }
        }
        #expect(loss(best) < loss(best * 1.01) && loss(best) < loss(best * 0.99))
    }

    @Test("ends at a limit where margins say nothing, or everything")
    func limits() {
        let blind = TemperatureFit.temperature(margins: [2, -2], isBuy: [false, true])
        #expect((blind - TemperatureFit.range.upperBound).magnitude < 1e-9)
        let certain = TemperatureFit.temperature(margins: [2, -2], isBuy: [true, false])
        #expect((certain - TemperatureFit.range.lowerBound).magnitude < 1e-9)
    }
}
