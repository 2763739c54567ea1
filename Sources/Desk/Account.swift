import Market

/// What one ledger has of one symbol.
struct Account: Equatable, Sendable {
    private(set) var orderCount = 0
    private(set) var tradeCount = 0
    /// Net of all closed trades, in quote units.
    private(set) var realized: Int64 = 0
    private var lastMark = Mark(quantity: 0, realized: 0, unrealized: 0)

    struct Mark: Equatable, Sendable {
        let quantity: Int64
        let realized: Int64
        let unrealized: Int64
    }

    mutating func nextOrderNumber() -> Int {
        orderCount += 1
        return orderCount
    }

    /// Books a closed trade and returns its number.
    mutating func close(net: Int64) -> Int {
        realized += net
        tradeCount += 1
        return tradeCount
    }

    /// Whether `mark` says anything new; it is then the last one.
    mutating func change(to mark: Mark) -> Bool {
        defer { lastMark = mark }
        return mark != lastMark
    }
}

extension Account: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(orderCount)
        state.add(tradeCount)
        state.add(realized)
        state.add(lastMark.quantity)
        state.add(lastMark.realized)
        state.add(lastMark.unrealized)
    }
}
