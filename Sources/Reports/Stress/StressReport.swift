package import JSON
import Journal
package import Market
package import Scenarios
package import Statistics

/// What a model did in a market that was bent, a feed that failed or a venue that refused, beside
/// the same run with nothing injected: its twin.
///
/// A value computed from the two runs' rows alone. Prices come from the tape, read by the caller
/// and handed in as ``Prices``; nothing but the figure shows them.
package struct StressReport: Equatable, Sendable {
    package let verdict: Verdict
    /// Why the verdict is not `pass`; what was met where it is.
    package let reasons: [String]
    /// Whose decisions are judged: the candidate's where there is one.
    package let role: RunRole
    package let strategy: String
    package let window: TimeRange
    package let barNs: Int64
    package let injections: [Injection]
    /// What each symbol met, in the order of injections, then of names.
    package let spans: [Span]
    package let candidates: [Candidate]
    package let tapes: [String]
    package let stressed: Side
    package let unstressed: Side
    package let whole: Scope
    /// One for each injection.
    package let around: [Scope]
    /// Around all injections, each bar once; nil where there is one injection.
    package let together: Scope?
    package let differences: Differences
    /// One for each of ``spans``.
    package let responses: [Response]
    package let prices: Prices

    /// Raised when a reader of the document would have to change.
    package static let schema = "tapedeck.stress/1"
    /// F1 that may be lost to the twin.
    package static let lossMax = 0.05
    /// BUY labels without which F1 says too little.
    package static let labelsMin = 50

    package enum Verdict: String, Equatable, Sendable {
        case pass, fail, short
    }

    /// An injection as one symbol met it.
    package struct Span: Equatable, Sendable {
        package let injection: Int
        package let symbol: String
        package let startNs: Int64
        /// Of a level shift its start: it is over once it is taken.
        package let endNs: Int64
        /// Until when features remember it and labels look into it: bars that close in
        /// `startNs...scoredToNs` are scored for it.
        package let scoredToNs: Int64
    }

    /// A version that was judged.
    package struct Candidate: Equatable, Sendable {
        package let symbol: String
        package let model: String
        package let version: Int64
        package let digest: String
    }

    /// F1 of BUY over some bars, each run's decisions against its own labels.
    package struct Scope: Equatable, Sendable {
        /// Nil for the whole run, and for all injections together.
        package let injection: Int?
        package let pooled: Score
        /// In the order of their names.
        package let symbols: [Score]
    }

    /// One of the two runs.
    package struct Side: Equatable, Sendable {
        package let provenance: RunProvenance
        package let figures: RunFigures
        /// Nil without a closed trade.
        package let worstTrade: WorstTrade?
        package let beyondStop: BeyondStop
        /// In the order of their names.
        package let health: [Health]
        /// In the order in which they fired.
        package let alerts: [RaisedAlert]
        package let kills: [Incident]
        /// The judged ledger's equity over all symbols at each bar's close.
        package let equity: [EquityPoint]

        package var alertCounts: AlertCounts { AlertCounts(alerts) }

        package struct EquityPoint: Equatable, Sendable {
            package let closeNs: Int64
            package let value: Double
        }
    }

    /// Stressed less unstressed, over all symbols, of the judged ledger.
    package struct Differences: Equatable, Sendable {
        package let expectancyNet: Figure
        package let sortino: Figure
        package let maxDrawdown: Figure
        package let worstTrade: Figure
        package let costs: [Rung]
        package struct Rung: Equatable, Sendable {
            package let name: CostRung.Name
            package let meanBps: Figure
        }
    }

    /// What each traded symbol meets of a run's injections, in the order of both.
    package static func spans(_ run: StressRun) throws(JSONError) -> [Span] {
        try RecordedInjections(run.record.scenario).spans(
            of: run.symbols.map(\.name), in: run.window, run.facts)
    }

    /// - Parameters:
    ///   - stressed: all rows of the run with its injections.
    ///   - unstressed: all rows of its twin, over the same bars.
    package init(
        stressed: StressRun, unstressed: StressRun, prices: Prices
    ) throws(JSONError) {
        let recorded = try RecordedInjections(stressed.record.scenario)
        let context = stressed.tally.context
        precondition(!recorded.injections.isEmpty, "a stressed run has injections")
        precondition(context.window == unstressed.tally.context.window, "twins share their bars")
        injections = recorded.injections
        role = stressed.role
        strategy = context.strategy
        window = context.window
        barNs = context.barNs
        let spans = try Self.spans(stressed)
        self.spans = spans
        let scorer = StressScorer(stressed, unstressed)
        let whole = scorer.whole
        let around = recorded.injections.indices.map { number in
            scorer.scope(number, spans.filter { $0.injection == number })
        }
        let together = around.count > 1 ? scorer.together(spans) : nil
        self.whole = whole
        self.around = around
        self.together = together
        candidates = Candidate.all(of: stressed)
        tapes = stressed.record.inputs.filter { $0.kind == "tape" }.map { "\($0.digest)" }
        self.stressed = Side(stressed, beside: unstressed)
        self.unstressed = Side(unstressed, beside: stressed)
        differences = Differences(stressed, unstressed, self.stressed, self.unstressed)
        let alerts = self.stressed.alerts
        responses = spans.map { Response($0, alerts, stressed, unstressed) }
        (verdict, reasons) = Verdict.of(
            whole, around, together, recorded.injections, stressed.role)
        self.prices = prices
    }
}

