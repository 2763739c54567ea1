import Market

/// Serialises access to what a run leaves behind, on a queue of its own, because it waits for disk
/// and network. All rules live in the keeper.
package actor TradeJournal<Keeper: RunKeeper> {
    private var keeper: Keeper
    private var order = SliceOrder()
    /// How long the keeper was at work.
    private(set) var worked = Duration.zero
    private let executor = BlockingExecutor()

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    package init(_ keeper: sending Keeper) {
        self.keeper = keeper
    }

    /// Takes what came of some slices, one after the other.
    package func append(_ entries: [LineEntry]) throws {
        var laps = Laps()
        defer { worked += laps.next() }
        for entry in entries {
            order.advance(to: entry.number)
            try keeper.append(entry)
        }
    }

    /// Takes what only the end of the run could settle.
    package func finish(_ end: LineEnd) throws -> Keeper.Kept {
        var laps = Laps()
        defer { worked += laps.next() }
        return try keeper.finish(end)
    }
}
