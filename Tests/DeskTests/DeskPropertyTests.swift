import Desk
import Features
import Market
import Scenarios
import TestSupport
import Testing

@Suite struct `What holds in every market` {
    private static func trials(_ trial: Trial) -> [DeskTrial] {
        var generator = trial.generator
        return [RandomMarket.trial(&generator), RandomMarket.candleTrial(&generator)]
    }

    @Test(arguments: Trial.trials(25, of: "slices"))
    func `slices leave no trace, one event each or cut at random`(trial: Trial) throws {
        var generator = trial.generator
        for desk in Self.trials(trial) {
            let whole = try desk.playing()
            let single = try desk.playing { _ in 1 }
            var sizes = generator
            let random = try desk.playing { _ in Int.random(in: 1...90, using: &sizes) }
            _ = generator.next()
            let isEqual = whole.records == single.records && whole.records == random.records
            #expect(isEqual, trial.note("records"))
            let isSameState = whole.state == single.state && whole.state == random.state
            #expect(isSameState, trial.note("states"))
            #expect(whole.records.orders.count > 0, trial.note("no orders"))
        }
    }

    @Test(arguments: Trial.trials(25, of: "ledgers"))
    func `every trade adds up, and the ledgers with it`(trial: Trial) throws {
        for desk in Self.trials(trial) {
            let records = try desk.play()
            for trade in records.trades {
                let costs =
                    trade.ladder.map { $0.spread + $0.slippage + $0.fee + $0.funding }
                    ?? trade.flat ?? 0
                #expect(trade.net == trade.gross - costs, trial.note("net"))
                if desk.execution.fills == .book, let ladder = trade.ladder {
                    // Gross less spread and slippage is the cash, but for the roundings.
                    let cash = trade.exitNotional - trade.entryNotional
                    let exact = trade.gross - ladder.spread - ladder.slippage
                    #expect(abs(cash - exact) <= 3, trial.note("cash"))
                    let fees = (trade.exitNotional + trade.entryNotional) / 2_000
                    #expect(abs(fees - ladder.fee) <= 1, trial.note("fee"))
                }
                let payments = records.payments.filter {
                    $0.ledger == trade.ledger && $0.symbol == trade.symbol
                        && $0.fundingNs > trade.entryNs && $0.fundingNs <= trade.exitNs
                }
                let funding = payments.reduce(0) { $0 + $1.amount }
                #expect(funding == trade.ladder?.funding ?? 0, trial.note("funding"))
            }
            for mark in records.marks {
                let realized = records.trades.reduce(0) {
                    $1.ledger == mark.ledger && $1.symbol == mark.symbol && $1.atNs <= mark.atNs
                        ? $0 + $1.net : $0
                }
                #expect(realized == mark.realized, trial.note("realized"))
                if mark.quantity == 0, desk.market.symbols[mark.symbol].funding.isEmpty {
                    #expect(mark.unrealized == 0, trial.note("flat"))
                }
            }
        }
    }

    @Test(arguments: Trial.trials(25, of: "shadow"))
    func `in shadow the acted ledger is the champion's`(trial: Trial) throws {
        for desk in Self.trials(trial) {
            let records = try desk.play()
            let isEqual =
                records.of(.acted, as: .acted) == records.of(.champion, as: .acted)
            #expect(isEqual, trial.note("acted"))
            let isOther =
                records.of(.candidate, as: .acted) != records.of(.champion, as: .acted)
            #expect(isOther, trial.note("candidate"))
        }
    }

    @Test(arguments: Trial.trials(15, of: "order"))
    func `the order of symbols in a slice changes nothing`(trial: Trial) throws {
        var generator = trial.generator
        for var desk in Self.trials(trial) {
            let records = try desk.play()
            desk.market.sliceIndexes = Array(
                desk.market.symbols.indices.shuffled(using: &generator))
            #expect(try desk.play() == records, trial.note("records"))
        }
    }

    @Test(arguments: Trial.trials(25, of: "future"))
    func `the future changes nothing that is known`(trial: Trial) throws {
        var generator = trial.generator
        for desk in Self.trials(trial) {
            let lastNs = desk.market.endNs
            let timeNs = Int64.random(in: lastNs / 4...lastNs, using: &generator)
            var other = desk
            for index in other.market.symbols.indices {
                other.market.symbols[index].change(
                    after: timeNs - desk.market.feedNs, using: &generator)
            }
            let before = try desk.play().known(by: timeNs)
            let after = try other.play().known(by: timeNs)
            #expect(before == after, trial.note("records known by \(timeNs)"))
        }
    }

