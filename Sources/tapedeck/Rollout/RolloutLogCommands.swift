import JSON
import Journal
import Kernel
import Market
import Reports
import Rollout

extension CommandSpec {
    static let rolloutLog = CommandSpec(
        name: "rollout log",
        summary: "Prints the events of a rollout, one a line.",
        options: [
            .journal, .run, Option(name: "--json", help: "print one JSON object a line"),
        ],
        examples: [
            "tapedeck rollout log", "tapedeck rollout log --json | jq -r .event",
        ],
        run: { arguments in
            let history = try RolloutRun(arguments).rollout()
            let isJSON = arguments.has("--json")
            var text = ""
            for entry in history.entries {
                text += isJSON ? entry.document.text() + "\n" : entry.line + "\n"
            }
            try Console.output(text)
            return .done
        })

    static let rolloutVerify = CommandSpec(
        name: "rollout verify",
        summary: "Checks a run's chain, and that its rollout follows from its events.",
        options: [.journal, .run, .json, .quiet],
        examples: [
            "tapedeck rollout verify", "tapedeck rollout verify --json | jq .is_sound",
        ],
        run: { arguments in
            let journal = try arguments.journal()
            let run = try journal.run(arguments.value("--run"))
            var progress = Progress("verify", unit: "rows", isQuiet: arguments.has("--quiet"))
            defer { progress.finish() }
            var verifier = JournalVerifier(journal, run)
            while try verifier.advance() {
                try Interrupt.check()
                progress.update(
                    count: Int(verifier.checkedCount),
                    fraction: Double(verifier.checkedCount) / Double(max(run.rowCount, 1)))
            }
            progress.finish()
            var problems = verifier.findings.map(Self.text)
            var history: RolloutHistory?
            do {
                history = try RolloutHistory(journal.rows(of: run.run, in: .rollout))
                if history == nil { throw RolloutCommandError.noRollout(run: run.shortID) }
            } catch let error as RolloutHistoryError {
                problems.append(error.description)
            }
            let state = history?.state
            let document: JSONValue = [
                "run": .string(run.id), "is_sound": .bool(problems.isEmpty),
                "rows_checked": .integer(verifier.checkedCount),
                "events": JSONValue(history?.entries.count ?? 0),
                "state": state.map { .string($0.phase.name) } ?? .null,
                "problems": .array(problems.map { .string($0) }),
            ]
            try Console.output(
                arguments.has("--json")
                    ? document.text(pretty: true) + "\n"
                    : Self.text(run, history, problems, rows: verifier.checkedCount))
            return problems.isEmpty ? .done : .checkFailed
        })

    private static func text(
        _ run: RunSummary, _ history: RolloutHistory?, _ problems: [String], rows: Int64
    ) -> String {
        var text = "run \(run.shortID): "
        text +=
            problems.isEmpty ? Paint.output.green("sound") : Paint.output.red("DAMAGED")
        text += ", \(Units.count(Int(rows))) rows checked"
        if let history {
            text +=
                "; \(Units.count(history.entries.count)) events lead to "
                + history.state.phase.name
        }
        return text + "\n" + problems.map { "  \($0)\n" }.joined()
    }

    private static func text(_ finding: JournalVerifier.Finding) -> String {
        (finding.seq.map { "row \($0)" } ?? "run")
            + (finding.table.map { " (\($0.rawValue))" } ?? "") + ": \(finding.problem.rawValue)"
    }
}

extension RolloutHistory.Entry {
    fileprivate var document: JSONValue {
        [
            "seq": .integer(seq), "at": .string("\(Timestamp(nanoseconds: event.atNs))"),
            "at_ns": .integer(event.atNs), "event": .string(event.name),
            "symbol": event.symbol.map { .string($0) } ?? .null,
            "rule": event.rule.map { .string($0.rawValue) } ?? .null,
            "from_ns": .integer(event.fromNs), "to_ns": .integer(event.toNs),
            "input": event.input.map { .string("\($0)") } ?? .null,
            "policy": .string(policy), "event_id": .string(eventID),
            "by": event.by.map { .string($0) } ?? .null, "payload": event.payload,
        ]
    }

    /// Of a width that a terminal shows; the evidence and other long texts stay in `--json`.
    fileprivate var line: String {
        let time = String("\(Timestamp(nanoseconds: event.atNs))".prefix(19))
        let name = event.name + String(repeating: " ", count: max(20 - event.name.count, 0))
        var words = [time, name]
        if let symbol = event.symbol { words.append(symbol) }
        if let rule = event.rule { words.append(rule.rawValue) }
        if case .object(let members) = event.payload {
            for member in members where member.key != "detail" {
                words.append("\(member.key)=\(Self.short(member.value))")
            }
        }
        if case .string(let reason) = event.detail?["reason"] { words.append("(\(reason))") }
        if let by = event.by { words.append("by \(by)") }
        if let alert = event.runbook { words.append("see \(alert.runbook)") }
        return words.joined(separator: " ")
    }

    private static func short(_ value: JSONValue) -> String {
        if case .string(let text) = value {
            return text.utf8.count == 64 ? String(text.prefix(12)) : text
        }
        return value.text()
    }
}
