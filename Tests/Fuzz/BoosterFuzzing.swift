import Models

/// Drives the readers of boosters, in JSON and in UBJSON, with arbitrary bytes; what is accepted is
/// scored, for a walk through the trees checks nothing.
enum BoosterFuzzing {
    static func run(_ bytes: [UInt8]) {
        do {
            let booster = try Booster(bytes, file: "input")
            let forest = Forest(booster, columns: Array(0..<booster.featureCount))
            score(forest, rowCount: 5, rowWidth: max(1, booster.featureCount))
        } catch {
            precondition("\(error)".hasPrefix("input: "))
        }
    }

    private static func score(_ forest: Forest, rowCount: Int, rowWidth: Int) {
        for value in [0, -1e30, 1e30, Double.nan] {
            let rows = [Double](repeating: value, count: rowCount * rowWidth)
            var margins: [Double] = []
            forest.margins(of: rows.span, rowWidth: rowWidth, into: &margins)
            precondition(margins.count == rowCount * forest.outputCount)
        }
    }
}
