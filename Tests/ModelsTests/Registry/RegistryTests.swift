import Features
import Files
import Market
import Models
import TestSupport
import Testing

@Suite("The registry")
struct RegistryTests {
    private let folder = TemporaryFolder()
    private let name = TestModel.name
    private var registry: ModelRegistry { ModelRegistry(folder.file("a/b/models")) }

    @Test("numbers the versions of a model from 1 and gives each back")
    func versions() throws {
        let other = try #require(ModelName("CVNTrade_XGBoost_ETHUSDC_SL0.5_TP1_H4"))
        for version in 1...3 {
            let files = TestModel.files(leaf: Double(version))
            #expect(try registry.add(files, as: name) == version)
        }
        #expect(try registry.add(TestModel.files(), as: other) == 1)
        #expect(try registry.models() == [name, other])
        #expect(try registry.versions(of: name) == [1, 2, 3])
        let model = try registry.artifact(name, 2)
        #expect(model.name == "\(name)" && model.version == 2)
        #expect(model.digest == TestModel.files(leaf: 2).digest)
        let read = try ModelArtifact(folder: model.path)
        #expect(read.name == "\(name)" && read.version == 2)
        #expect(try registry.verify().isEmpty)
    }

    @Test("says what is not there, and what may be meant")
    func absent() throws {
        #expect(throws: RegistryError.absent(path: registry.path)) { try registry.models() }
        try registry.add(TestModel.files(), as: name)
        let misspelt = try #require(ModelName("CVNTrade_XGBoost_BTCUSDT_SL0.5_TP1_H4"))
        #expect(throws: RegistryError.noModel("\(misspelt)", nearest: "\(name)")) {
            try registry.versions(of: misspelt)
        }
        #expect(throws: RegistryError.noVersion(name, 2, known: [1])) {
            try registry.artifact(name, 2)
        }
    }

    @Test("adds nothing that no run could be served with")
    func unfit() throws {
        var names = TestModel.config().columns.map(\.name)
        names.swapAt(0, 1)
        let error = #expect(throws: RegistryError.self) {
            try registry.add(TestModel.files(names: names, boosterNames: names), as: name)
        }
        #expect(error?.description.contains("feature_names.return_1") == true)
        #expect(folder.names.isEmpty)
    }

    @Test("does not use a number again, and clears what a dead writer left")
    func numbers() throws {
        for leaf in [1.0, 2.0] { try registry.add(TestModel.files(leaf: leaf), as: name) }
        try registry.flip(
            .candidate, of: name, to: 2, expecting: .epoch(0), by: "anna", why: "test", atNs: 0)
        let versions = "a/b/models/\(name)/versions"
        OutputFolder.remove(
            folder.file(versions + "/2"), holding: folder.names(in: versions + "/2"))
        try OutputFolder.create(folder.file(versions + "/partial"))
        TestFile.write([1], to: folder.file(versions + "/partial/metadata.json"))
        #expect(try registry.verify().count { !$0.isFailure } == 1)
        #expect(try registry.add(TestModel.files(leaf: 3), as: name) == 3)
        #expect(folder.names(in: versions) == ["1", "3"])
    }

    @Test("adds at once from many tasks, each under its own number", .tags(.concurrency))
    func concurrentAdding() async throws {
        let registry = registry
        let name = name
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for leaf in 1...12 {
                group.addTask {
                    try registry.add(TestModel.files(leaf: Double(leaf)), as: name)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(1...12))
        #expect(try registry.verify().isEmpty)
    }

    @Test("recalibrates a model as a new version that differs in its calibration alone")
    func recalibration() throws {
        try registry.add(TestModel.files(), as: name)
        #expect(try registry.recalibrate(name, 1, as: .temperature(1.5)) == 2)
        var metadata = TestModel.metadata
        metadata.calibration = .temperature(1.5)
        #expect(try registry.artifact(name, 2).metadata == metadata)
        let path = "a/b/models/\(name)/versions/"
        for file in folder.names(in: path + "1") {
            let isEqual =
                TestFile.read(folder.file(path + "1/" + file))
                == TestFile.read(folder.file(path + "2/" + file))
            #expect(isEqual == !["metadata.json", "SHA256SUMS"].contains(file), "\(file)")
        }
        #expect(throws: RegistryError.sameCalibration(name, version: 2)) {
            try registry.recalibrate(name, 2, as: .temperature(1.5))
        }
        #expect(try registry.recalibrate(name, 2, as: .none) == 3)
        #expect(try registry.artifact(name, 3).digest == registry.artifact(name, 1).digest)
    }
}
