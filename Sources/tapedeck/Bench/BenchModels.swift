import Desk
import Features
import Files
import JSON
import Journal
import Kernel
import Market
import Models
import Numerics
import Scenarios
internal import Synchronization
import Tape

/// Random models for every symbol of a run: the champion's read the baseline, the candidate's all
/// features. Each wants to buy on a fifth of its symbol's bars, far more often than a trained one,
/// so that positions are open most of the time.
struct BenchModels {
    private let run: RunPlan
    /// By symbol, row after row.
    private let rows: [[Double]]
    private var models: [ServedModel] = []

    private static let buyShare = 0.2

    /// Plays the run once, for thresholds that its features reach.
    init(_ run: RunPlan, options: LineOptions) async throws {
        self.run = run
        let count = run.symbols.count(where: \.hasRows)
        let collected = Mutex([[Double]](repeating: [], count: count))
        _ = try await Conductor(plan: run, options: options).run(
            keeper: RowKeeper { rows in
                collected.withLock { collected in
                    for (symbol, rows) in rows.enumerated() { collected[symbol] += rows.values }
                }
            }, isStopRequested: { Interrupt.isRequested })
        try Interrupt.check()
        rows = collected.withLock { $0 }
    }

    /// The run with its models in service.
    consuming func plan() throws -> ReplayPlan {
        let roles = Role.allCases.prefix(run.scenario.serving?.candidateAlias == nil ? 1 : 2)
        let traded = run.symbols.filter(\.hasRows)
        var service: [[Int?]] = []
        for role in roles {
            var served: [Int?] = []
            for (symbol, plan) in traded.enumerated() {
                served.append(models.count)
                models.append(try model(role, symbol, plan.instrument.symbol))
            }
            service.append(served)
        }
        return ReplayPlan(
            run: run, models: models, service: service, switches: [],
            fallbacks: traded.map { _ in [] }, monitors: nil,
            record: RunRecord(
                inputs: [], resultsVersion: ReplayPlan.resultsVersion,
                scenario: run.scenario.document.text()))
    }

    private func model(_ role: Role, _ symbol: Int, _ symbolName: String) throws -> ServedModel {
        let all = run.config.columns
        let columns = all.indices.filter { role == .candidate || all[$0].family == .baseline }
        var stream = RandomStream(seed: 1, "bench", role.name, symbolName)
        let values = rows[symbol]
        let rowCount = values.count / all.count
        let forest = BenchForest(featureCount: columns.count, &stream) { feature, stream in
            // A value that some bar has; where most have none, any threshold does.
            for _ in 0..<8 {
                let row = Int(stream.integer(below: UInt64(rowCount)))
                let value = values[row * all.count + columns[feature]]
                if !value.isNaN { return value }
            }
            return 0
        }
        let booster = try Booster(forest.file, file: "the random forest")
        var digest = SHA256()
        digest.update(forest.file)
        return ServedModel(
            name: "\(role.name) of \(symbolName)", version: 1, digest: digest.finish(),
            metadata: ModelMetadata(
                loss: .logistic, calibration: .none, threshold: threshold(booster, columns, values),
                output: .margin,
                trainingWindow: TimeRange(
                    startNs: run.config.featureEpochNs, endNs: run.config.featureEpochNs),
                outOfFold: [], features: []),
            booster: booster, columns: columns, of: run.config)
    }

    /// The probability that `buyShare` of the rows reach.
    private func threshold(
        _ booster: Booster, _ columns: [Int], _ values: [Double]
    ) -> Double {
        var margins: [Double] = []
        Forest(booster, columns: columns).margins(
            of: values.span, rowWidth: run.config.columns.count, into: &margins)
        margins.sort()
        let place = Int(Double(margins.count) * (1 - Self.buyShare))
        return Calibration.none.probability(ofMargin: margins[place])
    }
}
