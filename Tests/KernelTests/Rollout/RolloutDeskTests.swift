import Journal
import Kernel
import Market
import Rollout
import TestSupport
import Testing

@Suite("A rollout and the desk take turns at each tick")
struct RolloutDeskTests {
    private static let canary = "BTCUSDC"
    private static let barNs = 15 * Timestamp.minuteNs
    /// From a bar's close to its tick.
    private static let delayNs: Int64 = 400_000_000

    private let folder = TemporaryFolder()

    private func replay(
        _ name: String, commands: String = ReplayMarket.signed, openPositions: String = "runoff",
        profile: String = "guarded", over freeze: Range<Int64>? = nil
    ) async throws -> ReplayedRows {
        let market = try await ReplayMarket.rollout(
            in: folder, commands: commands, openPositions: openPositions)
        let plan = folder.file("plan.json5")
        let text = String(decoding: TestFile.read(plan), as: UTF8.self)
        TestFile.write(Array(text.replacing("guarded", with: profile).utf8), to: plan)
        let tape = try freeze.map { try market.frozen("ETHUSDT", $0, in: folder) }
        return try await ReplayedRows(
            market.replay(over: tape), journal: folder.file(name + ".sqlite"))
    }

    private func command(_ what: String, _ atNs: Int64) -> String {
        "{ at: \"\(Timestamp(nanoseconds: atNs))\", \(what), by: \"anna\", reason: \"seen\" },"
    }

    private func events(_ rows: ReplayedRows, _ name: String) -> [NamedRow] {
        rows.named(.rollout).filter { $0.text("event") == name }
    }

