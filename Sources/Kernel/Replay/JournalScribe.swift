import Desk
import Features
import Files
import Journal
import Market
import Models
import Rollout

/// Turns what the stages of a replay hand on into the rows of its journal, in their one order.
struct JournalScribe: Sendable {
    let symbols: [Instrument]
    let models: [ServedModel]
    private let barDelayNs: Int64
    private let columns: [FeatureColumn]
    var order = RowOrder()
    /// What names the rollout's events, and the plan that they follow.
    let rollout: (id: Digest, policy: Digest)?
    /// When the stages of a rollout were entered.
    var stages: [(atNs: Int64, stage: RolloutStage)] = []
    /// Whose decisions nothing can stand in for at the moment, by symbol and role.
    var pausedPlaces: [Int] = []
    /// By symbol.
    private var labels: [KnownLabels]

    init(_ plan: ReplayPlan) {
        symbols = plan.tradedSymbols.map(\.instrument)
        models = plan.models
        barDelayNs = plan.run.config.barDelayNs
        columns = plan.run.config.columns
        rollout = plan.rollout.map { ($0.rollout, $0.planDigest) }
        labels = symbols.map { _ in KnownLabels() }
    }

    // MARK: - The run

    /// What every reader of the rows needs to know first.
    mutating func begin(_ plan: ReplayPlan) {
        let atNs = plan.run.config.featureEpochNs
        for (index, instrument) in symbols.enumerated() {
            let name = instrument.symbol
            order.add(
                JournalRow(
                    .symbols, atNs: atNs,
                    [
                        .text(name), .text(instrument.kind.rawValue),
                        JournalValue(instrument.priceDecimals),
                        JournalValue(instrument.sizeDecimals),
                        JournalValue(instrument.quoteDecimals),
                    ]))
            for (role, service) in zip(Role.allCases, plan.service) {
                guard let model = service[index] else { continue }
                order.add(models[model].row(atNs: atNs, symbol: name, role: role))
            }
        }
    }

    /// The rows of everything up to the end of a slice.
    mutating func rows(_ entry: LineEntry) -> [JournalRow] {
        for each in entry.scores.switches { add(each) }
        for kill in entry.scores.kills { add(kill) }
        for prediction in entry.scores.predictions {
            add(prediction)
            watchPause(prediction)
        }
        add(entry.rollout)
        add(entry.records)
        addLabels(entry.rows, entry.barTicks)
        for alert in entry.btc?.alerts ?? [] { add(alert) }
        if let day = entry.dayState {
            order.add(JournalRow(.days, atNs: day.midnightNs, [.text(day.digest.description)]))
        }
        return order.take(throughNs: entry.endNs)
    }

    /// What only the end of the run settles.
    mutating func finish(_ end: LineEnd) -> [JournalRow] {
        let endNs = end.summary.reachedNs
        add(end.rollout)
        add(end.records)
        for symbol in symbols.indices {
            add(labels[symbol].finish(end.rows[symbol]), symbol, atNs: endNs)
        }
        for (symbol, summary) in zip(symbols, end.summary.symbols) {
            for (name, count, total) in summary.qualityCounts(columns) {
                order.add(
                    JournalRow(
                        .quality, atNs: endNs,
                        [
                            .text(symbol.symbol), .text(name), JournalValue(count),
                            .optional(total.map(Int64.init)),
                        ]))
            }
        }
        return order.take(throughNs: .max)
    }

    // MARK: - Rows

    private mutating func add(_ prediction: Prediction) {
        let model = prediction.model.map { models[$0] }
        let reason: String? =
            switch prediction.action {
            case .missing: "missing_bar"
            case .halted: Prediction.Substitution.killSwitch.rawValue
            case .paused: prediction.substitution?.rawValue ?? "paused"
            case .buy, .none: prediction.substitution?.rawValue
            }
        order.add(
            JournalRow(
                .predictions, atNs: prediction.tickNs,
                [
                    .integer(prediction.closeNs), .text(symbols[prediction.symbol].symbol),
                    .text(prediction.role.name), .optional(model?.name),
                    .optional(model.map { Int64($0.version) }),
                    .optional(prediction.probability.map(\.partsPerBillion)),
                    .text(prediction.action.rawValue), JournalValue(prediction.nanCount),
                    .optional(reason),
                ]))
    }

    /// A label is written at the first tick at which it was known.
    private mutating func addLabels(_ rows: [FeatureRows], _ ticks: [BarTick]) {
        for symbol in rows.indices {
            labels[symbol].open(rows[symbol])
            for tick in ticks { add(labels[symbol].next(), symbol, atNs: tick.tickNs) }
        }
    }

    private mutating func add(_ labels: [KnownLabels.Label], _ symbol: Int, atNs: Int64) {
        for label in labels {
            order.add(
                JournalRow(
                    .labels, atNs: atNs,
                    [
                        .integer(label.closeNs), .text(symbols[symbol].symbol),
                        label.value.isNaN ? .null : .integer(Int64(label.value)),
                        label.value.isNaN ? "missing_candles" : .null,
                    ]), key: symbol)
        }
    }

    private mutating func add(_ change: ServiceSwitch) {
        let symbol = symbols[change.symbol].symbol
        let detail = "role=\(change.role.name) version=\(change.version)"
        order.add(
            JournalRow(
                .commands, atNs: change.atNs,
                [
                    "serve", .text(symbol), .text(change.by), .text(change.reason), .text(detail),
                ]))
        let mismatches: [ContractMismatch]
        switch change.target {
        case .model(let model):
            order.add(models[model].row(atNs: change.atNs, symbol: symbol, role: change.role))
            return
        case .refused(let found): mismatches = found
        }
        let fields = mismatches.map(\.description).joined(separator: "; ")
        order.add(
            JournalRow(
                .alerts, atNs: change.atNs,
                [
                    "enrichment_config_mismatch", "P1", "firing", .text(symbol), .null, .null,
                    JournalValue(mismatches.count), .null, .text(detail + ": " + fields),
                ]))
    }

    private mutating func add(_ alert: BTCQualityAlert) {
        order.add(
            JournalRow(
                .events, atNs: alert.closeNs + barDelayNs,
                [
                    .null, "btc_ohlcv_quality_alert",
                    .text("reason=\(alert.reason.rawValue) value=\(alert.value.shortestDecimal)"),
                ]))
    }
}
