import Statistics
import Testing

@Suite("A column's summary")
struct ColumnSummaryTests {
    @Test("counts NaN apart and describes the rest")
    func knownValues() {
        let summary = ColumnSummary([.nan, 4, 1, .nan, 3, 2, 5, .nan])
        #expect(summary.count == 5)
        #expect(summary.nanCount == 3)
        #expect(summary.mean == 3)
        // The squares sum to 10, over n - 1 = 4.
        #expect(summary.standardDeviation == 2.5.squareRoot())
        #expect(summary.minimum == 1)
        #expect(summary.maximum == 5)
    }

    @Test("interpolates quantiles as NumPy does")
    func quantiles() {
        // numpy.quantile([2, 3, 5, 7, 11, 13, 17, 19], [.01, .05, .25, .5, .75, .95, .99])
        let summary = ColumnSummary([19, 2, 17, 3, 13, 5, 11, 7])
        #expect(summary.quantiles == [2.07, 2.35, 4.5, 9, 14, 18.299999999999997, 18.86])
    }

    @Test("does not lose small differences beside a large mean")
    func cancellation() {
        // The textbook formula with one pass gives 0 or a root of a negative number here.
        let summary = ColumnSummary([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])
        #expect(summary.mean == 1e9 + 10)
        #expect(summary.standardDeviation == 30.0.squareRoot())
    }

    @Test("counts values in equal bins, the last of which is closed")
    func histogram() {
        let summary = ColumnSummary([0, 0.9, 1, 1.1, 2, 3.9, 4], binCount: 4)
        #expect(summary.histogram == [2, 2, 1, 2])
        #expect(summary.histogram.reduce(0, +) == summary.count)
    }

    @Test("of equal values has them in one bin and no spread")
    func constant() {
        let summary = ColumnSummary([7, 7, 7], binCount: 3)
        #expect(summary.histogram == [3, 0, 0])
        #expect(summary.standardDeviation == 0)
        #expect(summary.quantiles.allSatisfy { $0 == 7 })
    }

    @Test("of one value has no deviation, and of none nothing at all")
    func tooFew() {
        #expect(ColumnSummary([7]).standardDeviation.isNaN)
        #expect(ColumnSummary([7]).mean == 7)
        let nothing = ColumnSummary([.nan, .nan])
        #expect(nothing.count == 0)
        #expect(nothing.nanCount == 2)
        #expect(nothing.mean.isNaN && nothing.minimum.isNaN && nothing.maximum.isNaN)
        #expect(nothing.quantiles.allSatisfy { $0.isNaN })
        #expect(nothing.histogram.allSatisfy { $0 == 0 })
    }

    @Test("keeps infinities out of the bins, not out of the rest")
    func infinite() {
        let summary = ColumnSummary([1, 2, .infinity, .infinity])
        #expect(summary.count == 4)
        #expect(summary.maximum == .infinity)
        #expect(summary.quantiles[6] == .infinity)
        #expect(summary.histogram.allSatisfy { $0 == 0 })
    }
}
