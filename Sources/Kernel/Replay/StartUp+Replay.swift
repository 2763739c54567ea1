import Desk
import Features
import Files
import JSON
package import Journal
import Market
import Models
import Rollout
package import Scenarios
import Tape

extension StartUp {
    /// Reads the scenario at `path`, opens its tapes and its models and checks them against each
    /// other.
    ///
    /// - Parameters:
    ///   - pinned: the inputs of a run that goes on: its models are the versions that it began with,
    ///     wherever aliases point by now. Nil for a new run.
    ///   - inbox: commands that were given to that run by hand.
    ///
    /// Throws a ``StartUpError`` that holds all problems, or a `CancellationError`.
    @concurrent
    package static func replay(
        scenarioPath path: String, pinned: [RunRecord.Input]? = nil, inbox: [OperatorCommand] = []
    ) async throws -> ReplayPlan {
        try replay(
            await plan(scenarioPath: path, for: .replay), path: path, pinned: pinned, inbox: inbox)
    }

    /// As ``replay(scenarioPath:pinned:inbox:)``, for a run that was planned; `path` names it in
    /// errors.
    package static func replay(
        _ run: RunPlan, path: String, pinned: [RunRecord.Input]? = nil,
        inbox: [OperatorCommand] = []
    ) throws(StartUpError) -> ReplayPlan {
        guard let serving = run.scenario.serving, let strategy = run.scenario.strategy else {
            preconditionFailure("a plan for a replay has what a replay needs")
        }
        var opening = ModelOpening(run, serving, strategy, pinned: pinned)
        let commands = (run.scenario.commands + inbox).inOrder
        opening.open(commands)
        var problems = opening.problems
        var inputs: [RunRecord.Input] = []
        for tape in run.list.tapes {
            if let digest = tape.contentDigest {
                inputs.append(RunRecord.Input(kind: "tape", name: tape.path, digest: digest))
            } else {
                problems.append(.unfinishedTape(tape.path))
            }
        }
        let texts = run.scenario.rollout.flatMap { RolloutTexts($0, run, &problems) }
        guard problems.isEmpty else { throw StartUpError(file: path, problems: problems) }
        inputs += opening.inputs + (texts?.inputs ?? [])
        var rollout: RolloutSetup?
        if let settings = run.scenario.rollout, let texts {
            do throws(TrainingEvidenceError) {
                rollout = try RolloutSetup(run, settings, texts, opening, commands)
            } catch {
                throw StartUpError(file: path, problems: [.training(error)])
            }
        }
        return ReplayPlan(
            run: run, models: opening.models, service: opening.service,
            switches: opening.switches, fallbacks: opening.fallbacks, kills: opening.kills,
            monitors: MonitorSetup(run, opening.watched), rollout: rollout,
            record: RunRecord(
                inputs: inputs, resultsVersion: ReplayPlan.resultsVersion,
                scenario: run.scenario.document.text(), scenarioPath: path))
    }
}

extension [OperatorCommand] {
    /// By time; those of one time as they came.
    fileprivate var inOrder: [OperatorCommand] {
        enumerated().sorted { ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset) }
            .map(\.element)
    }
}

extension RunPlan {
    /// The first evaluation tick at or after a time: they lie on a grid, and on every bar's tick.
    package func evaluationTick(from timeNs: Int64) -> Int64 {
        let step = scenario.evaluationNs
        let grid = (timeNs + step - 1) / step * step
        let bar = (timeNs - schedule.barDelayNs + schedule.barNs - 1) / schedule.barNs
        return min(grid, bar * schedule.barNs + schedule.barDelayNs)
    }
}
