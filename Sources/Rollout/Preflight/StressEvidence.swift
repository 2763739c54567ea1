import Files
package import JSON
import Market
import Scenarios

/// The stress tests that a rollout names, held against what both plans ask of its candidate.
///
/// A test counts where it was passed by these very models, and where it ended before the rollout
/// begins: one over the rollout's own days would have looked ahead.
package struct StressEvidence: Equatable, Sendable {
    /// What a candidate has to stand, whatever the plan.
    package enum Demand: String, CaseIterable, Sendable {
        /// A crash of 30 % within four bars, and back.
        case flashCrash = "flash_crash"
        /// A level that shifts by 10 % and stays.
        case step
    }

    /// In the order in which the scenario names them.
    private let reports: [StressTest]
    private let startNs: Int64
    private let barNs: Int64
    private let candidates: [StressTest.Candidate]

    static let depthMinPpm: Int64 = 300_000
    static let fallBarsMax: Int64 = 4
    static let sizeMinPpm: Int64 = 100_000

    package init(_ reports: [StressTest], of setup: RolloutSetup) {
        self.reports = reports
        startNs = setup.startNs
        barNs = setup.barNs
        candidates = setup.symbols.map {
            StressTest.Candidate(symbol: $0.name, digest: $0.candidate.digest)
        }
    }

    /// One text where a demand is not met: what is missing, and what to type.
    package var refusals: [String] {
        let open = Demand.allCases.filter { !isMet($0) }
        guard !open.isEmpty else { return [] }
        let problems = open.map { "no \($0.words) was passed (\(trouble($0)))" }
        return [
            problems.joined(separator: ", ") + "; run `"
                + Self.command(for: open, startNs: startNs)
                + "` and name what it writes in `rollout.stress`"
        ]
    }

    /// What to type to have a candidate tested before a rollout that begins at `startNs`.
    package static func command(for demands: [Demand], startNs: Int64) -> String {
        "tapedeck stress "
            + demands.map { "scenarios/stress/\($0.file)" }.joined(separator: " ")
            + " --base SCENARIO --from TIME --to \(Timestamp(nanoseconds: startNs))"
    }

    private func isMet(_ demand: Demand) -> Bool {
        reports.contains { $0.has(demand) && shortcomings(of: $0, demand).isEmpty }
    }

    /// Why none of the tests will do.
    private func trouble(_ demand: Demand) -> String {
        let tried = reports.filter { $0.has(demand) }
        guard !tried.isEmpty else {
            return reports.isEmpty ? "no stress test is named" : "none is among those named"
        }
        return tried.map { report in
            "\(report.name): " + shortcomings(of: report, demand).joined(separator: ", ")
        }.joined(separator: "; ")
    }

    /// What keeps a test from being what is asked for.
    private func shortcomings(of report: StressTest, _ demand: Demand) -> [String] {
        var found: [String] = []
        switch report.verdict {
        case .pass: break
        case .fail, .short:
            found.append(([report.verdict.words] + report.reasons).joined(separator: ": "))
        }
        if report.toNs > startNs {
            found.append(
                "reaches to \(Timestamp(nanoseconds: report.toNs)), and the rollout begins at "
                    + "\(Timestamp(nanoseconds: startNs))")
        }
        let others = candidates.filter { !report.candidates.contains($0) }.map(\.symbol)
        if !others.isEmpty {
            found.append("of another candidate of " + others.joined(separator: ", "))
        }
        let sizes = report.injections.filter { $0.kind == demand.kind }.map { shortfall(of: $0) }
        return found + (sizes.min { $0.count < $1.count } ?? [])
    }

    /// What makes an injection milder than what is asked for.
    private func shortfall(of injection: StressTest.Injected) -> [String] {
        var found: [String] = []
        if injection.kind == .flashCrash {
            if injection.depthPpm < Self.depthMinPpm {
                found.append(
                    "a crash of \(percent(injection.depthPpm)), and "
                        + "\(percent(Self.depthMinPpm)) are asked for")
            }
            if injection.fallNs > Self.fallBarsMax * barNs {
                found.append(
                    "a fall of \(TimeSpan.text(injection.fallNs)), and "
                        + "\(TimeSpan.text(Self.fallBarsMax * barNs)) are four bars")
            }
        } else if injection.sizePpm.magnitude < Self.sizeMinPpm {
            found.append(
                "a step of \(percent(injection.sizePpm)), and \(percent(Self.sizeMinPpm)) are "
                    + "asked for")
        }
        if let symbols = injection.symbols {
            let spared = candidates.map(\.symbol).filter { !symbols.contains($0) }
            if !spared.isEmpty { found.append("spares " + spared.joined(separator: ", ")) }
        }
        return found
    }

    private func percent(_ ppm: Int64) -> String {
        Decimals.text(Double(ppm) / 10_000, ppm % 10_000 == 0 ? 0 : 2) + " %"
    }

    /// What was looked at, as preflight writes it down. Where reports lie is no part of it.
    package var document: JSONValue {
        .array(
            Demand.allCases.map { demand in
                [
                    "demand": .string(demand.rawValue), "is_met": .bool(isMet(demand)),
                    "tests": .array(
                        reports.filter { $0.has(demand) }.map { report in
                            report.document(
                                demand, shortcomings: shortcomings(of: report, demand))
                        }),
                ]
            })
    }
}

extension StressEvidence.Demand {
    fileprivate var kind: InjectionKind {
        switch self {
        case .flashCrash: .flashCrash
        case .step: .halvingStep
        }
    }

    fileprivate var words: String {
        switch self {
        case .flashCrash: "flash crash"
        case .step: "halving step"
        }
    }

    /// In the library of stress scenarios.
    fileprivate var file: String {
        switch self {
        case .flashCrash: "flash-crash.json5"
        case .step: "halving-step.json5"
        }
    }
}

extension StressTest.Verdict {
    fileprivate var words: String {
        switch self {
        case .pass: "passed"
        case .fail: "failed"
        case .short: "too short for a verdict"
        }
    }
}

extension StressTest {
    /// Enough digits to tell it from others.
    fileprivate var name: String { String("\(digest)".prefix(8)) }

    fileprivate func has(_ demand: StressEvidence.Demand) -> Bool {
        injections.contains { $0.kind == demand.kind }
    }

    fileprivate func document(
        _ demand: StressEvidence.Demand, shortcomings: [String]
    ) -> JSONValue {
        [
            "report": .string(digest.description), "verdict": .string(verdict.rawValue),
            "shortcomings": .array(shortcomings.map { .string($0) }),
            "reasons": .array(reasons.map { .string($0) }),
            "f1_lost": [
                "whole": lostOnWhole.map { .number($0) } ?? .null,
                "around": lostAround.map { .number($0) } ?? .null,
            ],
            "from_ns": .integer(fromNs), "to_ns": .integer(toNs),
        ]
    }
}
