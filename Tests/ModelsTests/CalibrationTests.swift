import Models
import Testing

@Suite("A margin becomes a probability")
struct CalibrationTests {
    @Test("by the logistic function, far out as well")
    func logistic() {
        let none = Calibration.none
        #expect(none.probability(ofMargin: 0) == 0.5)
        #expect(abs(none.probability(ofMargin: 2) - 0.880_797_077_977_882_4) < 1e-15)
        #expect(none.probability(ofMargin: 1000) == 1)
        #expect(none.probability(ofMargin: -1000) == 0)
        #expect(none.probability(ofMargin: -700) > 0)
        #expect(none.probability(ofMargin: .nan).isNaN)
        for margin in stride(from: -8.0, through: 8, by: 0.37) {
            let sum = none.probability(ofMargin: margin) + none.probability(ofMargin: -margin)
            #expect(abs(sum - 1) < 1e-15)
        }
    }

    @Test("that a temperature above 1 draws towards one half, without changing an order")
    func temperature() {
        let warm = Calibration.temperature(2.5)
        #expect(warm.probability(ofMargin: 5) == Calibration.none.probability(ofMargin: 2))
        #expect(warm.probability(ofMargin: 0) == 0.5)
        let probabilities = [-3, -1, 0.5, 2].map { warm.probability(ofMargin: $0) }
        #expect(probabilities == probabilities.sorted())
    }

    @Test("and back")
    func back() {
        for probability in [1e-9, 0.03, 0.5, 0.9, 0.999_999] {
            let margin = Calibration.margin(ofProbability: probability)
            let again = Calibration.none.probability(ofMargin: margin)
            #expect(abs(again - probability) < 1e-15)
        }
        #expect(Calibration.margin(ofProbability: 0) == -.infinity)
        #expect(Calibration.margin(ofProbability: 1) == .infinity)
        #expect(Calibration.margin(ofProbability: 1.1).isNaN)
    }

    @Test("one for each class, of all their margins")
    func classes() {
        let two = Calibration.temperature(2).probabilities(ofMargins: [1, 3])
        #expect(abs(two[1] - Calibration.temperature(2).probability(ofMargin: 2)) < 1e-15)
        let far = Calibration.none.probabilities(ofMargins: [2000, 1000, 2000])
        #expect(far == [0.5, 0, 0.5])
    }

    @Test("of a forest's sum, which is a margin but for a regression on labels")
    func sums() {
        let output = ModelMetadata.Output.probability
        #expect(output.margin(ofSum: 0.25, .logistic) == 0.25)
        #expect(ModelMetadata.Output.margin.margin(ofSum: 0.25, .squaredError) == 0.25)
        #expect(output.margin(ofSum: 0.5, .squaredError) == 0)
        #expect(Booster.Objective.squaredError.output == nil)
        #expect(Booster.Objective.logisticMargin.output == .margin)
    }
}
