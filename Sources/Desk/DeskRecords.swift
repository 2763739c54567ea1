/// What the desk did in a slice. Each kind is in the order of `atNs`, then symbol, then ledger.
package struct DeskRecords: Equatable, Sendable {
    package var orders: [OrderRecord] = []
    package var trades: [TradeRecord] = []
    package var payments: [PaymentRecord] = []
    package var marks: [MarkRecord] = []
    package var events: [DeskEvent] = []

    package init() {}
}

/// An order's end: filled, in part, or not at all.
package struct OrderRecord: Equatable, Sendable {
    package enum Side: String, Sendable { case buy, sell }

    package enum Cause: String, Sendable {
        case signal, stop, target, horizon, flatten, delisting
    }

    package enum Status: String, Sendable { case filled, partial, rejected }

    package enum Rejection: String, Sendable {
        /// Nothing to trade against before the order's time to live was over.
        case expired
        /// The size comes to less than a lot.
        case belowLot = "below_lot"
        case symbolCap = "symbol_cap"
        case totalCap = "total_cap"
        /// The book had less than was asked for; the rest of an entry is given up.
        case depth
        /// There was no price to size the order by.
        case noPrice = "no_price"
        /// A horizon's order that found its position closed, or closing, by another exit.
        case void
    }

    package var atNs: Int64
    package var ledger: Ledger
    package var symbol: Int
    /// Counts the orders of a ledger's symbol from 1.
    package var number: Int
    package var side: Side
    package var cause: Cause
    package var decidedNs: Int64
    package var arrivesNs: Int64
    package var quantity: Int64
    package var filled: Int64
    /// Of the fills, in quote units; rounded against the trader.
    package var notional: Int64
    /// Event time of the last fill.
    package var filledNs: Int64?
    package var status: Status
    package var rejection: Rejection?
}

/// A closed trade and its costs, in quote units of its symbol.
package struct TradeRecord: Equatable, Sendable {
    package enum Exit: String, Sendable { case stop, target, horizon, flatten, delisting }

    package var atNs: Int64
    package var ledger: Ledger
    package var symbol: Int
    /// Counts the trades of a ledger's symbol from 1.
    package var number: Int
    /// Who opened it.
    package var role: Role
    package var model: Int
    package var decidedNs: Int64
    package var entryNs: Int64
    package var exitNs: Int64
    package var quantity: Int64
    package var entryNotional: Int64
    package var exitNotional: Int64
    /// Bid plus ask of the fill books: twice the mid; weighted by quantity, rounded, for several.
    package var entryMid2: Int64
    package var exitMid2: Int64
    package var exit: Exit
    package var gross: Int64
    /// Nil where the costs are one flat sum.
    package var ladder: Ladder?
    /// Nil where the costs are a ladder.
    package var flat: Int64?
    /// The move of the mid from decision to fill, inside gross; nil where there was no mid.
    package var delay: Int64?
    package var net: Int64

    package struct Ladder: Equatable, Sendable {
        package var spread: Int64
        package var slippage: Int64
        package var fee: Int64
        package var funding: Int64
    }
}

/// Funding paid (positive) or received by an open position.
package struct PaymentRecord: Equatable, Sendable {
    package enum MarkSource: String, Sendable { case recorded, mid }

    package var atNs: Int64
    package var ledger: Ledger
    package var symbol: Int
    package var fundingNs: Int64
    /// As the tape has it.
    package var rate: Int64
    package var markPrice: Int64
    package var markSource: MarkSource
    package var quantity: Int64
    package var amount: Int64
}

/// What a ledger's symbol was worth at a bar tick; written when it is not what it was before.
package struct MarkRecord: Equatable, Sendable {
    package var atNs: Int64
    package var ledger: Ledger
    package var symbol: Int
    package var quantity: Int64
    /// Net of all closed trades so far.
    package var realized: Int64
    /// Of the open position at the last mid, after the costs that it has had so far.
    package var unrealized: Int64
}

/// Something that a reader of the journal should know of.
package struct DeskEvent: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case delisted, exitRemainder = "exit_remainder", markFromMid = "mark_from_mid"
        case openAtEnd = "open_at_end"
    }

    package var atNs: Int64
    package var ledger: Ledger?
    package var symbol: Int
    package var kind: Kind
    package var quantity: Int64
}
