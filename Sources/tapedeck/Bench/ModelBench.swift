import Models
import Numerics

/// Measures how fast rows are scored by 300 trees of depth 6, against libxgboost, one thread each.
///
/// libxgboost predicts rows where they lie or in a matrix that was made before; the faster counts.
/// Both libraries take turns in short runs, so that a machine which changes its speed changes it
/// for both; a round's time is that of its fastest run, and the figures are medians over rounds.
struct ModelBench {
    let rounds: Int

    private static let rowCount = 1000
    /// What is scored one row after the other in a run: short, so that some run is left in peace.
    private static let runLength = 50
    private static let batchesPerRound = 10

    /// Seconds for a row.
    private struct Round {
        var row = Double.infinity
        var rowOfLibrary = Double.infinity
        var batchRow = Double.infinity
        var batchRowOfLibrary = Double.infinity
    }

    func run(progress: (String) -> Void) throws -> BenchReport {
        let sample = BenchSample(rowCount: Self.rowCount)
        let forest = Forest(
            try Booster(sample.file, file: "the random forest"),
            columns: Array(0..<BenchSample.featureCount))
        let library = try XGBoostLibrary()
        let booster = try XGBoostBooster(library, model: sample.file)
        try check(forest, booster, library, sample)
        var measured: [Round] = []
        for round in 1...rounds {
            progress("round \(round) of \(rounds)")
            try Interrupt.check()
            var times = Round()
            try scoreRows(forest, booster, library, sample, &times)
            try scoreBatches(forest, booster, library, sample, &times)
            measured.append(times)
        }
        return report(measured, library)
    }

    private func report(_ measured: [Round], _ library: XGBoostLibrary) -> BenchReport {
        func median(_ value: (Round) -> Double) -> Double { Measure.median(measured.map(value)) }
        var report = BenchReport(bench: "model")
        report.add(
            "predict_row_us", 1e6 * (measured.map(\.row).min() ?? .nan), "us", aim: "<= 2")
        report.add(
            "predict_row_vs_libxgboost", median { $0.row / $0.rowOfLibrary }, "ratio",
            aim: "<= 0.167")
        report.add(
            "predict_1000_vs_libxgboost", median { $0.batchRow / $0.batchRowOfLibrary }, "ratio",
            aim: "<= 0.333")
        report.add("predict_row_median_us", 1e6 * median(\.row), "us")
        report.add("predict_1000_us_per_row", 1e6 * median(\.batchRow), "us")
        report.add("libxgboost_row_us", 1e6 * median(\.rowOfLibrary), "us")
        report.add("libxgboost_1000_us_per_row", 1e6 * median(\.batchRowOfLibrary), "us")
        let version = library.version
        report.add("libxgboost_major", Double(version.0), "version")
        report.add("libxgboost_minor", Double(version.1), "version")
        return report
    }

    /// A comparison counts only where both do the same work.
    private func check(
        _ forest: Forest, _ booster: borrowing XGBoostBooster, _ library: XGBoostLibrary,
        _ sample: BenchSample
    ) throws {
        let rows = try XGBoostRows(
            library, values: sample.rows.map { Float($0) }, columnCount: BenchSample.featureCount)
        var theirs = [Float](repeating: 0, count: Self.rowCount)
        try booster.predict(rows, into: &theirs)
        let ours = sample.margins(by: forest)
        precondition(ours == theirs.map { Double($0) }, "both give the same margins")
    }

    private func scoreRows(
        _ forest: Forest, _ booster: borrowing XGBoostBooster, _ library: XGBoostLibrary,
        _ sample: BenchSample, _ times: inout Round
    ) throws {
        let width = BenchSample.featureCount
        var margins: [Double] = []
        margins.reserveCapacity(Self.runLength)
        for first in stride(from: 0, to: Self.rowCount, by: Self.runLength) {
            let run = first..<first + Self.runLength
            margins.removeAll(keepingCapacity: true)
            let ours = Measure.seconds {
                for row in run {
                    forest.margins(
                        of: sample.rows.span.extracting(row * width..<(row + 1) * width),
                        rowWidth: width, into: &margins)
                }
            }
            times.row = min(times.row, ours / Double(Self.runLength))
            var theirs = 0.0
            for row in run {
                let values = sample.rows[row * width..<(row + 1) * width].map { Float($0) }
                theirs += try seconds(of: booster, library, values)
            }
            times.rowOfLibrary = min(times.rowOfLibrary, theirs / Double(Self.runLength))
        }
    }

    private func scoreBatches(
        _ forest: Forest, _ booster: borrowing XGBoostBooster, _ library: XGBoostLibrary,
        _ sample: BenchSample, _ times: inout Round
    ) throws {
        let values = sample.rows.map { Float($0) }
        var margins: [Double] = []
        margins.reserveCapacity(Self.rowCount)
        for _ in 0..<Self.batchesPerRound {
            margins.removeAll(keepingCapacity: true)
            let ours = Measure.seconds {
                forest.margins(
                    of: sample.rows.span, rowWidth: BenchSample.featureCount, into: &margins)
            }
            times.batchRow = min(times.batchRow, ours / Double(Self.rowCount))
            let theirs = try seconds(of: booster, library, values)
            times.batchRowOfLibrary = min(times.batchRowOfLibrary, theirs / Double(Self.rowCount))
        }
    }

    /// What the faster of libxgboost's two ways takes for rows. It keeps what it predicted for a
    /// matrix, so each is predicted once.
    private func seconds(
        of booster: borrowing XGBoostBooster, _ library: XGBoostLibrary, _ values: [Float]
    ) throws -> Double {
        let width = BenchSample.featureCount
        let rows = try XGBoostRows(library, values: values, columnCount: width)
        var margins = [Float](repeating: 0, count: values.count / width)
        let inPlace = try Measure.seconds { try booster.predict(rows, into: &margins) }
        let matrix = try XGBoostMatrix(library, values: values, columnCount: width)
        let inMatrix = try Measure.seconds { margins = try booster.margins(of: matrix) }
        return min(inPlace, inMatrix)
    }
}

/// A random booster, and rows to score with it.
private struct BenchSample {
    /// About as many as a model of all feature families asks for.
    static let featureCount = 40

    let file: [UInt8]
    /// Row after row, one value in ten missing.
    let rows: [Double]

    init(rowCount: Int) {
        var stream = RandomStream(seed: 1, "bench", "model")
        file =
            BenchForest(featureCount: Self.featureCount, &stream) { _, stream in
                stream.normal()
            }.file
        rows = (0..<rowCount * Self.featureCount).map { _ in
            stream.uniform() < 0.1 ? .nan : Double(Float(stream.normal()))
        }
    }

    /// The margins of all rows.
    func margins(by forest: Forest) -> [Double] {
        var margins: [Double] = []
        forest.margins(of: rows.span, rowWidth: Self.featureCount, into: &margins)
        return margins
    }
}

extension CommandSpec {
    static let benchModel = CommandSpec(
        name: "bench model",
        summary: "Measures how fast a model scores rows, against libxgboost.",
        options: [
            Option(name: "--rounds", value: "N", help: "rounds of measuring, 9 when not given"),
            .json, .quiet,
        ],
        examples: ["tapedeck bench model --json", "tapedeck bench model --rounds 25"],
        run: { arguments in
            let bench = ModelBench(rounds: try arguments.integer("--rounds", in: 5...1000) ?? 9)
            let report = try bench.run { text in
                if !arguments.has("--quiet") { Console.note("bench model: \(text)") }
            }
            try Console.output(report.text(isJSON: arguments.has("--json")))
            return .done
        })
}
