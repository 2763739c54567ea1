import Market

extension Holding: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(key)
        state.add(role.rawValue)
        state.add(model)
        state.add(closeNs)
        decision.encode(into: &state)
        state.add(stage.rawValue)
        entry.encode(into: &state)
        state.add(exit)
        bought.encode(into: &state)
        sold.encode(into: &state)
        state.add(sales.count)
        for sale in sales {
            state.add(sale.eventNs)
            state.add(sale.quantity)
        }
        state.add(entryNs)
        state.add(exitNs)
        state.add(stopMax)
        state.add(targetMin)
        state.add(targetPrice)
        state.add(funding)
        // Added where it says something, so that runs without a flip keep their states.
        if flip != .none { state.add(flip.rawValue) }
        for word in soldTo?.words ?? [] { state.add(word) }
    }
}
