import JSON
import Journal
import Kernel
import Market
import Reports
import Rollout
import Scenarios
import Statistics

/// Where a rollout stands, on one screen of 80 columns and 24 lines.
struct RolloutStatusText {
    private let run: RolloutRun
    private let history: RolloutHistory
    private let arguments: Arguments
    private let look: EvaluationSummary?
    /// The last evidence cannot be read; the events say why soon enough.
    private var state: RolloutState { history.state }

    private static let gatesMax = 8

    init(_ run: RolloutRun, _ history: RolloutHistory, _ arguments: Arguments) {
        self.run = run
        self.history = history
        self.arguments = arguments
        look = history.evidence.flatMap { evidence in
            do {
                return try EvaluationSummary(document: evidence.text)
            } catch {
                return nil
            }
        }
    }

    var text: String {
        var lines = [
            "rollout \(history.plan.name), attempt \(history.attempt), \(history.plan.profile.rawValue)"
                + " decides, run \(run.run.shortID)",
            field("state", stateText), field("clock", clock), field("lanes", lanes),
        ]
        if let recovery { lines.append(field("back", recovery)) }
        if let runbook { lines.append(field("see", runbook)) }
        if !state.killSwitches.isEmpty {
            lines.append(field("off", state.killSwitches.map(\.name).joined(separator: ", ")))
        }
        for refusal in refusals { lines += wrapped("refused", refusal) }
        if let look { lines += gates(look) }
        lines += wrapped("awaits", awaited)
        for command in run.pending.prefix(2) {
            lines.append(field("given", "\(command.title) by \(command.by), not played yet"))
        }
        if let change = look?.changes.first, state.outcome == nil {
            lines += wrapped("change", change)
        }
        lines += next.map { field("next", $0) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func field(_ name: String, _ text: String) -> String {
        name + String(repeating: " ", count: 8 - name.count) + text
    }

    /// Lines of at most 80 columns.
    private func wrapped(_ name: String, _ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > 72, !line.isEmpty {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        lines.append(line)
        return lines.enumerated().map { field($0 == 0 ? name : "", $1) }
    }

    // MARK: - State

    private var stateText: String {
        let played = run.reachedNs.map { ", played to \(Self.time($0))" } ?? ""
        let rule = state.isReverting ? state.rollback.map { ", taken back by \($0.rawValue)" } : nil
        let name = state.phase.name + (rule ?? "")
        let painted =
            switch state.exitCode {
            case .done: Paint.output.green(name)
            case .checkFailed, .invalid: Paint.output.red(name)
            default: name
            }
        return "\(painted) since \(Self.time(state.sinceNs))\(played)"
    }

    /// What preflight could not let in; empty once it did.
    private var refusals: [String] {
        guard state.phase == .registered, state.preflight == .refused,
            case .array(let found) = history.entries.last(where: {
                $0.event.kind == .preflightEvaluated(.refused)
            })?.event.detail?["refusals"]
        else { return [] }
        return found.compactMap { refusal in
            if case .string(let text) = refusal { text } else { nil }
        }
    }

    /// How long the last rollback took in market time; nil where there was none.
    private var recovery: String? {
        let events = history.entries.map(\.event)
        guard let index = events.lastIndex(where: { $0.kind.isRollback }) else { return nil }
        let breach = events[index]
        let text = "\(state.rollback?.rawValue ?? "rule") breached at \(Self.time(breach.atNs))"
        let later = events[index...]
        guard let applied = later.last(where: { $0.kind.isFlip(applied: true) }),
            let served = later.last(where: { $0.kind.isFlip(applied: false) })
        else { return text + ", not in effect yet" }
        return text + ", in force \(Self.span(applied.atNs - breach.atNs)) later, "
            + "first served \(Self.span(served.atNs - breach.atNs)) later"
    }

    /// Where lanes were taken back or a hold waits for somebody: the last event that says more.
    private var runbook: String? {
        let isHeld = if case .hold = state.phase { true } else { false }
        guard isHeld || recovery != nil else { return nil }
        return history.entries.last { $0.event.runbook != nil }?.event.runbook?.runbook
    }

    private var clock: String {
        if let look, look.stage == state.phase.stage || state.outcome != nil {
            return Self.clock(
                look.stage.rawValue, look.coveredNs, look.plannedNs, look.extensionsUsed)
                + ", evidence \(Self.time(look.fromNs)) to \(Self.time(look.toNs))"
        }
        guard let stage = state.phase.stage else { return "stopped" }
        let measured = history.entries.last { $0.event.kind == .measurementRecorded }?.event
        guard let measured, let fromNs = state.windowFromNs, measured.atNs > fromNs,
            case .integer(let coveredNs) = measured.detail?["covered_ns"],
            case .integer(let plannedNs) = measured.detail?["planned_ns"]
        else {
            let planned = state.plannedNs.map { ", \(Self.span($0)) planned" } ?? ""
            return "\(stage.rawValue): not looked at yet\(planned)"
        }
        return Self.clock(stage.rawValue, coveredNs, plannedNs, state.extensionsUsed)
            + " as of \(Self.time(measured.atNs))"
    }

    private static func clock(
        _ stage: String, _ coveredNs: Int64, _ plannedNs: Int64, _ extensions: Int
    ) -> String {
        "\(stage) \(span(coveredNs)) of \(span(plannedNs)) covered"
            + (extensions > 0 ? ", extension \(extensions)" : "")
    }

    private var lanes: String {
        state.lanes.map { lane in
            var text = "\(lane.symbol) \(lane.model.rawValue)"
            if let flip = lane.flip { text += " -> \(flip.target.rawValue)" }
            if lane.isPaused { text += " (paused)" }
            if lane.isBarred { text += " (taken back)" }
            return text
        }.joined(separator: ", ")
    }

    // MARK: - Evidence

    private func gates(_ look: EvaluationSummary) -> [String] {
        let rows = look.rows.enumerated().sorted {
            let (a, b) = (rank($0.element, look), rank($1.element, look))
            return a == b ? $0.offset < $1.offset : a < b
        }.map(\.element)
        var table = Table(
            ("gate", .left), ("value", .right), ("wants", .right), ("n", .right),
            ("seedStrict", .left), ("guarded", .left))
        for row in rows.prefix(Self.gatesMax) {
            table.add(
                row.kind.rawValue + (row.symbol.map { " \($0)" } ?? ""),
                row.value.map(Units.significant) ?? "-",
                "\(row.kind.bound.side.sign) \(Units.significant(row.threshold))",
                Units.count(row.n), row.seedStrict.rawValue,
                row.guarded.rawValue + (row.isWaived ? " (waived)" : "")
                    + (row.isDryRun ? " (dry run)" : ""))
        }
        var lines = [
            field(
                "verdict",
                "\(look.verdict.rawValue)"
                    + (look.seedStrict == look.guarded
                        ? " under both profiles"
                        : ": seedStrict \(look.seedStrict.rawValue), "
                            + "guarded \(look.guarded.rawValue)")
                    + (history.evidence.map { ", evidence \("\($0.digest)".prefix(16))" } ?? ""))
        ]
        lines += table.text.split(separator: "\n").map(String.init)
        if rows.count > Self.gatesMax {
            lines.append("  and \(rows.count - Self.gatesMax) more, further from failing")
        }
        lines.append(field("line", line(look)))
        return lines
    }

    /// What is nearest to failing goes first: the verdict that decides, then the distance to the
    /// threshold as a share of it.
    private func rank(
        _ row: EvaluationSummary.Row, _ look: EvaluationSummary
    ) -> RowRank {
        let verdict = look.profile == .seedStrict ? row.seedStrict : row.guarded
        let counts = !row.isDryRun && !row.isWaived
        let scale = row.threshold == 0 ? 1 : row.threshold.magnitude
        return RowRank(
            verdict: counts ? verdict : .pass,
            distance: row.distance.map { $0 / scale } ?? .greatestFiniteMagnitude)
    }

    private struct RowRank: Comparable {
        let verdict: Verdict
        let distance: Double

        static func < (a: RowRank, b: RowRank) -> Bool {
            a.verdict == b.verdict ? a.distance < b.distance : a.verdict > b.verdict
        }
    }

    private func line(_ look: EvaluationSummary) -> String {
        guard let mean = look.lineMean else { return "no paired blocks yet" }
        let lower = look.lineLower.map(Self.bps) ?? "-inf"
        let upper = look.lineUpper.map(Self.bps) ?? "+inf"
        return "\(Self.bps(mean)) bps a block [\(lower), \(upper)], margin "
            + "\(Self.bps(-look.margin)): \(look.line.rawValue)"
    }

    // MARK: - What comes next

    private var names: String {
        history.plan.operators.map { $0.isAuthor ? "\($0.name) (author)" : $0.name }
            .joined(separator: " or ")
    }

    private var awaited: String {
        switch state.phase {
        case .shadowReview, .canaryReview:
            let stage = state.phase.awaitedSignature?.rawValue ?? ""
            let until = state.reviewExpiresNs.map { " until \(Self.time($0))" } ?? ""
            return "\(names) to approve or refuse \(stage)\(until)"
        case .hold(let reason, _):
            let until = state.holdExpiresNs.map { " until \(Self.time($0))" } ?? ""
            return "\(names) to resume or abort (\(reason.rawValue))\(until)"
        case .rollingBack, .returning: return "lanes that go back to the champion"
        case .closed: return "nothing: the rollout has ended"
        case .registered where !refusals.isEmpty:
            return "a new start, once what was refused is mended"
        case .registered, .shadow, .canary, .ramp, .soak: return "more of the market"
        }
    }

    /// Commands to type.
    private var next: [String] {
        let options = run.selection(arguments)
        let signature = " --by NAME --reason WHY"
        let go =
            "tapedeck rollout continue"
            + (run.run.isSelected ? "" : " \(run.run.shortID)")
            + (arguments.value("--journal").map { " --journal \($0)" } ?? "")
        let answered = run.pending.isEmpty ? nil : go
        switch state.phase {
        case .shadowReview, .canaryReview:
            if let answered { return [answered] }
            let stage = state.phase.awaitedSignature?.rawValue ?? ""
            let digits = history.evidence.map { "\($0.digest)".prefix(8) } ?? ""
            return [
                "tapedeck rollout approve \(stage) --evidence \(digits)\(signature)\(options)",
                "tapedeck rollout refuse \(stage)\(signature)\(options)",
            ]
        case .hold:
            if let answered { return [answered] }
            return ["tapedeck rollout resume\(signature)\(options)"]
        case .closed:
            return ["tapedeck rollout log" + options]
        case .registered where !refusals.isEmpty:
            return ["tapedeck rollout start SCENARIO"]
        case .registered, .shadow, .canary, .ramp, .soak, .rollingBack, .returning:
            return run.run.isFinished ? ["tapedeck rollout log" + options] : [go]
        }
    }

    // MARK: - Numbers

    private static func time(_ timeNs: Int64) -> String {
        // To the minute: what is later than that is the delay of a bar's tick.
        String("\(Timestamp(nanoseconds: timeNs))".prefix(16))
    }

    /// Days, or hours where a day is too much.
    private static func span(_ durationNs: Int64) -> String {
        switch durationNs {
        case ..<(2 * Timestamp.hourNs):
            "\((durationNs + Timestamp.minuteNs / 2) / Timestamp.minuteNs) min"
        case ..<Timestamp.dayNs:
            Units.tenths(Double(durationNs) / Double(Timestamp.hourNs)) + " h"
        default: Units.tenths(Double(durationNs) / Double(Timestamp.dayNs)) + " d"
        }
    }

    /// A return as basis points, signed.
    private static func bps(_ value: Double) -> String {
        (value >= 0 ? "+" : "") + Units.tenths(value * 1e4)
    }
}

extension GateKind.Side {
    fileprivate var sign: String {
        switch self {
        case .below: "<"
        case .atMost: "<="
        case .atLeast: ">="
        }
    }
}

extension RolloutEvent.Kind {
    fileprivate var isRollback: Bool {
        if case .rollbackTriggered = self { true } else { false }
    }

    /// Whether a lane came back into force, or served for the first time since.
    fileprivate func isFlip(applied: Bool) -> Bool {
        switch self {
        case .flipApplied(_, .champion, _): applied
        case .flipConfirmed(_, .champion): !applied
        default: false
        }
    }
}
