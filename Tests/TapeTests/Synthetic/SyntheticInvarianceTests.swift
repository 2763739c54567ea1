import Market
import Tape
import TestSupport
import Testing

/// What must not change a market: cuts, cores, other symbols, the future.
@Suite(.tags(.concurrency)) struct SyntheticInvarianceTests {
    private let golden: Recipe

    init() throws {
        var golden = try Recipe.load(SharedData.packageRoot + "/replays/golden.json5")
        golden.edge.flow = Strength(1)
        self.golden = golden
    }

    @Test func lengthOfChunksChangesNoRow() {
        let whole = rows(golden, chunkMinutes: 1000)
        for minutes in [1, 7, 60] {
            #expect(rows(golden, chunkMinutes: minutes) == whole, "chunks of \(minutes) minutes")
        }
    }

    @Test func numberOfLanesChangesNoByte() async throws {
        var recipe = try Recipe.load(SharedData.packageRoot + "/replays/bench-month.json5")
        recipe.span = TimeRange(
            startNs: recipe.span.startNs, endNs: recipe.span.startNs + 90 * Timestamp.minuteNs)
        let folder = TemporaryFolder()
        let market = SyntheticMarket(recipe: recipe)
        _ = try await market.write(to: folder.file("one.tape"), lanes: 1)
        let bytes = TestFile.read(folder.file("one.tape"))
        for lanes in [2, 5, 64] {
            _ = try await market.write(to: folder.file("many.tape"), lanes: lanes)
            #expect(TestFile.read(folder.file("many.tape")) == bytes, "\(lanes) lanes")
        }
        #expect(folder.names == ["many.tape", "one.tape"])
    }

    @Test func orderOfSymbolsChangesNoneOfThem() {
        var turned = golden
        turned.symbols.reverse()
        #expect(rows(turned) == rows(golden).reversed())
    }

    @Test func futureChangesNothingBeforeIt() {
        let startNs = golden.span.startNs
        var other = golden
        let later = Strength(steps: [Strength.Step(startNs: startNs + hourNs, strength: -5)])
        other.edge.flow = Strength(steps: [
            Strength.Step(startNs: startNs, strength: 1),
            Strength.Step(startNs: startNs + hourNs, strength: -5),
        ])
        (other.edge.fast, other.edge.spillOver, other.edge.leak) = (later, later, later)
        other.edge.leak = Strength(steps: [Strength.Step(startNs: startNs + hourNs, strength: 1)])
        other.span = TimeRange(startNs: startNs, endNs: golden.span.endNs + hourNs)
        for (a, b) in zip(rows(golden), rows(other)) {
            for (block, otherBlock) in zip(a, b) {
                let count = block.eventTimes.count { $0 < startNs + hourNs }
                #expect(prefix(block, count) == prefix(otherBlock, count))
            }
        }
        #expect(rows(golden) != rows(other))
    }

    @Test func seedChangesEverything() {
        var other = golden
        other.seed += 1
        for (a, b) in zip(rows(golden), rows(other)) {
            for (block, otherBlock) in zip(a, b) where !block.isEmpty {
                #expect(block.columns.dropFirst() != otherBlock.columns.dropFirst())
            }
        }
    }

    @Test func cancelledMarketLeavesNoFile() async {
        let folder = TemporaryFolder()
        let market = SyntheticMarket(recipe: golden)
        let path = folder.file("x.tape")
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { _ = try await market.write(to: path) }
                try await group.waitForAll()
            }
        }
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await market.write(to: path) { _, _ in throw Stop() }
        }
        #expect(folder.names.isEmpty)
    }

    @Test func progressCountsEveryMinuteOnce() async throws {
        let folder = TemporaryFolder()
        var recipe = golden
        recipe.roundNs = Timestamp.secondNs
        var heard: [Int] = []
        _ = try await SyntheticMarket(recipe: recipe).write(to: folder.file("x.tape")) {
            done, total in
            #expect(total == 120)
            heard.append(done)
        }
        #expect(heard == heard.sorted() && heard.last == 120)
    }

    private let hourNs = Timestamp.hourNs

    /// All rows, by symbol and stream.
    private func rows(_ recipe: Recipe, chunkMinutes: Int? = nil) -> [[ColumnBlock]] {
        var rows = recipe.symbols.map {
            recipe.schemas(of: $0.kind).map { ColumnBlock(schema: $0) }
        }
        SyntheticMarket(recipe: recipe).play(chunkMinutes: chunkMinutes) { symbol, blocks in
            for (index, block) in blocks.enumerated() {
                rows[symbol][index].append(0..<block.rowCount, of: block)
            }
        }
        return rows
    }

    private func prefix(_ block: ColumnBlock, _ count: Int) -> ColumnBlock {
        var prefix = ColumnBlock(schema: block.schema)
        prefix.append(0..<count, of: block)
        return prefix
    }
}
