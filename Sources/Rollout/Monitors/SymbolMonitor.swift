import Features
import Statistics

/// All monitors of one symbol, in the order in which their changes are told.
struct SymbolMonitor: Sendable {
    private static let topCount = 5
    private static let flowColumns = ["l2_kyle_lambda", "l2_ofi_15m", "l2_depth_imbalance_l5"]
    private static let kyleLambda = "l2_kyle_lambda"
    private static let correlation = "btc_correlation_15m_lag5"
    private static let spread = "l2_spread_bps"

    private var quality: QualityMonitor
    private var stability: [StabilityMonitor] = []
    private var distributions: [DistributionMonitor] = []
    private var tail: TailMonitor?
    private var spread: SpreadMonitor?
    private var concept: ConceptMonitor
    private var prediction: PredictionMonitor
    private var expectancy: ExpectancyMonitor
    /// Where training left no gains, nobody knows which columns matter most.
    private var unknownTop: AlertRule?

    init(_ setup: MonitorSetup, symbol: Int) {
        quality = QualityMonitor(setup, symbol: symbol)
        concept = ConceptMonitor(setup, symbol: symbol)
        prediction = PredictionMonitor(setup, symbol: symbol)
        expectancy = ExpectancyMonitor(setup, symbol: symbol)
        let model = setup.models[symbol]
        let top = Self.mostImportant(model)
        if top.isEmpty {
            unknownTop = AlertRule(.topFeaturePSI, symbol: symbol, startNs: setup.startNs)
        }
        for (index, position) in model.columns.enumerated() {
            let column = setup.columns[position]
            let isFlow = Self.flowColumns.contains(column.name)
            let isTested = column.family == .btc || column.family == .fracDiff
            guard top.contains(index) || isFlow || isTested else { continue }
            let reference = ColumnReference(
                name: column.name, position: position, values: model.reference[index])
            let isKyle = column.name == Self.kyleLambda
            let signals =
                (top.contains(index) ? [MonitorSignal.topFeaturePSI] : [])
                + (isKyle ? [.kyleLambdaPSI] : []) + (isFlow ? [.l2FeaturePSI] : [])
            if !signals.isEmpty {
                stability.append(StabilityMonitor(signals, reference, symbol: symbol, setup))
            }
            if isTested {
                distributions.append(
                    DistributionMonitor(
                        column.family == .btc ? .btcFeatureKS : .fracDiffKS,
                        shift: column.name == Self.correlation ? .btcCorrelation : nil,
                        reference, symbol: symbol, setup))
            }
            if isKyle { tail = TailMonitor(.kyleLambdaTail, reference, symbol: symbol, setup) }
        }
        // Costs depend on the spread, whether or not the model reads it.
        if let position = setup.columns.firstIndex(where: { $0.name == Self.spread }) {
            spread = SpreadMonitor(.spreadRegime, position: position, symbol: symbol, setup)
        }
    }

    mutating func observe(_ bar: SymbolBar, _ look: inout MonitorLook) {
        quality.observe(bar, &look)
        for index in stability.indices { stability[index].observe(bar.features, &look) }
        for index in distributions.indices { distributions[index].observe(bar.features, &look) }
        tail?.observe(bar.features, &look)
        spread?.observe(bar.features, &look)
        if look.clock.isDue(.topFeaturePSI), var rule = unknownTop {
            look.take(.undefined(.noValues, n: 0), &rule)
            unknownTop = rule
        }
        concept.observe(bar, &look)
        prediction.observe(bar, &look)
        expectancy.observe(bar, &look)
    }

    mutating func finish(_ look: inout MonitorLook) {
        quality.finish(&look)
        for index in stability.indices { stability[index].finish(&look) }
        for index in distributions.indices { distributions[index].finish(&look) }
        tail?.finish(&look)
        spread?.finish(&look)
        if var rule = unknownTop {
            look.finish(&rule)
            unknownTop = rule
        }
        concept.finish(&look)
        prediction.finish(&look)
        expectancy.finish(&look)
    }

    var rules: [AlertRule] {
        var rules = quality.rules
        for monitor in stability { rules += monitor.rules }
        for monitor in distributions { rules += monitor.rules }
        rules += [tail?.rule, spread?.rule, unknownTop].compactMap(\.self)
        return rules + concept.rules + prediction.rules + expectancy.rules
    }

    var storedValueCount: Int {
        quality.storedValueCount + stability.reduce(0) { $0 + $1.storedValueCount }
            + distributions.reduce(0) { $0 + $1.storedValueCount }
            + (tail?.storedValueCount ?? 0) + (spread?.storedValueCount ?? 0)
            + concept.storedValueCount + prediction.storedValueCount + expectancy.storedValueCount
    }

    /// Indexes of the columns with the largest total gain, ties in the order of the columns.
    private static func mostImportant(_ model: MonitorSetup.Model) -> [Int] {
        let known = model.columns.indices.filter { model.totalGain[$0] > 0 }
        let sorted = known.sorted {
            (model.totalGain[$1], $0) < (model.totalGain[$0], $1)
        }
        return Array(sorted.prefix(topCount))
    }
}
