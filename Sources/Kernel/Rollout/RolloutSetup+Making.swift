import Desk
import Features
import Market
import Models
import Rollout
import Scenarios

extension RolloutSetup {
    /// - Parameter commands: of the script and by hand, in the order of their times.
    init(
        _ run: RunPlan, _ settings: RolloutSettings, _ texts: RolloutTexts,
        _ opening: ModelOpening, _ commands: [OperatorCommand]
    ) throws(TrainingEvidenceError) {
        let names = opening.symbols
        var symbols: [Symbol] = []
        var figures: [TrainingEvidence.Symbol] = []
        var refusals: [String] = []
        for index in names.indices {
            let models = RolloutModels(opening, symbol: index)
            symbols.append(models.symbol(named: names[index], run.config))
            figures.append(models.figures(of: names[index]))
            refusals += models.refusals(of: names[index])
        }
        self.init(
            plan: texts.plan, planDigest: texts.planDigest, symbols: symbols,
            attempt: settings.attempt,
            training: try TrainingEvidence(
                cells: texts.cells, blocks: texts.blocks, symbols: figures),
            refusals: refusals, startNs: run.schedule.firstWindowCloseNs - run.config.barNs,
            barNs: run.config.barNs, barDelayNs: run.config.barDelayNs,
            evaluationNs: run.scenario.evaluationNs,
            horizonNs: run.scenario.strategy?.horizonNs ?? 0, seed: run.scenario.seed,
            commands: commands.map {
                DueCommand(tickNs: run.evaluationTick(from: $0.atNs), command: $0)
            })
        worldCount = settings.worldCount
        let tested = StressEvidence(texts.stress, of: self)
        stress = tested.document
        self.refusals += tested.refusals
    }
}

/// The models of one symbol, as a rollout asks for them.
private struct RolloutModels {
    private let opening: ModelOpening
    private let champion: Int
    private let candidate: Int
    private let fallbacks: [Int]

    init(_ opening: ModelOpening, symbol: Int) {
        guard opening.service.count == Role.allCases.count,
            let champion = opening.service[Role.champion.rawValue][symbol],
            let candidate = opening.service[Role.candidate.rawValue][symbol]
        else { preconditionFailure("a rollout has a champion and a candidate of every symbol") }
        self.opening = opening
        self.champion = champion
        self.candidate = candidate
        fallbacks = opening.fallbacks[symbol]
    }

    func symbol(named name: String, _ config: EnrichmentConfig) -> RolloutSetup.Symbol {
        let columns = config.columns
        return RolloutSetup.Symbol(
            name: name, champion: model(champion), candidate: model(candidate),
            fallbacks: fallbacks.map { model($0) },
            l2Columns: opening.models[candidate].columns.filter { columns[$0].family == .l2 },
            aliases: moves)
    }

    func figures(of name: String) -> TrainingEvidence.Symbol {
        let (champion, candidate) = (outOfFold(champion), outOfFold(candidate))
        return TrainingEvidence.Symbol(
            name: name, candidateF1: candidate?.f1Buy,
            candidateECE: candidate?.expectedCalibrationError,
            championECE: champion?.expectedCalibrationError,
            candidateSharpness: candidate?.sharpness)
    }

    /// Each family that may fail needs a fallback of its own before the candidate is let in.
    func refusals(of name: String) -> [String] {
        ModelAlias.allCases.compactMap { alias in
            guard let family = alias.avoidedFamily, opening.models[candidate].reads([family]),
                !fallbacks.contains(where: { opening.details[$0].alias == alias })
            else { return nil }
            return "\(name): the candidate reads \(family.rawValue) and nothing has the alias "
                + "`\(alias.rawValue)`; set it with `tapedeck model alias`"
        }
    }

    /// A family that only the candidate reads falls back to the champion of before, which does
    /// without; fallbacks of others stay as they are declared. Champion comes last: it needs them.
    private var moves: [RolloutSetup.AliasMove] {
        var moves: [RolloutSetup.AliasMove] = []
        for fallback in fallbacks {
            let detail = opening.details[fallback]
            guard let alias = detail.alias, let family = alias.avoidedFamily,
                opening.models[candidate].reads([family]),
                !opening.models[champion].reads([family]),
                opening.models[fallback].digest != opening.models[champion].digest
            else { continue }
            moves.append(
                RolloutSetup.AliasMove(
                    alias: alias.rawValue, expectedEpoch: detail.epoch, from: model(fallback),
                    to: model(champion)))
        }
        let detail = opening.details[champion]
        if let alias = detail.alias {
            moves.append(
                RolloutSetup.AliasMove(
                    alias: alias.rawValue, expectedEpoch: detail.epoch, from: model(champion),
                    to: model(candidate)))
        }
        return moves
    }

    private func model(_ index: Int) -> RolloutSetup.Model {
        let served = opening.models[index]
        return RolloutSetup.Model(
            name: served.name, version: served.version, digest: served.digest)
    }

    private func outOfFold(_ index: Int) -> ModelMetadata.OutOfFold? {
        opening.models[index].metadata.outOfFold.first
    }
}
