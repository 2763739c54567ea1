import JSON
package import Market

/// A market that never was, played from a recipe.
///
/// The same recipe gives the same rows on any machine and any number of cores: BTC's shocks are
/// drawn once, each symbol has draws of its own, and chunks reach the tape in a fixed order.
package struct SyntheticMarket: Sendable {
    package let recipe: Recipe

    package init(recipe: Recipe) {
        self.recipe = recipe
    }

    /// Who trades and which streams there are, without the rows.
    package var header: TapeHeader {
        var streams: [StreamDescription] = []
        for (index, symbol) in recipe.symbols.enumerated() {
            for schema in recipe.schemas(of: symbol.kind) {
                let intervalNs = schema.kind == .candles ? recipe.candleNs ?? 0 : 0
                streams.append(
                    StreamDescription(instrument: index, schema: schema, intervalNs: intervalNs))
            }
        }
        return TapeHeader(
            instruments: recipe.symbols.map(recipe.instrument(of:)), streams: streams,
            provenance: [
                "source": "synthetic", "seed": .string(String(recipe.seed)),
                "version": .integer(Self.version),
            ])
    }

    /// Raised whenever the same recipe begins to give other rows.
    package static let version: Int64 = 1

    /// Plays the market and hands each symbol's rows of some minutes to `body`, in the order in
    /// which a tape holds them. One core, and no tape: for tests and studies.
    package func play(
        chunkMinutes: Int? = nil, _ body: (_ symbol: Int, _ blocks: [ColumnBlock]) throws -> Void
    ) rethrows {
        var factor = MarketFactor(recipe: recipe)
        var processes = recipe.symbols.map { SymbolProcess(recipe: recipe, symbol: $0) }
        var blocks = SymbolBlocks(levels: recipe.bookLevels)
        var chunk = MarketFactor.Chunk()
        while factor.next(chunkMinutes ?? self.chunkMinutes, into: &chunk) {
            for symbol in processes.indices {
                processes[symbol].advance(chunk, into: &blocks)
                try body(symbol, blocks.of(recipe.schemas(of: recipe.symbols[symbol].kind)))
            }
        }
    }

    /// About as many rounds as a block of the tape has rows.
    var chunkMinutes: Int { max(1, 2048 / recipe.roundsPerMinute) }
}
