/// One fold of a cross-validation over time. Bars are counted from the start of the training window;
/// all symbols share the folds, so that no symbol's rows tell of another one's test.
///
/// The label of bar i looks at the bars up to i + horizon. So a training bar keeps away from a test
/// segment on both sides: before it, because its label would look into the segment, and after it,
/// because the segment's last labels look at the bar. The embargo keeps away those bars behind it
/// whose features look back into the segment.
package struct TimeFold: Equatable, Sendable {
    /// Held out: what the fold's model is judged by.
    package let test: Range<Int>
    /// What its trees are grown on, in order.
    package let fit: [Range<Int>]
    /// The last part of the training bars: its loss says when to stop. It is neither grown on nor
    /// part of the test, so a fold's figures owe nothing to the choice of its rounds.
    package let stopping: [Range<Int>]

    package init(test: Range<Int>, fit: [Range<Int>], stopping: [Range<Int>]) {
        self.test = test
        self.fit = fit
        self.stopping = stopping
    }
}

/// How a window is cut into folds.
package struct TimeFolds: Equatable, Sendable {
    /// The share of a fold's training bars that says when to stop.
    private static let stoppingShare = 0.15

    package let scheme: Training.Folds
    /// Bars in the window.
    package let barCount: Int
    package let foldCount: Int
    /// In force, which may be more than was asked for.
    package let purgeBars: Int
    package let embargoBars: Int
    package let horizonBars: Int

    /// A purge is never shorter than the label's horizon, unless both it and the embargo are 0: that
    /// is the variant that shows what leaks.
    package init(
        scheme: Training.Folds, barCount: Int, foldCount: Int, purgeBars: Int, embargoBars: Int,
        horizonBars: Int
    ) {
        precondition(foldCount > 1 && horizonBars > 0 && purgeBars >= 0 && embargoBars >= 0)
        self.scheme = scheme
        self.barCount = barCount
        self.foldCount = foldCount
        let isWithoutPurge = purgeBars == 0 && embargoBars == 0
        self.purgeBars = isWithoutPurge ? 0 : max(purgeBars, horizonBars)
        self.embargoBars = embargoBars
        self.horizonBars = horizonBars
    }

    /// Bars whose label ends within the window: the only ones that take part.
    package var learnable: Range<Int> { 0..<max(0, barCount - horizonBars) }

    /// The folds in the order of their tests. One whose fit is empty has too short a window.
    package var folds: [TimeFold] {
        switch scheme {
        case .purgedKFold: (0..<foldCount).map { fold(testing: segment($0, of: foldCount)) }
        case .walkForward:
            (1...foldCount).map { fold(testing: segment($0, of: foldCount + 1)) }
        }
    }

    private func segment(_ index: Int, of count: Int) -> Range<Int> {
        learnable.count * index / count..<learnable.count * (index + 1) / count
    }

    private func fold(testing test: Range<Int>) -> TimeFold {
        var training = [0..<max(0, test.lowerBound - purgeBars)]
        if scheme == .purgedKFold {
            let start = min(test.upperBound + purgeBars + embargoBars, learnable.upperBound)
            training.append(start..<learnable.upperBound)
        }
        let trainingCount = training.reduce(0) { $0 + $1.count }
        var missing = Int(Double(trainingCount) * Self.stoppingShare)
        var stopping: [Range<Int>] = []
        while missing > 0, let last = training.popLast() {
            let taken = last.suffix(missing)
            stopping.insert(taken, at: 0)
            missing -= taken.count
            if taken.count < last.count { training.append(last.lowerBound..<taken.lowerBound) }
        }
        return TimeFold(
            test: test, fit: cut(training, before: stopping.first?.lowerBound),
            stopping: stopping.filter { !$0.isEmpty })
    }

    /// Leaves out the bars whose labels look into the stopping part, which all of them precede.
    private func cut(_ training: [Range<Int>], before stopping: Int?) -> [Range<Int>] {
        guard let stopping else { return training.filter { !$0.isEmpty } }
        let end = max(0, stopping - purgeBars)
        return training.map { $0.clamped(to: 0..<end) }.filter { !$0.isEmpty }
    }
}
