package import Journal
import Market
import Statistics

/// The metrics of a run as far as it is: a fold over the rows of its journal, in their order, and
/// over what the machine measured beside them.
package struct MetricsFold: Sendable {
    private var board = MetricBoard()
    private let states: [String]
    private var symbols: [String] = []
    private var eventCount = 0
    /// The last samples that had news of each: shown when the text is asked for, which is far
    /// seldomer than they come.
    private var latest: MachineSample?
    private var bookAges: [Double?] = []
    private var l2NaNShares: [Double?] = []
    private var rowCounts = [Int64](repeating: 0, count: JournalTable.allCases.count)
    private var lanes: [Lane: LaneFold] = [:]
    private var lanesInOrder: [Lane] = []
    private var ledgers: [Lane: LedgerFold] = [:]
    private var ledgersInOrder: [Lane] = []
    private var marketNs: Int64 = 0
    private var rollout = RolloutFold()

    /// A symbol and a role, or a ledger.
    private struct Lane: Hashable {
        let symbol: String
        let name: String

        var labels: [String] { [symbol, name] }
    }

    /// What a role said of one symbol.
    private struct LaneFold {
        var probabilities = RecentProbabilities()
        var inference = Histogram()
        var model: [String]?
        var nanCount: Int64?
    }

    /// Closed trades in the order of their entries: a ledger holds one position of a symbol at a
    /// time.
    private struct LedgerFold {
        var trades: [(entryNs: Int64, net: Double)] = []
        var sum = CompensatedSum()
    }

    package init(_ context: MetricsContext) {
        states = context.states
        board.set(.runInfo, [context.run, context.scenario, context.strategy], 1)
        for each in context.variants { board.set(.variant, [each.factor, each.variant], 1) }
        board.set(.marketEnd, [], Self.seconds(context.endNs))
        for name in ["trading", "baseline", "btc", "l2", "frac_diff", "interactions"] {
            board.set(.killSwitch, [name], 0)
        }
    }

    /// To the millisecond: a double has no room for the nanoseconds of our days.
    private static func seconds(_ timeNs: Int64) -> Double { Double(timeNs / 1_000_000) / 1000 }

    // MARK: - What comes in

    package mutating func add(_ rows: [JournalRow]) throws(ReportError) {
        for row in rows {
            rowCounts[row.table.place] += 1
            let fields = RowFields(row)
            switch row.table {
            case .symbols: symbols.append(try fields.text("symbol"))
            case .models: try addModel(fields)
            case .predictions: try addPrediction(fields)
            case .trades: try addTrade(fields)
            case .alerts: try addAlert(fields)
            case .commands: try addCommand(fields)
            case .measurements: try addMeasurement(fields)
            case .rollout: rollout.add(row)
            case .labels, .orders, .payments, .marks, .quality, .events, .days: break
            }
        }
    }

    package mutating func add(_ sample: MachineSample) {
        marketNs = sample.marketNs
        eventCount += sample.eventCount
        for each in sample.inference where symbols.indices.contains(each.symbol) {
            let lane = Lane(symbol: symbols[each.symbol], name: each.role)
            // Rows that were scored together have equal parts of what it took.
            let seconds = each.seconds / Double(max(each.rowCount, 1))
            change(lane) { $0.inference.add(seconds, count: each.rowCount) }
        }
        if !sample.bookAges.isEmpty { bookAges = sample.bookAges }
        if !sample.l2NaNShares.isEmpty { l2NaNShares = sample.l2NaNShares }
        latest = sample
    }

    private mutating func change(_ lane: Lane, _ body: (inout LaneFold) -> Void) {
        if lanes[lane] == nil { lanesInOrder.append(lane) }
        body(&lanes[lane, default: LaneFold()])
    }

    private mutating func addModel(_ fields: RowFields) throws(ReportError) {
        let lane = Lane(symbol: try fields.text("symbol"), name: try fields.text("role"))
        let loss = try fields.text("loss")
        let labels =
            lane.labels + [
                try fields.text("model"), String(try fields.integer("version")), loss,
            ]
        if let before = lanes[lane]?.model { board.set(.modelInfo, before, nil) }
        board.set(.modelInfo, labels, 1)
        board.set(.focalLoss, lane.labels, loss == "focal" ? 1 : 0)
        change(lane) { $0.model = labels }
    }

    private mutating func addPrediction(_ fields: RowFields) throws(ReportError) {
        let lane = Lane(symbol: try fields.text("symbol"), name: try fields.text("role"))
        let probability = try fields.optionalInteger("probability_ppb")
        let nanCount = try fields.integer("nan_count")
        change(lane) { fold in
            fold.nanCount = probability == nil ? nil : nanCount
            if let probability { fold.probabilities.add(Double(probability) / 1e9) }
        }
    }

    private mutating func addTrade(_ fields: RowFields) throws(ReportError) {
        let ledger = Lane(symbol: try fields.text("symbol"), name: try fields.text("ledger"))
        let notional = try fields.integer("entry_notional")
        guard notional > 0 else { throw fields.unexpected("entry_notional") }
        let net = Double(try fields.integer("net")) / Double(notional)
        if ledgers[ledger] == nil { ledgersInOrder.append(ledger) }
        ledgers[ledger, default: LedgerFold()].trades.append(
            (try fields.integer("entry_ns"), net))
        ledgers[ledger]?.sum.add(net)
    }

    private mutating func addAlert(_ fields: RowFields) throws(ReportError) {
        let severity = try fields.text("severity")
        let state = try fields.text("state")
        // The refusal of a model names it in full; its place among labels is the role's alone.
        let detail = try fields.text("detail").prefix { $0 != ":" && $0 != " " }
        let labels = [
            try fields.text("alert"), severity == "warn" ? "warn" : "act", severity,
            try fields.optionalText("symbol") ?? "", String(detail),
        ]
        board.set(.alertFiring, labels, state == "firing" ? 1 : 0)
        board.set(.alertNoData, labels, state == "no_data" || state == "short" ? 1 : 0)
    }

    private mutating func addCommand(_ fields: RowFields) throws(ReportError) {
        let command = try fields.text("command")
        guard command == "kill" || command == "unkill" else { return }
        let detail = try fields.text("detail")
        let name = detail.hasPrefix("family=") ? String(detail.dropFirst(7)) : detail
        board.set(.killSwitch, [name], command == "kill" ? 1 : 0)
    }

    private mutating func addMeasurement(_ fields: RowFields) throws(ReportError) {
        let signal = try fields.text("signal")
        guard let gauge = MeasuredGauge(signal) else { return }
        let fromNs = try fields.integer("from_ns")
        let window = MetricWindow.text(try fields.integer("to_ns") - fromNs)
        let labels = gauge.labels(
            symbol: try fields.optionalText("symbol") ?? "",
            feature: try fields.optionalText("column") ?? "", window: window)
        let value = try fields.optionalInteger("value_ppb").map { Double($0) / 1e9 }
        board.set(gauge.metric, labels, value)
        guard gauge.metric == .psi else { return }
        let null = try fields.optionalInteger("null_ppb").map { Double($0) / 1e9 }
        board.set(.psiNull, labels, null)
    }

    // MARK: - What goes out

    /// The exposition of what is known now.
    package mutating func text() -> String {
        board.set(.marketTime, [], Self.seconds(marketNs))
        board.set(.events, [], Double(eventCount))
        for table in JournalTable.allCases {
            board.set(.journalRows, [table.rawValue], Double(rowCounts[table.place]))
        }
        showLatest()
        for lane in lanesInOrder { if let fold = lanes[lane] { show(lane, fold) } }
        for ledger in ledgersInOrder { if let fold = ledgers[ledger] { show(ledger, fold) } }
        for (stage, isNow) in rollout.stages { board.set(.rolloutStage, [stage], isNow ? 1 : 0) }
        for (symbol, isOn) in rollout.lanes { board.set(.onCandidate, [symbol], isOn ? 1 : 0) }
        return board.text
    }

    private mutating func showLatest() {
        for (symbol, age) in zip(symbols, bookAges) { board.set(.bookAge, [symbol], age) }
        for (symbol, share) in zip(symbols, l2NaNShares) { board.set(.l2NaN, [symbol], share) }
        guard let latest else { return }
        for state in states { board.set(.runState, [state], state == latest.state ? 1 : 0) }
        for each in latest.stages { board.set(.stageTime, [each.name], each.seconds) }
        for each in latest.waits { board.set(.waitTime, [each.name], each.seconds) }
    }

    private mutating func show(_ lane: Lane, _ fold: LaneFold) {
        let probabilities = fold.probabilities
        board.set(.predictions, lane.labels, Double(probabilities.count))
        board.set(.featureNaN, lane.labels, fold.nanCount.map { Double($0) })
        if probabilities.count > 0 {
            for (level, value) in probabilities.quantiles {
                board.set(.probability, lane.labels, value, extra: ("quantile", "\(level)"))
            }
            board.set(.probability, lane.labels, probabilities.sum, suffix: "_sum")
            board.set(
                .probability, lane.labels, Double(probabilities.count), suffix: "_count")
        }
        guard fold.inference.count > 0 else { return }
        for (limit, count) in fold.inference.buckets {
            board.set(
                .inference, lane.labels, Double(count), suffix: "_bucket", extra: ("le", limit))
        }
        board.set(.inference, lane.labels, fold.inference.sum, suffix: "_sum")
        board.set(.inference, lane.labels, Double(fold.inference.count), suffix: "_count")
    }

    private mutating func show(_ ledger: Lane, _ fold: LedgerFold) {
        board.set(.trades, ledger.labels, Double(fold.trades.count))
        board.set(
            .expectancy, ledger.labels + ["run"], fold.sum.value / Double(fold.trades.count))
        for window in MetricWindow.expectancies {
            var sum = CompensatedSum()
            var count = 0
            for trade in fold.trades.reversed() {
                guard trade.entryNs >= marketNs - window.lengthNs else { break }
                sum.add(trade.net)
                count += 1
            }
            board.set(
                .expectancy, ledger.labels + [window.name],
                count == 0 ? nil : sum.value / Double(count))
        }
    }
}

/// How windows of market time are called in labels.
enum MetricWindow {
    static let expectancies: [(name: String, lengthNs: Int64)] = [
        ("24h", 24 * Timestamp.hourNs), ("48h", 48 * Timestamp.hourNs),
    ]

    static func text(_ lengthNs: Int64) -> String {
        lengthNs % Timestamp.dayNs == 0
            ? "\(lengthNs / Timestamp.dayNs)d" : "\(lengthNs / Timestamp.hourNs)h"
    }
}
