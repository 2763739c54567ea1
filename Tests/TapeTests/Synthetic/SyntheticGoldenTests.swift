import Files
import Market
import Tape
import TestSupport
import Testing

/// The small tape that lies in the repository, and the digests of those that do not.
@Suite struct SyntheticGoldenTests {
    private let path = SharedData.packageRoot + "/Tests/Fixtures/golden.tape"

    @Test func recipeStillGivesTheCommittedTape() async throws {
        let recipe = try Recipe.load(SharedData.packageRoot + "/replays/golden.json5")
        let folder = TemporaryFolder()
        let summary = try await SyntheticMarket(recipe: recipe).write(to: folder.file("x.tape"))
        let golden = try TapeFile(path: path)
        #expect(golden.contentDigest == summary.contentDigest)
        #expect(try Self.digests()["golden"] == summary.contentDigest)
    }

    @Test func itIsSmallAndHoldsEveryKindOfStream() throws {
        let golden = try TapeFile(path: path)
        #expect(golden.size < 100_000)
        #expect(Set(golden.header.streams.map(\.schema.kind)) == Set(StreamKind.allCases))
        #expect(golden.header.instruments.map(\.kind) == [.spot, .perpetual])
        #expect(!golden.isRebuilt)
    }

    @Test func everyRecipeHasADigest() throws {
        let names = Set(try Self.digests().keys)
        #expect(
            names == [
                "bench-month", "decaying", "error-rates", "golden", "half-year", "month", "quarter",
            ])
    }

    /// Lines of a digest, two spaces and a name, as `sha256sum` writes them.
    private static func digests() throws -> [String: Digest] {
        let bytes = TestFile.read(SharedData.packageRoot + "/replays/DIGESTS")
        var digests: [String: Digest] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            let digest: Digest = try #require(Digest(hexadecimal: String(parts[0])))
            digests[String(parts[1])] = digest
        }
        return digests
    }
}
