package import Journal
import Market

/// Takes a run's rows and keeps its closed trades.
package struct TradeTally: Sendable {
    private var scales: [String: Scale] = [:]
    private var own: [RunLedger: [ClosedTrade]] = [:]
    private(set) var hasCandidate = false

    /// What a symbol's integers count.
    private struct Scale {
        let price: Double
        let size: Double
        let quote: Double
    }

    /// The tables that it reads.
    package static let tables: [JournalTable] = [.symbols, .trades]

    package init() {}

    package mutating func add(_ row: JournalRow) throws(ReportError) {
        let fields = RowFields(row)
        switch row.table {
        case .symbols:
            scales[try fields.text("symbol")] = Scale(
                price: try Self.one(fields, "price_decimals"),
                size: try Self.one(fields, "size_decimals"),
                quote: try Self.one(fields, "quote_decimals"))
        case .trades:
            let trade = try trade(fields)
            own[trade.ledger, default: []].append(trade)
            if trade.ledger == .candidate { hasCandidate = true }
        case .models, .predictions, .labels, .orders, .payments, .marks, .quality, .events,
            .alerts, .commands, .days, .measurements, .rollout:
            break
        }
    }

    private static func one(_ fields: RowFields, _ name: String) throws(ReportError) -> Double {
        let decimals = try fields.integer(name)
        guard (0...18).contains(decimals) else { throw fields.unexpected(name) }
        return Double(FixedPoint.powerOfTen(Int(decimals)))
    }

    private func trade(_ fields: RowFields) throws(ReportError) -> ClosedTrade {
        let symbol = try fields.text("symbol")
        guard let scale = scales[symbol] else {
            throw .unknownSymbol(table: .trades, symbol: symbol)
        }
        let quantity = try fields.integer("quantity")
        let notional = try fields.integer("entry_notional")
        guard quantity > 0 else { throw fields.unexpected("quantity") }
        guard notional > 0 else { throw fields.unexpected("entry_notional") }
        let base = Double(quantity) / scale.size
        let entry = Double(notional) / scale.quote
        let exit = Double(try fields.integer("exit_notional")) / scale.quote
        var costs: [Double?] = []
        for name in ClosedTrade.costNames {
            costs.append(try fields.optionalInteger(name).map { Double($0) / scale.quote })
        }
        return ClosedTrade(
            ledger: try fields.word("ledger"), symbol: symbol,
            number: try fields.integer("trade_number"), role: try fields.text("role"),
            model: try fields.text("model"), version: try fields.integer("version"),
            stage: try fields.text("stage"), decidedNs: try fields.integer("decided_ns"),
            entryNs: try fields.integer("entry_ns"), exitNs: try fields.integer("exit_ns"),
            quantity: base, entryNotional: entry, entryPrice: entry / base,
            exitPrice: exit / base,
            entryMid: Double(try fields.integer("entry_mid2")) / 2 / scale.price,
            exitMid: Double(try fields.integer("exit_mid2")) / 2 / scale.price,
            exitReason: try fields.text("exit_reason"),
            gross: Double(try fields.integer("gross")) / scale.quote, costs: costs,
            nullReason: try fields.optionalText("null_reason"),
            net: Double(try fields.integer("net")) / scale.quote)
    }

    /// Whether what was routed is the champion's ledger, trade by trade, so that it says nothing new.
    var actedIsChampion: Bool {
        let acted = own[.acted] ?? []
        let champion = own[.champion] ?? []
        return acted.count == champion.count
            && zip(acted, champion).allSatisfy { $0.isLike($1) }
    }

    /// The trades that a report shows, by decision, symbol and ledger. The ledger `acted` is left
    /// out where it is the champion's.
    package var trades: [ClosedTrade] {
        let ledgers = RunLedger.allCases.filter { $0 != .acted || !actedIsChampion }
        return ledgers.flatMap { own[$0] ?? [] }.sorted { $0.order < $1.order }
    }
}

/// A trade that was opened and closed. Amounts are in quote currency, prices in quote per base.
package struct ClosedTrade: Equatable, Sendable {
    package let ledger: RunLedger
    package let symbol: String
    /// In its ledger and symbol.
    package let number: Int64
    /// Whose decision opened it.
    package let role: String
    package let model: String
    package let version: Int64
    package let stage: String
    package let decidedNs: Int64
    package let entryNs: Int64
    package let exitNs: Int64
    package let quantity: Double
    package let entryNotional: Double
    /// Averages over the fills.
    package let entryPrice: Double
    package let exitPrice: Double
    /// Between best bid and best ask of the books that filled it.
    package let entryMid: Double
    package let exitMid: Double
    package let exitReason: String
    package let gross: Double
    /// By ``costNames``; nil where the trade has no such part.
    package let costs: [Double?]
    /// Why parts are missing.
    package let nullReason: String?
    package let net: Double

    package static let costNames = ["spread", "slippage", "fee", "funding", "flat"]

    /// The net return, as a fraction of the entry's notional.
    package var netReturn: Double { net / entryNotional }

    fileprivate var order: (Int64, String, Int, Int64) {
        (decidedNs, symbol, ledger.index, number)
    }

    /// Whether it is the same trade in another ledger.
    fileprivate func isLike(_ other: ClosedTrade) -> Bool {
        (symbol, number, decidedNs, entryNs, exitNs)
            == (other.symbol, other.number, other.decidedNs, other.entryNs, other.exitNs)
            && (quantity, entryPrice, exitPrice, net)
                == (other.quantity, other.entryPrice, other.exitPrice, other.net)
    }
}
