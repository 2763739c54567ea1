import Desk
import Market

/// Watches what the acted ledgers earned over the last 48 hours, symbol by symbol, as the runbook's
/// query does: the mean net return of closed trades that were entered in that time by a model with
/// the focal loss. Negative on two symbols or more is P1.
struct ExpectancyWatch: Sendable {
    static let windowNs = 48 * Timestamp.hourNs
    static let symbolCountMin = 2

    /// One symbol whose mean is negative.
    struct Loss: Equatable, Sendable {
        let symbol: Int
        /// In parts per billion of the entry's notional.
        let meanPpb: Int64
        let count: Int
    }

    private struct Entry: Sendable {
        let entryNs: Int64
        let netReturn: Double
    }

    /// By symbol, in the order in which trades were closed.
    private var entries: [[Entry]]
    private(set) var firing: [Loss] = []

    init(symbolCount: Int) {
        entries = [[Entry]](repeating: [], count: symbolCount)
    }

    mutating func add(_ trade: TradeRecord) {
        guard trade.entryNotional > 0 else { return }
        entries[trade.symbol].append(
            Entry(
                entryNs: trade.entryNs,
                netReturn: Double(trade.net) / Double(trade.entryNotional)))
    }

    /// Looks at the trades as of `timeNs`. True when what fires is not what did before.
    mutating func evaluate(atNs timeNs: Int64) -> Bool {
        var losses: [Loss] = []
        for symbol in entries.indices {
            entries[symbol].removeAll { $0.entryNs < timeNs - Self.windowNs }
            guard !entries[symbol].isEmpty else { continue }
            var sum = 0.0
            for entry in entries[symbol] { sum += entry.netReturn }
            let mean = sum / Double(entries[symbol].count)
            guard mean < 0 else { continue }
            losses.append(
                Loss(
                    symbol: symbol, meanPpb: Int64((mean * 1e9).rounded()),
                    count: entries[symbol].count))
        }
        if losses.count < Self.symbolCountMin { losses = [] }
        defer { firing = losses }
        return losses != firing
    }
}

extension ExpectancyWatch: StateEncodable {
    func encode(into state: inout StateEncoder) {
        for list in entries {
            state.add(list.count)
            for entry in list {
                state.add(entry.entryNs)
                state.add(entry.netReturn)
            }
        }
        state.add(firing.count)
    }
}
