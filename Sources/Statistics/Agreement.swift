/// How far two models decide alike, bar by bar: to buy or not to buy.
package struct Agreement: Hashable, Sendable {
    private var bothCount = 0
    private var neitherCount = 0
    private var firstOnlyCount = 0
    private var secondOnlyCount = 0

    package init() {}

    /// Of bars already counted.
    package init(both: Int, neither: Int, firstOnly: Int, secondOnly: Int) {
        bothCount = both
        neitherCount = neither
        firstOnlyCount = firstOnly
        secondOnlyCount = secondOnly
    }

    package mutating func add(firstBuys: Bool, secondBuys: Bool) {
        switch (firstBuys, secondBuys) {
        case (true, true): bothCount += 1
        case (false, false): neitherCount += 1
        case (true, false): firstOnlyCount += 1
        case (false, true): secondOnlyCount += 1
        }
    }

    /// Pools the bars of another symbol into these.
    package mutating func add(_ other: Agreement) {
        bothCount += other.bothCount
        neitherCount += other.neitherCount
        firstOnlyCount += other.firstOnlyCount
        secondOnlyCount += other.secondOnlyCount
    }

    package var count: Int { bothCount + neitherCount + firstOnlyCount + secondOnlyCount }

    /// The share of bars with the same action.
    package var share: Figure {
        guard count > 0 else { return .undefined(.noValues, n: 0) }
        return Figure(Double(bothCount + neitherCount) / Double(count), n: count)
    }

    /// Of the bars on which either buys, the share on which both do. Holding most of the time makes
    /// the plain share look good.
    package var buyShare: Figure {
        let either = count - neitherCount
        guard either > 0 else {
            return .undefined(count == 0 ? .noValues : .classAbsent, n: 0)
        }
        return Figure(Double(bothCount) / Double(either), n: either)
    }

    /// Cohen's kappa: agreement beyond what both models' own shares of buys would give by chance.
    package var kappa: Figure {
        let first = Double(bothCount + firstOnlyCount) / Double(max(count, 1))
        let second = Double(bothCount + secondOnlyCount) / Double(max(count, 1))
        return kappa(chance: first * second + (1 - first) * (1 - second))
    }

    /// Fleiss' kappa: chance is judged by the share of buys of both models together.
    package var fleissKappa: Figure {
        let buys = 2 * bothCount + firstOnlyCount + secondOnlyCount
        let joint = Double(buys) / Double(max(2 * count, 1))
        return kappa(chance: joint * joint + (1 - joint) * (1 - joint))
    }

    private func kappa(chance: Double) -> Figure {
        guard let observed = share.value else { return share }
        guard chance < 1 else { return .undefined(.noVariation, n: count) }
        return Figure((observed - chance) / (1 - chance), n: count)
    }
}
