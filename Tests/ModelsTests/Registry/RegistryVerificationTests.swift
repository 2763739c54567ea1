import Files
import Models
import TestSupport
import Testing

@Suite("A check of the registry")
struct RegistryVerificationTests {
    private let folder = TemporaryFolder()
    private let name = TestModel.name
    private var registry: ModelRegistry { ModelRegistry(folder.path) }

    init() throws {
        for leaf in [1.0, 2.0] {
            try registry.add(TestModel.files(leaf: leaf), as: name)
        }
        try registry.flip(
            .champion, of: name, to: 1, expecting: .epoch(0), by: "anna", why: "test", atNs: 0)
    }

    private func failures() throws -> [String] {
        try registry.verify().filter(\.isFailure).map(\.detail)
    }

    @Test("finds a flipped byte in every file of a version")
    func flippedByte() throws {
        for file in folder.names(in: "\(name)/versions/2") {
            let path = folder.file("\(name)/versions/2/\(file)")
            let bytes = TestFile.read(path)
            var damaged = bytes
            damaged[bytes.count / 2] ^= 1
            TestFile.write(damaged, to: path)
            #expect(try failures().count == 1, "\(file)")
            #expect(try failures().first?.contains("versions/2/") == true)
            TestFile.write(bytes, to: path)
        }
        #expect(try registry.verify().isEmpty)
    }

    @Test("finds a version that is another model than the alias was set to")
    func exchanged() throws {
        let versions = folder.file("\(name)/versions")
        try OutputFolder.rename(versions + "/1", to: versions + "/3")
        #expect(try failures().map { $0.contains("version 1, which is gone") } == [true])
        try OutputFolder.rename(versions + "/2", to: versions + "/1")
        #expect(try failures().map { $0.contains("another model") } == [true])
    }

    @Test("names what belongs to no version and to no model, and a missing history")
    func strangers() throws {
        try OutputFolder.create(folder.file("notes"))
        try OutputFolder.create(folder.file("\(name)/versions/01"))
        let findings = try registry.verify()
        #expect(findings.map(\.isFailure) == [false, true])
        #expect(findings.map { $0.detail.contains("no model") } == [true, false])
        #expect(findings.map { $0.detail.contains("versions/01 is no version") } == [false, true])
        TestFile.write([], to: folder.file("\(name)/aliases.jsonl"))
        #expect(try registry.alias(.champion, of: name) == nil)
        OutputFolder.remove(folder.file("\(name)/versions/01"), holding: [])
        OutputFolder.remove(folder.file("\(name)/x"), holding: ["../aliases.jsonl"])
        #expect(try failures().isEmpty)
    }
}
