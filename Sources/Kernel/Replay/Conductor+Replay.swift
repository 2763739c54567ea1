import Desk

extension Conductor {
    /// The line of a replay: models score, and the desk trades.
    package init(_ plan: ReplayPlan, options: LineOptions) {
        let desk = plan.run.deskSettings.map { settings in
            DeskStage.ledgers(DeskCore(settings, symbols: plan.run.deskSymbols))
        }
        self.init(
            plan: plan.run, options: options,
            scoring: ScoringCore(
                models: plan.models, service: plan.service, switches: plan.switches),
            desk: desk ?? .none)
    }
}
