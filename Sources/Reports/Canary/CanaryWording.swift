import JSON
import Market
import Pages
import Rollout
import Statistics

/// The verdict in words: fixed templates without adjectives, each with the interval that it rests on.
struct CanaryWording {
    private let maker: CanaryMaker
    private let line: CanaryReport.PairedLine
    private let gates: CanaryReport.Gates

    init(
        _ maker: CanaryMaker, _ line: CanaryReport.PairedLine, _ gates: CanaryReport.Gates
    ) {
        self.maker = maker
        self.line = line
        self.gates = gates
    }

    func text(_ verdict: CanaryReport.Banner.Verdict) -> String {
        switch verdict {
        case .pass: pass
        case .inconclusive, .short: inconclusive(verdict)
        case .fail: fail
        case .rollback: rollback
        case .abandon: abandon
        case .invalid: invalid
        case .notLookedAt: notLookedAt
        }
    }

    // MARK: - Templates

    private var pass: String {
        let count = gates.rows.count { $0.status == .pass }
        let rest = gates.rows.count - count
        let others = rest == 0 ? "" : " \(rest) more are waived or dry runs."
        return
            "\(scope), \(difference). \(conclusion) \(Self.all(count)) pass.\(others) \(eligible)"
    }

    private var eligible: String {
        switch maker.state.phase {
        case .shadowReview:
            "Eligible for operator sign-off to canary; nothing is promoted automatically."
        case .canaryReview:
            "Eligible for operator sign-off to full; nothing is promoted automatically."
        case .closed(.locked): "The candidate is champion."
        default: "The rollout stands at \(maker.state.phase.name)."
        }
    }

    private func inconclusive(_ verdict: CanaryReport.Banner.Verdict) -> String {
        let range =
            line.lower.flatMap { lower in
                line.upper.map { upper in
                    "The data are compatible with \(Self.bps(lower)) to \(Self.bps(upper)) bps "
                        + "per block"
                }
            } ?? "There are too few blocks for limits (n = \(line.points.count))"
        let shown =
            line.conclusion.isNonInferior
            ? "; non-inferiority is shown at margin \(Self.size(line.margin)) bps"
            : line.lower == nil
                ? ""
                : "; the lower end is below the margin \(Self.bps(-line.margin)), so "
                    + "non-inferiority is not shown"
        return "\(scope), the stage is \(verdict == .short ? "short" : "inconclusive"). "
            + "\(range)\(shown)\(mandated). \(open) \(needed)\(lane)"
    }

    /// Where the two sets of rules come apart.
    private var mandated: String {
        let gate = gates.rows.first { $0.kind == .expectancy }
        guard let gate, gate.seedStrict == .pass, gate.guarded != .pass else { return "" }
        return " (the mandated CI95 rule alone would pass)"
    }

    private var open: String {
        let names = gates.rows.filter { $0.status != .pass && $0.status != .dryRun }
            .filter { $0.status != .waived }.map(name)
        return names.isEmpty ? "" : "Open: \(names.joined(separator: ", "))."
    }

    private var needed: String {
        guard let blocks = line.blocksNeeded, blocks > line.points.count else { return "" }
        let days = Double(Int64(blocks - line.points.count) * line.blockNs) / 8.64e13
        return "At the current rate \(NumberFormat.fixed(1).text(days)) more days. "
    }

    private var lane: String {
        guard maker.state.outcome == nil else {
            return "The rollout ended: \(maker.state.phase.name)."
        }
        let holder = maker.state.hasLaneOnCandidate ? "candidate" : "champion"
        return "Lane kept on the \(holder); extension \(maker.extensionsUsed) of "
            + "\(maker.plan.extensionsMax)."
    }

    private var fail: String {
        let names = gates.rows.filter { $0.status == .fail }.map(name)
        return "\(scope), \(difference). \(Self.all(names.count)) fail: "
            + "\(names.joined(separator: ", ")). The rollout stands at \(maker.state.phase.name)."
    }

    private var rollback: String {
        guard let found = maker.run.history.entries.last(where: { $0.event.kind.isRollback }),
            case .rollbackTriggered(let rule, let symbol) = found.event.kind
        else { return "The rollout stands at \(maker.state.phase.name)." }
        let place = symbol ?? "all lanes"
        let recoveries = maker.readiness().recoveries
        let served = recoveries.compactMap(\.servedNs).max()
        let route =
            served.map {
                "Route: champion, first served "
                    + "\(TimeSpan.text(Self.seconds($0 - found.event.atNs))) after it"
            } ?? "Route: champion, not confirmed yet"
        return "Rule \(rule.rawValue) fired at \(UTC.minute(found.event.atNs)) on "
            + "\(place)\(cause(found.event)). "
            + "\(rate(rule))Paired evidence against the champion, \(scope.lowercasedFirst): "
            + "\(difference). \(route)."
    }

