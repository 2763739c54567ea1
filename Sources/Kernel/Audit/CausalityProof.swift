import JSON
import Market

/// Nothing that was known at an instant moves by a bit when all that comes after it is noise.
struct CausalityProof {
    private let comparisons: [CutComparison]
    private let barNs: Int64

    init(_ comparisons: [CutComparison], barNs: Int64) {
        self.comparisons = comparisons
        self.barNs = barNs
    }

    /// How many bars a run has to go on after its instant for the noise to show.
    static let barsAfter = 2

    var result: AuditResult {
        let shown = comparisons.count { $0.showsNoise }
        var findings = moved
        if !comparisons.isEmpty, shown == 0 {
            findings.append(
                AuditResult.Finding(
                    "noise",
                    "no row after any instant moved either: the noise does not reach the features, "
                        + "so that nothing moved before it says nothing"))
        }
        return AuditResult(
            .causality,
            tried: [
                AuditResult.Count("cuts", comparisons.count),
                AuditResult.Count("cuts_that_show_after", shown),
                AuditResult.Count("values", comparisons.reduce(0) { $0 + $1.valueCount }),
                AuditResult.Count("predictions", comparisons.reduce(0) { $0 + $1.predictionCount }),
                AuditResult.Count(
                    "journal_rows", comparisons.reduce(0) { $0 + $1.journalRowCount }),
            ], findings: findings, isShort: comparisons.isEmpty)
    }

    /// One finding for each column, signal and table that moved in any cut.
    private var moved: [AuditResult.Finding] {
        var order: [(kind: CutComparison.Move.Kind, subject: String)] = []
        for move in comparisons.flatMap(\.moves)
        where !order.contains(where: { $0.kind == move.kind && $0.subject == move.subject }) {
            order.append((move.kind, move.subject))
        }
        return order.map { kind, subject in
            let moves = comparisons.compactMap { comparison in
                comparison.moves.first { $0.kind == kind && $0.subject == subject }
            }
            let aheadNs = moves.map(\.aheadNs).max() ?? 0
            let bars = Int(aheadNs / barNs) + 1
            return AuditResult.Finding(
                subject,
                "moved in \(moves.count) of \(comparisons.count) cuts; looks ahead by "
                    + "\(TimeSpan.text(aheadNs / Timestamp.secondNs * Timestamp.secondNs)) "
                    + "or more: \(bars) bar\(bars == 1 ? "" : "s")",
                [
                    AuditResult.Count("cuts", moves.count),
                    AuditResult.Count("values", moves.reduce(0) { $0 + $1.count }),
                    AuditResult.Count("ahead_ns", Int(aheadNs)),
                    AuditResult.Count("ahead_bars", bars),
                ])
        }
    }
}
