import Market
import Rollout
import Statistics

extension CanaryMaker {
    private typealias Action = CanaryReport.Disagreement.Action

    private static let casesMax = 10

    func disagreement() -> CanaryReport.Disagreement {
        var counts: [[Int]] = Action.allCases.map { _ in Action.allCases.map { _ in 0 } }
        var agreement = Agreement()
        var cases: [CanaryReport.Disagreement.Case] = []
        var sums = GroupSums()
        for symbol in bars.symbols {
            let trades = TradesByBar(symbol, bars, facts)
            for pair in symbol.pairs(in: bars) {
                counts[pair.champion.place][pair.candidate.place] += 1
                guard pair.champion != .other, pair.candidate != .other,
                    bars.isCovered(closeNs: pair.closeNs)
                else { continue }
                agreement.add(
                    firstBuys: pair.champion == .buy, secondBuys: pair.candidate == .buy)
                let own = trades.candidate[pair.closeNs]
                let other = trades.champion[pair.closeNs]
                sums.add(pair, champion: other?.netReturn, candidate: own?.netReturn)
                guard own?.netReturn != other?.netReturn else { continue }
                cases.append(
                    CanaryReport.Disagreement.Case(
                        symbol: symbol.name, closeNs: pair.closeNs, champion: pair.champion,
                        candidate: pair.candidate, championTrade: other?.number,
                        candidateTrade: own?.number, championNet: other?.netReturn,
                        candidateNet: own?.netReturn))
            }
        }
        cases.sort {
            let (a, b) = ($0.difference.magnitude, $1.difference.magnitude)
            return a == b ? ($0.closeNs, $0.symbol) < ($1.closeNs, $1.symbol) : a > b
        }
        return CanaryReport.Disagreement(
            matrix: Action.allCases.flatMap { champion in
                Action.allCases.map { candidate in
                    CanaryReport.Disagreement.Cell(
                        champion: champion, candidate: candidate,
                        bars: counts[champion.place][candidate.place])
                }
            }, agreement: agreement.share, kappa: agreement.kappa,
            buyAgreement: agreement.buyShare, outcomes: sums.outcomes,
            largest: Array(cases.prefix(Self.casesMax)))
    }
}

/// Trades of both roles by the bar that decided them.
private struct TradesByBar {
    private(set) var champion: [Int64: EvidenceRows.Trade] = [:]
    private(set) var candidate: [Int64: EvidenceRows.Trade] = [:]

    init(_ symbol: EvidenceRows.Symbol, _ bars: EvidenceBars, _ facts: ScenarioFacts) {
        for trade in symbol.trades where bars.coveredBar(knownNs: trade.atNs) != nil {
            let closeNs = trade.decidedNs - facts.barDelayNs
            switch trade.ledger {
            case .champion: champion[closeNs] = trade
            case .candidate: candidate[closeNs] = trade
            case .acted: break
            }
        }
    }
}

private struct BarPair {
    let closeNs: Int64
    let champion: CanaryReport.Disagreement.Action
    let candidate: CanaryReport.Disagreement.Action

    var group: CanaryReport.Disagreement.Group {
        champion == candidate ? .agree : candidate == .buy ? .candidateOnly : .championOnly
    }
}

private struct GroupSums {
    private struct Sums {
        var bars = 0
        var counts = [0, 0]
        var nets = [CompensatedSum(), CompensatedSum()]
    }

    private var groups = CanaryReport.Disagreement.Group.allCases.map { _ in Sums() }

    mutating func add(_ pair: BarPair, champion: Double?, candidate: Double?) {
        let index = CanaryReport.Disagreement.Group.allCases.firstIndex(of: pair.group) ?? 0
        groups[index].bars += 1
        for (role, net) in [champion, candidate].enumerated() {
            guard let net else { continue }
            groups[index].counts[role] += 1
            groups[index].nets[role].add(net)
        }
    }

    var outcomes: [CanaryReport.Disagreement.Outcome] {
        zip(CanaryReport.Disagreement.Group.allCases, groups).map { group, sums in
            CanaryReport.Disagreement.Outcome(
                group: group, bars: sums.bars, championTrades: sums.counts[0],
                candidateTrades: sums.counts[1], championNet: sums.nets[0].value,
                candidateNet: sums.nets[1].value)
        }
    }
}

extension EvidenceRows.Symbol {
    /// What both roles said of each bar of the window.
    fileprivate func pairs(in bars: EvidenceBars) -> [BarPair] {
        var places = [0, 0]
        func action(_ role: RunRole, _ closeNs: Int64) -> CanaryReport.Disagreement.Action {
            let all = decisions[role.index]
            while places[role.index] < all.count, all[places[role.index]].closeNs < closeNs {
                places[role.index] += 1
            }
            guard places[role.index] < all.count, all[places[role.index]].closeNs == closeNs
            else { return .other }
            return switch all[places[role.index]].action {
            case .buy: .buy
            case .none: .none
            case .paused, .missing, .halted: .other
            }
        }
        return bars.bars.map { bar in
            BarPair(
                closeNs: bar.closeNs, champion: action(.champion, bar.closeNs),
                candidate: action(.candidate, bar.closeNs))
        }
    }
}

extension CanaryReport.Disagreement.Action {
    fileprivate var place: Int {
        switch self {
        case .buy: 0
        case .none: 1
        case .other: 2
        }
    }
}
