import JSON
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("The reliability of probabilities")
struct ReliabilityTests {
    @Test("golden 2.7: ten bins, the last of them closed")
    func golden() {
        let reliability = Reliability(
            probabilities: [0.05, 0.15, 0.15, 0.95, 1],
            outcomes: [false, false, true, true, false])
        #expect(isNear(reliability.calibrationError.value, 0.34))
        #expect(reliability.calibrationError.n == 5)
        // p = 1 is in the last bin, not in an eleventh.
        #expect(reliability.bins.map(\.index) == [0, 1, 9])
        #expect(reliability.bins.map(\.count) == [1, 2, 2])
        let squares = 0.0025 + 0.0225 + 0.7225 + 0.0025 + 1
        #expect(isNear(reliability.brier.value, squares / 5))
        #expect(isNear(reliability.sharpness.value, (0.95 + 0.85 + 0.85 + 0.95 + 1) / 5))
    }

    @Test("counts p = 0 once, in the first bin")
    func zero() {
        let reliability = Reliability(probabilities: [0, 0], outcomes: [true, false])
        #expect(reliability.bins.map(\.count) == [2])
        #expect(reliability.calibrationError.value == 0.5)
    }

    @Test("is biased upwards for few rows of a perfectly calibrated model")
    func bias() {
        func error(rows: Int) -> Double {
            var random = RandomStream(seed: 5, "rows \(rows)")
            let errors = (0..<40).map { _ in
                let probabilities = (0..<rows).map { _ in random.uniform() }
                let outcomes = probabilities.map { random.uniform() < $0 }
                return Reliability(probabilities: probabilities, outcomes: outcomes)
                    .calibrationError.value ?? .nan
            }
            return errors.reduce(0, +) / 40
        }
        #expect((0.11...0.17).contains(error(rows: 50)))
        #expect(error(rows: 3360) < 0.025)
    }

    @Test("does not depend on the order of its rows")
    func order() throws {
        var random = RandomStream(seed: 6, "order")
        let probabilities = (0..<200).map { _ in random.uniform() }
        let outcomes = probabilities.map { _ in random.uniform() < 0.4 }
        let forward = Reliability(probabilities: probabilities, outcomes: outcomes)
        let backward = Reliability(
            probabilities: probabilities.reversed(), outcomes: outcomes.reversed())
        let error = try #require(forward.calibrationError.value)
        #expect(isNear(backward.calibrationError.value, error, tolerance: 1e-15))
    }

    @Test("of no rows, or of what is no probability, is undefined")
    func undefined() {
        let none = Reliability(probabilities: [], outcomes: [])
        #expect(none.brier == .undefined(.noValues, n: 0))
        for value in [-0.1, 1.1, .nan] {
            let broken = Reliability(probabilities: [value], outcomes: [true])
            #expect(broken.calibrationError == .undefined(.notAProbability, n: 1))
        }
    }

    @Test(
        "equals the reference in 15 bins, rows on the very edges included",
        .enabled(if: SharedData.isPresent, SharedData.hint))
    func fixture() throws {
        let reference = try Fixture("stats").root.at("ece")
        let reliability = Reliability(
            probabilities: try reference.at("p").doubles,
            outcomes: try reference.at("y").integers.map { $0 == 1 },
            binCount: Int(try reference.double("n_bins")))
        #expect(isNear(reliability.calibrationError.value, try reference.double("ece")))
        let bins = try reference.at("bins").elements.map(\.doubles)
        #expect(bins.count == reliability.bins.count)
        for (bin, expected) in zip(reliability.bins, bins) {
            #expect(bin.index == Int(expected[0]) && bin.count == Int(expected[1]))
            #expect(isNear(bin.meanProbability, expected[2]))
            #expect(isNear(bin.outcomeShare, expected[3]))
        }
    }
}
