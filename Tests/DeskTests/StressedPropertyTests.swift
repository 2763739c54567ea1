import Desk
import Features
import Market
import Scenarios
import TestSupport
import Testing

@Suite struct `What holds in every stressed market` {
    /// Injections of every kind that a venue meets, one after the other and on top of each other,
    /// and rows that come twice or late.
    private static func trials(_ trial: Trial) -> [DeskTrial] {
        var generator = trial.generator
        var trials = [RandomMarket.trial(&generator), RandomMarket.candleTrial(&generator)]
        for index in trials.indices {
            let endSeconds = Int64(trials[index].market.barCount) * 60
            for symbol in trials[index].market.symbols.indices {
                trials[index].market.symbols[symbol].disturb(endSeconds, &generator)
            }
        }
        return trials
    }

    @Test(arguments: Trial.trials(10, of: "stressed ledgers"))
    func `ledgers add up, and fees are those of each fill's time`(trial: Trial) throws {
        for desk in Self.trials(trial) {
            let records = try desk.play()
            for trade in records.trades {
                let costs =
                    trade.ladder.map { $0.spread + $0.slippage + $0.fee + $0.funding }
                    ?? trade.flat ?? 0
                #expect(trade.net == trade.gross - costs, trial.note("net"))
                guard let ladder = trade.ladder else { continue }
                let isAtOnce = !records.events.contains {
                    $0.kind == .exitRemainder && $0.symbol == trade.symbol
                        && $0.ledger == trade.ledger
                }
                guard isAtOnce else { continue }
                let injections = desk.market.symbols[trade.symbol].injections
                let taker: Int64 = desk.execution.fills == .book ? 500 : 400
                let bought = trade.entryNotional * (taker + injections.fee(trade.entryNs))
                let sold = trade.exitNotional * (taker + injections.fee(trade.exitNs))
                #expect(abs((bought + sold) / 1_000_000 - ladder.fee) <= 1, trial.note("fee"))
            }
            for mark in records.marks {
                let realized = records.trades.reduce(0) {
                    $1.ledger == mark.ledger && $1.symbol == mark.symbol && $1.atNs <= mark.atNs
                        ? $0 + $1.net : $0
                }
                #expect(realized == mark.realized, trial.note("realized"))
            }
        }
    }

    @Test(arguments: Trial.trials(10, of: "stressed orders"))
    func `nothing is filled while nothing is matched, and orders arrive when they do`(
        trial: Trial
    ) throws {
        var filledCount = 0
        for desk in Self.trials(trial) {
            for order in try desk.play().orders {
                let injections = desk.market.symbols[order.symbol].injections
                if let filledNs = order.filledNs {
                    filledCount += 1
                    let candleNs = desk.execution.fills == .book ? 0 : DeskMarket.barNs
                    let isClosed = injections.contains {
                        guard $0.kind == .exchangeOutage || $0.kind == .frozenFeed else {
                            return false
                        }
                        return candleNs == 0
                            ? $0.contains(filledNs)
                            : $0.startNs < filledNs && $0.endNs > filledNs
                    }
                    #expect(!isClosed, trial.note("filled at \(filledNs)"))
                }
                guard order.cause == .signal || order.cause == .horizon else { continue }
                let addedNs = injections.sum(.latencySpike, .order, order.decidedNs)
                #expect(
                    order.arrivesNs == order.decidedNs + desk.orderLatencyNs + addedNs,
                    trial.note("arrival"))
            }
        }
        #expect(filledCount > 0, trial.note("no fills"))
    }

    @Test(arguments: Trial.trials(10, of: "stressed slices"))
    func `slices leave no trace`(trial: Trial) throws {
        for desk in Self.trials(trial) {
            let whole = try desk.playing()
            let single = try desk.playing { _ in 1 }
            #expect(whole.records == single.records, trial.note("records"))
            #expect(whole.state == single.state, trial.note("states"))
        }
    }

    @Test(arguments: Trial.trials(10, of: "zero sizes"))
    func `at size zero every injection changes nothing`(trial: Trial) throws {
        var changedCount = 0
        for var desk in Self.trials(trial) {
            let injections = desk.market.symbols.map(\.injections)
            for symbol in desk.market.symbols.indices {
                desk.market.symbols[symbol].injections = []
            }
            let plain = try desk.playing()
            for symbol in desk.market.symbols.indices {
                desk.market.symbols[symbol].injections = injections[symbol].map(\.zeroed)
            }
            let zero = try desk.playing()
            #expect(plain.records == zero.records, trial.note("records"))
            #expect(plain.state == zero.state, trial.note("states"))
            for symbol in desk.market.symbols.indices {
                desk.market.symbols[symbol].injections = injections[symbol]
            }
            if try desk.play() != plain.records { changedCount += 1 }
        }
        #expect(changedCount > 0, trial.note("nothing was injected"))
    }
}

extension DeskMarket.SymbolEvents {
    fileprivate mutating func disturb(_ endSeconds: Int64, _ generator: inout SeededGenerator) {
        let kinds: [(InjectionKind, InjectionParameter?, Int64)] = [
            (.exchangeOutage, nil, 0), (.frozenFeed, nil, 0), (.feeChange, .add, 700),
            (.feeChange, .add, -300), (.latencySpike, .order, 3_700_000_000),
            (.spreadBlowOut, .factor, 7_300_000), (.duplicates, .share, 500_000),
            (.outOfOrder, .share, 500_000),
        ]
        injections = kinds.enumerated().map { number, kind in
            let start = Int64.random(in: 0...(endSeconds - 300), using: &generator)
            let last = start + Int64.random(in: 30...300, using: &generator)
            return .placed(
                kind.0, start...last, kind.1.map { [$0: kind.2] } ?? [:], number: number)
        }
        for index in books.indices.reversed() {
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: books.insert(books[index], at: index)
            case 1 where index > 0: books.swapAt(index, index - 1)
            default: break
            }
        }
    }
}

extension PlacedInjection {
    fileprivate var zeroed: PlacedInjection {
        PlacedInjection(injection.zeroed, number: number, startNs: startNs)
    }
}

extension [PlacedInjection] {
    fileprivate func sum(
        _ kind: InjectionKind, _ parameter: InjectionParameter, _ timeNs: Int64
    ) -> Int64 {
        reduce(0) {
            $1.kind == kind && $1.contains(timeNs) ? $0 + $1.injection[parameter] : $0
        }
    }

    fileprivate func fee(_ timeNs: Int64) -> Int64 { sum(.feeChange, .add, timeNs) }
}