    private func entered(_ rows: ReplayedRows, _ stage: String) throws -> Int64 {
        try #require(
            events(rows, "stage_entered").first { $0.text("detail").contains("\"\(stage)\"") }
        ).row.atNs
    }

    @Test("a bar at which the blind fallback stood in does not count for the stage")
    func standIn() async throws {
        let plain = try await replay("plain")
        let fromNs = try entered(plain, "shadow")
        // From two minutes after a bar's close on: the book is older than 300 s at one bar tick.
        let closeNs = fromNs / Self.barNs * Self.barNs + Self.barNs
        let rows = try await replay(
            "frozen",
            over: (closeNs + 2 * Timestamp.minuteNs)..<(closeNs + 22 * Timestamp.minuteNs))
        let blind = rows.named(.predictions).filter {
            $0["reason"] == "l2_blind" && $0.row.atNs > fromNs
        }
        #expect(blind.map(\.row.atNs) == [closeNs + Self.barNs + Self.delayNs])
        #expect(try entered(rows, "shadow") == fromNs)
        let looks = [plain, rows].compactMap { events($0, "stage_evaluated").first?.row.atNs }
        #expect(looks.count == 2 && looks[1] - looks[0] == Self.barNs)
    }

    @Test("R1 counts what the candidate opened, and nothing of the champion's")
    func opener() async throws {
        let rows = try await replay("strict", profile: "seedStrict")
        let trades = rows.named(.trades).filter {
            $0.text("ledger") == "acted" && $0.text("symbol") == Self.canary
        }
        let fired = try #require(events(rows, "rollback_triggered").first)
        #expect(fired["rule"] == "R1" || fired["rule"] == "R2")
        let fromNs = try entered(rows, "canary")
        func mean(_ role: String, _ closeNs: Int64) -> Double? {
            let nets = trades.filter {
                $0.text("role") == role && $0.row.atNs <= closeNs + Self.delayNs
                    && ($0.integer("entry_ns") ?? 0) > closeNs - 48 * Timestamp.hourNs
            }.map { Double($0.integer("net") ?? 0) / Double($0.integer("entry_notional") ?? 1) }
            return nets.isEmpty ? nil : nets.reduce(0, +) / Double(nets.count)
        }
        // Recounted bar by bar: the first at which the candidate's mean is negative.
        var closeNs = fromNs / Self.barNs * Self.barNs
        while closeNs < rows.summary.reachedNs, (mean("candidate", closeNs) ?? 0) >= 0 {
            closeNs += Self.barNs
        }
        #expect(fired.row.atNs == closeNs + Self.delayNs)
    }

    @Test("a lane that comes back at a bar's tick is followed and confirmed at that very tick")
    func routes() async throws {
        let plain = try await replay("plain")
        let fromNs = try entered(plain, "canary")
        let closeNs = fromNs / Self.barNs * Self.barNs + 3 * Self.barNs
        let rows = try await replay(
            "back", commands: ReplayMarket.signed + command("rollback: \"all\"", closeNs))
        let fired = try #require(events(rows, "rollback_triggered").first)
        #expect(fired.row.atNs == closeNs)
        let back = ["flip_applied", "flip_confirmed"].map { name in
            events(rows, name).last { $0.text("detail").contains("champion") }?.row.atNs
        }
        #expect(back == [closeNs + Self.delayNs, closeNs + Self.delayNs])
    }

    @Test("each event has who ordered it, and nobody where the machine decided")
    func operators() async throws {
        let rows = try await replay("j")
        for row in rows.named(.rollout) {
            let isOrdered = row.text("event") == "signed_off"
            #expect(row["by"] == (isOrdered ? "anna" : .null), "\(row.text("event"))")
        }
        #expect(events(rows, "signed_off").count == 2)
    }

    @Test("a trade that was decided at the tick of a stage's entry belongs to the stage before")
    func ownTick() async throws {
        let plain = try await replay("plain")
        let lookNs = try #require(events(plain, "stage_evaluated").first).row.atNs
        // What is decided for the champion's own ledger does not depend on the rollout.
        let decidedNs = try #require(
            plain.named(.trades).filter { $0.text("ledger") == "champion" }
                .compactMap { $0.integer("decided_ns") }.filter { $0 > lookNs }.min())
        // Between the bar's close and its tick; it takes effect at the latter.
        let approve = command("approve: \"canary\"", decidedNs - Self.delayNs / 2)
        let rows = try await replay(
            "late", commands: approve + command("approve: \"full\"", decidedNs))
        #expect(try entered(rows, "canary") == decidedNs)
        let stages = rows.named(.trades).map { ($0.integer("decided_ns") ?? 0, $0.text("stage")) }
        let own = stages.filter { $0.0 == decidedNs }
        #expect(!own.isEmpty && own.allSatisfy { $0.1 == "shadow" })
        let next = stages.filter { $0.0 == decidedNs + Self.barNs }
        #expect(next.allSatisfy { $0.1 == "canary" })
    }

    // MARK: - Open positions

    private struct Flip {
        let trade: NamedRow
        let atNs: Int64
        /// Of the first bar tick after it.
        let tickNs: Int64
        /// What the champion says there.
        let wantsEntry: Bool
    }

    /// Instants at which a lane may go back while the candidate's position is open, and is for
    /// another bar at least.
    private func chances(_ rows: ReplayedRows) -> [Flip] {
        let predictions = rows.named(.predictions).filter { $0.text("role") == "champion" }
        return rows.named(.trades).compactMap { trade in
            guard trade.text("ledger") == "acted", trade.text("role") == "candidate",
                let decidedNs = trade.integer("decided_ns"), let exitNs = trade.integer("exit_ns")
            else { return nil }
            let atNs = decidedNs - Self.delayNs + 5 * Timestamp.minuteNs
            let tickNs = decidedNs + Self.barNs
            guard let entryNs = trade.integer("entry_ns"), entryNs < atNs,
                exitNs > tickNs + Timestamp.minuteNs,
                let said = predictions.first(where: {
                    $0.row.atNs == tickNs && $0.text("symbol") == trade.text("symbol")
                })
            else { return nil }
            return Flip(
                trade: trade, atNs: atNs, tickNs: tickNs, wantsEntry: said["action"] == "buy")
        }
    }

    @Test("an open position is sold at a flip, runs on, or stays if the incoming model wants it")
    func openPositions() async throws {
        let chances = chances(try await replay("plain"))
        let unwanted = try #require(chances.first { !$0.wantsEntry })
        let wanted = try #require(chances.first { $0.wantsEntry })
        for (flip, openPositions) in [
            (unwanted, "flatten"), (unwanted, "runoff"), (unwanted, "handover"),
            (wanted, "handover"),
        ] {
            let symbol = flip.trade.text("symbol")
            let rows = try await replay(
                "\(openPositions)\(flip.wantsEntry)",
                commands: ReplayMarket.signed + command("rollback: \"\(symbol)\"", flip.atNs),
                openPositions: openPositions)
            let applied = try #require(
                events(rows, "flip_applied").last { $0.text("symbol") == symbol })
            #expect(applied.row.atNs == flip.atNs + Timestamp.minuteNs)
            let trade = try #require(
                rows.named(.trades).first {
                    $0.text("ledger") == "acted" && $0.text("symbol") == symbol
                        && $0["decided_ns"] == flip.trade["decided_ns"]
                })
            #expect(trade.text("role") == "candidate", "it stays with who opened it")
            let exitNs = trade.integer("exit_ns") ?? 0
            switch openPositions {
            case "flatten":
                #expect(trade["exit_reason"] == "flatten")
                #expect(exitNs > applied.row.atNs && exitNs < flip.tickNs)
            case "handover" where !flip.wantsEntry:
                #expect(trade["exit_reason"] == "flatten")
                #expect(exitNs > flip.tickNs && exitNs < flip.tickNs + Timestamp.minuteNs)
            default: #expect(trade.row == flip.trade.row)
            }
        }
    }
}
