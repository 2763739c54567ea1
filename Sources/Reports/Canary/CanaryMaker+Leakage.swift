import JSON
import Rollout

extension CanaryMaker {
    func leakage() -> CanaryReport.Leakage {
        var found: String?
        var demands: [JSONValue]?
        for entry in run.history.entries {
            switch entry.event.kind {
            case .leakageDetected:
                if case .string(let text) = entry.event.detail?["found"] { found = text }
            case .preflightEvaluated:
                if case .array(let elements) = entry.event.detail?["stress"] { demands = elements }
            default: break
            }
        }
        return CanaryReport.Leakage(
            checks: CanaryReport.Leakage.Name.allCases.map { check($0, demands) }, found: found)
    }

    private func check(
        _ name: CanaryReport.Leakage.Name, _ demands: [JSONValue]?
    ) -> CanaryReport.Leakage.Check {
        func check(
            _ result: CanaryReport.Presence, isMet: Bool? = nil,
            tests: [CanaryReport.Leakage.Test] = []
        ) -> CanaryReport.Leakage.Check {
            var command: String?
            if let demand = name.demand, isMet == false, let first = run.history.entries.first {
                command = StressEvidence.command(for: [demand], startNs: first.event.atNs)
            }
            return CanaryReport.Leakage.Check(
                name: name, result: result, isMet: isMet, command: command, tests: tests)
        }
        guard let demand = name.demand else {
            return check(.absent("not run: no sweep trains the candidate with other purges yet"))
        }
        guard
            let stated = demands?.first(where: { $0["demand"] == .string(demand.rawValue) }),
            case .bool(let isMet) = stated["is_met"], case .array(let tests) = stated["tests"]
        else { return check(.absent("not run: preflight did not come to ask for it")) }
        let read = tests.compactMap { CanaryReport.Leakage.Test($0) }
        return check(
            read.isEmpty ? .absent("not run: no such test was named") : .present, isMet: isMet,
            tests: read)
    }
}

extension CanaryReport.Leakage.Name {
    fileprivate var demand: StressEvidence.Demand? {
        switch self {
        case .purge0, .purge10: nil
        case .flashCrash: .flashCrash
        case .step: .step
        }
    }
}

extension CanaryReport.Leakage.Test {
    /// Nil for what preflight does not write.
    fileprivate init?(_ value: JSONValue) {
        guard case .string(let report) = value["report"], case .string(let name) = value["verdict"],
            let verdict = StressTest.Verdict(rawValue: name),
            case .integer(let fromNs) = value["from_ns"], case .integer(let toNs) = value["to_ns"],
            case .array(let shortcomings) = value["shortcomings"]
        else { return nil }
        func lost(_ key: String) -> Double? {
            guard case .number(let lost) = value["f1_lost"]?[key] else { return nil }
            return lost
        }
        self.init(
            report: report, verdict: verdict,
            window: CanaryReport.Span(fromNs: fromNs, toNs: toNs), lostOnWhole: lost("whole"),
            lostAround: lost("around"),
            shortcomings: shortcomings.compactMap { shortcoming in
                if case .string(let text) = shortcoming { text } else { nil }
            })
    }
}
