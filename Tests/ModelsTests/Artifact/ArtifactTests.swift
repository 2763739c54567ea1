import Features
import Files
import Glibc
import JSON
import Market
import Models
import TestSupport
import Testing

@Suite("A model's folder")
struct ArtifactTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("model") }

    private func file(_ name: String) -> String { path + "/" + name }

    @Test("gives back what was written, however often it is written")
    func roundTrip() throws {
        let config = TestModel.config {
            $0.btc = FeatureFamilies.BTC()
            $0.fracDiff = FeatureFamilies.FracDiff()
        }
        var metadata = TestModel.metadata
        metadata.calibration = .temperature(1.3)
        let files = TestModel.files(config, metadata: metadata)
        try files.write(to: path)
        try files.write(to: folder.file("again"))
        let model = try ModelArtifact(folder: path)
        #expect(model.config == config)
        #expect(model.featureNames == config.columns.map(\.name))
        #expect(model.metadata == metadata)
        #expect(model.booster.featureCount == config.columns.count)
        #expect(model.referenceRowCount == 2)
        #expect((model.name, model.version) == ("model", 0))
        #expect(try ModelArtifact(folder: folder.file("again")).digest == model.digest)
        #expect(try ModelFiles(folder: path) == files)
        #expect(model.uses(.btc) && model.uses(.fracDiff) && !model.uses(.l2))
        #expect(ModelContract.mismatches(of: model, against: config).isEmpty)
    }

    @Test("is refused for any byte that flipped, by the name of its file", .tags(.bytes))
    func flippedBytes() throws {
        try TestModel.files().write(to: path)
        for name in folder.names(in: "model") {
            let bytes = TestFile.read(file(name))
            // All of the small files, and every 61st byte of the large ones.
            for index in stride(from: 0, to: bytes.count, by: bytes.count > 1000 ? 61 : 1) {
                var damaged = bytes
                damaged[index] ^= 1 << (index % 8)
                TestFile.write(damaged, to: file(name))
                let error = #expect(throws: ModelError.self) { try ModelArtifact(folder: path) }
                let isNamed =
                    name == "SHA256SUMS" || (error?.description.contains("/" + name) ?? false)
                #expect(isNamed, "byte \(index) of \(name): \(error?.description ?? "accepted")")
            }
            TestFile.write(bytes, to: file(name))
        }
        _ = try ModelArtifact(folder: path)
    }

    @Test("is refused when a file is missing or does not belong there")
    func missingAndExtra() throws {
        try TestModel.files().write(to: path)
        for name in folder.names(in: "model") {
            let bytes = TestFile.read(file(name))
            unsafe unlink(file(name))
            #expect(throws: ModelError.missing(folder: path, name: name)) {
                try ModelArtifact(folder: path)
            }
            TestFile.write(bytes, to: file(name))
        }
        for name in ["notes.txt", "booster.ubj", ".hidden"] {
            TestFile.write([], to: file(name))
            #expect(throws: ModelError.extra(folder: path, name: name)) {
                try ModelArtifact(folder: path)
            }
            unsafe unlink(file(name))
        }
        let sums = TestFile.read(file("SHA256SUMS"))
        let line = Array((String(repeating: "0", count: 64) + "  other.bin\n").utf8)
        TestFile.write(sums + line, to: file("SHA256SUMS"))
        #expect(throws: ModelError.missing(folder: path, name: "other.bin")) {
            try ModelArtifact(folder: path)
        }
    }

    @Test("that is not there is refused by its path")
    func absent() {
        let missing = folder.file("none")
        #expect(throws: ModelError.missing(folder: missing, name: "SHA256SUMS")) {
            try ModelArtifact(folder: missing)
        }
        TestFile.write([], to: path)
        #expect(
            throws: ModelError.output(
                .system(path: path, operation: "list", errorNumber: ENOTDIR))
        ) { try ModelArtifact(folder: path) }
    }

    @Test("with right sums and wrong content is refused by file, line and field")
    func wrongContent() throws {
        let cases = [
            ("enrichment_config.json", "\"bar_ns\": 900000000000", "\"bar_ns\": 0", "bar_ns"),
            ("enrichment_config.json", "\"btc_purge_bars\": null", "\"btc_purge_bars\": 3", "null"),
            ("metadata.json", "\"binary:logistic\"", "\"hinge\"", "loss"),
            ("metadata.json", "\"threshold\": 0.5", "\"threshold\": 1.5", "threshold"),
            ("metadata.json", "\"probability\"", "\"margin\"", "predicts a probability"),
            ("feature_names.json", "\"return_4\"", "\"return_1\"", "stands twice"),
            ("booster.json", "\"num_class\":\"0\"", "\"num_class\":\"x\"", "num_class"),
            ("drift_reference.npy", "(2, 19)", "(2, 18)", "rows of 19"),
            ("drift_reference.npy", "(2, 19)", "(3, 19)", "rows of 19"),
        ]
        for (number, (name, old, new, said)) in cases.enumerated() {
            let written = folder.file("\(number)")
            try TestModel.files().write(to: written)
            Self.replace(old, by: new, in: written + "/" + name)
            try Self.sumAgain(written)
            let error = #expect(throws: ModelError.self) { try ModelArtifact(folder: written) }
            let text = error?.description ?? ""
            #expect(text.contains(name) && text.contains(said), "\(name), \(new): \(text)")
        }
    }

    @Test("appears whole or not at all, and clears what a dead writer left")
    func atomic() throws {
        try OutputFolder.create(path + ".partial")
        TestFile.write([1], to: path + ".partial/booster.ubj")
        let files = TestModel.files()
        try files.write(to: path)
        #expect(folder.names == ["model"])
        #expect(throws: OutputError.exists(path: path)) { try files.write(to: path) }
        #expect(try ModelFiles(folder: path) == files)
        #expect(throws: OutputError.self) { try files.write(to: "/dev/null/model") }
    }

    /// Edits a text, or a header of fixed size, in place.
    static func replace(_ old: String, by new: String, in path: String) {
        let bytes = TestFile.read(path)
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        for start in 0...(bytes.count - old.count)
        where bytes[start..<(start + old.count)].elementsEqual(old) {
            return TestFile.write(
                Array(bytes[..<start]) + new + bytes[(start + old.count)...], to: path)
        }
        Issue.record("\(path) does not hold \(String(decoding: old, as: UTF8.self))")
    }

    /// Writes `SHA256SUMS` to fit what lies in the folder.
    static func sumAgain(_ folder: String) throws {
        var text = ""
        for name in try OutputFolder.names(folder) ?? [] where name != "SHA256SUMS" {
            var digest = SHA256()
            digest.update(TestFile.read(folder + "/" + name))
            text += "\(digest.finish())  \(name)\n"
        }
        TestFile.write(Array(text.utf8), to: folder + "/SHA256SUMS")
    }
}
