import JSON
import Journal

extension CommandSpec {
    static let journalVerify = CommandSpec(
        name: "journal verify",
        summary: "Checks a run's rows against their hashes, its footer and its inputs.",
        options: [.journal, .run, .json, .quiet],
        examples: [
            "tapedeck journal verify",
            "tapedeck journal verify --run 3f2a --json | jq .is_sound",
        ],
        run: { arguments in
            let journal = try arguments.journal()
            var verifier = JournalVerifier(journal, try journal.run(arguments.value("--run")))
            var progress = Progress("verify", unit: "rows", isQuiet: arguments.has("--quiet"))
            defer { progress.finish() }
            while try verifier.advance() {
                try Interrupt.check()
                progress.update(
                    count: Int(verifier.checkedCount),
                    fraction: Double(verifier.checkedCount)
                        / Double(max(verifier.run.rowCount, 1)))
            }
            progress.finish()
            try Console.output(
                arguments.has("--json")
                    ? document(verifier).text(pretty: true) + "\n" : text(verifier))
            if !verifier.isSound { return .checkFailed }
            return verifier.run.isFinished ? .done : .short
        })

    private static func text(_ verifier: JournalVerifier) -> String {
        let verdict =
            !verifier.isSound
            ? Paint.output.red("DAMAGED")
            : verifier.run.isFinished ? Paint.output.green("sound") : "sound, but unfinished"
        var text =
            "run \(verifier.run.shortID): \(verdict), "
            + "\(Units.count(Int(verifier.checkedCount))) rows checked\n"
        for finding in verifier.findings {
            text += "  " + (finding.seq.map { "row \($0)" } ?? "run")
            text += finding.table.map { " (\($0.rawValue))" } ?? ""
            text += ": \(finding.problem.rawValue)\n"
        }
        if verifier.findings.count >= JournalVerifier.findingsMax {
            text += "  there may be more: the check ended here\n"
        }
        return text
    }

    private static func document(_ verifier: JournalVerifier) -> JSONValue {
        [
            "run": .string(verifier.run.id), "is_sound": .bool(verifier.isSound),
            "is_finished": .bool(verifier.run.isFinished),
            "rows_checked": .integer(verifier.checkedCount),
            "findings": .array(
                verifier.findings.map { finding in
                    [
                        "seq": finding.seq.map { .integer($0) } ?? nil,
                        "table": finding.table.map { .string($0.rawValue) } ?? nil,
                        "problem": .string("\(finding.problem)"),
                        "detail": .string(finding.problem.rawValue),
                    ]
                }),
        ]
    }
}
