import Journal
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("A market that changes under the replay")
struct ChangingMarketTests {
    private static let startNs = 1_736_121_600 * Timestamp.secondNs
    /// Off the grid of bars.
    private static let listedNs = startNs + 607 * Timestamp.minuteNs

    private let folder = TemporaryFolder()
    private let market: ReplayMarket

    init() async throws {
        market = try await ReplayMarket.small(
            in: folder, execution: "notional: 1000, caps: { symbol: 1000, total: 3100 }")
    }

    private func replay(_ tape: TapeFile, _ name: String) async throws -> ReplayedRows {
        let rows = try await ReplayedRows(
            market.replay(over: tape), LineOptions(lanes: 2), journal: folder.file(name))
        let cut = try await ReplayedRows(
            market.replay(over: tape), LineOptions(lanes: 2, slicing: .events(777)),
            journal: folder.file("cut-\(name)"))
        #expect(cut.difference(from: rows) == nil)
        return rows
    }

    /// The market's tape, ETHUSDT's rows being those between two times.
    private func tape(listedNs: Int64 = .min, delistedNs: Int64 = .max) throws -> TapeFile {
        let header = market.tape.header
        return try RewrittenTape.write(market.tape, to: folder.file("life.tape")) { stream, rows in
            guard header.instruments[stream.instrument].symbol == "ETHUSDT" else { return rows }
            let times = rows.eventTimes
            let first = times.firstIndex { $0 > listedNs } ?? times.count
            let end = times.firstIndex { $0 > delistedNs } ?? times.count
            var kept = ColumnBlock(schema: rows.schema)
            kept.append(first..<end, of: rows)
            return kept
        }
    }

    @Test("a symbol that is listed late trades from then on")
    func listing() async throws {
        let rows = try await replay(try tape(listedNs: Self.listedNs), "listed.sqlite")
        let own = rows.named(.predictions).filter { $0.text("symbol") == "ETHUSDT" }
        // A row is made of the first whole bar and of the one before.
        for row in own {
            let closeNs = try #require(row.integer("bar_close_ns"))
            if closeNs - 15 * Timestamp.minuteNs < Self.listedNs {
                #expect(row["action"] == "missing" && row["reason"] == "missing_bar")
            }
        }
        #expect(own.contains { $0["action"] == "buy" })
        let trades = rows.named(.trades).filter { $0.text("symbol") == "ETHUSDT" }
        #expect(!trades.isEmpty)
        #expect(trades.allSatisfy { ($0.integer("entry_ns") ?? 0) > Self.listedNs })
        // The others do not notice: caps let all three in.
        let isEqual =
            rows.table(.trades).filter { $0.values[1] == "BTCUSDC" }
            == (try await replay(market.tape, "whole.sqlite")).table(.trades).filter {
                $0.values[1] == "BTCUSDC"
            }
        #expect(isEqual)
    }

