import Glibc
import JSON
import Models
import TestSupport
import Testing

@Suite("libxgboost, loaded when it is needed")
struct XGBoostTests {
    @Test("is not in a process that has not asked for it")
    func absence() async {
        await #expect(processExitsWith: .success) {
            let name = Array("libxgboost".utf8)
            precondition(!TestFile.read("/proc/self/maps").contains(name), "loaded at the start")
            let version = try XGBoostLibrary().version
            precondition(version.0 > 0, "the version is \(version)")
            precondition(TestFile.read("/proc/self/maps").contains(name), "not loaded")
        }
    }

    @Test("gives the same margins from the model's file as from the training that wrote it")
    func roundTrip() throws {
        let library = try XGBoostLibrary()
        let sample = Sample(rowCount: 600, seed: 1)
        let matrix = try sample.matrix(library)
        let booster = try sample.trained(library, matrix, rounds: 12)
        let margins = try booster.margins(of: matrix)
        for format in [XGBoostBooster.Format.json, .ubj] {
            let bytes = try booster.bytes(format)
            let again = try XGBoostBooster(library, model: bytes)
            let isEqual = try again.margins(of: matrix) == margins
            #expect(isEqual, "\(format)")
        }
        #expect(Set(margins).count > 20, "the booster learned nothing")
    }

    @Test("predicts rows where they lie as it does those of a matrix")
    func dense() throws {
        let library = try XGBoostLibrary()
        let sample = Sample(rowCount: 300, seed: 2)
        let matrix = try sample.matrix(library)
        let booster = try sample.trained(library, matrix, rounds: 8)
        let rows = try XGBoostRows(library, values: sample.values, columnCount: Sample.columnCount)
        var margins = [Float](repeating: .nan, count: sample.labels.count)
        try booster.predict(rows, into: &margins)
        let isEqual = try margins == booster.margins(of: matrix)
        #expect(isEqual)
    }

    @Test("predicts by the first rounds alone where they are asked for")
    func firstRounds() throws {
        let library = try XGBoostLibrary()
        let sample = Sample(rowCount: 300, seed: 3)
        let matrix = try sample.matrix(library)
        let short = try sample.trained(library, matrix, rounds: 3)
        let long = try sample.trained(library, matrix, rounds: 9)
        let isEqual = try short.margins(of: matrix) == long.margins(of: matrix, rounds: 3)
        #expect(isEqual)
        let isCut = try short.margins(of: matrix) != long.margins(of: matrix)
        #expect(isCut)
    }

    @Test("boosts by a gradient and a Hessian from outside as by its own objective of that loss")
    func customObjective() throws {
        let library = try XGBoostLibrary()
        let sample = Sample(rowCount: 500, seed: 4)
        let matrix = try sample.matrix(library)
        let own = try sample.trained(library, matrix, rounds: 10).margins(of: matrix)
        var booster = try XGBoostBooster(
            library, parameters: Sample.parameters(objective: "reg:squarederror", base: "0"),
            features: Sample.features, cachingFor: matrix)
        for _ in 0..<10 {
            let margins = try booster.margins(of: matrix)
            let chances = margins.map { 1 / (1 + expf(-$0)) }
            var gradients = zip(chances, sample.labels).map { $0 - $1 }
            var hessians = chances.map { $0 * (1 - $0) }
            try booster.boost(matrix, gradients: &gradients, hessians: &hessians)
        }
        let ours = try booster.margins(of: matrix)
        let largest = zip(own, ours).map { ($0 - $1).magnitude }.max()
        #expect(try #require(largest) < 1e-4)
    }

    @Test("writes models that the forest scores alike, to the bit, with their features' names")
    func forest() throws {
        let library = try XGBoostLibrary()
        let sample = Sample(rowCount: 400, seed: 5)
        let matrix = try sample.matrix(library)
        let trained = try sample.trained(library, matrix, rounds: 20)
        let expected = try trained.margins(of: matrix).map { Double($0) }
        for format in [XGBoostBooster.Format.json, .ubj] {
            let booster = try Booster(trained.bytes(format), file: "booster")
            #expect(booster.featureNames == Sample.features)
            let isEqual = sample.margins(of: booster) == expected
            #expect(isEqual, "\(format)")
            let gains = booster.totalGains
            #expect(gains.firstIndex(of: try #require(gains.max())) == Sample.tellingColumn)
        }
    }

    @Test("says what it refuses and why")
    func refusals() throws {
        let library = try XGBoostLibrary()
        #expect {
            _ = try XGBoostBooster(library, model: Array("{\"no\": \"model\"}".utf8))
        } throws: { error in
            guard case .refused(.load, let reason) = error as? XGBoostError else { return false }
            return !reason.isEmpty && !reason.contains("\n")
        }
        #expect {
            _ = try XGBoostMatrix(library, values: [1, .infinity], columnCount: 2)
        } throws: { error in
            guard case .refused(.makeMatrix, let reason) = error as? XGBoostError else {
                return false
            }
            return reason.contains("inf")
        }
    }

    @Test(
        "reads the files of its version, missing values included, to the bit",
        .enabled(if: SharedData.isPresent, SharedData.hint),
        arguments: ["v1_7_binary", "v1_7_base_score"])
    func recordedModels(name: String) throws {
        let library = try XGBoostLibrary()
        let folder = try #require(SharedData.path("oracles/fixtures/xgb"))
        let rows = try JSONNode.parse(TestFile.read(folder + "/rows.json"))
        let matrix = try XGBoostMatrix(
            library, values: try #require(rows["value"]?.floats), columnCount: 12)
        let expected = try JSONNode.parse(TestFile.read("\(folder)/\(name)/expected.json"))
        let margins = try #require(expected["margin"]?["value"]?.floats)
        for file in ["model.json", "model.ubj"] {
            let booster = try XGBoostBooster(
                library, model: TestFile.read("\(folder)/\(name)/\(file)"))
            let isEqual = try booster.margins(of: matrix) == margins
            #expect(isEqual, "\(file)")
        }
    }
}

