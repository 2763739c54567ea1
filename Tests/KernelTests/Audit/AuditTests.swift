import Features
import JSON
import Kernel
import Market
import TestSupport
import Testing

@Suite("An audit", .tags(.concurrency))
struct AuditTests {
    private let folder = TemporaryFolder()
    private let subject: AuditSubject

    init() async throws {
        var market = try await ReplayMarket.small(in: folder)
        market.settings += """
            training: {
              window: { from: "2025-01-06", to: "2025-01-07" }, foldCount: 2, cvPurgeBars: 2,
              cvEmbargoBars: 0, rounds: 4, earlyStoppingRounds: 4, depth: 3,
              champion: { families: ["baseline"] },
              candidate: { families: ["baseline", "btc", "l2"] },
            },
            """
        _ = try await market.replay()
        subject = try await AuditSubject.open(market.document(), path: "test.json5")
    }

    private func audit(
        _ proofs: [AuditProof] = [], cuts: Int = 12, seed: UInt64 = 1, lanes: Int = 2,
        leak: String? = nil, bars: Int = 1
    ) async throws -> AuditReport {
        let planted = leak.flatMap { name in
            subject.columns.first { $0.name == name }.map { AuditLeak($0, bars: bars) }
        }
        let journals = TemporaryFolder()
        defer { journals.remove() }
        return try await Audit(
            subject,
            Audit.Settings(proofs, cuts: cuts, seed: seed, lanes: lanes, leak: planted),
            process: nil, folder: AuditFolder(journals.path)
        ).run()
    }

    private func count(_ name: String, _ result: AuditResult) -> Int? {
        result.tried.first { $0.name == name }?.count
    }

    @Test("finds nothing in a sound kernel, and says how much it looked at")
    func sound() async throws {
        let report = try await audit()
        #expect(report.results.map(\.proof) == AuditProof.allCases)
        for result in report.results {
            #expect(result.verdict == .pass, "\(result.proof): \(result.findings)")
        }
        let causality = report.results[0]
        #expect(count("cuts", causality) == 12)
        #expect(count("cuts_that_show_after", causality) == 12)
        #expect((count("values", causality) ?? 0) > 50_000)
        #expect((count("predictions", causality) ?? 0) > 1000)
        #expect((count("journal_rows", causality) ?? 0) > 1000)
        #expect((count("decisive", report.results[1]) ?? 0) > 50)
        // A day and a half is exported, a day of it trained on.
        #expect(count("rows", report.results[4]) == 3 * (144 + 96))
        #expect((count("trades", report.results[6]) ?? 0) > 50)
        #expect(report.document["leak"] == nil)
    }

    @Test("says the same on any number of lanes")
    func lanes() async throws {
        let one = try await audit([.causality, .purge], lanes: 1)
        let three = try await audit([.causality, .purge], lanes: 3)
        #expect(one.results == three.results)
    }

    @Test("finds a leak of one bar by causality, and who decides by it")
    func leak() async throws {
        let report = try await audit([.causality, .purge, .parity], leak: "return_1")
        #expect(report.results.map(\.verdict) == [.fail, .pass, .fail])
        let causality = report.results[0].findings
        let own = try #require(causality.first { $0.subject == "return_1" })
        #expect(own.figures.last?.count == 1, "\(own.text)")
        #expect(causality.contains { $0.subject == "champion probability" })
        let isOther = causality.contains { finding in
            subject.columns.contains { $0.name == finding.subject && $0.name != "return_1" }
        }
        #expect(!isOther)
        let parity = report.results[2].findings
        #expect(
            parity.map(\.subject) == ["ADAUSDC", "BTCUSDC", "ETHUSDT"].map { "return_1 of \($0)" })
        #expect(report.document["leak"]?["column"] == "return_1")
    }

    @Test(
        "finds a purge that is too short, which is no leak of the tick's",
        arguments: ["btc_realized_vol_24h", "l2_spread_bps"])
    func shortPurge(column: String) async throws {
        let report = try await audit([.causality, .purge], leak: column)
        #expect(report.results.map(\.verdict) == [.pass, .fail])
        for finding in report.results[1].findings {
            #expect(finding.subject.hasPrefix(column + " of "))
            #expect(finding.figures.last == AuditResult.Count("first_moved_bars", 1))
        }
        // By more bars than the purge has, it is a leak of both kinds.
        let farther = try await audit([.causality, .purge], leak: column, bars: 3)
        #expect(farther.results.map(\.verdict) == [.fail, .fail])
    }
}
