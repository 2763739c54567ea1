import Features
import Numerics
import Rollout

/// A run of two symbols as the monitors see it, bar by bar: all is well unless a test says not.
///
/// Healthy values walk through training's own, sorted, in steps of the golden section, so any
/// stretch of them is spread over training's distribution as evenly as can be.
struct MonitorStream {
    static let barNs: Int64 = 900_000_000_000
    static let dayBars = 96
    static let barDelayNs: Int64 = 2_000_000_000
    static let startNs: Int64 = 1_740_787_200_000_000_000
    static let referenceCount = 8009
    static let horizonBars = 16
    static let columns: [FeatureColumn] = {
        var families = FeatureFamilies()
        families.hasBaseline = false
        families.btc = FeatureFamilies.BTC()
        families.l2 = FeatureFamilies.L2()
        families.fracDiff = FeatureFamilies.FracDiff()
        return families.columns
    }()

    let setup: MonitorSetup
    /// By symbol and column.
    private static let references = (0..<2).map { symbol in
        columns.indices.map { reference(symbol, $0) }
    }
    private static let sorted = references.map { $0.map { $0.sorted() } }
    var bank: MonitorBank
    /// Changes so far.
    private(set) var changes: [AlertChange] = []
    private(set) var measurements: [MonitorMeasurement] = []
    private(set) var barCount = 0

    init(setup: MonitorSetup = Self.healthySetup()) {
        self.setup = setup
        bank = MonitorBank(setup)
    }

    static func position(_ name: String) -> Int {
        guard let index = columns.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("no column \(name)")
        }
        return index
    }

    static func healthySetup(isFocal: Bool = true) -> MonitorSetup {
        MonitorSetup(
            columns: columns,
            models: (0..<2).map { symbol in
                MonitorSetup.Model(
                    isFocal: isFocal, columns: Array(columns.indices),
                    reference: references[symbol],
                    limits: columns.indices.map { _ in (-6.0, 6.0) },
                    totalGain: columns.indices.map { Double(100 - $0) }, outOfFoldF1: 0.6,
                    sharpness: 0.75, probabilityDeciles: (1...9).map { Double($0) / 10 })
            },
            symbols: ["BTCUSDC", "ETHUSDC"], barNs: barNs, startNs: startNs,
            computeLatencyNs: 5_000_000, seed: 7)
    }

    /// Independent normal values; the spread is an even number of basis points.
    private static func reference(_ symbol: Int, _ column: Int) -> [Double] {
        var random = RandomStream(seed: 1, "\(symbol)", columns[column].name)
        let isSpread = columns[column].name == "l2_spread_bps"
        return (0..<referenceCount).map { _ in
            isSpread ? 1 + random.uniform() : random.normal()
        }
    }

    func healthyBar(_ symbol: Int) -> SymbolBar {
        let bar = barCount
        let uniform = (Double(bar) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        // Of ten bars five are bought and five were to be: F1 is 0.6.
        let buys = bar % 10 < 5
        let decision = BarDecision(buys ? .buy : .none, probability: uniform, model: 1)
        var result = SymbolBar(champion: decision, candidate: decision, fallback: decision)
        result.acted = .candidate
        result.features = Self.sorted[symbol].map { $0[bar * 4950 % $0.count] }
        result.freshness = [Double](repeating: 1, count: 15)
        if bar >= Self.horizonBars {
            let own = bar - Self.horizonBars
            let isBuy = own % 10 < 3 || own % 10 >= 8
            result.labels = [KnownLabel(closeNs: closeNs(own), label: isBuy ? 1 : 0)]
        }
        if bar % 24 == 23 { result.actedTrades = [trade(entryBar: bar - 4, 0.001)] }
        return result
    }

    func closeNs(_ bar: Int) -> Int64 { Self.startNs + Int64(bar + 1) * setup.barNs }

    func trade(
        entryBar: Int, _ netReturn: Double, opener: Lane.Model = .candidate
    ) -> (opener: Lane.Model, TradeSample) {
        let entryNs = closeNs(entryBar)
        return (
            opener,
            TradeSample(
                entryNs: entryNs, exitNs: entryNs + 3 * setup.barNs, netReturn: netReturn)
        )
    }

    /// Goes on for so many bars.
    ///
    /// - Parameter change: What is other than healthy, by symbol and bar.
    mutating func run(bars: Int, _ change: (inout SymbolBar, Int, Int) -> Void = { _, _, _ in }) {
        for _ in 0..<bars {
            var symbols = (0..<2).map { healthyBar($0) }
            for symbol in symbols.indices { change(&symbols[symbol], symbol, barCount) }
            let closeNs = closeNs(barCount)
            take(
                bank.observe(
                    RolloutBar(
                        closeNs: closeNs, tickNs: closeNs + Self.barDelayNs, symbols: symbols)))
            barCount += 1
        }
    }

    /// Market time without a single bar tick.
    mutating func skip(bars: Int) { barCount += bars }

    mutating func run(
        days: Int, _ change: (inout SymbolBar, Int, Int) -> Void = { _, _, _ in }
    ) {
        run(bars: days * Self.dayBars, change)
    }

    mutating func finish() { take(bank.finish(atNs: closeNs(barCount - 1))) }

    private mutating func take(_ findings: MonitorFindings) {
        changes += findings.alerts
        measurements += findings.measurements
    }

    var firing: [AlertChange] { changes.filter { $0.state == .firing } }

    func changes(
        _ id: AlertID, _ level: AlertLevel? = nil, detail: String? = nil, symbol: Int? = nil
    ) -> [AlertChange] {
        changes.filter {
            $0.id == id && (level == nil || $0.level == level)
                && (detail == nil || $0.detail == detail)
                && (symbol == nil || $0.symbol == symbol)
        }
    }
}

extension SymbolBar {
    /// Everything that a feed can lose is lost.
    mutating func loseData() {
        features = []
        freshness = []
        labels = []
        actedTrades = []
        champion = BarDecision(.missing)
        candidate = champion
        fallback = champion
    }

    mutating func shift(_ column: String, by amount: Double) {
        features[MonitorStream.position(column)] += amount
    }
}