    @Test("a position of a symbol that is delisted is closed at the last tradable price")
    func delisting() async throws {
        // The end of the books is put where a position is open.
        let whole = try await replay(market.tape, "whole.sqlite")
        let doomed = try #require(
            whole.named(.trades).first {
                $0.text("symbol") == "ETHUSDT"
                    && ($0.integer("entry_ns") ?? 0) > Self.startNs + 10 * Timestamp.hourNs
                    && ($0.integer("exit_ns") ?? 0) - ($0.integer("entry_ns") ?? 0)
                        > 10 * Timestamp.minuteNs
            })
        let entryNs = try #require(doomed.integer("entry_ns"))
        let ledger = doomed.text("ledger")
        let tape = try tape(delistedNs: entryNs + 5 * Timestamp.minuteNs)
        let rows = try await replay(tape, "delisted.sqlite")
        let closed = rows.named(.trades).filter { $0["exit_reason"] == "delisting" }
        let trade = try #require(closed.first { $0.text("ledger") == ledger })
        #expect(trade["trade_number"] == doomed["trade_number"])
        #expect(trade["entry_notional"] == doomed["entry_notional"])
        let stream = try #require(
            tape.header.streams.firstIndex {
                $0.schema.kind == .books
                    && tape.header.instruments[$0.instrument].symbol == "ETHUSDT"
            })
        let books = try TestTape.read(tape, stream: stream)
        let last = books.rowCount - 1
        #expect(trade["exit_ns"] == .integer(books.eventTimes[last]))
        let (bid, ask) = (books[.bidPrice(0)][last], books[.askPrice(0)][last])
        #expect(trade["exit_mid2"] == .integer(bid + ask))
        // It is known from the first tick behind the last book.
        #expect(trade.row.atNs > books.eventTimes[last])
        #expect(trade.row.atNs <= books.eventTimes[last] + 16 * Timestamp.minuteNs)
        let events = rows.named(.events).filter { $0["name"] == "delisted" }
        let detail = "ledger=\(ledger) quantity=\(try #require(trade.integer("quantity")))"
        #expect(events.contains { $0["detail"] == .text(detail) && $0["symbol"] == "ETHUSDT" })
        #expect(events.count == closed.count)
        let late = rows.named(.trades).filter {
            $0.text("symbol") == "ETHUSDT"
                && ($0.integer("entry_ns") ?? 0) > books.eventTimes[last]
        }
        #expect(late.isEmpty)
        // Until then nothing is other than it was.
        let knownNs = trade.row.atNs - 15 * Timestamp.minuteNs
        let difference = rows.through(min(knownNs, books.eventTimes[last]))
            .difference(from: whole.through(min(knownNs, books.eventTimes[last])))
        #expect(difference == nil)
    }

    /// The market's tape with prices and sizes in coarse steps from a time on; `names` says that
    /// the instrument's header knows.
    private func coarse(_ path: String, names: Bool, lot: Int64) throws -> TapeFile {
        let header = market.tape.header
        let instruments = header.instruments.map { instrument in
            guard names, instrument.symbol == "ETHUSDT" else { return instrument }
            return Instrument(
                venue: instrument.venue, id: instrument.id, symbol: instrument.symbol,
                kind: instrument.kind, priceDecimals: instrument.priceDecimals,
                sizeDecimals: instrument.sizeDecimals, quoteDecimals: instrument.quoteDecimals,
                spans: instrument.spans + [
                    ValiditySpan(startNs: Self.listedNs, tickUnits: 10, lotUnits: lot)
                ])
        }
        return try RewrittenTape.write(
            market.tape, to: folder.file(path),
            header: TapeHeader(
                instruments: instruments, streams: header.streams,
                provenance: header.provenance)
        ) { stream, rows in
            guard header.instruments[stream.instrument].symbol == "ETHUSDT" else { return rows }
            let times = rows.eventTimes
            let columns = stream.schema.columns.indices.map { index in
                let isAsk = stream.schema.columns[index].name.hasPrefix("ask")
                guard stream.schema.columns[index].unit == .price else {
                    return rows.columns[index]
                }
                return zip(times, rows.columns[index]).map { timeNs, price in
                    guard timeNs >= Self.listedNs else { return price }
                    // Away from the mid, so that no book crosses.
                    return isAsk ? (price + 9) / 10 * 10 : price / 10 * 10
                }
            }
            return ColumnBlock(schema: stream.schema, columns: columns)
        }
    }

    @Test("a tick that changes moves no price, and a lot only what is bought from then on")
    func ticksAndLots() async throws {
        let unnamed = try await replay(
            coarse("unnamed.tape", names: false, lot: 1), "unnamed.sqlite")
        let ticks = try await replay(coarse("ticks.tape", names: true, lot: 1), "ticks.sqlite")
        let difference = ticks.difference(from: unnamed)
        #expect(difference == nil, "the tick alone changes nothing")
        let lots = try await replay(coarse("lots.tape", names: true, lot: 7), "lots.sqlite")
        let early = lots.through(Self.listedNs).difference(from: ticks.through(Self.listedNs))
        #expect(early == nil)
        var coarseCount = 0
        for (order, fine) in zip(lots.named(.orders), ticks.named(.orders))
        where order.text("symbol") == "ETHUSDT" && order.text("side") == "buy" {
            let quantity = try #require(order.integer("quantity"))
            if (order.integer("decided_ns") ?? 0) >= Self.listedNs {
                #expect(quantity % 7 == 0)
                coarseCount += 1
            } else {
                #expect(quantity == fine.integer("quantity"))
            }
        }
        #expect(coarseCount > 10)
        let isEqual = lots.table(.predictions) == ticks.table(.predictions)
        #expect(isEqual, "features know no lots")
    }
}
