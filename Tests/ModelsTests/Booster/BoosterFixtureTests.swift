import Models
import TestSupport
import Testing

@Suite(
    "Boosters of every release are read, or refused by name",
    .enabled(if: SharedData.isPresent, SharedData.hint))
struct BoosterFixtureTests {
    static let oracleNames = [
        "base_score", "base_score_estimated", "binary_missing", "dart_optional", "early_stopping",
        "focal", "logitraw", "multiclass_optional", "no_trees", "stump", "v1_7_base_score",
        "v1_7_binary",
    ]

    @Test("JSON and UBJSON hold the same booster", arguments: oracleNames)
    func formats(name: String) throws {
        let path = BoosterFixture.oracles + name
        let json = try BoosterFixture.booster(path + "/model.json")
        let ubjson = try BoosterFixture.booster(path + "/model.ubj")
        let areEqual = json == ubjson
        #expect(areEqual)
        #expect(json.treeCount > 0 || name == "no_trees")
    }

    @Test("a booster knows its objective, its outputs and its features")
    func facts() throws {
        let path = BoosterFixture.oracles
        let focal = try BoosterFixture.booster(path + "focal/model.json")
        #expect(focal.objective == .squaredError)
        #expect(focal.baseMargins == [0])
        #expect(focal.featureNames == nil)
        let classes = try BoosterFixture.booster(path + "multiclass_optional/model.json")
        #expect(classes.objective == .classProbabilities)
        #expect(classes.baseMargins == [2.8754711e-2, 5.121138e-1, -5.4086876e-1])
        #expect(classes.trees.map(\.output) == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
        // A probability for binary:logistic, a margin for binary:logitraw.
        let base = try BoosterFixture.booster(path + "base_score/model.json")
        #expect(abs(base.baseMargins[0] - 0.8472978) < 1e-6)
        let raw = try BoosterFixture.booster(path + "logitraw/model.json")
        #expect(raw.baseMargins == [0.5])
        let named = try BoosterFixture.booster(
            BoosterFixture.models + "generated/v3.2.0/binary_logistic.ubj")
        #expect(named.featureNames?.first == "ret_1")
        #expect(named.featureNames?.count == 12)
    }

    @Test("training that stopped early leaves trees that are not in use")
    func earlyStopping() throws {
        let stopped = try BoosterFixture.booster(
            BoosterFixture.oracles + "early_stopping/model.json")
        #expect(stopped.bestIteration == 15)
        #expect(stopped.treeCount == 22)
        #expect(stopped.treeCountInUse == 16)
        let whole = try BoosterFixture.booster(BoosterFixture.oracles + "focal/model.json")
        #expect(whole.bestIteration == nil)
        #expect(whole.treeCountInUse == whole.treeCount)
    }

    @Test(
        "what is not supported is refused by name",
        arguments: [
            ("generated/v3.2.0/categorical_onehot.json", "splits by categories"),
            ("generated/v3.2.0/categorical_partition.ubj", "splits by categories"),
            ("generated/v1.7.6/categorical_partition.json", "splits by categories, which"),
            ("generated/v1.7.6/categorical_partition.ubj", "splits by categories, which"),
            ("generated/v3.2.0/multi_output_tree.json", "`2` is not supported"),
            ("third-party/boosters/inference/gblinear_binary.model.json", "`gblinear`"),
            ("third-party/treelite/xgb_toy_categorical/xgb_toy_categorical_model.json", "NaN"),
            ("third-party/treelite/legacy-binary/mushroom.model", "neither JSON nor UBJSON"),
        ])
    func refused(path: String, reason: String) throws {
        let path = BoosterFixture.models + path
        let bytes = try BoosterFixture.bytes(path)
        let error = #expect(throws: BoosterError.self) { try Booster(bytes, file: "a file") }
        let text = "\(try #require(error))"
        #expect(text.hasPrefix("a file: "))
        #expect(text.contains(reason), "\(text)")
    }
}

@Suite(
    "A damaged file of UBJSON is refused, or read as another booster",
    .enabled(if: SharedData.isPresent, SharedData.hint), .tags(.bytes))
struct BoosterDamageTests {
    @Test("where it is cut off")
    func cut() throws {
        let bytes = try BoosterFixture.bytes(BoosterFixture.oracles + "stump/model.ubj")
        for size in 0..<bytes.count {
            let error = #expect(throws: BoosterError.self) {
                try Booster(Array(bytes[..<size]), file: "cut")
            }
            #expect("\(try #require(error))".hasPrefix("cut: "))
        }
        let error = #expect(throws: BoosterError.self) { try Booster(bytes + [0], file: "long") }
        #expect("\(try #require(error))".contains("1 bytes follow"))
    }

    @Test("wherever a byte is another one")
    func altered() throws {
        var generator = SeededGenerator(seed: 3)
        var accepted = 0
        for name in ["stump", "multiclass_optional", "dart_optional"] {
            let whole = try BoosterFixture.bytes(BoosterFixture.oracles + name + "/model.ubj")
            for _ in 0..<2000 {
                var bytes = whole
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
                guard let booster = try? Booster(bytes, file: "altered") else { continue }
                accepted += 1
                let width = max(1, booster.featureCount)
                let rows = [Double](repeating: 0.5, count: 5 * width)
                let margins = Forest(booster, columns: Array(0..<booster.featureCount))
                    .margins(of: rows, rowWidth: width, batchSize: 5)
                #expect(margins.count == 5 * booster.outputCount)
            }
        }
        #expect(accepted > 0)
    }
}
