import Desk

extension Conductor {
    /// The line of a replay: models score, the desk trades, monitors and a rollout look on.
    package init(_ plan: ReplayPlan, options: LineOptions) {
        let desk = plan.run.deskSettings.map { settings in
            DeskStage.ledgers(DeskCore(settings, symbols: plan.run.deskSymbols))
        }
        let rollout = plan.monitors.map { monitors in
            RolloutLine(plan, monitors)
        }
        self.init(
            plan: plan.run, options: options, scoring: ScoringCore(plan), desk: desk ?? .none,
            rollout: rollout)
    }
}
