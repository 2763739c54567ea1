import Desk
import Features
import Market
import Scenarios

/// A desk, how it is set, and who wants to buy what.
struct DeskTrial {
    struct Wish: Hashable {
        let role: Role
        let symbol: Int
        let bar: Int
    }

    /// From an evaluation tick on the acted ledger of a symbol follows someone else.
    struct Turn {
        let atNs: Int64
        var symbol = 0
        let route: Role?
        let position: DeskFlip.OpenPosition
    }

    var market: DeskMarket
    var execution = Execution(
        fills: .book, costs: .ladder(takerFeePpm: 500), spreadPpm: 200,
        sizing: .notional(micros: 1_000_000_000),
        symbolCapMicros: 5_000_000_000, totalCapMicros: 10_000_000_000,
        orderTimeToLiveNs: 60 * DeskMarket.second)
    var strategy = Strategy(stopPpm: 5_000, targetPpm: 10_000, horizonNs: 4 * DeskMarket.barNs)
    var orderLatencyNs: Int64 = 100_000_000
    var hasCandidate = false
    /// Bars are counted from 1: the first closes at one bar's length.
    var wishes: Set<Wish> = []
    var route = Role.champion
    /// In the order of their times.
    var turns: [Turn] = []
    /// Evaluation ticks at which the desk stops and goes on, though nothing happens there.
    var pausesNs: [Int64] = []
    /// Bars of which nothing is decided.
    var silentBars: Set<Int> = []

    init(_ symbols: DeskMarket.SymbolEvents...) {
        market = DeskMarket(symbols: symbols)
    }

    mutating func buy(_ symbol: Int = 0, bar: Int, role: Role = .champion) {
        wishes.insert(Wish(role: role, symbol: symbol, bar: bar))
    }

    var settings: DeskSettings {
        DeskSettings(
            execution: execution, strategy: strategy, barNs: DeskMarket.barNs,
            barDelayNs: market.barDelayNs, orderLatencyNs: orderLatencyNs,
            hasCandidate: hasCandidate)
    }

    func signals(_ tick: BarTick) -> TickSignals {
        let bar = Int(tick.closeNs / DeskMarket.barNs)
        let roles: [Role] = hasCandidate ? [.champion, .candidate] : [.champion]
        return TickSignals(
            closeNs: tick.closeNs, tickNs: tick.tickNs,
            signals: roles.map { role in
                market.symbols.indices.map {
                    let isSilent = silentBars.contains(bar)
                    let wish = Wish(role: role, symbol: $0, bar: bar)
                    return Signal(
                        wantsEntry: !isSilent && wishes.contains(wish), model: role.rawValue + 7,
                        isDecided: !isSilent)
                }
            })
    }

    /// Where a walk through a slice stops: at its bar ticks, turns and pauses.
    private func steps(_ slice: MarketSlice, after startNs: Int64) -> [Int64] {
        let times = turns.map(\.atNs) + pausesNs
        return Set(
            slice.barTicks.map(\.tickNs) + times.filter { $0 > startNs && $0 <= slice.endNs }
        ).sorted()
    }

    /// Everything that the desk says, in order.
    func play(_ size: ((Int) -> Int)? = nil) throws -> DeskRecords {
        try playing(size).records
    }

    /// The same, and the words of the state at the end.
    func playing(
        _ size: ((Int) -> Int)? = nil
    ) throws -> (records: DeskRecords, state: [UInt64]) {
        var desk = DeskCore(settings, symbols: market.deskSymbols)
        var records = DeskRecords()
        var routes: [Role?] = market.symbols.map { _ in route }
        var turns = turns[...]
        var reachedNs = Int64.min
        for slice in market.slices(size) {
            let signals = slice.barTicks.map(signals)
            if self.turns.isEmpty, pausesNs.isEmpty {
                records.append(try desk.advance(slice, signals, routes))
                continue
            }
            desk.open(slice, signals)
            for stepNs in steps(slice, after: reachedNs) {
                var flips: [DeskFlip] = []
                while let turn = turns.first, turn.atNs == stepNs {
                    turns.removeFirst()
                    routes[turn.symbol] = turn.route
                    flips.append(DeskFlip(symbol: turn.symbol, openPosition: turn.position))
                }
                records.append(try desk.advance(through: stepNs, routes, flips: flips))
            }
            records.append(try desk.close(routes))
            reachedNs = max(reachedNs, slice.endNs)
        }
        records.append(desk.finish(atNs: market.endNs))
        records.sortByTime()
        var state = StateEncoder()
        desk.encode(into: &state)
        return (records, state.words)
    }
}

extension DeskRecords {
    /// By time, symbol and ledger, as a journal has them.
    mutating func sortByTime() {
        orders = Self.sorted(orders) { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        trades = Self.sorted(trades) { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        payments = Self.sorted(payments) { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        marks = Self.sorted(marks) { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        events = Self.sorted(events) { ($0.atNs, $0.symbol, $0.ledger?.rawValue ?? -1) }
    }

    /// Those known by a time.
    func known(by timeNs: Int64) -> DeskRecords {
        var records = self
        records.orders.removeAll { $0.atNs > timeNs }
        records.trades.removeAll { $0.atNs > timeNs }
        records.payments.removeAll { $0.atNs > timeNs }
        records.marks.removeAll { $0.atNs > timeNs }
        records.events.removeAll { $0.atNs > timeNs }
        return records
    }

    /// Those of one ledger, told as if they were another's.
    func of(_ ledger: Ledger, as other: Ledger) -> DeskRecords {
        var records = self
        records.orders.removeAll { $0.ledger != ledger }
        records.trades.removeAll { $0.ledger != ledger }
        records.payments.removeAll { $0.ledger != ledger }
        records.marks.removeAll { $0.ledger != ledger }
        records.events.removeAll { $0.ledger != ledger }
        for index in records.orders.indices { records.orders[index].ledger = other }
        for index in records.trades.indices { records.trades[index].ledger = other }
        for index in records.payments.indices { records.payments[index].ledger = other }
        for index in records.marks.indices { records.marks[index].ledger = other }
        for index in records.events.indices { records.events[index].ledger = other }
        return records
    }

    private static func sorted<Record>(
        _ records: [Record], by key: (Record) -> (Int64, Int, Int)
    ) -> [Record] {
        records.enumerated().sorted {
            let (a, b) = (key($0.element), key($1.element))
            return (a.0, a.1, a.2, $0.offset) < (b.0, b.1, b.2, $1.offset)
        }.map(\.element)
    }
}
