import Features
import Market
import Scenarios
import Tape

/// The per-symbol part of the line: each lane walks whole symbols through their book and their
/// enricher; the rows are joined in the order of the symbols.
struct SymbolLanes: Sendable {
    private let lines: [SymbolLine]
    private let laneCount: Int

    /// Fewer events than this are done sooner than a second lane is woken.
    private static let fanOutEventsMin = 4_000

    /// The stages of one symbol.
    private struct SymbolLine: Sendable {
        /// Nil when no feature reads the book.
        let books: BookStream?
        let enricher: Enricher

        func enrich(_ slice: MarketSlice, _ btc: BTCColumns?) async -> FeatureRows {
            let samples = await books?.advance(slice) ?? []
            return await enricher.enrich(slice, btc: btc, bookSamples: samples)
        }
    }

    init(_ plan: RunPlan, laneCount: Int) {
        let families = plan.config.families
        let fracDiff = families.fracDiff.map { FracDiffWindow($0) }
        var lines: [SymbolLine] = []
        for (index, symbol) in plan.symbols.enumerated() where symbol.hasRows {
            let scale = DecimalScale(symbol.instrument)
            var books: BookStream?
            if let l2 = families.l2, let stream = symbol.books {
                books = BookStream(
                    BookStreamCore(
                        barNs: plan.config.barNs, l2: l2, scale: scale,
                        schema: plan.list.streams[stream].schema), symbol: index)
            }
            let enricher = EnricherCore(
                plan.config, candleNs: plan.list.streams[symbol.candles].intervalNs, scale: scale,
                fracDiff: fracDiff, strategy: plan.scenario.strategy)
            lines.append(SymbolLine(books: books, enricher: Enricher(enricher, symbol: index)))
        }
        self.lines = lines
        self.laneCount = min(laneCount, lines.count)
    }

    func enrich(_ slice: MarketSlice, _ btc: BTCColumns?) async -> [FeatureRows] {
        guard laneCount > 1, slice.eventCount >= Self.fanOutEventsMin else {
            var rows: [FeatureRows] = []
            for line in lines { await rows.append(line.enrich(slice, btc)) }
            return rows
        }
        let taken = Taken()
        return await withTaskGroup(of: [(Int, FeatureRows)].self) { group in
            for _ in 0..<laneCount {
                group.addTask {
                    var done: [(Int, FeatureRows)] = []
                    while let index = taken.next(below: lines.count) {
                        await done.append((index, lines[index].enrich(slice, btc)))
                    }
                    return done
                }
            }
            var rows = [FeatureRows](repeating: FeatureRows(), count: lines.count)
            for await done in group {
                for (index, each) in done { rows[index] = each }
            }
            return rows
        }
    }

    /// What every symbol's stages know, in the order of the symbols.
    func stateWords() async -> [[UInt64]] {
        var words: [[UInt64]] = []
        for line in lines {
            await words.append(line.books?.stateWords() ?? [])
            await words.append(line.enricher.stateWords())
        }
        return words
    }

    /// Ends every symbol: the last labels, and what was counted.
    func finish() async -> (rows: [FeatureRows], summaries: [SymbolSummary]) {
        var rows: [FeatureRows] = []
        var summaries: [SymbolSummary] = []
        for line in lines {
            let (last, counts) = await line.enricher.finish()
            rows.append(last)
            await summaries.append(
                SymbolSummary(enricher: counts, books: line.books?.counts))
        }
        return (rows, summaries)
    }
}
