import Desk
package import Features
import Journal
import Market
package import Scenarios

/// A scenario under audit: checked, its models opened, ready to be played as often as it takes.
package struct AuditSubject: Sendable {
    package let path: String
    package let document: ScenarioDocument
    package let plan: ReplayPlan
    /// Whether the scenario has a rollout, which the audit leaves out: it stops where an operator
    /// has to answer, and what comes after that would never be looked at.
    package let hasRollout: Bool

    /// Throws a ``StartUpError`` that holds all problems, or a `CancellationError`.
    @concurrent
    package static func open(_ path: String) async throws -> AuditSubject {
        try await open(StartUp.document(at: path), path: path)
    }

    /// As ``open(_:)``, for a scenario that was read; `path` names it in errors.
    @concurrent
    package static func open(
        _ document: ScenarioDocument, path: String
    ) async throws -> AuditSubject {
        let run = try await StartUp.plan(document, path: path, for: .replay)
        return AuditSubject(
            path: path, document: document,
            plan: try StartUp.replay(run.withoutRollout, path: path),
            hasRollout: run.scenario.rollout != nil)
    }

    /// The replay of the same scenario, written another way.
    func replay(_ other: ScenarioDocument) async throws -> ReplayPlan {
        let run = try await StartUp.plan(other, path: path, for: .replay)
        return try StartUp.replay(run.withoutRollout, path: path)
    }

    package var columns: [FeatureColumn] { plan.run.config.columns }

    var symbols: [String] { plan.tradedSymbols.map(\.instrument.symbol) }
}

extension ReplayPlan {
    /// The same replay of a run that a proof has changed.
    func over(_ run: RunPlan) -> ReplayPlan {
        ReplayPlan(
            run: run, models: models, service: service, switches: switches, fallbacks: fallbacks,
            kills: kills, monitors: monitors, rollout: rollout, record: record)
    }
}
