internal import Market

/// A stream of one of several instruments.
struct StreamSlot: Hashable, Sendable {
    var instrument: Int
    var kind: StreamKind

    fileprivate var index: Int {
        let place =
            switch kind {
            case .funding: 0
            case .trades: 1
            case .books: 2
            case .candles: 3
            }
        return 4 * instrument + place
    }
}

/// A value for each stream, looked up for every row: an array where a dictionary would hash.
struct SlotMap<Value: Sendable>: Sendable {
    private var values: [Value?] = []

    subscript(slot: StreamSlot) -> Value? {
        get { slot.index < values.count ? values[slot.index] : nil }
        _modify {
            while slot.index >= values.count { values.append(nil) }
            yield &values[slot.index]
        }
    }
}
