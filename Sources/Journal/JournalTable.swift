/// What a journal holds of a run, table by table. Stores, the chain and the export all follow it.
///
/// A run writes its symbols and the models that it serves first; a model that takes a role later has
/// a row from then on. Cash is in quote units of 10^-`quote_decimals` of the symbol, quantities in size units, prices in
/// price units, probabilities in parts per billion, a loss's parameters in parts per million, times
/// in nanoseconds.
package enum JournalTable: String, CaseIterable, Sendable {
    case symbols, models, predictions, labels, orders, trades, payments, marks, quality, events
    case alerts, commands, days, measurements
    /// Last, so that what a rollout adds to the instant at which it stopped follows all that is there.
    case rollout

    package struct Column: Equatable, Sendable {
        package enum Kind: Sendable {
            case integer, text
        }

        package let name: String
        package let kind: Kind
        package let isOptional: Bool
    }

    /// Beside the columns that every row has: run, seq, at_ns and hash.
    package var columns: [Column] { layout.columns }

    private var ownColumns: [Column] {
        switch self {
        case .symbols:
            [
                .text("symbol"), .text("kind"), .integer("price_decimals"),
                .integer("size_decimals"), .integer("quote_decimals"),
            ]
        case .models:
            [
                .text("symbol"), .text("role"), .text("model"), .integer("version"),
                .text("loss"), .integer("gamma_ppm", isOptional: true),
                .integer("alpha_ppm", isOptional: true),
                .integer("threshold_ppb", isOptional: true),
            ]
        case .predictions:
            [
                .integer("bar_close_ns"), .text("symbol"), .text("role"),
                .text("model", isOptional: true),
                .integer("version", isOptional: true),
                .integer("probability_ppb", isOptional: true),
                .text("action"), .integer("nan_count"), .text("reason", isOptional: true),
            ]
        case .labels:
            [
                .integer("bar_close_ns"), .text("symbol"), .integer("label", isOptional: true),
                .text("reason", isOptional: true),
            ]
        case .orders:
            [
                .text("ledger"), .text("symbol"), .integer("order_number"), .text("side"),
                .text("cause"), .integer("decided_ns"), .integer("arrives_ns"),
                .integer("quantity"), .integer("filled"), .integer("notional"),
                .integer("filled_ns", isOptional: true), .text("status"),
                .text("reason", isOptional: true),
            ]
        case .trades:
            [
                .text("ledger"), .text("symbol"), .integer("trade_number"), .text("role"),
                .text("model"), .integer("version"), .text("loss"), .text("stage"), .text("side"),
                .integer("decided_ns"), .integer("entry_ns"), .integer("exit_ns"),
                .integer("quantity"), .integer("entry_notional"), .integer("exit_notional"),
                .integer("entry_mid2"), .integer("exit_mid2"), .text("exit_reason"),
                .integer("gross"), .integer("spread", isOptional: true),
                .integer("slippage", isOptional: true), .integer("fee", isOptional: true),
                .integer("funding", isOptional: true), .integer("flat", isOptional: true),
                .text("null_reason", isOptional: true), .integer("delay", isOptional: true),
                .integer("net"),
            ]
        case .payments:
            [
                .text("ledger"), .text("symbol"), .integer("funding_ns"), .integer("rate"),
                .integer("mark_price"), .text("mark_source"), .integer("quantity"),
                .integer("amount"),
            ]
        case .marks:
            [
                .text("ledger"), .text("symbol"), .integer("quantity"), .integer("realized"),
                .integer("unrealized"),
            ]
        case .quality:
            [.text("symbol"), .text("name"), .integer("count"), .integer("of", isOptional: true)]
        case .events:
            [.text("symbol", isOptional: true), .text("name"), .text("detail")]
        case .alerts:
            [
                .text("alert"), .text("severity"), .text("state"),
                .text("symbol", isOptional: true),
                .integer("value_ppb", isOptional: true),
                .integer("threshold_ppb", isOptional: true),
                .integer("count", isOptional: true), .integer("from_ns", isOptional: true),
                .text("detail"),
            ]
        case .commands:
            [
                .text("command"), .text("symbol", isOptional: true), .text("by"), .text("reason"),
                .text("detail"),
            ]
        case .days:
            [.text("state")]
        case .measurements:
            [
                .text("symbol", isOptional: true), .text("signal"),
                .text("column", isOptional: true), .integer("value_ppb", isOptional: true),
                .integer("null_ppb", isOptional: true), .integer("count"), .integer("from_ns"),
                .integer("to_ns"), .text("reason", isOptional: true),
            ]
        case .rollout:
            [
                .text("event"), .text("symbol", isOptional: true), .text("rule", isOptional: true),
                .integer("from_ns"), .integer("to_ns"), .text("input", isOptional: true),
                .text("policy"), .text("event_id"), .text("by", isOptional: true),
                .text("detail"),
            ]
        }
    }
}

extension JournalTable {
    /// What is asked of a table for every row, so it is made once.
    private struct Layout {
        let columns: [Column]
        let storedColumns: String
    }

    private static let layouts = allCases.map { table in
        let columns = table.ownColumns
        let names = ["run", "seq", "at_ns", "hash"] + columns.map { "\"\($0.name)\"" }
        return Layout(columns: columns, storedColumns: names.joined(separator: ", "))
    }

    private var layout: Layout { Self.layouts[place] }

    /// Which of all tables it is, in their order. Written out, because looking for it compares, and
    /// hashing it reads, its name.
    package var place: Int {
        switch self {
        case .symbols: 0
        case .models: 1
        case .predictions: 2
        case .labels: 3
        case .orders: 4
        case .trades: 5
        case .payments: 6
        case .marks: 7
        case .quality: 8
        case .events: 9
        case .alerts: 10
        case .commands: 11
        case .days: 12
        case .measurements: 13
        case .rollout: 14
        }
    }

    /// The columns of a stored row, in the order in which stores write and read them.
    var storedColumns: String { layout.storedColumns }
}

extension JournalTable.Column {
    fileprivate static func integer(_ name: String, isOptional: Bool = false) -> Self {
        Self(name: name, kind: .integer, isOptional: isOptional)
    }

    fileprivate static func text(_ name: String, isOptional: Bool = false) -> Self {
        Self(name: name, kind: .text, isOptional: isOptional)
    }
}