extension StressReport.Candidate {
    /// The versions with which the judged role began.
    fileprivate static func all(of run: StressRun) -> [Self] {
        guard run.role == .candidate else { return [] }
        return run.symbols.compactMap { symbol in
            let part = "model \(symbol.name) \(run.role.rawValue)"
            guard
                let model = run.models.first(where: {
                    $0.symbol == symbol.name && $0.role == run.role.rawValue
                }), let input = run.record.inputs.first(where: { $0.kind == part })
            else { return nil }
            return Self(
                symbol: symbol.name, model: model.name, version: model.version,
                digest: "\(input.digest)")
        }
    }
}

extension StressReport.Side {
    fileprivate init(_ run: StressRun, beside other: StressRun) {
        let context = run.tally.context
        let curve = EquityCurve(run, context)
        self.init(
            provenance: run.provenance, figures: run.tally.finish(),
            worstTrade: StressReport.WorstTrade(run.ownTrades),
            beyondStop: StressReport.BeyondStop(run),
            health: run.symbols.map { StressReport.Health($0.name, run.bars(of: $0.name)) },
            alerts: StressReport.RaisedAlert.all(of: run, beside: other),
            kills: run.tally.incidents.filter {
                $0.kind == .command && ["kill", "unkill"].contains($0.name)
            },
            equity: curve.bars.map { EquityPoint(closeNs: $0.closeNs, value: $0.equity) })
    }
}

extension EquityCurve {
    /// Of the judged ledger over all symbols.
    init(_ run: StressRun, _ context: RunContext) {
        self.init(
            run.symbols.map { ($0.ledgers[run.ledger.index].marks, $0.quoteDecimals) },
            capMicros: context.totalCapMicros, context)
    }
}

extension StressReport.Differences {
    fileprivate init(
        _ stressed: StressRun, _ unstressed: StressRun, _ side: StressReport.Side,
        _ otherSide: StressReport.Side
    ) {
        let context = stressed.tally.context
        let bootstrap = StationaryBootstrap(seed: context.seed)
        let own = LedgerSums(stressed.ledger, stressed.symbols, context)
        let other = LedgerSums(unstressed.ledger, unstressed.symbols, context)
        let (curve, otherCurve) = (
            EquityCurve(stressed, context), EquityCurve(unstressed, context)
        )
        let worst = [side, otherSide].map { side in
            side.worstTrade?.figure ?? .undefined(.noValues, n: 0)
        }
        self.init(
            expectancyNet: own.net.difference(minus: other.net, bootstrap),
            sortino: curve.sortino(minus: otherCurve, bootstrap),
            maxDrawdown: curve.maxDrawdown.minus(otherCurve.maxDrawdown),
            worstTrade: worst[0].minus(worst[1]),
            costs: CostRung.Name.allCases.map { name in
                Rung(
                    name: name,
                    meanBps: own.mean(of: name).difference(
                        minus: other.mean(of: name), bootstrap))
            })
    }
}
