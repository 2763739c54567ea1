package import JSON
import Statistics

extension Characteristics {
    /// All that is known, each number once, for machines to read.
    package var document: JSONValue {
        [
            "plan": .string(planName), "profile": .string(profile.rawValue),
            "worlds": JSONValue(atZero.tally.worldCount), "seed": .string("\(seed)"),
            "margin": .number(margin), "alpha": .number(alpha), "block_ns": .integer(blockNs),
            "pool_blocks": JSONValue(poolBlockCount), "run_length": .number(runLength),
            "planned_blocks": .object(
                zip(CourseTally.stages, plannedBlocks).map {
                    JSONMember($0.rawValue, JSONValue($1))
                }),
            "differences": .array(
                points.map { name, point in
                    [
                        "at": .string(name), "difference": .number(point.difference),
                        "seed_strict": ends(point, .seedStrict), "guarded": ends(point, .guarded),
                        "canary_rules": rules(point), "gates": gates(point),
                    ]
                }),
            "edges": .array(edges.map(edge)),
        ]
    }

    /// The differences in the order in which tables show them; the profiles' edges are the last.
    var points: [(name: String, point: Point)] {
        [("-margin", atMargin), ("zero", atZero), ("training", atTraining)]
            + edges.map { edge in
                let name = edge.difference == nil ? "best" : "edge"
                return ("\(name) \(edge.profile.rawValue)", edge.point)
            }
    }

    private func ends(_ point: Point, _ profile: RolloutPlan.Profile) -> JSONValue {
        let ends = point.tally.ends(profile)
        func rate(_ count: Int) -> JSONValue {
            WorldRate(count, of: point.tally.worldCount).document
        }
        return [
            "promoted": rate(ends.promoted), "rolled_back": rate(ends.rolledBackCount),
            "inconclusive": rate(ends.inconclusive), "failed": rate(ends.failed),
            "rolled_back_by": .object(
                zip(CourseTally.rules, ends.rolledBack).map {
                    JSONMember($0.rawValue, JSONValue($1))
                }),
            "reached": stages(ends.reached), "passed": stages(ends.passed),
            "days": .number(days(point, profile)),
        ]
    }

    private func stages(_ counts: [Int]) -> JSONValue {
        .object(
            zip(CourseTally.stages, counts).map { JSONMember($0.rawValue, JSONValue($1)) })
    }

    private func rules(_ point: Point) -> JSONValue {
        let tally = point.tally
        return [
            "R1_seed_strict": WorldRate(tally.strictLaneRule, of: tally.worldCount).document,
            "R1_guarded": WorldRate(tally.guardedLaneRule, of: tally.worldCount).document,
            "R7": WorldRate(tally.inferiorRule, of: tally.worldCount).document,
        ]
    }

    private func gates(_ point: Point) -> JSONValue {
        .array(
            gates.indices.map { index in
                let gate = gates[index]
                let strict = point.tally.strictLooks[index]
                let guarded = point.tally.guardedLooks[index]
                return [
                    "stage": .string(gate.stage.rawValue),
                    "gate": .string(gate.gate.kind.rawValue), "is_known": .bool(!gate.isUnknown),
                    "seed_strict": verdicts(strict), "guarded": verdicts(guarded),
                ]
            })
    }

    private func verdicts(_ looks: CourseTally.GateLooks) -> JSONValue {
        .object(
            zip(Verdict.allCases, looks.verdicts).map {
                JSONMember($0.rawValue, JSONValue($1))
            })
    }

    private func edge(_ edge: Edge) -> JSONValue {
        [
            "profile": .string(edge.profile.rawValue),
            "difference": edge.difference.map { .number($0) } ?? .null,
            "power_min": .number(Self.powerMin), "rollback_max": .number(Self.rollbackMax),
            "shown_at": .number(edge.point.difference),
            "capped_by": edge.cap.map {
                [
                    "name": .string($0.name),
                    "rate": WorldRate($0.worldCount, of: edge.point.tally.worldCount).document,
                ]
            } ?? .null,
        ]
    }
}
