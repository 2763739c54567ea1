import Desk
import Journal
import Market
import Models

// What the desk did.

extension JournalScribe {
    mutating func add(_ records: DeskRecords) {
        for each in records.orders { order.add(row(each), key: key(each.symbol, each.ledger)) }
        for each in records.trades { order.add(row(each), key: key(each.symbol, each.ledger)) }
        for each in records.payments { order.add(row(each), key: key(each.symbol, each.ledger)) }
        for each in records.marks { order.add(row(each), key: key(each.symbol, each.ledger)) }
        for each in records.events { order.add(row(each), key: key(each.symbol, each.ledger)) }
    }

    private func key(_ symbol: Int, _ ledger: Ledger?) -> Int {
        symbol * Ledger.allCases.count + (ledger?.rawValue ?? 0)
    }

    private func row(_ order: OrderRecord) -> JournalRow {
        JournalRow(
            .orders, atNs: order.atNs,
            [
                .text(order.ledger.name), .text(symbols[order.symbol].symbol),
                JournalValue(order.number), .text(order.side.rawValue),
                .text(order.cause.rawValue), .integer(order.decidedNs),
                .integer(order.arrivesNs), .integer(order.quantity), .integer(order.filled),
                .integer(order.notional), .optional(order.filledNs),
                .text(order.status.rawValue), .optional(order.rejection?.rawValue),
            ])
    }

    private func row(_ trade: TradeRecord) -> JournalRow {
        let model = models[trade.model]
        return JournalRow(
            .trades, atNs: trade.atNs,
            [
                .text(trade.ledger.name), .text(symbols[trade.symbol].symbol),
                JournalValue(trade.number), .text(trade.role.name), .text(model.name),
                JournalValue(model.version), .text(model.metadata.loss.name),
                .text(stage(at: trade.decidedNs)), "long", .integer(trade.decidedNs),
                .integer(trade.entryNs),
                .integer(trade.exitNs), .integer(trade.quantity),
                .integer(trade.entryNotional), .integer(trade.exitNotional),
                .integer(trade.entryMid2), .integer(trade.exitMid2), .text(trade.exit.rawValue),
                .integer(trade.gross), .optional(trade.ladder?.spread),
                .optional(trade.ladder?.slippage), .optional(trade.ladder?.fee),
                .optional(trade.ladder?.funding), .optional(trade.flat),
                trade.flat == nil ? .null : "flat_costs", .optional(trade.delay),
                .integer(trade.net),
            ])
    }

    private func row(_ payment: PaymentRecord) -> JournalRow {
        JournalRow(
            .payments, atNs: payment.atNs,
            [
                .text(payment.ledger.name), .text(symbols[payment.symbol].symbol),
                .integer(payment.fundingNs), .integer(payment.rate),
                .integer(payment.markPrice), .text(payment.markSource.rawValue),
                .integer(payment.quantity), .integer(payment.amount),
            ])
    }

    private func row(_ mark: MarkRecord) -> JournalRow {
        JournalRow(
            .marks, atNs: mark.atNs,
            [
                .text(mark.ledger.name), .text(symbols[mark.symbol].symbol),
                .integer(mark.quantity), .integer(mark.realized), .integer(mark.unrealized),
            ])
    }

    private func row(_ event: DeskEvent) -> JournalRow {
        let ledger = event.ledger.map { "ledger=\($0.name) " } ?? ""
        return JournalRow(
            .events, atNs: event.atNs,
            [
                .text(symbols[event.symbol].symbol), .text(event.kind.rawValue),
                .text(ledger + "quantity=\(event.quantity)"),
            ])
    }
}
