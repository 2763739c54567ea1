import Journal

/// What the rows say of one symbol.
struct SymbolTally: Sendable {
    let name: String
    let kind: String
    let quoteDecimals: Int
    /// By ``RunLedger/index``.
    var ledgers = [LedgerTally](repeating: LedgerTally(), count: RunLedger.allCases.count)
    /// By ``RunRole/index``, in the order of time.
    private(set) var decisions = [[Decision]](repeating: [], count: RunRole.allCases.count)
    /// In the order of time.
    private(set) var labels: [Label] = []

    /// What a role said of a bar.
    struct Decision: Sendable {
        enum Action: String, CaseIterable, Sendable {
            case buy, none, paused, missing, halted
        }

        let closeNs: Int64
        let action: Action
        let probabilityPpb: Int64?

        /// Nil where the model was not asked or could not tell.
        var isBuy: Bool? {
            switch action {
            case .buy: true
            case .none: false
            case .paused, .missing, .halted: nil
            }
        }
    }

    /// What became of a long entered at a bar's close.
    struct Label: Sendable {
        let closeNs: Int64
        /// 1 for BUY, 0 for HOLD, -1 for SELL; nil where it cannot be known.
        let sign: Int64?
    }

    init(name: String, kind: String, quoteDecimals: Int) {
        self.name = name
        self.kind = kind
        self.quoteDecimals = quoteDecimals
    }

    mutating func addPrediction(_ fields: RowFields) throws(ReportError) {
        let role = try fields.word("role", as: RunRole.self).index
        let decision = Decision(
            closeNs: try fields.integer("bar_close_ns"), action: try fields.word("action"),
            probabilityPpb: try fields.optionalInteger("probability_ppb"))
        if let ppb = decision.probabilityPpb, !(0...1_000_000_000).contains(ppb) {
            throw fields.unexpected("probability_ppb")
        }
        guard decision.closeNs > decisions[role].last?.closeNs ?? .min else {
            throw .barsRunBack(table: .predictions, symbol: name, closeNs: decision.closeNs)
        }
        decisions[role].append(decision)
    }

    /// Takes a decision later than those before, which was read already.
    mutating func add(_ decision: Decision, of role: RunRole) {
        decisions[role.index].append(decision)
    }

    /// Takes a label later than those before, which was read already.
    mutating func add(_ label: Label) {
        labels.append(label)
    }

    mutating func addLabel(_ fields: RowFields) throws(ReportError) {
        let label = Label(
            closeNs: try fields.integer("bar_close_ns"), sign: try fields.optionalInteger("label"))
        if let sign = label.sign, !(-1...1).contains(sign) { throw fields.unexpected("label") }
        guard label.closeNs > labels.last?.closeNs ?? .min else {
            throw .barsRunBack(table: .labels, symbol: name, closeNs: label.closeNs)
        }
        labels.append(label)
    }
}
