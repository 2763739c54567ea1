import Pages
import Rollout
import Statistics

extension CanaryReport {
    /// Section 15.
    var readinessBlocks: [PageBlock] {
        var table = PageTable(
            "Where a rollback goes",
            [.text("Symbol"), .text("Model"), .text("SHA-256"), .text("While books are unfit")])
        for target in readiness.targets {
            table.add(
                "\(target.symbol)", .code("\(target.model) v\(target.version)"),
                .code("\(target.digest)"),
                Phrase(target.fallbackDigests.map(\.short).joined(separator: ", ")))
        }
        return [.table(table)] + drillBlocks + recoveryBlocks + characteristicsBlocks
    }

    private var drillBlocks: [PageBlock] {
        guard let drill = readiness.drill else {
            return [.note(.neutral, "Drill: not run, the rollout ended before it.")]
        }
        let isPassed = drill.verdict == .pass
        return [
            .note(
                isPassed ? .pass : .fail,
                "Drill of the way back at \(UTC.minute(drill.atNs)) UTC: \(drill.verdict.rawValue). "
                    + "F1 of the fallback "
                    + .value(drill.fallbackF1, .fixed(3), key: "readiness.drill.fallback_f1")
                    + ", of the champion "
                    + .value(drill.championF1, .fixed(3), key: "readiness.drill.champion_f1")
                    + "; trades of training's largest fold "
                    + .number(drill.sampleTrades, .count, key: "readiness.drill.sample_trades")
                    + ", at least "
                    + .number(drill.tradesMin, .count, key: "readiness.drill.trades_min") + ".")
        ]
    }

    private var recoveryBlocks: [PageBlock] {
        let limit = NumberFormat.fixed(1, unit: "s").text(seconds(readiness.stalledAfterNs))
        guard !readiness.recoveries.isEmpty else {
            return [
                .paragraph(
                    "No rollback so far. One that no decision confirmed within \(limit) has stalled."
                )
            ]
        }
        var table = PageTable(
            "The last rollback, in market time; stalled after \(limit)",
            [
                .text("Rule"), .text("Symbol"), .text("Breach, UTC"), .number("In force after"),
                .number("Followed after"),
            ])
        for recovery in readiness.recoveries {
            table.add(
                .code(recovery.rule.rawValue), "\(recovery.symbol)",
                Phrase(UTC.second(recovery.breachNs)),
                after(recovery.breachNs, recovery.appliedNs),
                after(recovery.breachNs, recovery.servedNs))
        }
        return [.table(table)]
    }

    private func after(_ fromNs: Int64, _ untilNs: Int64?) -> Phrase {
        guard let untilNs else { return "not yet" }
        return Phrase(NumberFormat.fixed(1, unit: "s").text(seconds(untilNs - fromNs)))
    }

    private func seconds(_ ns: Int64) -> Double {
        Double(ns) / 1e9
    }

    private var characteristicsBlocks: [PageBlock] {
        guard let characteristics = readiness.characteristics else {
            guard case .absent(let why) = readiness.simulated else { return [] }
            return [.note(.neutral, Phrase("How often the plan errs: \(why)."))]
        }
        var table = PageTable(
            "How often the plan decides what, over "
                + "\(NumberFormat.count.text(characteristics.worlds)) simulated worlds",
            [
                .text("Difference"), .number("per block"), .text("Profile"), .number("Promoted"),
                .number("Rolled back"), .number("Inconclusive"), .number("Days"),
                .number("R1 fires"),
            ])
        for (index, point) in characteristics.points.enumerated() {
            let key = "readiness.characteristics.points.\(index)"
            table.add(
                "\(point.name)",
                .number(
                    point.difference, .basisPointsOfFraction(1).signed, key: key + ".difference"),
                .code(point.profile.rawValue), rate(point.promoted, key: key + ".promoted"),
                rate(point.rolledBack, key: key + ".rolled_back"),
                rate(point.inconclusive, key: key + ".inconclusive"),
                .number(point.days, .fixed(1), key: key + ".days"),
                rate(point.laneRule, key: key + ".lane_rule"))
        }
        return [.table(table)]
    }

    private func rate(_ rate: Readiness.Characteristics.Rate, key: String) -> Phrase {
        let format = NumberFormat.percent(1)
        return "\(.number(rate.value, format, key: key + ".value")) "
            + "[\(.number(rate.low, format.bare, key: key + ".low")), "
            + "\(.number(rate.high, format.bare, key: key + ".high"))]"
    }

    /// Section 16.
    var signOffBlocks: [PageBlock] {
        var blocks: [PageBlock] = [
            .list(signOff.limits.map { Phrase($0) }), .heading("Sign-off"),
            .paragraph(awaitedPhrase),
        ]
        blocks += signOff.commands.map { .command($0) }
        blocks.append(
            .facts([
                (
                    term: "Evidence",
                    signOff.evidenceDigest.map { .code("\($0)") } ?? "none: no look yet"
                ), (term: "Chain", .code(signOff.chainTip)),
                (
                    term: "Operators",
                    Phrase(
                        signOff.operators.map {
                            "\($0.name) (\($0.role)\($0.isAuthor ? ", author" : ""))"
                        }.joined(separator: ", "))
                ),
            ]))
        guard !signOff.signatures.isEmpty else {
            return blocks + [.paragraph("Signatures so far: none.")]
        }
        var table = PageTable(
            "Signatures so far",
            [
                .text("At, UTC"), .text("Stage"), .text("What"), .text("By"), .text("Role"),
                .text("Reason"), .text("Evidence"), .text("Until, UTC"),
            ])
        for signature in signOff.signatures {
            table.add(
                Phrase(UTC.minute(signature.atNs)), "\(signature.stage)",
                signature.isRefusal ? "refused" : "signed",
                Phrase(signature.by + (signature.isAuthor ? " (author)" : "")),
                "\(signature.role)", "\(signature.reason)",
                signature.evidence.map { .code($0.short) } ?? "",
                Phrase(signature.expiresNs.map { UTC.minute($0) } ?? ""))
        }
        return blocks + [.table(table)]
    }
}
