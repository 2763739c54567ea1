import Desk
import Features
import Files
import Kernel
import Market
import Rollout
import Scenarios

/// A rollout of random models that is under way for the whole of the run: its gates are those that
/// plans have, and so wide that noise passes them.
struct BenchRollout {
    let setup: RolloutSetup

    init(_ run: RunPlan, _ models: [ServedModel], _ service: [[Int?]]) {
        let traded = run.symbols.filter(\.hasRows)
        let names = traded.map(\.instrument.symbol)
        func model(_ role: Role, _ symbol: Int) -> RolloutSetup.Model {
            guard let index = service[role.rawValue][symbol] else {
                preconditionFailure("the bench serves every symbol")
            }
            let served = models[index]
            return RolloutSetup.Model(
                name: served.name, version: served.version, digest: served.digest)
        }
        let columns = run.config.columns
        let l2Columns = columns.indices.filter { columns[$0].family == .l2 }
        let startNs = run.schedule.firstWindowCloseNs - run.config.barNs
        let planDigest = SHA256()
        setup = RolloutSetup(
            plan: Self.plan(canarySymbol: names.first ?? ""), planDigest: planDigest.finish(),
            symbols: names.indices.map { index in
                RolloutSetup.Symbol(
                    name: names[index], champion: model(.champion, index),
                    candidate: model(.candidate, index), fallbacks: [], l2Columns: l2Columns)
            },
            attempt: 1, training: Self.training(canarySymbol: names.first ?? ""), refusals: [],
            startNs: startNs, barNs: run.config.barNs, barDelayNs: run.config.barDelayNs,
            evaluationNs: run.scenario.evaluationNs,
            horizonNs: run.scenario.strategy?.horizonNs ?? 0, seed: run.scenario.seed,
            commands: OperatorCommand.SignedStage.allCases.map { stage in
                RolloutSetup.DueCommand(
                    tickNs: run.evaluationTick(from: startNs),
                    command: OperatorCommand(
                        atNs: startNs, action: .approve(stage: stage, evidence: nil), by: "bench",
                        reason: "standing order"))
            })
    }

    private static func plan(canarySymbol: String) -> RolloutPlan {
        let quiet = [Gate(.noKillSwitch, threshold: 0), Gate(.freshness, threshold: 300)]
        let earned =
            quiet + [
                Gate(.trades, threshold: 1), Gate(.expectancy, threshold: -1),
                Gate(.calibration, threshold: 1), Gate(.sortino, threshold: -1e9),
            ]
        let day = Timestamp.dayNs
        return RolloutPlan(
            name: "bench", profile: .guarded, canarySymbol: canarySymbol,
            shadow: RolloutPlan.Stage(coveredNs: 7 * day, gates: quiet),
            canary: RolloutPlan.Stage(coveredNs: 7 * day, gates: earned), rampDayNs: day,
            soak: RolloutPlan.Stage(coveredNs: 7 * day, gates: earned), extensionsMax: 2,
            evidenceLifeNs: 3 * day, holdLifeNs: 3 * day, alpha: 0.05,
            margin: RolloutPlan.Margin(shareOfGain: 0.5, floorBps: 1000),
            blockNs: 4 * Timestamp.hourNs, blocksMin: 20, tradesMin: 1, labelledBarsMin: 100,
            openPositions: .runoff, driftAction: .hold,
            operators: [RolloutPlan.Operator(name: "bench", role: "desk", isAuthor: false)],
            cooldownNs: day)
    }

    /// One trade, so that the sample is large enough for a plan that asks for one.
    private static func training(canarySymbol: String) -> TrainingEvidence {
        var block = RoleBlock()
        block.trades = [TradeSample(entryNs: 0, exitNs: Timestamp.hourNs, netReturn: 0.001)]
        return TrainingEvidence(
            cells: [
                TrainingEvidence.Cell(
                    symbol: canarySymbol, fold: 0, championF1: 0.3, candidateF1: 0.3,
                    championBlocks: [block], candidateBlocks: [block])
            ], symbols: [])
    }
}
