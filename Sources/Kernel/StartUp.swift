import Features
import Files
import JSON
import Market
package import Scenarios
import Tape

/// Turns a scenario into a ``RunPlan``, or says everything that is in the way.
package enum StartUp {
    /// Reads the scenario at `path`, opens its tapes and checks one against the other.
    ///
    /// Throws a ``StartUpError`` that holds all problems, or a `CancellationError`.
    @concurrent
    package static func plan(
        scenarioPath path: String, for purpose: RunPurpose = .features
    ) async throws -> RunPlan {
        try await plan(document(at: path), path: path, for: purpose)
    }

    /// Reads a scenario, and where it adds injections to another one that one too.
    ///
    /// - Parameter base: what the injections are added to in the place of the base that the file
    ///   names; nil for that one.
    package static func document(
        at path: String, base: String? = nil
    ) throws(StartUpError) -> ScenarioDocument {
        let text = try text(at: path)
        guard
            let named = try parsed(
                path,
                { () throws(JSONError) in
                    try ScenarioDocument.basePath(of: text)
                })
        else {
            return try parsed(path) { () throws(JSONError) in try ScenarioDocument(text) }
        }
        let basePath = base ?? named
        let baseText = try self.text(at: basePath)
        let document = try parsed(basePath) { () throws(JSONError) in
            try ScenarioDocument(baseText)
        }
        guard document.problems.errors.isEmpty else {
            throw StartUpError(
                file: basePath, problems: document.problems.errors.map { .refused($0) })
        }
        return try parsed(path) { () throws(JSONError) in
            try ScenarioDocument(text, over: document, path: basePath)
        }
    }

    private static func parsed<Value>(
        _ path: String, _ read: () throws(JSONError) -> Value
    ) throws(StartUpError) -> Value {
        do throws(JSONError) {
            return try read()
        } catch {
            throw StartUpError(file: path, problems: [.refused(error)])
        }
    }

    private static func text(at path: String) throws(StartUpError) -> [UInt8] {
        do throws(TextFileError) {
            return try TextFile.read(path, sizeMax: ScenarioDocument.sizeMax)
        } catch {
            throw StartUpError(file: path, problems: [.unreadable(error)])
        }
    }

    /// As ``plan(scenarioPath:)``, for a scenario that was read; `path` names it in errors.
    @concurrent
    package static func plan(
        _ document: ScenarioDocument, path: String, for purpose: RunPurpose = .features
    ) async throws -> RunPlan {
        var problems = document.problems.errors.map { StartUpProblem.refused($0) }
        for key in document.scenario.missingKeys(for: purpose) where document.problems.isSound(key)
        {
            problems.append(.absent(key, purpose))
        }
        let plan = try await check(document, purpose, &problems)
        guard problems.isEmpty, let plan else {
            throw StartUpError(file: path, problems: problems)
        }
        return plan
    }

    /// Nil when there is a problem without whose solution there is no plan.
    private static func check(
        _ document: ScenarioDocument, _ purpose: RunPurpose, _ problems: inout [StartUpProblem]
    ) async throws -> RunPlan? {
        guard let list = open(document, &problems) else { return nil }
        var check = TapeCheck(document, list, purpose)
        let symbols = check.symbols()
        let schedule = check.schedule(of: symbols)
        if let schedule { try await check.books(of: symbols, schedule) }
        let injections = schedule.map { check.injections(into: symbols, $0) }
        problems += check.problems
        guard let schedule else { return nil }
        let scenario = document.scenario
        let config = EnrichmentConfig(
            barNs: scenario.barNs, featureEpochNs: check.epochNs(of: symbols),
            feedLatencyNs: scenario.latencies.feedNs, barDelayNs: scenario.latencies.barDelayNs,
            families: scenario.families)
        let btc = scenario.families.btc.flatMap { btc in
            symbols.firstIndex { $0.plan.instrument.symbol == btc.symbol }
        }
        return RunPlan(
            scenario: scenario, purpose: purpose, list: list, config: config,
            symbols: symbols.map(\.plan), btc: btc,
            schedule: schedule, injections: injections)
    }

    /// Opens every tape, so that each one that cannot be is named.
    private static func open(
        _ document: ScenarioDocument, _ problems: inout [StartUpProblem]
    ) -> TapeList? {
        var tapes: [TapeFile] = []
        for path in document.scenario.tapes {
            do {
                try tapes.append(TapeFile(path: path))
            } catch {
                let field = document.path(of: path, in: "tapes")
                problems.append(.tape(error, at: document.place(of: field)))
            }
        }
        guard document.problems.isSound("tapes"), tapes.count == document.scenario.tapes.count
        else { return nil }
        do {
            return try TapeList(tapes)
        } catch {
            problems.append(.tape(error, at: document.place(of: "tapes")))
            return nil
        }
    }
}
