import Journal

/// What the rows say of one symbol in one ledger. Cash is in quote units of the symbol.
struct LedgerTally: Sendable {
    private(set) var trades: [Trade] = []
    private(set) var orders: [Order] = []
    private(set) var payments: [Int64] = []
    /// In the order of time; each holds until the next.
    private(set) var marks: [Mark] = []

    /// A closed trade.
    struct Trade: Sendable {
        let decidedNs: Int64
        let entryNs: Int64
        let exitNs: Int64
        let entryNotional: Int64
        let exitReason: String
        let gross: Int64
        let net: Int64
        /// By ``CostRung/Name/index``; nil where the trade has no such part.
        let rungs: [Int64?]
        /// Why parts are missing.
        let nullReason: String?

        /// Cash as a fraction of the entry's notional.
        func share(_ cash: Int64) -> Double { Double(cash) / Double(entryNotional) }
    }

    /// An order's end.
    struct Order: Sendable {
        enum Side: String, Sendable { case buy, sell }
        enum Status: String, CaseIterable, Sendable { case filled, partial, rejected }

        let side: Side
        let status: Status
        let notional: Int64
        let filledNs: Int64?
        let reason: String?
    }

    struct Mark: Sendable {
        let atNs: Int64
        let quantity: Int64
        /// Realized and unrealized.
        let worth: Int64
    }

    mutating func addTrade(_ fields: RowFields) throws(ReportError) {
        var rungs: [Int64?] = []
        for name in CostRung.Name.allCases {
            rungs.append(try fields.optionalInteger(name.rawValue))
        }
        let trade = Trade(
            decidedNs: try fields.integer("decided_ns"), entryNs: try fields.integer("entry_ns"),
            exitNs: try fields.integer("exit_ns"),
            entryNotional: try fields.integer("entry_notional"),
            exitReason: try fields.text("exit_reason"), gross: try fields.integer("gross"),
            net: try fields.integer("net"), rungs: rungs,
            nullReason: try fields.optionalText("null_reason"))
        guard trade.entryNotional > 0 else { throw fields.unexpected("entry_notional") }
        trades.append(trade)
    }

    mutating func addOrder(_ fields: RowFields) throws(ReportError) {
        orders.append(
            Order(
                side: try fields.word("side"), status: try fields.word("status"),
                notional: try fields.integer("notional"),
                filledNs: try fields.optionalInteger("filled_ns"),
                reason: try fields.optionalText("reason")))
    }

    mutating func addPayment(_ fields: RowFields) throws(ReportError) {
        payments.append(try fields.integer("amount"))
    }

    mutating func addMark(_ fields: RowFields, atNs: Int64) throws(ReportError) {
        let (worth, overflows) = try fields.integer("realized")
            .addingReportingOverflow(fields.integer("unrealized"))
        guard !overflows else { throw fields.unexpected("unrealized") }
        marks.append(Mark(atNs: atNs, quantity: try fields.integer("quantity"), worth: worth))
    }

    /// Whether a position was open when the run ended.
    var isOpen: Bool { marks.last.map { $0.quantity != 0 } ?? false }

    var lastEntryNs: Int64? { orders.last { $0.side == .buy && $0.filledNs != nil }?.filledNs }
}