    @Test(arguments: Trial.trials(25, of: "exits"))
    func `each order meets the first book that a plain search finds`(trial: Trial) throws {
        var generator = trial.generator
        let desk = RandomMarket.trial(&generator)
        let records = try desk.play()
        for trade in records.trades {
            let books = desk.market.symbols[trade.symbol].books.filter(\.isSound)
            let arrivesNs = trade.decidedNs + desk.orderLatencyNs
            let entry = try #require(books.first { $0.eventTimeNs >= arrivesNs })
            #expect(entry.eventTimeNs == trade.entryNs, trial.note("entry"))
            let isLadder = trade.ladder != nil
            let paid =
                isLadder ? 2 * entry.product(trade.quantity) : trade.quantity * trade.entryMid2
            let resting = books.first { book in
                let value = 2 * book.bids[0].price * trade.quantity * 1_000
                return book.eventTimeNs > trade.entryNs
                    && (value <= paid * 995 || value >= paid * 1_010)
            }
            let exit = try #require(
                records.orders.first {
                    $0.ledger == trade.ledger && $0.symbol == trade.symbol && $0.side == .sell
                        && $0.filledNs == trade.exitNs && $0.filled == trade.quantity
                })
            let isAtOnce = !records.events.contains {
                $0.ledger == trade.ledger && $0.symbol == trade.symbol && $0.kind == .exitRemainder
            }
            switch trade.exit {
            case .stop, .target:
                let meets = try #require(resting)
                let isStop = 2 * meets.bids[0].price * trade.quantity < paid
                #expect(isStop == (trade.exit == .stop), trial.note("level"))
                #expect(!isAtOnce || meets.eventTimeNs == trade.exitNs, trial.note("resting"))
            case .horizon:
                let meets = try #require(books.first { $0.eventTimeNs >= exit.arrivesNs })
                #expect(!isAtOnce || meets.eventTimeNs == trade.exitNs, trial.note("horizon"))
                let restingNs = resting?.eventTimeNs ?? .max
                #expect(restingNs >= meets.eventTimeNs, trial.note("missed a level"))
            case .flatten, .delisting: break
            }
        }
    }

    @Test(arguments: Trial.trials(6, of: "hindsight"))
    func `hindsight gives each bar what the desk gives it alone`(trial: Trial) throws {
        for var desk in Self.trials(trial) {
            desk.execution.sizing = .notional(micros: 1_000_000_000)
            desk.execution.totalCapMicros = 10_000_000_000
            var hindsight = OutcomeDesk(desk.settings, symbols: desk.market.deskSymbols)
            for slice in desk.market.slices({ _ in 37 }) { try hindsight.advance(slice) }
            for (symbol, outcomes) in hindsight.outcomes.enumerated() {
                #expect(outcomes.count == desk.market.barCount)
                for (index, outcome) in outcomes.enumerated() where index % 11 == symbol {
                    desk.wishes = [DeskTrial.Wish(role: .champion, symbol: symbol, bar: index + 1)]
                    let trade = try desk.play().trades.first { $0.ledger == .champion }
                    #expect(outcome?.entryNs == trade?.entryNs, trial.note("entry"))
                    #expect(outcome?.exitNs == trade?.exitNs, trial.note("exit"))
                    let share = trade.map { Double($0.net) / Double($0.entryNotional) }
                    #expect(outcome?.netReturn == share, trial.note("return"))
                }
            }
        }
    }
}

extension BookSnapshot {
    fileprivate var isSound: Bool {
        guard let bid = bids.first, let ask = asks.first else { return false }
        return bid.price <= ask.price
    }

    /// What a quantity costs, in price times size units.
    fileprivate func product(_ quantity: Int64) -> Int64 {
        var left = quantity
        return asks.reduce(0) { sum, level in
            let size = min(left, level.size)
            left -= size
            return sum + size * level.price
        }
    }
}

extension DeskMarket.SymbolEvents {
    /// Other prices for what happens after a time, and funding that is no less known.
    fileprivate mutating func change(after timeNs: Int64, using generator: inout SeededGenerator) {
        for index in books.indices where books[index].eventTimeNs > timeNs {
            let move = Int64.random(in: -300...300, using: &generator)
            for level in books[index].bids.indices { books[index].bids[level].price += move }
            for level in books[index].asks.indices { books[index].asks[level].price += move }
        }
        for index in candles.indices where candles[index].eventTimeNs > timeNs {
            let move = Int64.random(in: -300...300, using: &generator)
            candles[index].open += move
            candles[index].high += move
            candles[index].low += move
            candles[index].close += move
        }
        for index in funding.indices where funding[index].eventTimeNs > timeNs {
            funding[index].rate = -funding[index].rate
        }
    }
}
