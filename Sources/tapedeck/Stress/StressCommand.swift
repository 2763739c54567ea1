import Files
import JSON
import Journal
import Kernel
import Market
import Pages
import Reports
import Scenarios

extension CommandSpec {
    static let stress = CommandSpec(
        name: "stress",
        summary: "Plays scenarios with their injections and without, and reports what they cost.",
        positional: Positional(
            name: "SCENARIO",
            help: "a scenario with `injections`, such as scenarios/stress/flash-crash.json5",
            count: 1...Int.max),
        options: [
            Option(
                name: "--base", value: "SCENARIO",
                help: "add the injections to this scenario, not to the one that the file names"),
            .from, .to, .stressJournal,
            Option(
                name: "--out", value: "FOLDER",
                help: "where the reports go, a folder for each file; reports/stress if not given"),
            Option(
                name: "--grid", value: "PARAMETER=LOW..HIGH",
                help: "sweep one parameter of an injection, such as depth=0.05..0.6 or "
                    + "feedGap.lasting=0m..4h, and find where the verdict turns"),
            .threads, .json, .quiet,
        ],
        examples: [
            "tapedeck stress scenarios/stress/flash-crash.json5",
            "tapedeck stress scenarios/stress/*.json5 --out reports/stress",
            "tapedeck stress scenarios/stress/flash-crash.json5 --base scenarios/canary-btc.json5",
            "tapedeck stress scenarios/stress/flash-crash.json5 --grid depth=0.05..0.6",
        ],
        run: { arguments in
            try StressFile.check(arguments)
            var player = try StressPlayer(arguments)
            if let grid = arguments.value("--grid") {
                return try await StressGridRun(arguments, grid).run(&player)
            }
            var results: [StressResult] = []
            for path in arguments.positionals {
                let file = try StressFile(path, arguments)
                let report = try await player.report(file.document, path: path)
                let folder = try ReportFolder(StressFile.folder(path, arguments))
                let page = report.page
                try folder.write(
                    document: report.document, isIndented: false, html: page.html,
                    markdown: page.markdown)
                results.append(StressResult(path: path, report: report, folder: folder.path))
            }
            let shown = StressText(results)
            try Console.output(
                arguments.has("--json")
                    ? shown.document.text(pretty: true) + "\n" : shown.text)
            return shown.code
        })
}

/// One report and where it was written.
struct StressResult {
    let path: String
    let report: StressReport
    let folder: String
}

/// A file of a stress, read and checked as far as that needs no tape.
struct StressFile {
    let path: String
    let document: ScenarioDocument

    init(_ path: String, _ arguments: Arguments) throws {
        self.path = path
        var document = try StartUp.document(at: path, base: arguments.value("--base"))
        let (fromNs, toNs) = (try arguments.timeNs("--from"), try arguments.timeNs("--to"))
        if fromNs != nil || toNs != nil {
            let whole = document.scenario.window ?? .all
            let startNs = fromNs ?? whole.startNs
            let endNs = toNs ?? whole.endNs
            guard startNs < endNs else {
                throw UsageError.badValue(
                    "--to", arguments.value("--to") ?? "\(Timestamp(nanoseconds: endNs))",
                    expected: "a time after the window's start")
            }
            document = document.with(window: TimeRange(startNs: startNs, endNs: endNs))
        }
        // What is wrong with a file is said by the plan, all of it at once.
        guard !document.scenario.injections.isEmpty || !document.problems.errors.isEmpty else {
            throw StressError.nothingInjected(scenario: path)
        }
        self.document = document
    }

    /// What can be refused before anything is read.
    static func check(_ arguments: Arguments) throws {
        let paths = arguments.positionals
        if arguments.has("--grid"), paths.count > 1 { throw StressError.grids(of: paths.count) }
        for (index, path) in paths.enumerated() {
            let name = name(path)
            if let other = paths[..<index].first(where: { self.name($0) == name }) {
                throw StressError.sameName(path, other, name: name)
            }
        }
    }

    /// A report lies in a folder with the name of its file.
    static func folder(_ path: String, _ arguments: Arguments) -> String {
        var parent = arguments.value("--out") ?? "reports/stress"
        while parent.count > 1, parent.last == "/" { parent.removeLast() }
        return parent + "/" + name(path)
    }

    static func name(_ path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        for ending in [".json5", ".json"] where file.hasSuffix(ending) && file != ending {
            return String(file.dropLast(ending.count))
        }
        return file
    }
}

/// Why there is no stress to report.
enum StressError: Error, Equatable {
    case nothingInjected(scenario: String)
    /// Their reports would lie in one folder.
    case sameName(String, String, name: String)
    case grids(of: Int)
    /// No injection has the parameter.
    case noParameter(String, parameters: [String])
    /// Several injections have it.
    case severalHave(String, kinds: [String])
}

extension StressError: CustomStringConvertible {
    var description: String {
        switch self {
        case .nothingInjected(let scenario):
            "\(scenario): nothing is injected, so there is nothing to compare; add "
                + "`injections: [{ kind: \"flashCrash\", at: \"5d\" }]`, or give a file of "
                + "`base: \"\(scenario)\"` and `injections`"
        case .sameName(let path, let other, let name):
            "\(path) and \(other) would both be reported in a folder `\(name)`; rename one, or "
                + "give them to two commands with an `--out` each"
        case .grids(let count):
            "--grid sweeps one scenario, and \(count) were given"
        case .noParameter(let name, let parameters):
            "--grid: no injection of the scenario has a `\(name)`; they have "
                + parameters.joined(separator: ", ")
        case .severalHave(let name, let kinds):
            "--grid: several injections have a `\(name)`; name one of "
                + kinds.map { "\($0).\(name)" }.joined(separator: ", ")
        }
    }
}
