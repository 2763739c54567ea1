import JSON
import Market
import Tape

extension CommandSpec {
    static let tapeVerify = CommandSpec(
        name: "tape verify",
        summary: "Reads all of each tape and checks it: frames, index, digests, order, market.",
        positional: Positional(
            name: "TAPE", help: "a tape; each is checked by itself", count: 1...Int.max),
        options: [.json, .quiet],
        examples: [
            "tapedeck tape verify .tapes/month.tape",
            "tapedeck tape verify --json *.tape | jq .is_sound",
        ],
        run: { arguments in
            var reports: [VerificationReport] = []
            for path in arguments.positionals {
                reports.append(try VerificationReport(path, isQuiet: arguments.has("--quiet")))
            }
            let isSound = reports.allSatisfy(\.isSound)
            if arguments.has("--json") {
                let document: JSONValue = [
                    "is_sound": .bool(isSound), "tapes": .array(reports.map(\.document)),
                ]
                try Console.output(document.text(pretty: true) + "\n")
            } else {
                for report in reports { try Console.output(report.text) }
            }
            return isSound ? .done : .checkFailed
        })
}

/// What the verification of one tape found.
private struct VerificationReport {
    let path: String
    private(set) var rowCount: Int64 = 0
    private var findings: [Row] = []

    struct Row {
        let isFailure: Bool
        let stream: String?
        let subject: String
        let detail: String
    }

    /// Damage is what verification looks for, so it is a finding; that a file is no tape, or that
    /// it cannot be read, is thrown.
    init(_ path: String, isQuiet: Bool) throws {
        self.path = path
        var progress = Progress("verify " + path, unit: "rows", isQuiet: isQuiet)
        defer { progress.finish() }
        do {
            let tape = try TapeFile(path: path)
            let verification = try TapeVerification(of: tape) { rows in
                try Interrupt.check()
                progress.update(
                    count: Int(rows), fraction: Double(rows) / Double(max(tape.rowCount, 1)))
            }
            rowCount = verification.rowCount
            findings = verification.findings.map { finding in
                let stream = finding.stream.map {
                    tape.header.instrument(ofStream: $0).symbol + " "
                        + tape.header.streams[$0].label
                }
                return Row(
                    isFailure: finding.isFailure, stream: stream, subject: finding.subject,
                    detail: finding.detail)
            }
        } catch TapeError.corrupt(_, let offset, let field, let problem) {
            findings.append(
                Row(
                    isFailure: true, stream: nil, subject: field,
                    detail: "\(problem) (at byte \(offset))"))
        }
    }

    var isSound: Bool { !findings.contains(where: \.isFailure) }

    var text: String {
        let verdict = isSound ? Paint.output.green("sound") : Paint.output.red("DAMAGED")
        var text = "\(path): \(verdict), \(Units.count(Int(rowCount))) rows read\n"
        for finding in findings {
            let label = finding.isFailure ? "failed" : "remark"
            text += "  \(label): " + (finding.stream.map { $0 + ": " } ?? "")
            text += "\(finding.subject): \(finding.detail)\n"
        }
        return text
    }

    var document: JSONValue {
        [
            "path": .string(path), "is_sound": .bool(isSound), "rows": .integer(rowCount),
            "findings": .array(
                findings.map { finding in
                    [
                        "is_failure": .bool(finding.isFailure),
                        "stream": finding.stream.map { .string($0) } ?? nil,
                        "subject": .string(finding.subject), "detail": .string(finding.detail),
                    ]
                }),
        ]
    }
}
