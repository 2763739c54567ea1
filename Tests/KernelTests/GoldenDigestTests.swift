import Features
import Kernel
import TestSupport
import Testing

@Suite("The golden scenario gives the rows that scenarios/DIGESTS was written for")
struct GoldenDigestTests {
    /// What `scripts/digests` wrote of the scenario: a digest and what it is of, a line each.
    private let committed: [String]
    private let collected: CollectedRows
    private let plan: RunPlan

    init() async throws {
        let bytes = TestFile.read(SharedData.packageRoot + "/scenarios/DIGESTS")
        committed = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.contains("  golden ") }
        plan = try await TestPlan.golden()
        collected = try await CollectedRows(plan)
    }

    @Test("rows and labels, bit by bit, in every build")
    func golden() {
        var digest = RowDigest(symbols: collected.symbols, configText: plan.config.text)
        digest.append(collected.rows)
        let made = ["\(digest.total)  golden rows", "\(digest.labelTotal)  golden labels"]
        #expect(made == committed, "run scripts/digests if rows changed on purpose, and say why")
    }
}