/// Rows of which one column tells the label, with every tenth value missing.
private struct Sample {
    static let columnCount = 6
    static let tellingColumn = 4
    static let features = (0..<columnCount).map { "column_\($0)" }
    private(set) var values: [Float] = []
    private(set) var labels: [Float] = []

    init(rowCount: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<rowCount {
            var row: [Float] = []
            for _ in 0..<Self.columnCount {
                let isMissing = UInt8.random(in: 0..<10, using: &random) == 0
                row.append(isMissing ? .nan : Float.random(in: -1..<1, using: &random))
            }
            let chance: Float = row[Self.tellingColumn] > 0.2 ? 0.9 : 0.2
            labels.append(Float.random(in: 0..<1, using: &random) < chance ? 1 : 0)
            values += row
        }
    }

    func matrix(_ library: XGBoostLibrary) throws -> XGBoostMatrix {
        var matrix = try XGBoostMatrix(library, values: values, columnCount: Self.columnCount)
        try matrix.setLabels(labels)
        return matrix
    }

    /// As the forest sums them.
    func margins(of booster: Booster) -> [Double] {
        let rows = values.map { Double($0) }
        var margins: [Double] = []
        Forest(booster, columns: Array(0..<Self.columnCount)).margins(
            of: rows.span, rowWidth: Self.columnCount, into: &margins)
        return margins
    }

    func trained(
        _ library: XGBoostLibrary, _ matrix: borrowing XGBoostMatrix, rounds: Int
    ) throws -> XGBoostBooster {
        var booster = try XGBoostBooster(
            library, parameters: Self.parameters(objective: "binary:logistic", base: "0.5"),
            features: Self.features, cachingFor: matrix)
        for round in 0..<rounds { try booster.update(round: round, matrix) }
        return booster
    }

    static func parameters(objective: String, base: String) -> [(name: String, value: String)] {
        [
            ("objective", objective), ("base_score", base), ("max_depth", "3"), ("eta", "0.3"),
            ("tree_method", "hist"), ("nthread", "1"), ("seed", "1"), ("verbosity", "0"),
        ]
    }
}

extension JSONNode {
    fileprivate subscript(key: String) -> JSONNode? {
        guard case .object(let members) = content else { return nil }
        return members.first { $0.key == key }?.node
    }

    /// An array of numbers; null is NaN, as the fixtures say.
    fileprivate var floats: [Float]? {
        guard case .array(let nodes) = content else { return nil }
        return nodes.map { node in
            switch node.content {
            case .integer(let value): Float(value)
            case .number(let value): Float(value)
            case .string("inf"): .infinity
            case .string("-inf"): -.infinity
            default: .nan
            }
        }
    }
}
