import Files
import Glibc
import Journal
import Kernel
import Market
import Models
import Rollout
import Scenarios
import Synchronization
import TestSupport
import Testing

@Suite("The start of a rollout")
struct RolloutStartUpTests {
    private let folder = TemporaryFolder()

    private func point(
        _ alias: ModelAlias, to version: Int, in market: ReplayMarket,
        symbols: [String] = ["ADAUSDC", "BTCUSDC", "ETHUSDT"]
    ) async throws {
        let strategy = try #require(try await market.plan(for: .replay).scenario.strategy)
        for symbol in symbols {
            try ModelRegistry(folder.file("models")).flip(
                alias, of: ModelName(symbol: symbol, strategy: strategy), to: version,
                expecting: .epoch(1), by: "test", why: "test", atNs: 0)
        }
    }

    @Test("A/A: a candidate that is the champion is invalid at the first tick")
    func identical() async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        _ = try await market.replay()
        try await point(.candidate, to: 1, in: market)
        let rows = try await ReplayedRows(market.replay(), journal: folder.file("j.sqlite"))
        let events = rows.named(.rollout)
        #expect(
            events.map { $0.text("event") } == [
                "candidate_registered", "policy_frozen", "preflight_evaluated", "attempt_closed",
            ])
        let startNs = 1_736_121_600 * Timestamp.secondNs
        #expect(events.allSatisfy { $0.row.atNs == startNs })
        let end = events.last?.text("detail") ?? ""
        #expect(end.contains("invalid") && end.contains("identical"), "\(end)")
        // The run goes on, and says the same of both.
        #expect(rows.summary.isComplete && !rows.summary.isAwaiting)
        let predictions = rows.named(.predictions)
        let said = { (role: String) in
            predictions.filter { $0.text("role") == role }.map { $0["probability_ppb"] }
        }
        #expect(said("champion") == said("candidate") && said("champion").count > 300)
    }

    @Test("one symbol with another candidate is no A/A")
    func almostIdentical() async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        _ = try await market.replay()
        try await point(.candidate, to: 1, in: market, symbols: ["ADAUSDC", "ETHUSDT"])
        let rows = try await ReplayedRows(market.replay(), journal: folder.file("j.sqlite"))
        #expect(!rows.named(.rollout).contains { $0.text("detail").contains("identical") })
    }

    @Test("goes on with the models that it began with, wherever aliases point by then")
    func pinning() async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        let plan = try await market.replay()
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        try await point(.candidate, to: 1, in: market)
        try await point(.champion, to: 2, in: market)
        let pinned = try await market.replay(pinned: plan.record.inputs)
        #expect(pinned.record.identity == plan.record.identity)
        let again = try await ReplayedRows(pinned, journal: folder.file("again.sqlite"))
        #expect(again.difference(from: whole) == nil)
        #expect(try await market.replay().record.identity != plan.record.identity)
    }

    @Test("a command that is not obeyed is told, with who gave it and why not")
    func refusals() async throws {
        let commands =
            ReplayMarket.signed + """
                { at: "2025-01-06T02:00", resume: true, by: "anna", reason: "early" },
                """
        let plan = try await ReplayMarket.rollout(in: folder, commands: commands).replay()
        let journal = try RunJournal(folder.file("j.sqlite"), creating: true)
        let told = Mutex<[LogEvent]>([])
        _ = try await Conductor(plan, options: LineOptions(lanes: 2)).run(
            keeper: JournalKeeper(plan, journal),
            log: { event in told.withLock { $0.append(event) } })
        let refused = told.withLock { $0 }.filter { $0.name == "command_refused" }
        #expect(refused.allSatisfy { $0.level == .notice })
        #expect(
            refused.map(\.line) == [
                "event=command_refused at=2025-01-06T02:00:00Z command=resume by=anna "
                    + "reason=\"nothing is on hold in registered\""
            ])
    }

    // MARK: - Refused

    private func problems(_ market: ReplayMarket) async throws -> String {
        do {
            _ = try await market.replay()
            return ""
        } catch let error as StartUpError {
            return error.description
        }
    }

    private func writePlan(_ change: (String) -> String) {
        let path = folder.file("plan.json5")
        let text = String(decoding: TestFile.read(path), as: UTF8.self)
        let changed = change(text)
        #expect(changed != text)
        TestFile.write(Array(changed.utf8), to: path)
    }

    @Test(
        "names the plan's file and each field that is wrong",
        arguments: [
            (["profile: \"guarded\"": "profile: \"brave\""], ["profile"]),
            (["rampDay: \"1h\"": "rampDay: \"1s\", ramp: 2"], ["rampDay", "ramp"]),
            (["name: \"quick\",": ""], ["name"]),
            (["canarySymbol: \"BTCUSDC\"": "canarySymbol: \"SOLUSDC\""], ["canarySymbol"]),
            (["name: \"quick\"": "name: "], ["line 2"]),
        ])
    func plan(_ changes: [String: String], _ fields: [String]) async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        writePlan { text in
            changes.reduce(text) { $0.replacing($1.key, with: $1.value) }
        }
        let lines = try await problems(market).split(separator: "\n")
        #expect(lines.count == fields.count, "\(lines)")
        for field in fields {
            let named = lines.filter { $0.contains(field) }
            #expect(!named.isEmpty, "\(field) in \(lines)")
            #expect(named.allSatisfy { $0.contains(folder.file("plan.json5")) })
        }
    }

    @Test(
        "names each file that is missing",
        arguments: ["plan.json5", "cells.csv", "blocks.csv", "report.json"])
    func missing(_ file: String) async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        #expect(unsafe unlink(folder.file(file)) == 0)
        let found = try await problems(market)
        #expect(found.contains(folder.file(file)), "\(found)")
        #expect(found.split(separator: "\n").count == 1)
    }

    @Test("names the line of a training file that cannot be read")
    func training() async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        let path = folder.file("cells.csv")
        let text = String(decoding: TestFile.read(path), as: UTF8.self)
        TestFile.write(
            Array(text.split(separator: "\n").dropFirst().joined(separator: "\n").utf8), to: path)
        let found = try await problems(market)
        #expect(found.contains("\(path):1:"), "\(found)")
    }

    @Test(
        "names the file of a stress test and the field that is wrong",
        arguments: [
            ("\"tapedeck.stress/1\"", "\"tapedeck.canary/1\"", "schema"),
            ("\"verdict\":\"pass\"", "\"verdict\":\"fine\"", "verdict"),
            ("\"to_ns\"", "\"until_ns\"", "window.to_ns"),
            ("\"flashCrash\"", "\"flashCrush\"", "injections[0].kind"),
            ("\"depth_ppm\"", "\"depth\"", "injections[0].depth_ppm"),
            ("\"digest\":\"", "\"digest\":\"x", "candidates[0].digest"),
            ("\"value\":0.01", "\"value\":\"much\"", "f1.whole.pooled.lost.value"),
            ("{", "", "line 1"),
        ])
    func stress(_ old: String, _ new: String, _ field: String) async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        let path = folder.file("report.json")
        let text = String(decoding: TestFile.read(path), as: UTF8.self)
        TestFile.write(Array(text.replacing(old, with: new, maxReplacements: 1).utf8), to: path)
        let found = try await problems(market)
        #expect(found.contains("\(path): ") && found.contains(field), "\(found)")
        #expect(found.split(separator: "\n").count == 1)
    }

    // MARK: - Stress tests

    @Test("the bytes of stress tests are inputs of the run, and where they lie is not")
    func stressInputs() async throws {
        var market = try await ReplayMarket.rollout(in: folder)
        let run = try await market.replay()
        let inputs = run.record.inputs.filter { $0.kind == "stress" }
        #expect(inputs.map(\.name) == [folder.file("report.json")])
        market.settings = market.settings.replacing(
            "stress: [\"\(folder.path)\"]", with: "stress: [\"\(folder.path)/.\"]")
        let moved = try await market.replay()
        #expect(moved.record.inputs.last?.name == folder.path + "/./report.json")
        #expect(moved.record.identity == run.record.identity)
        var test = try await market.stressTest()
        test.reasons = ["looked at again"]
        TestFile.write(test.text, to: folder.file("report.json"))
        let other = try await market.replay()
        #expect(other.record.identity != run.record.identity)
    }

    @Test("without a stress test the first tick refuses, and nothing is traded by the candidate")
    func untested() async throws {
        var market = try await ReplayMarket.rollout(in: folder)
        market.settings = market.settings.replacing("stress: [\"\(folder.path)\"],", with: "")
        let rows = try await ReplayedRows(market.replay(), journal: folder.file("j.sqlite"))
        let events = rows.named(.rollout)
        #expect(events.count == 3 && rows.summary.isAwaiting)
        let detail = events.last?.text("detail") ?? ""
        #expect(
            detail.contains("\"verdict\":\"refused\"") && detail.contains("no stress test is named")
        )
    }

    @Test("a test of the candidate before this one does not count")
    func otherCandidate() async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        try await point(.candidate, to: 1, in: market, symbols: ["ETHUSDT"])
        let replay = try await market.replay()
        #expect(
            replay.rollout?.refusals.map { $0.contains("of another candidate of ETHUSDT)") }
                == [true], "\(replay.rollout?.refusals ?? [])")
    }
}
