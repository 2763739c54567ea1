import Desk
import Features
import Files
import JSON
import Journal
import Kernel
import Market
import Models
import Numerics
import Rollout
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
    /// By symbol, of each row's bar.
    private let closes: [[Double]]
    private var models: [ServedModel] = []

    private static let buyShare = 0.2

    /// Plays the run once, for thresholds that its features reach.
    init(_ run: RunPlan, options: LineOptions) async throws {
        self.run = run
        let count = run.symbols.count(where: \.hasRows)
        let collected = Mutex([FeatureRows](repeating: FeatureRows(), count: count))
        _ = try await Conductor(plan: run, options: options).run(
            keeper: RowKeeper { rows in
                collected.withLock { collected in
                    for (symbol, rows) in rows.enumerated() {
                        collected[symbol].values += rows.values
                        collected[symbol].closes += rows.closes
                    }
                }
            }, isStopRequested: { Interrupt.isRequested })
        try Interrupt.check()
        rows = collected.withLock { $0.map(\.values) }
        closes = collected.withLock { $0.map(\.closes) }
    }

    /// The run with its models in service, and the same with a rollout of the candidate.
    consuming func plans() throws -> (plain: ReplayPlan, rollout: ReplayPlan) {
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
        let rollout = BenchRollout(run, models, service)
        let monitors = monitors(traded.map(\.instrument.symbol))
        func plan(_ rollout: RolloutSetup?) -> ReplayPlan {
            ReplayPlan(
                run: run, models: models, service: service, switches: [],
                fallbacks: traded.map { _ in [] }, monitors: monitors, rollout: rollout,
                record: RunRecord(
                    inputs: [], resultsVersion: ReplayPlan.resultsVersion,
                    scenario: run.scenario.document.text()))
        }
        return (plan(nil), plan(rollout.setup))
    }

    /// What training would have left of the run's own rows.
    private func monitors(_ symbols: [String]) -> MonitorSetup {
        let all = run.config.columns
        let models = symbols.indices.map { symbol in
            let reference = all.indices.map { column in
                closes[symbol].indices.map { row in
                    let value = rows[symbol][row * all.count + column]
                    return all[column].isPriceScaled ? value / closes[symbol][row] : value
                }
            }
            return MonitorSetup.Model(
                isFocal: true, columns: Array(all.indices), reference: reference,
                limits: all.map { _ in (-1e12, 1e12) }, totalGain: all.indices.map { Double($0) },
                outOfFoldF1: 0.3, sharpness: 0.6, probabilityDeciles: [])
        }
        return MonitorSetup(
            columns: all, models: models, symbols: symbols, barNs: run.config.barNs,
            startNs: run.schedule.firstWindowCloseNs - run.config.barNs,
            computeLatencyNs: run.scenario.latencies.computeNs, seed: run.scenario.seed)
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
