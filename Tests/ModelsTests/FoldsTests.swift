import Models
import TestSupport
import Testing

@Suite("Folds over time")
struct FoldsTests {
    @Test("keep the spans of training labels out of the test's and the stopping part's spans")
    func spansDoNotMeet() {
        var random = SeededGenerator(seed: 16)
        for trial in 0..<400 {
            let folds = TimeFolds(
                scheme: Training.Folds.allCases[trial % 2],
                barCount: Int.random(in: 40...3000, using: &random),
                foldCount: Int.random(in: 2...9, using: &random),
                purgeBars: Int.random(in: 1...60, using: &random),
                embargoBars: trial % 4 < 2 ? 0 : Int.random(in: 1...40, using: &random),
                horizonBars: Int.random(in: 1...50, using: &random))
            for fold in folds.folds {
                let horizon = folds.horizonBars
                let isTestClean = !(fold.fit + fold.stopping).joined().contains {
                    meets($0, [fold.test], horizon)
                }
                #expect(isTestClean, "trial \(trial): \(folds), \(fold)")
                let isStoppingClean = !fold.fit.joined().contains {
                    meets($0, fold.stopping, horizon)
                }
                #expect(isStoppingClean, "trial \(trial): \(folds), \(fold)")
            }
        }
    }

    /// Whether the label of `bar` shares a moment with a label of the segments, ends included.
    private func meets(_ bar: Int, _ segments: [Range<Int>], _ horizon: Int) -> Bool {
        segments.contains { segment in
            !segment.isEmpty && bar <= segment.upperBound - 1 + horizon
                && segment.lowerBound <= bar + horizon
        }
    }

    @Test("test every bar whose label ends in the window once, in order", arguments: [2, 5, 7])
    func testsCover(foldCount: Int) {
        let folds = folds(.purgedKFold, foldCount: foldCount)
        #expect(folds.folds.flatMap { Array($0.test) } == Array(0..<1000 - 16))
    }

    @Test("walk forward: what is trained on lies before the test, and grows")
    func walkForward() {
        let folds = folds(.walkForward, foldCount: 4).folds
        #expect(folds.map(\.test) == [196..<393, 393..<590, 590..<787, 787..<984])
        for fold in folds {
            // A purge of 20 bars lies between.
            #expect(fold.stopping.last?.upperBound == fold.test.lowerBound - 20)
            #expect(fold.fit.first?.lowerBound == 0)
        }
    }

    @Test("leave out purge before the test, purge and embargo after it")
    func middle() throws {
        let fold = folds(.purgedKFold, foldCount: 5).folds[1]
        #expect(fold.test == 196..<393)
        // 176 bars before and 561 behind the gaps; the last 15 % of them say when to stop.
        #expect(fold.stopping == [984 - 110..<984])
        #expect(fold.fit == [0..<176, 393 + 20 + 10..<984 - 110 - 20])
    }

    @Test("take the stopping part from both sides of the test where one has too few bars")
    func stoppingOnBothSides() {
        let fold = TimeFolds(
            scheme: .purgedKFold, barCount: 1016, foldCount: 20, purgeBars: 20, embargoBars: 0,
            horizonBars: 16
        ).folds[18]
        #expect(fold.test == 900..<950)
        #expect(fold.stopping.last == 970..<1000)
        #expect(fold.stopping.first?.upperBound == 880)
        #expect(fold.fit.last?.upperBound == (fold.stopping.first?.lowerBound ?? 0) - 20)
    }

    @Test("purge for the label's horizon at least, unless purge and embargo are both 0")
    func purgeInForce() {
        #expect(folds(.purgedKFold, purge: 20, embargo: 10).purgeBars == 20)
        #expect(folds(.purgedKFold, purge: 3, embargo: 10).purgeBars == 16)
        #expect(folds(.purgedKFold, purge: 0, embargo: 10).purgeBars == 16)
        #expect(folds(.purgedKFold, purge: 3, embargo: 0).purgeBars == 16)
        let leaking = folds(.purgedKFold, purge: 0, embargo: 0)
        #expect(leaking.purgeBars == 0)
        let fold = leaking.folds[0]
        #expect(fold.fit.first?.lowerBound == fold.test.upperBound)
    }

    @Test("of a window that is too short are empty")
    func tooShort() {
        let folds = TimeFolds(
            scheme: .purgedKFold, barCount: 10, foldCount: 2, purgeBars: 20, embargoBars: 10,
            horizonBars: 16)
        #expect(folds.learnable.isEmpty)
        #expect(folds.folds.allSatisfy { $0.test.isEmpty && $0.fit.isEmpty })
    }

    /// Of 1000 bars whose labels look 16 bars ahead.
    private func folds(
        _ scheme: Training.Folds, foldCount: Int = 5, purge: Int = 20, embargo: Int = 10
    ) -> TimeFolds {
        TimeFolds(
            scheme: scheme, barCount: 1000, foldCount: foldCount, purgeBars: purge,
            embargoBars: embargo, horizonBars: 16)
    }
}
