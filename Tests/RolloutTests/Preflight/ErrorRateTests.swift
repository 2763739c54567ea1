import Glibc
import JSON
import Models
import Rollout
import Scenarios
import Statistics
import TestSupport
import Testing

/// `scripts/bootstrapped-error-rates` plays a thousand worlds; here a few, which would show a gross fault.
@Suite("The focal plan's error rates on bootstrapped worlds")
struct ErrorRateTests {
    /// A training like that of a strategy that trades a little more than once in four hours.
    private static let training: SyntheticTraining = {
        var training = SyntheticTraining()
        training.symbols = ["ADAUSDC", "BTCUSDC", "ETHUSDC", "SOLUSDC", "XRPUSDC"]
        training.tradesPerBlock = 1.4
        training.sharedShare = 0.45
        training.championBps = 16
        training.edgeBps = 32
        training.f1Lift = 0.1
        return training
    }()

    /// The fewest in which none rolled back shows that one in twenty is not.
    private static let shortCount = 60

    private static let worldCount =
        unsafe getenv("TAPEDECK_WORLDS").flatMap { unsafe Int(String(cString: $0)) } ?? shortCount

    private static func setup() throws -> RolloutSetup {
        let plan = try RolloutPlanDocument(
            TestFile.read(SharedData.packageRoot + "/scenarios/rollouts/focal.json5"))
        #expect(plan.problems.errors.isEmpty)
        var setup = training.setup(plan.plan)
        if let folder = unsafe getenv("TAPEDECK_TRAINING") {
            setup = try measuredSetup(unsafe String(cString: folder), plan.plan)
        }
        return setup
    }

    @Test("-m is promoted at most 5 times in 100, the announced edge at least 80 times")
    func rates() async throws {
        let count = Self.worldCount
        let rates = try await ErrorRates.measured(
            Self.setup(), worldCount: count, preflightWorlds: min(count, 400), laneCount: 2)
        if count > Self.shortCount { print(rates.text) }
        func interval(_ successes: Int) -> ClopperPearson {
            ClopperPearson(successes: successes, of: count)
        }
        #expect(interval(rates.atMargin.guarded.promoted).low < 0.05)
        guard let edge = rates.atEdge else {
            Issue.record("the preflight announced no edge: \(rates.preflight.text)")
            return
        }
        #expect(interval(edge.guarded.promoted).high >= 0.8)
        #expect(interval(edge.guarded.rolledBackCount).low < 0.05)
    }

    /// What `tapedeck train` left in a folder; the models' own figures are made from its blocks.
    private static func measuredSetup(
        _ folder: String, _ plan: RolloutPlan
    ) throws -> RolloutSetup {
        func text(_ name: String) -> TrainingEvidence.Text {
            let path = "\(folder)/\(name)"
            return TrainingEvidence.Text(
                path: path, text: String(decoding: TestFile.read(path), as: UTF8.self))
        }
        var setup = training.setup(plan)
        let symbols = training.symbols.map {
            TrainingEvidence.Symbol(
                name: $0, candidateF1: nil, candidateECE: nil, championECE: nil,
                candidateSharpness: nil)
        }
        setup.training = try TrainingEvidence(
            cells: text("cells.csv"), blocks: text("blocks.csv"), symbols: symbols)
        for index in symbols.indices {
            let own = setup.training.cells.filter { $0.symbol == symbols[index].name }
            let candidate = own.flatMap(\.candidateBlocks)
            setup.training.symbols[index].candidateF1 = candidate.f1
            setup.training.symbols[index].candidateECE = candidate.calibrationError
            setup.training.symbols[index].championECE =
                own.flatMap(\.championBlocks).calibrationError
        }
        return setup
    }
}

extension [RoleBlock] {
    fileprivate var f1: Double? {
        var (right, wrong) = (0, 0)
        for block in self {
            right += block.labelled.truePositive
            wrong += block.labelled.falsePositive + block.labelled.falseNegative
        }
        return right + wrong == 0 ? nil : Double(2 * right) / Double(2 * right + wrong)
    }

    fileprivate var calibrationError: Double? {
        var (gap, rows) = (0.0, 0)
        for bin in 0..<CellBlock.binCount {
            var (probabilities, buys) = (0.0, 0)
            for block in self {
                probabilities += block.bins[bin].probabilitySum
                buys += block.bins[bin].buyCount
                rows += block.bins[bin].count
            }
            gap += (probabilities - Double(buys)).magnitude
        }
        return rows == 0 ? nil : gap / Double(rows)
    }
}
