import Statistics
import Testing

@Suite("Calibration in bins of equal mass")
struct EqualMassReliabilityTests {
    @Test("parts rows into equally many, by their probabilities")
    func bins() throws {
        let reliability = EqualMassReliability(
            probabilities: [0.4, 0.1, 0.3, 0.2], outcomes: [true, false, true, false], binCount: 2)
        #expect(reliability.bins.map(\.count) == [2, 2])
        #expect(reliability.bins.map(\.low) == [0.1, 0.3])
        #expect(reliability.bins.map(\.outcomeShare) == [0, 1])
        // (2 x 0.15 + 2 x 0.65) / 4.
        let error = try #require(reliability.calibrationError.value)
        #expect((error - 0.4).magnitude < 1e-15)
    }

    @Test("never parts equal probabilities, so that order changes nothing")
    func ties() {
        let reliability = EqualMassReliability(
            probabilities: [Double](repeating: 0.5, count: 10) + [0.7],
            outcomes: [Bool](repeating: true, count: 11))
        #expect(reliability.bins.map(\.count) == [10, 1])
    }

    @Test("is undefined without rows and for what is no probability")
    func undefined() {
        #expect(
            EqualMassReliability(probabilities: [], outcomes: []).calibrationError
                == .undefined(.noValues, n: 0))
        #expect(
            EqualMassReliability(probabilities: [1.5], outcomes: [true]).calibrationError
                == .undefined(.notAProbability, n: 1))
    }

    @Test("has a null as large as chance alone makes errors of right probabilities")
    func null() throws {
        let null = CalibrationNull(
            probabilities: [Double](repeating: 0.5, count: 1000), seed: 1, "test")
        // The mean size of a normal deviation: sqrt(2 / pi) x sqrt(0.25 / 1000).
        let mean = try #require(null.mean.value)
        #expect((mean - 0.0126).magnitude < 0.0015)
        // And 1.96 of them, the other side folded over.
        let upper = try #require(null.upper.value)
        #expect((upper - 0.031).magnitude < 0.004)
        let sure = CalibrationNull(probabilities: [1, 1, 0], seed: 1, "test")
        #expect(sure.mean.value == 0)
        #expect(
            CalibrationNull(probabilities: [], seed: 1, "test").mean
                == .undefined(.noValues, n: 0))
    }

    @Test("repeats the draws of a seed and a name")
    func draws() {
        let probabilities = (0..<50).map { Double($0) / 50 }
        let null = CalibrationNull(probabilities: probabilities, seed: 3, "champion")
        #expect(null == CalibrationNull(probabilities: probabilities, seed: 3, "champion"))
        #expect(null != CalibrationNull(probabilities: probabilities, seed: 3, "candidate"))
    }

    @Test("knows the correlation of a series with what follows")
    func correlation() throws {
        let swing = EffectiveSample.correlation([1, -1, 1, -1, 1, -1], lag: 1)
        // Five products of -1 by six squares.
        let value = try #require(swing.value)
        #expect((value + 5.0 / 6).magnitude < 1e-15)
        #expect(EffectiveSample.correlation([1, 1, 1], lag: 1) == .undefined(.noVariation, n: 3))
        #expect(
            EffectiveSample.correlation([1, 2], lag: 1) == .undefined(.tooFew(needed: 3), n: 2))
    }
}
