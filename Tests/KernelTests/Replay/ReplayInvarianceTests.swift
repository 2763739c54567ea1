import Journal
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("However a tape is cut, the journal is the same")
struct ReplayInvarianceTests {
    private let folder = TemporaryFolder()

    @Test(
        "by events, by time and at random, on one lane and more", .tags(.concurrency),
        arguments: ThreeDayMarket.allCases)
    func cuts(market: ThreeDayMarket) async throws {
        let plan = try await market.replay(in: folder)
        let whole = try await ReplayedRows(
            plan, LineOptions(lanes: 1), journal: folder.file("whole.sqlite"))
        for table in [JournalTable.predictions, .labels, .orders, .trades, .marks, .days] {
            #expect(!whole.table(table).isEmpty, "\(table)")
        }
        let slicings: [Slicing] = [
            .events(900), .span(15 * Timestamp.minuteNs), .span(Timestamp.dayNs),
            .random(seed: 1, eventsMax: 40), .random(seed: 2, eventsMax: 3000),
        ]
        for (index, slicing) in slicings.enumerated() {
            let cut = try await ReplayedRows(
                plan, LineOptions(lanes: 1 + index % 3, slicing: slicing),
                journal: folder.file("cut\(index).sqlite"))
            let difference = cut.difference(from: whole)
            #expect(difference == nil, "\(slicing): \(difference ?? "")")
        }
    }

    @Test("event by event, and paced")
    func singleEvents() async throws {
        let market = try await ReplayMarket.small(in: folder)
        let plan = try await market.replay()
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        let options = [
            LineOptions(lanes: 2, slicing: .events(1)),
            LineOptions(lanes: 3, speed: .times(400_000)),
        ]
        for (index, options) in options.enumerated() {
            let other = try await ReplayedRows(
                plan, options, journal: folder.file("\(index).sqlite"))
            let difference = other.difference(from: whole)
            #expect(difference == nil, "\(options): \(difference ?? "")")
        }
    }

    @Test(
        "and the export has the same bytes in PostgreSQL",
        .enabled(if: PostgresServer.isInstalled, PostgresServer.hint))
    func stores() async throws {
        let plan = try await ReplayMarket.small(in: folder).replay()
        let places = [
            folder.file("journal.sqlite"), PostgresServer.shared.location(schema: "invariance"),
        ]
        var exports: [[UInt8]] = []
        let slicings: [Slicing] = [.standard, .random(seed: 3, eventsMax: 5000)]
        for (place, slicing) in zip(places, slicings) {
            let replayed = try await ReplayedRows(
                plan, LineOptions(lanes: 2, slicing: slicing), journal: place)
            #expect(replayed.summary.isComplete)
            exports.append(try JournalExport.bytes(of: place))
        }
        let isEqual = exports[0] == exports[1]
        #expect(isEqual)
        let footer = try #require(exports[0].dropLast().split(separator: UInt8(ascii: "\n")).last)
        let identity = "\"identity\":\"\(plan.record.identity)\""
        #expect(String(decoding: footer, as: UTF8.self).contains(identity))
    }

    @Test("whatever the order of instruments in the tape")
    func instrumentOrder() async throws {
        let market = try await ReplayMarket.small(in: folder)
        let own = try await ReplayedRows(market.replay(), journal: folder.file("own.sqlite"))
        let tape = try RewrittenTape.reversed(market.tape, to: folder.file("reversed.tape"))
        let plan = try await market.replay(over: tape)
        #expect(tape.header.instruments.map(\.symbol) == ["ADAUSDC", "ETHUSDT", "BTCUSDC"])
        let reversed = try await ReplayedRows(plan, journal: folder.file("reversed.sqlite"))
        let difference = reversed.difference(from: own)
        #expect(difference == nil)
    }

    @Test(
        "whether deep levels are read with the others, or when an order needs them",
        .tags(.concurrency))
    func deepLevels() async throws {
        let market = try await ReplayMarket.small(
            in: folder, execution: "notional: 2000000, caps: { symbol: 2000000, total: 9000000 }")
        let plan = try await market.replay()
        let lazily = try await ReplayedRows(plan, journal: folder.file("lazily.sqlite"))
        let eagerly = try await ReplayedRows(
            plan, LineOptions(lanes: 2, slicing: .events(700), readsAllLevels: true),
            journal: folder.file("eagerly.sqlite"))
        let difference = eagerly.difference(from: lazily)
        #expect(difference == nil)
        // Some take all levels that there are, and give up the rest.
        let partial = lazily.named(.orders).filter { $0.text("reason") == "depth" }
        #expect(!partial.isEmpty)
        // Without those levels other orders are filled: five are not all that was there.
        let shallow = try RewrittenTape.withLevels(
            5, of: market.tape, to: folder.file("shallow.tape"))
        let other = try await ReplayedRows(
            market.replay(over: shallow), journal: folder.file("shallow.sqlite"))
        #expect(other.difference(from: lazily) != nil)
        let isSame = other.table(.predictions) == lazily.table(.predictions)
        #expect(isSame, "features read five levels")
    }

    @Test("in shadow the acted ledger is the champion's, row by row")
    func shadow() async throws {
        let plan = try await ThreeDayMarket.punctual.replay(in: folder)
        let replayed = try await ReplayedRows(plan, journal: folder.file("j.sqlite"))
        for table in [JournalTable.orders, .trades, .payments, .marks] {
            let rows = replayed.table(table)
            let champion = rows.filter { $0.values[0] == "champion" }
            let acted = rows.filter { $0.values[0] == "acted" }
            #expect(!champion.isEmpty || table == .payments, "\(table)")
            let isEqual =
                champion.map { Array($0.values.dropFirst()) }
                == acted.map { Array($0.values.dropFirst()) }
            #expect(isEqual, "\(table)")
            #expect(champion.map(\.atNs) == acted.map(\.atNs))
        }
    }
}

extension JournalExport {
    /// The whole export of a place's selected run.
    static func bytes(of place: String) throws -> [UInt8] {
        let journal = try RunJournal(place, creating: false)
        var export = JournalExport(journal, try journal.run(nil), isBody: false)
        var bytes: [UInt8] = []
        while let lines = try export.next() { bytes += lines }
        return bytes
    }
}
