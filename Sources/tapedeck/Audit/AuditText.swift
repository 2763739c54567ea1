import Features
import Kernel

/// What an audit found, for people.
struct AuditText {
    private let report: AuditReport

    /// More than these of one proof are counted.
    private static let findingsMax = 8

    init(_ report: AuditReport) {
        self.report = report
    }

    var text: String {
        var table = Table(
            ("proof", .left), ("verdict", .left), ("tried", .left), ("found", .left))
        for result in report.results {
            table.add(
                result.proof.rawValue, result.verdict.rawValue, tried(result),
                result.findings.isEmpty
                    ? "nothing" : "\(result.findings.count) (below)")
        }
        var text = report.scenario + "\n" + table.text
        if let leak = report.settings.leak {
            text +=
                "a leak was planted: \(leak.column.name) tells what it says \(leak.bars) "
                + "bar\(leak.bars == 1 ? "" : "s") later\n"
        }
        if report.hasRollout {
            text += "the scenario's rollout was left out: it stops where an operator answers\n"
        }
        for result in report.results {
            text += list(result)
        }
        return text
    }

    private func list(_ result: AuditResult) -> String {
        var lines = result.findings.prefix(Self.findingsMax).map { "\($0.subject): \($0.text)" }
        if result.findings.count > Self.findingsMax {
            lines.append("and \(result.findings.count - Self.findingsMax) more, all in --json")
        }
        lines += result.notes
        return lines.map { "\(result.proof.rawValue): \($0)\n" }.joined()
    }

    private func tried(_ result: AuditResult) -> String {
        result.tried.filter { $0.count > 0 }.map { count in
            "\(Units.count(count.count)) \(count.name.split(separator: "_").joined(separator: " "))"
        }.joined(separator: ", ")
    }
}
