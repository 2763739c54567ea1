package import JSON
import Market
package import Pages
package import Scenarios
package import Statistics

/// Stress reports of one scenario with one parameter at several values, and where the verdict turns.
package struct StressGrid: Equatable, Sendable {
    /// As in `flashCrash.depth`.
    package let injection: String
    package let unit: InjectionParameter.Unit
    package let range: ClosedRange<Int64>
    /// By value.
    package private(set) var points: [Point] = []

    /// Raised when a reader of the document would have to change.
    package static let schema = "tapedeck.stress-grid/1"

    package struct Point: Equatable, Sendable {
        package let value: Int64
        package let verdict: StressReport.Verdict
        /// Where the most F1 of BUY was lost.
        package let lost: Figure
        package let expectancyNet: Figure
        package let maxDrawdown: Figure
        package let run: String
        fileprivate let twin: String
    }

    package init(injection: String, unit: InjectionParameter.Unit, range: ClosedRange<Int64>) {
        self.injection = injection
        self.unit = unit
        self.range = range
    }

    package mutating func add(_ value: Int64, _ report: StressReport) {
        let scores = [report.whole] + (report.together.map { [$0] } ?? []) + report.around
        let worst = scores.map(\.pooled.lost).max {
            $0.value ?? -.infinity < $1.value ?? -.infinity
        }
        let none = Figure.undefined(.noValues, n: 0)
        let point = Point(
            value: value, verdict: report.verdict, lost: worst ?? none,
            expectancyNet: report.judged?.stressed.expectancyNet ?? none,
            maxDrawdown: report.judged?.stressed.maxDrawdown ?? none,
            run: report.stressed.provenance.run, twin: report.unstressed.provenance.run)
        points.append(point)
        points.sort { $0.value < $1.value }
    }

    /// Neighbours of which one passes and one fails, in the order of values. What is too short to
    /// tell lies between no two.
    private var turns: [ClosedRange<Int64>] {
        let told = points.filter { $0.verdict != .short }
        return zip(told, told.dropFirst()).filter { $0.verdict != $1.verdict }.map {
            $0.value...$1.value
        }
    }

    /// The bracket of the breaking point: the first turn; nil where all verdicts are alike.
    package var turn: ClosedRange<Int64>? { turns.first }

    /// Whether the verdict turns once at most.
    package var isMonotone: Bool { turns.count <= 1 }

    /// What was found, in a sentence.
    package var sentence: String {
        let all =
            "\(injection) from \(unit.text(range.lowerBound)) to \(unit.text(range.upperBound))"
        guard let turn else {
            let told = points.first { $0.verdict != .short }?.verdict
            let verdict = told.map { $0.rawValue } ?? "short"
            return "\(all): every value that tells is \(verdict), so nothing breaks within it"
        }
        let low = points.first { $0.value == turn.lowerBound }?.verdict.rawValue ?? ""
        let high = points.first { $0.value == turn.upperBound }?.verdict.rawValue ?? ""
        let bracket =
            "\(all): \(low) at \(unit.text(turn.lowerBound)), \(high) at "
            + unit.text(turn.upperBound)
        return isMonotone
            ? bracket
            : bracket + "; the verdicts are not monotone, they turn \(turns.count) times"
    }

    package var document: JSONValue {
        [
            "schema": .string(Self.schema),
            "parameter": .string(injection),
            "unit": unit == .millionths ? "ppm" : "ns",
            "from": .integer(range.lowerBound), "to": .integer(range.upperBound),
            "sentence": .string(sentence),
            "breaking_point": turn.map { turn in
                ["low": .integer(turn.lowerBound), "high": .integer(turn.upperBound)]
            } ?? nil,
            "monotone": .bool(isMonotone),
            "unstressed": points.first.map { .string($0.twin) } ?? nil,
            "points": .array(
                points.map { point in
                    [
                        "value": .integer(point.value), "verdict": .string(point.verdict.rawValue),
                        "lost": .figure(point.lost),
                        "expectancy_net": .figure(point.expectancyNet),
                        "max_drawdown": .figure(point.maxDrawdown), "run": .string(point.run),
                    ]
                }),
        ]
    }

    package var page: Page {
        var table = PageTable(
            "Each value, a run of its own",
            [
                .number(injection), .text("verdict"), .number("F1 lost [95 %]"),
                .number("expectancy, bps [95 %]"), .number("drawdown %"), .text("run"),
            ])
        for (index, point) in points.enumerated() {
            let key = "points.\(index)."
            table.add(
                Phrase(unit.text(point.value)),
                .badge(point.verdict.rawValue, point.verdict.tone),
                .figure(point.lost, .score, key: key + "lost"),
                .figure(point.expectancyNet, .signedBps, key: key + "expectancy_net"),
                .value(point.maxDrawdown, .percent2, key: key + "max_drawdown"),
                .code(String(point.run.prefix(12))))
        }
        return Page(
            title: "Breaking point: \(injection)",
            lead: [
                .banner(
                    turn == nil ? .neutral : .wait, title: isMonotone ? "Swept" : "Not monotone",
                    Phrase(sentence + ".")), .table(table),
            ], sections: [])
    }
}