    /// What R1 and R2 saw of the first lane.
    private func cause(_ event: RolloutEvent) -> String {
        guard case .array(let lanes) = event.detail?["cause"]?["lanes"],
            let expectancy = lanes.first?["expectancy"],
            case .number(let mean) = expectancy["mean"], case .integer(let n) = expectancy["n"]
        else { return "" }
        return ": mean net \(NumberFormat.percent(2).signed.text(mean)) over 48 h (n = \(n))"
    }

    /// How often the rule fires without cause, where that was simulated.
    private func rate(_ rule: RolloutRule) -> String {
        guard rule == .laneExpectancy,
            let point = maker.readiness().characteristics?.points.first(where: {
                $0.name == "training" && $0.profile == maker.plan.profile
            })
        else { return "Its rate of false alarms is not simulated. " }
        return "At training's edge it fires in "
            + "\(NumberFormat.percent(0).text(point.laneRule.value)) of canaries. "
    }

    private var abandon: String {
        if let found = maker.leakage().found {
            return "\(found); leakage gate, not waivable."
        }
        return "The rollout was abandoned: \(maker.state.phase.name)."
    }

    private var invalid: String {
        let reason: String
        switch maker.state.phase {
        case .closed(.invalid(let text)), .returning(.invalid(let text)): reason = text
        default: reason = "the models did not decide on the same bars"
        }
        return "Evidence cannot be used: \(reason)."
    }

    private var notLookedAt: String {
        guard !line.points.isEmpty else {
            return "No stage was looked at, so there is no evidence. The rollout stands at "
                + "\(maker.state.phase.name)."
        }
        return "\(scope), the stage has not been looked at. So far \(difference). "
            + "The rollout stands at \(maker.state.phase.name)."
    }

    // MARK: - Parts

    /// `On BTCUSDC over 7.0 covered days (n = 61)`: n counts the candidate's trades.
    private var scope: String {
        let symbols = maker.symbolNames
        let names =
            symbols.count > 3
            ? "\(symbols.count) symbols" : symbols.joined(separator: ", ")
        let days = Double(maker.bars.coveredCount) * Double(maker.facts.barNs) / 8.64e13
        return "On \(names.isEmpty ? "no symbol" : names) over "
            + "\(NumberFormat.fixed(1).text(days)) covered days "
            + "(n = \(maker.candidateReturns.count))"
    }

    private var difference: String {
        guard let mean = line.mean.value else {
            return "candidate \u{2212} champion is undefined: "
                + (line.mean.reason?.text ?? "no values")
        }
        let interval =
            line.mean.interval.map {
                "\(line.level) confidence sequence [\(Self.bps($0.low)), \(Self.bps($0.high))]"
            } ?? "no limits before \(line.blocksMin) blocks"
        return "candidate \u{2212} champion = \(Self.bps(mean)) bps per block of "
            + "\(TimeSpan.text(line.blockNs)); \(interval)"
    }

    private var conclusion: String {
        let margin = "at margin \(Self.size(line.margin)) bps."
        return switch line.conclusion {
        case .superior: "Superior: the one-sided lower limit is above 0; non-inferior \(margin)"
        case .nonInferior: "Non-inferior \(margin)"
        case .equivalent: "Equivalent \(margin)"
        case .inferior: "Inferior \(margin)"
        case .open, .inconclusive: "Non-inferiority is not shown \(margin)"
        }
    }

    private func name(_ row: CanaryReport.Gates.Row) -> String {
        row.symbol.map { "\(row.kind.rawValue) \($0)" } ?? row.kind.rawValue
    }

    private static func all(_ count: Int) -> String {
        count == 1 ? "1 gate" : "\(count) gates"
    }

    /// To whole seconds, as spans are written.
    private static func seconds(_ ns: Int64) -> Int64 {
        (ns + Timestamp.secondNs / 2) / Timestamp.secondNs * Timestamp.secondNs
    }

    private static func bps(_ value: Double) -> String {
        NumberFormat.basisPointsOfFraction().bare.signed.text(value)
    }

    private static func size(_ value: Double) -> String {
        NumberFormat.basisPointsOfFraction().bare.text(value)
    }
}

extension RolloutEvent.Kind {
    fileprivate var isRollback: Bool {
        if case .rollbackTriggered = self { true } else { false }
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
