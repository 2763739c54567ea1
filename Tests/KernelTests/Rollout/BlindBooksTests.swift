import Journal
import Kernel
import Market
import Models
import Tape
import TestSupport
import Testing

@Suite("R3: books that freeze hand their symbol to the fallback")
struct BlindBooksTests {
    /// 2025-01-06T15:00Z. Bars close each quarter of an hour, their ticks come 0.4 s after.
    private static let hourNs = 1_736_175_600 * Timestamp.secondNs
    private static let frozen = "ETHUSDT"

    private let folder = TemporaryFolder()

    private static func tickNs(_ minutes: Int64) -> Int64 {
        hourNs + minutes * Timestamp.minuteNs + 400_000_000
    }

    private func frozen(
        _ market: ReplayMarket, _ minutes: Range<Int64>
    ) throws -> TapeFile {
        let fromNs = Self.hourNs + minutes.lowerBound * Timestamp.minuteNs
        return try market.frozen(
            Self.frozen, fromNs..<(fromNs + Int64(minutes.count) * Timestamp.minuteNs), in: folder)
    }

    private func replay(
        _ market: ReplayMarket, over tape: TapeFile, _ name: String,
        _ slicing: Slicing = .standard
    ) async throws -> ReplayedRows {
        try await ReplayedRows(
            market.replay(over: tape), LineOptions(lanes: 2, slicing: slicing),
            journal: folder.file(name + ".sqlite"))
    }

    private func predictions(
        _ rows: ReplayedRows, _ role: String, of symbol: String = frozen
    ) -> [NamedRow] {
        rows.named(.predictions).filter { $0.text("role") == role && $0.text("symbol") == symbol }
    }

    /// Ticks at which something stood in for the candidate.
    private func blindTicks(_ rows: ReplayedRows) -> [Int64] {
        predictions(rows, "candidate").filter { $0["reason"] == "l2_blind" }.map(\.row.atNs)
    }

    private func freshness(_ rows: ReplayedRows) -> [NamedRow] {
        rows.named(.alerts).filter {
            $0.text("alert") == "l2_feature_freshness_seconds" && $0.row.atNs >= Self.hourNs
                && $0.row.atNs < Self.tickNs(180)
        }
    }

    @Test(
        "from the first bar tick with a book older than 300 s, until five minutes were clean",
        arguments: [(Int64(2)..<Int64(22), [Int64(15)]), (7..<27, [15, 30]), (11..<14, [])])
    func freeze(_ minutes: Range<Int64>, _ blind: [Int64]) async throws {
        var market = try await ReplayMarket.small(in: folder)
        market.fallbacks = [.championNoL2]
        let plain = try await replay(market, over: market.tape, "plain")
        let tape = try frozen(market, minutes)
        let rows = try await replay(market, over: tape, "frozen")
        let ticks = blind.map { Self.tickNs($0) }
        let before = blindTicks(plain)
        #expect(before.allSatisfy { $0 < Self.hourNs }, "only until the first rows are whole")
        #expect(blindTicks(rows) == before + ticks)
        for prediction in predictions(rows, "candidate") where prediction.row.atNs >= Self.hourNs {
            let isBlind = ticks.contains(prediction.row.atNs)
            #expect(prediction.integer("version") == (isBlind ? 1 : 2))
            #expect(prediction["probability_ppb"] != .null)
            #expect(isBlind || prediction["reason"] == .null)
        }
        // The stand-in says what the champion says, which is the same version.
        let champion = predictions(rows, "champion").filter { ticks.contains($0.row.atNs) }
        let standIn = predictions(rows, "candidate").filter { ticks.contains($0.row.atNs) }
        #expect(standIn.map { $0["probability_ppb"] } == champion.map { $0["probability_ppb"] })
        #expect(champion.allSatisfy { $0["reason"] == .null })
        for other in ["ADAUSDC", "BTCUSDC"] {
            for role in ["champion", "candidate"] {
                let isSame =
                    predictions(rows, role, of: other).map(\.row)
                    == predictions(plain, role, of: other).map(\.row)
                #expect(isSame, "\(other) \(role)")
            }
        }
        expectAlerts(freshness(rows), firstBlind: ticks.first)
        let cut = try await replay(
            market, over: tape, "cut", .random(seed: 3, eventsMax: 800))
        #expect(cut.difference(from: rows) == nil)
    }

    private func expectAlerts(_ alerts: [NamedRow], firstBlind: Int64?) {
        #expect(alerts.allSatisfy { $0.text("symbol") == Self.frozen })
        let act = alerts.filter { $0["severity"] == "P2" }
        #expect(act.map { $0.text("state") } == (firstBlind == nil ? [] : ["firing", "resolved"]))
        #expect(act.first?.row.atNs == firstBlind)
    }

    @Test("with no fallback nothing is switched, and an alert says that books are too old")
    func noFallback() async throws {
        let market = try await ReplayMarket.small(in: folder)
        let rows = try await replay(market, over: frozen(market, 2..<22), "frozen")
        #expect(blindTicks(rows).isEmpty)
        #expect(predictions(rows, "candidate").allSatisfy { $0.integer("version") == 2 })
        expectAlerts(freshness(rows), firstBlind: Self.tickNs(15))
    }
}
