import Features
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("What a run knows at midnight")
struct DayStateTests {
    private static let slicings: [Slicing] = [
        .events(1), .random(seed: 11, eventsMax: 700), .random(seed: 12, eventsMax: 30_000),
        .span(Timestamp.hourNs),
    ]

    private func expectEqualStates(_ plan: RunPlan, _ slicing: Slicing) async throws {
        let expected = try await DayRun(plan, LineOptions(lanes: 1))
        let cut = try await DayRun(plan, LineOptions(lanes: 2, slicing: slicing))
        #expect(expected.days.count == 3)
        #expect(cut.days.map(\.midnightNs) == expected.days.map(\.midnightNs))
        for (day, other) in zip(cut.days, expected.days) {
            let differing = day.words.indices.filter { day.words[$0] != other.words[$0] }
            #expect(differing == [], "\(slicing), day to \(day.midnightNs)")
        }
    }

    @Test("does not depend on the cuts", arguments: ThreeDayMarket.allCases, slicings)
    func cuts(market: ThreeDayMarket, slicing: Slicing) async throws {
        try await expectEqualStates(TestPlan.threeDays(market).plan, slicing)
    }

    @Test("does not depend on the cuts where books are crossed or one-sided", arguments: slicings)
    func unsoundBooks(slicing: Slicing) async throws {
        let folder = TemporaryFolder()
        let plan = try await TestPlan.threeDays(.delayed).plan
        let tape = try RewrittenTape.write(plan.list.tapes[0], to: folder.file("unsound.tape")) {
            Self.unsound($1)
        }
        try await expectEqualStates(plan.reading(tape), slicing)
    }

    /// Books of which every other one is crossed or lacks a side, in runs of random length.
    private static func unsound(_ rows: ColumnBlock) -> ColumnBlock {
        guard rows.schema.kind == .books, let bidPrice = rows.schema.index(of: .bidPrice(0)),
            let askPrice = rows.schema.index(of: .askPrice(0)),
            let bidCount = rows.schema.index(of: .bidCount)
        else { return rows }
        var generator = SeededGenerator(seed: 4)
        var columns = rows.columns
        for row in 0..<rows.rowCount {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: columns[bidPrice][row] = columns[askPrice][row] + 1
            case 1: columns[bidCount][row] = 0
            default: break
            }
        }
        return ColumnBlock(schema: rows.schema, columns: columns)
    }

    @Test("tells apart whatever leads to other rows, and what is equal goes on equally")
    func equalStates() async throws {
        let market = try await ChangedMarket()
        let original = try await market.run(market.tape)
        var equalCount = [Int](repeating: 0, count: original.outputs.count)
        var differentCount = equalCount
        for trial in Trial.trials(120, of: "changed market") {
            let changed = try await market.run(market.changedOnce(trial))
            #expect(changed.days.count == original.days.count)
            let agreement = changed.agreement(with: original)
            let (words, others) = (changed.days[1].words, original.days[1].words)
            // A symbol's enricher is handed what BTC's window and its own book give, so it must
            // be equal only where they are.
            for core in words.indices {
                let isEnricher = core > 0 && core % 2 == 0
                let sources = isEnricher ? [0, core - 1, core] : [core]
                guard sources.allSatisfy({ words[$0] == others[$0] }) else {
                    differentCount[core] += 1
                    continue
                }
                equalCount[core] += 1
                #expect(agreement[core], trial.note("core \(core) goes on otherwise"))
            }
        }
        // Both happen to every core, unless one seed alone was asked for.
        let isWhole = equalCount[0] + differentCount[0] > 1
        #expect(!isWhole || equalCount.allSatisfy { $0 > 1 }, "\(equalCount)")
        #expect(!isWhole || differentCount.allSatisfy { $0 > 1 }, "\(differentCount)")
    }

    @Test("changes with a price of the day before, of each symbol for itself")
    func pastPrice() async throws {
        let market = try await ChangedMarket()
        let original = try await market.run(market.tape)
        for symbol in ProofMarket.names.indices {
            // The last candle of a bar at noon, and the last snapshot in the evening.
            for (kind, column, hour) in [
                (StreamKind.candles, Column.close, 36), (.books, .askPrice(0), 48),
            ] {
                let timeNs = ProofMarket.startNs + Int64(hour) * Timestamp.hourNs
                let tape = try market.changed(symbol, kind, column, before: timeNs, by: 1)
                let changed = try await market.run(tape)
                let differing = changed.days[1].words.indices.filter {
                    changed.days[1].words[$0] != original.days[1].words[$0]
                }
                let core = kind == .books ? 1 + 2 * symbol : 2 + 2 * symbol
                #expect(differing.contains(core), "\(kind) of symbol \(symbol): \(differing)")
                // BTC's candles are read by its window as well; and all read BTC's returns.
                let isForeign = !differing.allSatisfy { (1 + 2 * symbol...2 + 2 * symbol) ~= $0 }
                #expect(isForeign == (symbol == ProofMarket.btc && kind == .candles))
            }
        }
    }
}

