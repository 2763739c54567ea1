import Features
import Files
import JSON
import Journal
import Market
import Models
import Rollout
import Scenarios

/// The files that a rollout starts from, read once: its plan, and what training and stress tests
/// left.
struct RolloutTexts: Sendable {
    let plan: RolloutPlan
    let planDigest: Digest
    let cells: TrainingEvidence.Text
    let blocks: TrainingEvidence.Text
    let stress: [StressTest]
    private let stressPaths: [String]
    private let planPath: String
    private let trainingDigest: Digest

    private static let trainingSizeMax = 1 << 28

    /// Nil, and problems, where they cannot be read or the plan does not fit the run.
    init?(_ settings: RolloutSettings, _ run: RunPlan, _ problems: inout [StartUpProblem]) {
        let count = problems.count
        func read(_ path: String, sizeMax: Int) -> [UInt8]? {
            do throws(TextFileError) {
                return try TextFile.read(path, sizeMax: sizeMax)
            } catch {
                problems.append(.unreadableInput(path, error))
                return nil
            }
        }
        let isFile = settings.training.utf8.suffix(4).elementsEqual(".csv".utf8)
        let cellsPath = settings.training + (isFile ? "" : "/cells.csv")
        let blocksPath = CellBlock.path(besideCells: cellsPath)
        guard let planBytes = read(settings.plan, sizeMax: RolloutPlanDocument.sizeMax),
            let cellsBytes = read(cellsPath, sizeMax: Self.trainingSizeMax),
            let blocksBytes = read(blocksPath, sizeMax: Self.trainingSizeMax)
        else { return nil }
        do throws(JSONError) {
            let document = try RolloutPlanDocument(planBytes)
            var errors = document.problems.errors
            if errors.isEmpty { errors = document.problems(in: RolloutPlanDocument.Run(run)) }
            problems += errors.map { .plan(path: settings.plan, $0) }
            plan = document.plan
        } catch {
            problems.append(.plan(path: settings.plan, error))
            return nil
        }
        stressPaths = settings.stress.map { $0 + "/" + StressTest.fileName }
        var stress: [StressTest] = []
        for path in stressPaths {
            guard let bytes = read(path, sizeMax: StressTest.sizeMax) else { continue }
            do throws(JSONError) {
                stress.append(try StressTest(bytes))
            } catch {
                problems.append(.stress(path: path, error))
            }
        }
        guard problems.count == count else { return nil }
        self.stress = stress
        planPath = settings.plan
        planDigest = plan.digest
        trainingDigest = Self.digest([cellsBytes, blocksBytes])
        cells = TrainingEvidence.Text(
            path: cellsPath, text: String(decoding: cellsBytes, as: UTF8.self))
        blocks = TrainingEvidence.Text(
            path: blocksPath, text: String(decoding: blocksBytes, as: UTF8.self))
    }

    /// The attempt's number stands in the scenario's text.
    var inputs: [RunRecord.Input] {
        [
            RunRecord.Input(kind: "plan", name: planPath, digest: planDigest),
            RunRecord.Input(kind: "training", name: cells.path, digest: trainingDigest),
        ]
            + zip(stressPaths, stress).map { path, report in
                RunRecord.Input(kind: "stress", name: path, digest: report.digest)
            }
    }

    /// Of several files, one after the other.
    private static func digest(_ files: [[UInt8]]) -> Digest {
        var hash = SHA256()
        for bytes in files { hash.update(bytes) }
        return hash.finish()
    }
}

extension RolloutPlanDocument.Run {
    fileprivate init(_ run: RunPlan) {
        self.init(
            symbols: run.symbols.filter(\.hasRows).map(\.instrument.symbol),
            barNs: run.config.barNs, horizonNs: run.scenario.strategy?.horizonNs ?? 0,
            hasBooks: run.config.families.l2 != nil)
    }
}
