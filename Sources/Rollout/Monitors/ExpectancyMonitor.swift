import Market
import Statistics

/// What the acted ledger earned with one symbol, as the runbook's query has it: the mean net return
/// of closed trades by the time of their entry.
struct ExpectancyMonitor: Sendable {
    private struct Trade: Sendable {
        let opener: Lane.Model
        let entryNs: Int64
        let netReturn: Double
    }

    private let focal: [Lane.Model]
    private var trades: [Trade] = []
    /// Who trades; a lane that flips begins anew, and does not answer for the other model's trades.
    private var acting: Lane.Model?
    private(set) var day: AlertRule
    private(set) var twoDays: AlertRule

    init(_ setup: MonitorSetup, symbol: Int) {
        let model = setup.models[symbol]
        focal =
            (model.isChampionFocal ? [.champion] : []) + (model.isFocal ? [.candidate] : [])
        day = AlertRule(.expectancyDay, symbol: symbol, startNs: setup.startNs)
        twoDays = AlertRule(.expectancyTwoDays, symbol: symbol, startNs: setup.startNs)
    }

    var rules: [AlertRule] { [day, twoDays] }
    var storedValueCount: Int { trades.count }

    mutating func observe(_ bar: SymbolBar, _ look: inout MonitorLook) {
        for (opener, trade) in bar.actedTrades {
            trades.append(
                Trade(opener: opener, entryNs: trade.entryNs, netReturn: trade.netReturn))
        }
        if let acted = bar.acted, acted != acting {
            if acting != nil {
                day.forget(atNs: look.atNs)
                twoDays.forget(atNs: look.atNs)
            }
            acting = acted
        }
        let since = look.atNs - twoDays.signal.windowNs
        if trades.contains(where: { $0.entryNs < since }) {
            trades.removeAll { $0.entryNs < since }
        }
        let lane = acting
        look.take(mean(since: look.atNs - day.signal.windowNs) { $0 == lane }, &day)
        look.take(mean(since: since) { $0 == lane }, &twoDays)
        // Of the trades that a model with the focal loss opened.
        if let mean = mean(since: since, { focal.contains($0) }).value {
            look.tradingCount += 1
            if mean < 0 { look.losingCount += 1 }
        }
    }

    mutating func finish(_ look: inout MonitorLook) {
        look.finish(&day)
        look.finish(&twoDays)
    }

    private func mean(since: Int64, _ isMeant: (Lane.Model) -> Bool) -> Figure {
        var sum = CompensatedSum()
        var count = 0
        for trade in trades where trade.entryNs >= since && isMeant(trade.opener) {
            sum.add(trade.netReturn)
            count += 1
        }
        guard count > 0 else { return .undefined(.noValues, n: 0) }
        return Figure(sum.value / Double(count), n: count)
    }
}