/// A random market, and tapes that differ from its own in one place before its second midnight.
private struct ChangedMarket {
    let plan: RunPlan
    let folder = TemporaryFolder()
    private static let secondMidnightNs = ProofMarket.startNs + 2 * Timestamp.dayNs

    var tape: TapeFile { plan.list.tapes[0] }

    init() async throws {
        plan = try await ProofMarket(seed: 5, isDelayed: true, missingBars: [[30, 31], [90]])
            .plan(in: folder)
    }

    func run(_ tape: TapeFile) async throws -> DayRun {
        try await DayRun(plan.reading(tape), followedNs: Self.secondMidnightNs)
    }

    /// The tape with one value changed, or one row lost, at a random place.
    func changedOnce(_ trial: Trial) throws -> TapeFile {
        var generator = trial.generator
        let stream = Int.random(in: 0..<tape.header.streams.count, using: &generator)
        var next = 0
        return try RewrittenTape.write(tape, to: folder.file("once.tape")) { _, rows in
            defer { next += 1 }
            guard next == stream else { return rows }
            // Soon before midnight, or long: windows are of a quarter of an hour, a day, a month.
            let minutes = [15, 15, 60, 360, 1560, 2820].randomElement(using: &generator) ?? 15
            let startNs = Self.secondMidnightNs - Int64(minutes) * Timestamp.minuteNs
            let places = rows.eventTimes.indices.filter {
                (startNs..<Self.secondMidnightNs - 10 * Timestamp.secondNs)
                    .contains(rows.eventTimes[$0])
            }
            guard let place = places.randomElement(using: &generator) else { return rows }
            var columns = rows.columns
            if Int.random(in: 0..<8, using: &generator) == 0 {
                for index in columns.indices { columns[index].remove(at: place) }
            } else {
                let first = rows.schema.extras.contains(.receiveTime) ? 2 : 1
                let column = Int.random(in: first..<columns.count, using: &generator)
                let value = columns[column][place]
                columns[column][place] =
                    switch rows.schema.columns[column].unit {
                    case .side: 3 - value
                    case .count: value - 1
                    default: value + Int64.random(in: 1...5, using: &generator)
                    }
            }
            return ColumnBlock(schema: rows.schema, columns: columns)
        }
    }

    /// The tape with one value changed: of the last row of a symbol's stream at or before a time.
    func changed(
        _ symbol: Int, _ kind: StreamKind, _ column: Column, before timeNs: Int64,
        by difference: Int64
    ) throws -> TapeFile {
        try RewrittenTape.write(tape, to: folder.file("\(symbol)\(kind).tape")) { stream, rows in
            guard stream.instrument == symbol, rows.schema.kind == kind,
                let index = rows.schema.index(of: column),
                let row = rows.eventTimes.lastIndex(where: { $0 <= timeNs })
            else { return rows }
            var columns = rows.columns
            columns[index][row] += difference
            return ColumnBlock(schema: rows.schema, columns: columns)
        }
    }
}
