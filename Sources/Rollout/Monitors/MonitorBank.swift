import Features
import Market
import Statistics

/// All monitors of a run: each ``MonitorSignal``, fed bar by bar, bounded in memory.
package struct MonitorBank: Sendable {
    /// A drift of frac-diff columns that nobody acted on for so long asks for the revert (R8).
    package static let staleDriftNs = 30 * Timestamp.dayNs

    private let setup: MonitorSetup
    private var symbols: [SymbolMonitor]
    private var clock: WindowClock
    private var latency: AlertRule
    private var btcQuality: [AlertRule] = []
    private var fleet: AlertRule?

    package init(_ setup: MonitorSetup) {
        self.setup = setup
        symbols = setup.models.indices.map { SymbolMonitor(setup, symbol: $0) }
        clock = WindowClock(startNs: setup.startNs, barNs: setup.barNs)
        func rule(_ signal: MonitorSignal, detail: String? = nil) -> AlertRule {
            AlertRule(signal, detail: detail, symbol: nil, startNs: setup.startNs)
        }
        latency = rule(.latency)
        if setup.columns.contains(where: { $0.family == .btc }) {
            btcQuality = BTCQualityAlert.Reason.allCases.map {
                rule(.btcQuality, detail: $0.rawValue)
            }
        }
        if setup.models.contains(where: { $0.isFocal || $0.isChampionFocal }) {
            fleet = rule(.expectancyFleet)
        }
    }

    /// Takes the next bar tick; the changes of alerts that follow from it and what was measured, in
    /// a fixed order: by symbol, then what concerns all of them.
    package mutating func observe(_ bar: RolloutBar) -> MonitorFindings {
        clock.advance(to: bar.closeNs)
        var look = MonitorLook(atNs: bar.tickNs, clock: clock)
        for index in symbols.indices { symbols[index].observe(bar.symbols[index], &look) }
        look.take(Figure(Double(setup.computeLatencyNs) / 1e6, n: 1), &latency)
        // Without a single row there is no telling whether BTC was seen either.
        let hasRow = bar.symbols.contains { !$0.features.isEmpty }
        for index in btcQuality.indices {
            let reason = btcQuality[index].detail
            let isSeen = bar.symbols.contains { $0.btcAlerts.contains(reason) }
            let figure =
                isSeen || hasRow
                ? Figure(isSeen ? 1 : 0, n: 1) : Figure.undefined(.noValues, n: 0)
            look.take(figure, &btcQuality[index])
        }
        if var rule = fleet {
            look.take(look.losing, &rule)
            fleet = rule
        }
        return look.findings
    }

    /// Windows that the run was too short to fill.
    package mutating func finish(atNs: Int64) -> MonitorFindings {
        var look = MonitorLook(atNs: atNs, clock: clock)
        for index in symbols.indices { symbols[index].finish(&look) }
        if var rule = fleet {
            look.finish(&rule)
            fleet = rule
        }
        return look.findings
    }

    // MARK: - What is open

    /// The alerts that fire now at act level for data or concept drift. The guarded profile counts
    /// those alone that are more than the null band or the interval at the actual n explains.
    package func openDrift(_ profile: RolloutPlan.Profile) -> [AlertChange] {
        open(profile).filter { $0.isDrift && $0.change.level == .act }.map(\.change)
    }

    /// The drift of frac-diff columns that has been open for ``staleDriftNs`` and longer.
    package func staleDrift(_ profile: RolloutPlan.Profile, atNs: Int64) -> [AlertChange] {
        open(profile).filter {
            $0.change.id == .fracDiffKS && atNs - $0.sinceNs >= Self.staleDriftNs
        }.map(\.change)
    }

    /// What asks for a retraining now. Nothing retrains by itself, and while ``reviews(_:)`` holds
    /// the spread's regime an operator looks first.
    package func retrainRequests(_ profile: RolloutPlan.Profile) -> [RetrainRequest] {
        open(profile).filter { $0.consequence == .retraining }.map {
            RetrainRequest($0.change, symbol: $0.change.symbol.map { setup.symbols[$0] })
        }
    }

    /// What an operator is to look at (R6): values out of range, a change of the spread's regime.
    package func reviews(_ profile: RolloutPlan.Profile) -> [AlertChange] {
        open(profile).filter { $0.consequence == .review }.map(\.change)
    }

    /// How many values the windows hold or have room for.
    package var storedValueCount: Int {
        symbols.reduce(0) { $0 + $1.storedValueCount }
    }

    private func open(_ profile: RolloutPlan.Profile) -> [OpenAlert] {
        let common = [latency] + btcQuality + [fleet].compactMap(\.self)
        return (symbols.flatMap(\.rules) + common).flatMap { $0.open(profile) }
    }
}
