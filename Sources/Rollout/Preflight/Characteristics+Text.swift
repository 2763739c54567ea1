import Statistics

extension Characteristics {
    /// For a terminal: one column for each difference, one block of rows for each profile, then gates
    /// and rules at the plan's own sample sizes.
    package var text: String {
        let count = atZero.tally.worldCount
        var text = """
            plan \(planName), \(profile.rawValue) decides; \(count) worlds from \(poolBlockCount) \
            blocks of training in runs of \(Decimals.text(runLength, 1)), seed \(seed)
            margin \(bps(margin)) bps a block, alpha \(Decimals.text(alpha, 4)); blocks planned: \
            \(plan)


            """
        text += table(heading + RolloutPlan.Profile.allCases.flatMap(rows))
        text += "\nshare of worlds in which a gate passes at its planned n, or a rule fires in the"
        text += " canary's planned time; seedStrict / guarded\n\n"
        text += table(heading + gateRows + ruleRows)
        for edge in edges { text += "\n" + line(edge) }
        let unknown = gates.filter(\.isUnknown).map {
            "\($0.stage.rawValue) \($0.gate.kind.rawValue)"
        }
        if !unknown.isEmpty {
            text +=
                "\ntraining says nothing of \(unknown.joined(separator: ", ")): worlds pass them"
        }
        return text + "\n"
    }

    private var plan: String {
        zip(CourseTally.stages, plannedBlocks).map { "\($0.rawValue) \($1)" }
            .joined(separator: ", ")
    }

    private func bps(_ value: Double) -> String { Decimals.text(1e4 * value, 1) }

    private var heading: [[String]] {
        [
            ["candidate less champion"] + points.map(\.name),
            ["bps a block"] + points.map { bps($0.point.difference) },
        ]
    }

    private func rows(_ profile: RolloutPlan.Profile) -> [[String]] {
        func row(_ name: String, _ count: (CourseTally.Ends) -> Int) -> [String] {
            ["\(profile.rawValue): \(name)"]
                + points.map { _, point in
                    WorldRate(count(point.tally.ends(profile)), of: point.tally.worldCount).text
                }
        }
        return [
            row("promoted, %", \.promoted), row("rolled back, %", \.rolledBackCount),
            row("inconclusive, %", \.inconclusive), row("failed, %", \.failed),
            ["\(profile.rawValue): days to the end"]
                + points.map { Decimals.text(days($0.point, profile), 1) },
        ]
    }

    private var gateRows: [[String]] {
        gates.indices.map { index in
            let gate = gates[index]
            return ["\(gate.stage.rawValue) \(gate.gate.kind.rawValue)"]
                + points.map { _, point in
                    let tally = point.tally
                    guard !gate.isUnknown else { return "unknown" }
                    return pair(
                        tally.strictLooks[index].count(.pass),
                        tally.guardedLooks[index].count(.pass), tally.worldCount)
                }
        }
    }

    private var ruleRows: [[String]] {
        [
            ["canary R1"]
                + points.map { _, point in
                    pair(
                        point.tally.strictLaneRule, point.tally.guardedLaneRule,
                        point.tally.worldCount)
                },
            ["canary R7"]
                + points.map { _, point in
                    "- / "
                        + WorldRate(point.tally.inferiorRule, of: point.tally.worldCount).text
                },
        ]
    }

    private func pair(_ strict: Int, _ guarded: Int, _ count: Int) -> String {
        let share = Decimals.text(100 * WorldRate(strict, of: count).share, 1)
        return "\(share) / \(WorldRate(guarded, of: count).text)"
    }

    private func line(_ edge: Edge) -> String {
        let ends = edge.point.tally.ends(edge.profile)
        let count = edge.point.tally.worldCount
        let promoted = WorldRate(ends.promoted, of: count).text
        let rolledBack = WorldRate(ends.rolledBackCount, of: count).text
        let rates = "promoted \(promoted) %, rolled back \(rolledBack) %"
        if let difference = edge.difference {
            return "edge announced (\(edge.profile.rawValue)): \(bps(difference)) bps a block,"
                + " \(rates)"
        }
        let cap = edge.cap.map {
            "; \($0.name) ends \(WorldRate($0.worldCount, of: count).text) %"
        }
        return "edge announced (\(edge.profile.rawValue)): none; best at"
            + " \(bps(edge.point.difference)) bps a block, where \(rates)\(cap ?? "")"
    }

    /// Columns as wide as their widest entry, the first one flush left.
    private func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}
