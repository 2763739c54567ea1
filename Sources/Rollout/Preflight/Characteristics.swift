import JSON

/// What a plan's gates and rules do on markets like training's: how often they err, what they can
/// tell apart, and how long that takes. Both profiles, side by side.
package struct Characteristics: Equatable, Sendable {
    /// What came of the worlds at one difference.
    package struct Point: Equatable, Sendable {
        /// Candidate less champion per block, in fractions of one notional.
        package let difference: Double
        package let tally: CourseTally
    }

    /// The smallest difference that a profile detects, or why there is none.
    package struct Edge: Equatable, Sendable {
        package let profile: RolloutPlan.Profile
        /// Nil where none is promoted often enough and rolled back seldom enough.
        package let difference: Double?
        /// What happened there; without an edge, where most were promoted.
        package let point: Point
        /// What ends most of the worlds that were not promoted there, and how many.
        package let cap: Cause?
    }

    /// A gate or a rule, and how many worlds ended on it.
    package struct Cause: Equatable, Sendable {
        package let name: String
        package let worldCount: Int
    }

    /// A gate of the plan.
    package struct PlacedGate: Equatable, Sendable {
        package let stage: RolloutStage
        package let gate: Gate
        /// Training says nothing of what it looks at, so simulated worlds pass it.
        package let isUnknown: Bool
    }

    /// Promoted at least so often, an edge counts as detected...
    package static let powerMin = 0.8
    /// ... unless it is rolled back more often than this.
    package static let rollbackMax = 0.05

    package let planName: String
    package let profile: RolloutPlan.Profile
    package let margin: Double
    package let alpha: Double
    package let blockNs: Int64
    package let seed: UInt64
    /// How many blocks training left, and the mean length of a resampled run of them.
    package let poolBlockCount: Int
    package let runLength: Double
    /// Blocks that each stage plans, by ``CourseTally/stages``.
    package let plannedBlocks: [Int]
    package let gates: [PlacedGate]
    package let atMargin: Point
    package let atZero: Point
    package let atTraining: Point
    /// By ``RolloutPlan/Profile``'s cases.
    package let edges: [Edge]

    init(
        _ simulation: CharacteristicsSimulation, known: [Point], fixed: [Double],
        edges: [EdgeSearch]
    ) {
        let keeper = simulation.keeper
        let course = simulation.course
        planName = keeper.plan.name
        profile = keeper.plan.profile
        margin = keeper.margin
        alpha = keeper.alpha
        blockNs = keeper.plan.blockNs
        seed = simulation.seed
        poolBlockCount = simulation.pool.blocks.count
        runLength = simulation.pool.runLength
        plannedBlocks = CourseTally.stages.map(course.plannedBlocks)
        let gates = CourseTally.stages.flatMap { stage in
            course.gates(stage).map { gate in
                PlacedGate(
                    stage: stage, gate: gate,
                    isUnknown: simulation.unknownGates.contains(gate.kind))
            }
        }
        self.gates = gates
        func point(_ difference: Double) -> Point {
            guard let point = known.first(where: { $0.difference == difference }) else {
                preconditionFailure("a difference that was not played")
            }
            return point
        }
        atMargin = point(fixed[0])
        atZero = point(fixed[1])
        atTraining = point(fixed[2])
        self.edges = edges.map { search in
            let point = point(search.shown)
            return Edge(
                profile: search.profile, difference: search.edge, point: point,
                cap: Self.cap(point.tally, search.profile, gates))
        }
    }

    package func edge(_ profile: RolloutPlan.Profile) -> Edge? {
        edges.first { $0.profile == profile }
    }

    /// Plays all worlds on the calling thread.
    ///
    /// - Complexity: About ten differences, three if no edges are sought, each of `worldCount`
    ///   courses; see docs/operating-characteristics.md.
    package static func simulate(
        _ simulation: CharacteristicsSimulation, worldCount: Int, seeksEdges: Bool = true
    ) -> Characteristics {
        var search = CharacteristicsSearch(
            simulation, worldCount: worldCount, seeksEdges: seeksEdges)
        while let difference = search.next {
            search.take(
                simulation.play(difference: difference, worlds: 0..<worldCount), at: difference)
        }
        return search.finish()
    }

    /// As a document, on markets like a stage's evidence; why not, where they cannot be simulated.
    static func document(
        _ setup: RolloutSetup, evidence: [EvidenceBlock]
    ) -> JSONValue {
        do throws(CharacteristicsError) {
            let simulation = try CharacteristicsSimulation(
                setup, seed: setup.seed, evidence: evidence)
            return simulate(simulation, worldCount: setup.worldCount, seeksEdges: false).document
        } catch {
            return error.document
        }
    }

    /// The mean days of covered market time until a course ended.
    package func days(_ point: Point, _ profile: RolloutPlan.Profile) -> Double {
        let blocks = Double(point.tally.ends(profile).blockCount) / Double(point.tally.worldCount)
        return blocks * Double(blockNs) / 86_400_000_000_000
    }

    /// The gate or rule on which most courses ended.
    private static func cap(
        _ tally: CourseTally, _ profile: RolloutPlan.Profile, _ gates: [PlacedGate]
    ) -> Cause? {
        let ends = tally.ends(profile)
        let byGate = zip(gates, ends.endedBy).map {
            Cause(name: "\($0.stage.rawValue) \($0.gate.kind.rawValue)", worldCount: $1)
        }
        let byRule = zip(CourseTally.rules, ends.rolledBack).map {
            Cause(name: "rule \($0.rawValue)", worldCount: $1)
        }
        var worst: Cause?
        for cause in byGate + byRule where cause.worldCount > worst?.worldCount ?? 0 {
            worst = cause
        }
        return worst
    }
}
