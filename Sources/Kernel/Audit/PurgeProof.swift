import Features
import JSON
import Market

/// Columns of BTC and of books are as old as their purge says, no younger and no older.
///
/// When all that comes after an instant is noise, the first row that may move is the one whose
/// purged sources have a tick after it; where the noise has half a bar to work with, it must.
struct PurgeProof {
    private let clean: RunTrace
    private let comparisons: [CutComparison]
    private let plan: ReplayPlan

    init(_ comparisons: [CutComparison], clean: RunTrace, _ plan: ReplayPlan) {
        self.comparisons = comparisons
        self.clean = clean
        self.plan = plan
    }

    /// Beside the purge itself: a column that looks at older bars only moves a little later.
    static let barsAfter = 6

    /// A column that never moved where it had to, so many times, is dead or too old.
    private static let decisiveMin = 3

    /// What was seen of one column in one symbol's rows.
    private struct Seen {
        let symbol: String
        let column: FeatureColumn
        let purgeBars: Int
        /// The least of all cuts.
        var firstMove: Int?
        /// Cuts at which it moved at all.
        var movedCount = 0
        /// Cuts at which the first row that may move had to.
        var decisiveCount = 0
        /// And at which it did.
        var exactCount = 0
    }

    var result: AuditResult {
        let seen = self.seen
        var result = AuditResult(
            .purge,
            tried: [
                AuditResult.Count("cuts", comparisons.count),
                AuditResult.Count(
                    "columns", plan.run.config.columns.count { plan.run.purgeBars($0) != nil }),
                AuditResult.Count("decisive", seen.reduce(0) { $0 + $1.decisiveCount }),
                AuditResult.Count("first_values", firstValues.count),
            ], findings: seen.compactMap(finding) + firstValues.compactMap(\.finding),
            isShort: seen.allSatisfy { $0.decisiveCount < Self.decisiveMin },
            notes: seen.isEmpty
                ? ["no column has a purge"]
                : seen.filter { $0.decisiveCount < Self.decisiveMin }.map {
                    "\($0.column.name) of \($0.symbol): too few of its values were known behind a cut"
                })
        result.details = [JSONMember("columns", .array(seen.map(document)))]
        return result
    }

    private var seen: [Seen] {
        var seen: [Seen] = []
        for (index, column) in plan.run.config.columns.enumerated() {
            guard let purgeBars = plan.run.purgeBars(column) else { continue }
            for (symbol, name) in plan.tradedSymbols.map(\.instrument.symbol).enumerated() {
                var each = Seen(symbol: name, column: column, purgeBars: purgeBars)
                for comparison in comparisons { take(comparison, symbol, index, &each) }
                seen.append(each)
            }
        }
        return seen
    }

    private func take(
        _ comparison: CutComparison, _ symbol: Int, _ column: Int, _ seen: inout Seen
    ) {
        let move = comparison.firstMoves[symbol][column]
        if let move {
            seen.firstMove = min(seen.firstMove ?? move, move)
            seen.movedCount += 1
        }
        let width = plan.run.config.columns.count
        let place = (comparison.cut.nextRow + seen.purgeBars) * width + column
        let values = clean.rows[symbol].values
        guard comparison.cut.isEarlyInBar(plan.run.schedule), values.indices.contains(place),
            !values[place].isNaN
        else { return }
        seen.decisiveCount += 1
        if move == seen.purgeBars { seen.exactCount += 1 }
    }

    private func finding(_ seen: Seen) -> AuditResult.Finding? {
        let subject = "\(seen.column.name) of \(seen.symbol)"
        let figures = [
            AuditResult.Count("purge_bars", seen.purgeBars),
            AuditResult.Count("cuts", comparisons.count),
        ]
        if let move = seen.firstMove, move < seen.purgeBars {
            return AuditResult.Finding(
                subject,
                "moved \(move) bars after the instant's own, and its purge is \(seen.purgeBars)",
                figures + [AuditResult.Count("first_moved_bars", move)])
        }
        guard seen.decisiveCount >= Self.decisiveMin, seen.exactCount == 0 else { return nil }
        let text =
            seen.firstMove.map {
                "moved \($0) bars after the instant's own at the soonest, and its purge is "
                    + "\(seen.purgeBars): it is older than it says"
            } ?? "never moved: it is dead, or far older than its purge of \(seen.purgeBars) bars"
        return AuditResult.Finding(subject, text, figures)
    }

    private func document(_ seen: Seen) -> JSONValue {
        [
            "symbol": .string(seen.symbol), "column": .string(seen.column.name),
            "purge_bars": JSONValue(seen.purgeBars),
            "first_moved_bars": seen.firstMove.map { JSONValue($0) } ?? .null,
            "moved": JSONValue(seen.movedCount), "decisive": JSONValue(seen.decisiveCount),
            "exact": JSONValue(seen.exactCount),
        ]
    }

    // MARK: - First values

    /// The bar of a column's first value, counted from the feature epoch.
    private struct FirstValue {
        let subject: String
        let expected: Int
        let found: Int
        /// Whether the sources had every bar up to then.
        let isWhole: Bool

        var finding: AuditResult.Finding? {
            guard found < expected || (found > expected && isWhole) else { return nil }
            return AuditResult.Finding(
                subject,
                "has its first value at bar \(found) from the feature epoch; its purge and its "
                    + "window are \(expected)",
                [
                    AuditResult.Count("expected_bar", expected),
                    AuditResult.Count("found_bar", found),
                ])
        }
    }

    private var firstValues: [FirstValue] {
        var values: [FirstValue] = []
        let names = plan.tradedSymbols.map(\.instrument.symbol)
        for (name, summary) in zip(names, clean.summary?.symbols ?? []) {
            for (index, column) in plan.run.config.columns.enumerated() {
                guard let expected = plan.run.config.firstValidBar(of: column),
                    let found = summary.enricher.firstValidBars[index]
                else { continue }
                // How soon a book is whole, or has its observations, is the tape's affair.
                let isWhole =
                    column.family == .btc && summary.enricher.missingBarCount == 0
                    && clean.isBTCPresent.prefix(expected + 1).allSatisfy(\.self)
                values.append(
                    FirstValue(
                        subject: "\(column.name) of \(name)", expected: expected, found: found,
                        isWhole: isWhole))
            }
        }
        return values
    }
}

extension RunPlan {
    /// Nil for a column without a purge.
    func purgeBars(_ column: FeatureColumn) -> Int? {
        switch column.family {
        case .btc: config.families.btc?.purgeBars
        case .l2: config.families.l2?.purgeBars
        case .baseline, .fracDiff, .interactions: nil
        }
    }
}
