import Statistics
import Testing

@Suite("A confusion matrix")
struct ConfusionMatrixTests {
    /// Rows are predictions, columns what came true, in the order of the classes.
    private static func matrix(_ rows: [[Int]]) -> ConfusionMatrix {
        var matrix = ConfusionMatrix()
        for (predicted, row) in zip(TradeClass.allCases, rows) {
            for (actual, count) in zip(TradeClass.allCases, row) {
                for _ in 0..<count { matrix.add(predicted: predicted, actual: actual) }
            }
        }
        return matrix
    }

    @Test("gives precision, recall and F1 of each class")
    func classes() {
        let matrix = Self.matrix([[6, 2, 2], [3, 50, 7], [1, 8, 21]])
        #expect(matrix.count == 100)
        #expect(matrix.count(predicted: .hold, actual: .sell) == 7)
        #expect(matrix.precision(.buy) == Figure(0.6, n: 10))
        #expect(matrix.recall(.buy) == Figure(0.6, n: 10))
        #expect(matrix.f1(.buy) == Figure(0.6, n: 100))
        #expect(matrix.precision(.hold) == Figure(50.0 / 60, n: 60))
        #expect(matrix.recall(.sell) == Figure(21.0 / 30, n: 30))
    }

    @Test("has an F1 that is the harmonic mean of precision and recall")
    func harmonic() throws {
        let matrix = Self.matrix([[7, 1, 4], [5, 3, 9], [2, 6, 8]])
        for positive in TradeClass.allCases {
            let precision = try #require(matrix.precision(positive).value)
            let recall = try #require(matrix.recall(positive).value)
            let harmonic = 2 * precision * recall / (precision + recall)
            #expect(isNear(matrix.f1(positive).value, harmonic, tolerance: 1e-15))
        }
    }

    @Test("has an F1 of zero when all is wrong, and none when the class is absent")
    func absent() {
        let wrong = Self.matrix([[0, 2, 0], [3, 0, 0], [0, 0, 0]])
        #expect(wrong.f1(.buy) == Figure(0, n: 5))
        #expect(wrong.f1(.sell) == .undefined(.classAbsent, n: 5))
        #expect(wrong.precision(.sell) == .undefined(.classAbsent, n: 0))
        #expect(ConfusionMatrix().f1(.buy) == .undefined(.noValues, n: 0))
        #expect(ConfusionMatrix().recall(.buy) == .undefined(.noValues, n: 0))
    }

    @Test("pools by adding counts, which is not the mean over symbols")
    func pooling() {
        let small = Self.matrix([[1, 0, 0], [0, 0, 0], [0, 0, 0]])
        let large = Self.matrix([[0, 9, 0], [10, 0, 0], [0, 0, 0]])
        var pooled = small
        pooled.add(large)
        #expect(pooled.f1(.buy) == Figure(2.0 / 21, n: 20))
        #expect(
            ConfusionMatrix.macroMean([small.f1(.buy), large.f1(.buy)]) == Figure(0.5, n: 2))
    }

    @Test("has no macro mean when one symbol has no figure")
    func macroUndefined() {
        let figures = [Figure(0.5, n: 3), .undefined(.classAbsent, n: 4)]
        #expect(ConfusionMatrix.macroMean(figures) == .undefined(.undefinedPart, n: 2))
        #expect(ConfusionMatrix.macroMean([]) == .undefined(.noValues, n: 0))
    }
}
