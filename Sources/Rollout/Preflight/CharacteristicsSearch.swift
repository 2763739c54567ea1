import Statistics

/// Asks for tallies at one difference after the other until a plan's characteristics are known. Who
/// plays the worlds, and on how many threads, is the caller's affair.
package struct CharacteristicsSearch: Sendable {
    /// How often a bracket is halved.
    private static let steps = 5
    /// No greater difference is asked for, in standard deviations of the canary's own.
    private static let deviationsMax = 2.0

    package let simulation: CharacteristicsSimulation
    package let worldCount: Int
    private var known: [Characteristics.Point] = []
    private var edges: [EdgeSearch]

    /// - Parameter seeksEdges: Whether to look for the smallest difference that is detected, which
    ///   takes most of the time.
    package init(
        _ simulation: CharacteristicsSimulation, worldCount: Int, seeksEdges: Bool = true
    ) {
        precondition(worldCount > 0, "a rate is of some worlds")
        self.simulation = simulation
        self.worldCount = worldCount
        // Doubled from training's own: a rate of promotion need not rise for ever, for a candidate
        // that never loses has no Sortino ratio.
        let limit =
            Self.deviationsMax * simulation.pool.deviation(of: simulation.course.canary)
        var rungs = [max(simulation.pool.difference, simulation.keeper.margin)]
        while let last = rungs.last, 2 * last <= limit { rungs.append(2 * last) }
        edges =
            seeksEdges
            ? RolloutPlan.Profile.allCases.map {
                EdgeSearch(profile: $0, rungs: rungs, steps: Self.steps)
            } : []
    }

    /// The difference that is to be played next; nil when all is known.
    package var next: Double? {
        for difference in fixed where tally(at: difference) == nil { return difference }
        return edges.lazy.compactMap(\.next).first
    }

    /// -m, none, and training's own.
    private var fixed: [Double] {
        [-simulation.keeper.margin, 0, simulation.pool.difference]
    }

    package mutating func take(_ tally: CourseTally, at difference: Double) {
        known.append(Characteristics.Point(difference: difference, tally: tally))
        for index in edges.indices { edges[index].take(tally, at: difference) }
        // What another search has played need not be played again.
        for index in edges.indices {
            while let next = edges[index].next, let tally = self.tally(at: next) {
                edges[index].take(tally, at: next)
            }
        }
    }

    package func finish() -> Characteristics {
        Characteristics(
            simulation, known: known.sorted { $0.difference < $1.difference },
            fixed: fixed, edges: edges)
    }

    private func tally(at difference: Double) -> CourseTally? {
        known.first { $0.difference == difference }?.tally
    }
}

/// Finds the smallest difference at which enough worlds are promoted, and few enough rolled back: up
/// a ladder to the first rung that suffices, then between it and the one before.
struct EdgeSearch: Sendable {
    let profile: RolloutPlan.Profile
    private var rungs: ArraySlice<Double>
    private var low = 0.0
    /// The smallest difference that was seen to suffice.
    private(set) var edge: Double?
    private var stepsLeft: Int
    private var best: (difference: Double, promoted: Int)

    /// - Parameter rungs: Ascending, at least one.
    init(profile: RolloutPlan.Profile, rungs: [Double], steps: Int) {
        precondition(!rungs.isEmpty, "a search begins somewhere")
        self.profile = profile
        self.rungs = rungs[...]
        stepsLeft = steps
        best = (rungs[0], -1)
    }

    var next: Double? {
        guard let edge else { return rungs.first }
        return stepsLeft > 0 ? (low + edge) / 2 : nil
    }

    mutating func take(_ tally: CourseTally, at difference: Double) {
        guard difference == next else { return }
        let promoted = tally.ends(profile).promoted
        if promoted > best.promoted { best = (difference, promoted) }
        if edge == nil { rungs.removeFirst() } else { stepsLeft -= 1 }
        if Self.isDetected(tally, profile) { edge = difference } else { low = difference }
    }

    /// The edge, or without one the difference that was promoted most often.
    var shown: Double { edge ?? best.difference }

    /// Beyond the simulation's own chance: the one-sided 95 % limit of the rate of promotion is at
    /// least 80 %, so that another simulation finds as much; at most 5 % are rolled back.
    static func isDetected(_ tally: CourseTally, _ profile: RolloutPlan.Profile) -> Bool {
        let ends = tally.ends(profile)
        let promoted = ClopperPearson(
            successes: ends.promoted, of: tally.worldCount, confidence: 0.9)
        let rolledBack = ClopperPearson(
            successes: ends.rolledBackCount, of: tally.worldCount, confidence: 0.9)
        return promoted.low >= Characteristics.powerMin
            && rolledBack.high <= Characteristics.rollbackMax
    }
}
