import JSON
import Market
import Scenarios
import TestSupport
import Testing

@Suite("The library of stress scenarios")
struct StressLibraryTests {
    private static let root = SharedData.packageRoot + "/"
    private static let folder = "scenarios/stress/"
    private static let names = TestFile.names(in: root + folder)

    private struct Stress {
        let base: Scenario
        let document: ScenarioDocument
        /// What the file itself adds.
        var injections: ArraySlice<Injection> {
            document.scenario.injections[base.injections.count...]
        }
    }

    private func read(_ name: String) throws -> Stress {
        let text = TestFile.read(Self.root + Self.folder + name)
        let path = try #require(try ScenarioDocument.basePath(of: text))
        let base = try ScenarioDocument(TestFile.read(Self.root + path))
        #expect(base.problems.errors.isEmpty)
        return Stress(
            base: base.scenario, document: try ScenarioDocument(text, over: base, path: path))
    }

    @Test(
        "reads without a problem, and lies in its base's window with what follows", arguments: names
    )
    func files(_ name: String) throws {
        let stress = try read(name)
        #expect(stress.document.problems.errors.isEmpty)
        #expect(!stress.injections.isEmpty)
        let window = try #require(stress.base.window)
        for injection in stress.injections {
            // Relative, so that it fits any tape; with two days behind it, in which the verdict
            // looks at what was learned from the injection.
            guard case .after(let spanNs) = injection.start else {
                Issue.record("\(injection.kind) has a time of its own")
                continue
            }
            let endNs = window.startNs + spanNs + (injection.spanNs ?? 0)
            #expect(endNs + 2 * Timestamp.dayNs <= window.endNs)
        }
    }

    @Test("names only symbols that its base has", arguments: names)
    func symbols(_ name: String) throws {
        let stress = try read(name)
        let recipe = String(
            decoding: TestFile.read(Self.root + "replays/quarter.json5"), as: UTF8.self)
        for symbol in stress.injections.flatMap({ $0.symbols ?? [] }) {
            #expect(stress.base.tapes == [".tapes/quarter.tape"])
            #expect(recipe.contains("symbol: \"\(symbol)\""))
        }
    }

    @Test("holds one for each kind, and what a rollout's preflight asks for")
    func kinds() throws {
        for kind in InjectionKind.allCases {
            let stress = try read(kind.fileName)
            #expect(stress.injections.map(\.kind) == [kind])
            #expect(stress.injections.first.map { $0.zeroed != $0 } == true)
        }
        let crash = try #require(try read("flash-crash.json5").injections.first)
        #expect(crash[.depth] >= 300_000)
        #expect(crash[.fall] <= 4 * Scenario.defaults.barNs)
        let step = try #require(try read("halving-step.json5").injections.first)
        #expect(step[.size].magnitude >= 100_000)
    }

    @Test("says in each header what it models and what a sound system does", arguments: names)
    func headers(_ name: String) {
        let text = String(decoding: TestFile.read(Self.root + Self.folder + name), as: UTF8.self)
        let header = text.split(separator: "\n").prefix { $0.hasPrefix("//") }
        #expect(header.count >= 4)
        #expect(header.joined().lowercased().contains("a sound system"))
    }

    @Test("is told file by file in the table of scenarios")
    func table() {
        let page = String(
            decoding: TestFile.read(Self.root + "scenarios/README.md"), as: UTF8.self)
        let told = page.split(separator: "\n").filter { $0.hasPrefix("| `stress/") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map { String($0) } }
        #expect(told.sorted() == Self.names.map { "stress/" + $0.dropLast(6) })
    }

    @Test("refuses a change of the fee where one flat sum is all that trades cost")
    func fees() throws {
        let flat = """
            { tapes: ['a'], features: { baseline: true },
              strategy: { stop: 0.005, target: 0.01, horizon: '4h' },
              execution: { costs: 'interim45' }
            """
        let change = "injections: [{ kind: 'feedGap', at: '1d' }, { kind: 'feeChange', at: '1d' }]"
        let whole = try ScenarioDocument("\(flat), \(change) }")
        let reason = "\"feeChange\": has no effect: `interim45` is one flat cost; remove one"
        #expect(
            whole.problems.errors.map(\.description) == [
                "line 3, column 90: injections[1].kind: " + reason
            ])
        let base = try ScenarioDocument("\(flat) }")
        let over = try ScenarioDocument(
            Array("{ base: 'b.json5', \(change) }".utf8), over: base, path: "b.json5")
        #expect(
            over.problems.errors.map(\.description) == [
                "line 1, column 72: injections[1].kind: " + reason
            ])
        let ladder = try ScenarioDocument(
            "\(flat.replacing("interim45", with: "ladder")), \(change) }")
        #expect(ladder.problems.errors.isEmpty)
    }
}

extension InjectionKind {
    /// `flashCrash` as `flash-crash.json5`.
    fileprivate var fileName: String {
        rawValue.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined() + ".json5"
    }
}
