import Desk
import Features
import Market
import Models
import Rollout
import Scenarios

/// Says what a run applied, noticed and lost, in events that have no time but market time.
struct LineEvents {
    private let plan: RunPlan
    private let log: @Sendable (LogEvent) -> Void
    /// BTC's alerts so far, by reason.
    private var alertCounts = [Int](repeating: 0, count: BTCQualityAlert.Reason.allCases.count)
    /// BTC's bars from its first on, and how many of them are missing.
    private var btcBarCount = 0
    private var btcMissingCount = 0

    /// More than this share of BTC's bars missing is worth a person's attention.
    private static let missingShareMax = 0.05

    init(_ plan: RunPlan, log: @escaping @Sendable (LogEvent) -> Void) {
        self.plan = plan
        self.log = log
    }

    func started() {
        let families = plan.config.families
        let columns = plan.config.columns
        log(
            .runStarted(
                symbols: plan.symbols.count(where: \.hasRows), columns: columns.count,
                startNs: plan.config.featureEpochNs, endNs: plan.endNs))
        if let btc = families.btc {
            log(
                .btcFeaturesApplied(
                    set: btc.set.rawValue, purgeBars: btc.purgeBars,
                    featureCount: columns.count { $0.family == .btc }))
        }
        if let l2 = families.l2 {
            log(
                .l2FeaturesApplied(
                    set: l2.set.rawValue, purgeBars: l2.purgeBars,
                    featureCount: columns.count { $0.family == .l2 }))
        }
        if let fracDiff = families.fracDiff {
            for order in fracDiff.ordersInTenths {
                log(.fracDiffApplied(order: Double(order) / 10, minWeight: fracDiff.minWeight))
            }
        }
    }

    /// Tells what a slice brought in the order of market time, however the market was cut.
    mutating func observed(_ entry: LineEntry) {
        var events = observed(entry.btc)
        events += entry.scores.switches.map(served)
        events += entry.rollout.alerts.compactMap(fired)
        events += entry.rollout.refusals.map {
            .commandRefused(
                $0.command.title, by: $0.command.by, reason: $0.refusal.description,
                atNs: $0.command.atNs)
        }
        let places = events.indices.sorted {
            (events[$0].atNs ?? 0, $0) < (events[$1].atNs ?? 0, $1)
        }
        for place in places { log(events[place]) }
    }

    private func fired(_ alert: AlertChange) -> LogEvent? {
        guard alert.state == .firing else { return nil }
        let symbols = plan.symbols.filter(\.hasRows)
        return .alertFired(alert, symbol: alert.symbol.map { symbols[$0].instrument.symbol })
    }

    private func served(_ change: ServiceSwitch) -> LogEvent {
        let symbols = plan.symbols.filter(\.hasRows)
        let symbol = symbols[change.symbol].instrument.symbol
        switch change.target {
        case .model:
            return .modelServed(
                symbol: symbol, role: change.role.name, version: change.version,
                atNs: change.atNs)
        case .refused(let mismatches):
            return .enrichmentConfigMismatch(
                symbol: symbol, role: change.role.name, version: change.version,
                fields: mismatches.map(\.description).joined(separator: "; "),
                atNs: change.atNs)
        }
    }

    private mutating func observed(_ btc: BTCColumns?) -> [LogEvent] {
        for isPresent in btc?.isPresent ?? [] where isPresent || btcBarCount > 0 {
            btcBarCount += 1
            if !isPresent { btcMissingCount += 1 }
        }
        return (btc?.alerts ?? []).map { alert in
            for (index, reason) in BTCQualityAlert.Reason.allCases.enumerated()
            where reason == alert.reason { alertCounts[index] += 1 }
            return .btcQualityAlert(
                reason: alert.reason.rawValue, value: alert.value, limit: alert.limit,
                atNs: alert.closeNs)
        }
    }

    func finished(_ summary: LineSummary, _ last: RolloutRecords) {
        for event in last.alerts.compactMap(fired) { log(event) }
        for (symbol, counts) in zip(plan.symbols.filter(\.hasRows), summary.symbols) {
            reportWarmUp(symbol.instrument.symbol, counts.enricher)
            reportPurges(symbol.instrument.symbol, counts.enricher)
        }
        for (reason, count) in zip(BTCQualityAlert.Reason.allCases, alertCounts) where count > 0 {
            log(.btcQualityAlerts(reason: reason.rawValue, barCount: count))
        }
        let missingShare = Double(btcMissingCount) / Double(max(btcBarCount, 1))
        if missingShare > Self.missingShareMax {
            log(.btcBarsMissing(share: missingShare, limit: Self.missingShareMax))
        }
        let rowCount = summary.symbols.reduce(0) { $0 + $1.enricher.rowCount }
        log(
            summary.isComplete
                ? .runFinished(atNs: summary.reachedNs, rows: rowCount)
                : summary.isAwaiting
                    ? .rolloutAwaits(atNs: summary.reachedNs, rows: rowCount)
                    : .runInterrupted(atNs: summary.reachedNs, rows: rowCount))
    }

    private func reportWarmUp(_ symbol: String, _ counts: EnricherCounts) {
        let lost = plan.config.columns.indices
            .filter { plan.config.columns[$0].family == .fracDiff }
            .map { counts.warmUpCounts[$0] }.max()
        guard let lost, counts.rowCount > 0 else { return }
        log(
            .fracDiffWarmupDroppedRows(
                symbol: symbol, percent: 100 * Double(lost) / Double(counts.rowCount)))
    }

    /// The first value of a purged column must come at its purge and its window, not sooner and
    /// not later.
    private func reportPurges(_ symbol: String, _ counts: EnricherCounts) {
        for (index, column) in plan.config.columns.enumerated() {
            guard let expected = plan.config.firstValidBar(of: column),
                let found = counts.firstValidBars[index], found != expected
            else { continue }
            // How soon lambda has its observations is the tape's affair; no sooner is the kernel's.
            if column.name == "l2_kyle_lambda" && found > expected { continue }
            log(
                .featurePurgeCheck(
                    symbol: symbol, column: column.name, expected: expected, found: found))
        }
    }
}
