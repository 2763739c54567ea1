import Statistics

/// What a run comes to, computed from its rows alone. Each figure has its count and, where it is a
/// mean or a difference, its interval; what is undefined says why.
package struct RunFigures: Equatable, Sendable {
    package let context: RunContext
    /// UTC days that the window meets: what intervals resample.
    package let dayCount: Int
    /// Of the grid that Sortino's returns are taken on.
    package let returnPeriodNs: Int64
    package let models: [ServedModel]
    /// In the order of their names.
    package let symbols: [ScopeFigures]
    package let total: ScopeFigures
    /// In the order of symbol and name.
    package let quality: [QualityCount]
    package let events: [WordCount]
    package let alerts: [AlertCount]
    package let commandCount: Int
}

/// The figures of one symbol, or of all.
package struct ScopeFigures: Equatable, Sendable {
    /// Nil for all symbols together.
    package let symbol: String?
    /// Champion, candidate if there is one, acted.
    package let ledgers: [LedgerFigures]
    /// Champion, candidate if there is one.
    package let roles: [RoleFigures]
    /// Nil without a candidate.
    package let comparison: Comparison?

    package func ledger(_ ledger: RunLedger) -> LedgerFigures? {
        ledgers.first { $0.ledger == ledger }
    }

    package func role(_ role: RunRole) -> RoleFigures? { roles.first { $0.role == role } }
}

/// How often an alert came to a state.
package struct AlertCount: Equatable, Sendable {
    package let alert: String
    package let severity: String
    package let state: String
    package let count: Int
}

extension RunTally {
    /// The figures of the rows so far.
    package func finish() -> RunFigures {
        // By name: no sum may hang on which symbol the journal names first.
        let ordered = symbols.sorted { $0.name < $1.name }
        return RunFigures(
            context: context, dayCount: PeriodGrid.days(context.window).periods.count,
            returnPeriodNs: PeriodGrid.returns(context.window).periodNs,
            models: models.sorted { $0.precedes($1) },
            symbols: ordered.map {
                scope($0.name, [$0], capMicros: context.symbolCapMicros)
            }, total: scope(nil, ordered, capMicros: context.totalCapMicros),
            quality: quality.sorted { $0.key < $1.key },
            events: events.sorted.map { WordCount(word: $0.words[0], count: $0.count) },
            alerts: alerts.sorted.map {
                AlertCount(
                    alert: $0.words[0], severity: $0.words[1], state: $0.words[2], count: $0.count)
            }, commandCount: commandCount)
    }

    private func scope(
        _ name: String?, _ members: [SymbolTally], capMicros: Int64
    ) -> ScopeFigures {
        let bootstrap = StationaryBootstrap(seed: context.seed)
        let days = PeriodGrid.days(context.window)
        let hasCandidate = symbols.contains { !$0.decisions[RunRole.candidate.index].isEmpty }
        let sums = RunLedger.allCases.map { LedgerSums($0, members, context) }
        return ScopeFigures(
            symbol: name,
            ledgers: RunLedger.allCases.filter { hasCandidate || $0 != .candidate }.map {
                sums[$0.index].figures($0, capMicros: capMicros, bootstrap)
            },
            roles: RunRole.allCases.filter { hasCandidate || $0 != .candidate }.map {
                RoleFigures($0, members, days, bootstrap)
            },
            comparison: hasCandidate
                ? Comparison(
                    candidate: sums[RunLedger.candidate.index].net,
                    champion: sums[RunLedger.champion.index].net, members, days, bootstrap)
                : nil)
    }
}
