import Journal
import Kernel
import Market
import Models
import TestSupport
import Testing

@Suite("A kill switch is obeyed from its own tick on")
struct KillSwitchTests {
    /// 2025-01-06T15:00Z and three hours later, each a bar's close; its tick comes 0.4 s after.
    private static let fromNs = 1_736_175_600 * Timestamp.secondNs
    private static let untilNs = fromNs + 3 * Timestamp.hourNs

    private let folder = TemporaryFolder()

    /// - Parameter second: of the minutes 15:00 and 18:00.
    private func rows(
        _ name: String, fallbacks: Bool = true, slicing: Slicing = .standard,
        second: String = "00"
    ) async throws -> ReplayedRows {
        var market = try await ReplayMarket.small(in: folder)
        if fallbacks { market.fallbacks = [.championNoL2, .championBTCBlind] }
        market.settings += """
            commands: [
              { at: "2025-01-06T15:00:\(second)", kill: "\(name)", by: "ana", reason: "drill" },
              { at: "2025-01-06T18:00:\(second)", unkill: "\(name)", by: "ana", reason: "over" },
            ],
            """
        let place = folder.file("\(name)-\(fallbacks)-\(slicing == .standard).sqlite")
        return try await ReplayedRows(
            market.replay(), LineOptions(lanes: 2, slicing: slicing), journal: place)
    }

    private func predictions(_ rows: ReplayedRows, role: String) -> (
        on: [NamedRow], off: [NamedRow]
    ) {
        let own = rows.named(.predictions).filter { $0.text("role") == role }
        let isOn = { (row: NamedRow) in row.row.atNs >= Self.fromNs && row.row.atNs < Self.untilNs }
        return (own.filter(isOn), own.filter { !isOn($0) && $0.row.atNs > Self.untilNs })
    }

    @Test("a family: the fallback decides for who reads it, and the model again afterwards")
    func family() async throws {
        let rows = try await rows("btc")
        let candidate = predictions(rows, role: "candidate")
        #expect(candidate.on.count > 20)
        #expect(candidate.on.allSatisfy { $0.integer("version") == 1 })
        #expect(candidate.on.allSatisfy { $0["reason"] == "kill_switch" })
        #expect(candidate.off.contains { $0.integer("version") == 2 })
        let champion = predictions(rows, role: "champion")
        #expect(champion.on.allSatisfy { $0["reason"] != "kill_switch" })
        #expect(rows.named(.commands).map { $0.text("command") } == ["kill", "unkill"])
        let cut = try await self.rows("btc", slicing: .random(seed: 4, eventsMax: 700))
        #expect(cut.difference(from: rows) == nil)
    }

    @Test(
        "one that takes effect at a bar's tick is obeyed by that bar's decision, and so is its end")
    func ownTick() async throws {
        let rows = try await rows("btc", second: "00.2")
        let ticks = [Self.fromNs, Self.untilNs].map { $0 + 400_000_000 }
        #expect(rows.named(.commands).map(\.row.atNs) == ticks)
        let candidate = rows.named(.predictions).filter { $0.text("role") == "candidate" }
        #expect(candidate.contains { $0.row.atNs == ticks[0] })
        for prediction in candidate where prediction.row.atNs >= ticks[0] {
            let isKilled = prediction.row.atNs < ticks[1]
            #expect((prediction["reason"] == "kill_switch") == isKilled)
        }
    }

    @Test("with no fallback the symbol is paused, and somebody is woken")
    func nothingToFallBackTo() async throws {
        let rows = try await rows("btc", fallbacks: false)
        let candidate = predictions(rows, role: "candidate")
        #expect(candidate.on.allSatisfy { $0["action"] == "paused" && $0["model"] == .null })
        let alerts = rows.named(.alerts).filter {
            $0["severity"] == "P1" && $0.text("alert") == "enrichment_config_mismatch"
        }
        #expect(alerts.count { $0["state"] == "firing" } == 3)
        #expect(alerts.count { $0["state"] == "resolved" } == 3)
        #expect(alerts.first?.row.atNs == Self.fromNs + 400_000_000)
    }

    @Test("trading: nothing is entered in any ledger, and predictions go on")
    func trading() async throws {
        let rows = try await rows("trading")
        for role in ["champion", "candidate"] {
            let own = predictions(rows, role: role)
            #expect(
                own.on.allSatisfy { $0["action"] == "halted" && $0["probability_ppb"] != .null })
            #expect(own.off.contains { $0["action"] == "buy" })
        }
        let entries = rows.named(.orders).filter { $0["side"] == "buy" }
        let decided = entries.compactMap { $0.integer("decided_ns") }
        #expect(!decided.contains { $0 >= Self.fromNs && $0 < Self.untilNs })
        #expect(decided.contains { $0 < Self.fromNs } && decided.contains { $0 > Self.untilNs })
    }
}
