import Files
import Market
import Tape
import TestSupport
import Testing

@Suite("Opening sources", .tags(.bytes))
struct ImportArchiveTests {
    private static let rows = """
        1719792000000,0.5,0.6,0.4,0.55,10,1719792059999,5,3,4,2,0
        1719792060000,0.55,0.6,0.5,0.6,20,1719792119999,11,4,8,5,0

        """

    private let bench = ImportBench()

    private func zip(_ members: [(name: String, text: String)]) -> [UInt8] {
        ZipBytes.stored(members.map { ($0.name, Array($0.text.utf8)) })
    }

    @Test("a zip with one file is read like the file, and its checksum file is verified")
    func zipWithChecksum() throws {
        let name = "XRPUSDT-1m-2024-07-01"
        let source = bench.source(name + ".zip", bytes: zip([(name + ".csv", Self.rows)]))
        var digest = SHA256()
        digest.update(TestFile.read(source.path))
        let sum = "\(digest.finish())"
        _ = bench.source(name + ".zip.CHECKSUM", "\(sum)  \(name).zip\n")
        let imported = try bench.run(source)
        let file = imported.ledger.sources[0].files[0]
        #expect(file.isVerified)
        #expect(file.sha256 == sum)
        #expect(imported.instrument.symbol == "XRPUSDT")
        #expect(try imported.block(.candles).rowCount == 2)

        let wrong = String(repeating: "0", count: 64)
        _ = bench.source(name + ".zip.CHECKSUM", "\(wrong)  \(name).zip\n")
        #expect(
            bench.failure(source)
                == .file(path: source.path, .checksumMismatch(expected: wrong, actual: sum)))
        _ = bench.source(name + ".zip.CHECKSUM", "nonsense")
        #expect(
            bench.failure(source)
                == .file(path: source.path, .badChecksumFile(detail: "nonsense")))
    }

    @Test(
        "a member whose path leaves the archive is refused",
        arguments: [
            "../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\x.csv",
        ])
    func escapingMember(_ name: String) {
        let source = bench.source("X.zip", bytes: zip([(name, Self.rows)]))
        guard case .file(_, .escapingMember(let found))? = bench.failure(source) else {
            Issue.record("\(name) was let in")
            return
        }
        #expect(found.hasSuffix(".csv"))
    }

    @Test("a zip with two files, and one with none, are refused by name")
    func otherZips() {
        let two = bench.source(
            "AAAUSDT-1m-2024.zip", bytes: zip([("a.csv", Self.rows), ("b.csv", Self.rows)]))
        #expect(
            bench.failure(two)
                == .file(path: two.path, .severalMembers(first: "a.csv", second: "b.csv")))
        let none = bench.source("AAAUSDT-1m-2025.zip", bytes: zip([("folder/", "")]))
        #expect(bench.failure(none) == .file(path: none.path, .noMember))
    }

    @Test("a bomb is an error long before it has expanded", arguments: ["gz", "zip"])
    func bomb(_ ending: String) throws(ImportError) {
        // A deflate block of one zero and then only "258 more of the same", two bits each.
        let head: [UInt8] = [
            0xed, 0xc1, 0x01, 0x0d, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf7, 0x4f, 0x6d, 0x0f, 0x07,
            0x14,
        ]
        let deflated = head + [UInt8](repeating: 0, count: 4 << 20)
        let gzipHead: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
        let bytes =
            ending == "gz"
            ? gzipHead + deflated : ZipBytes.archive([("a.csv", deflated, method: 8)])
        let source = bench.source("bomb." + ending, bytes: bytes)
        #expect(bench.failure(source) != nil)
        do {
            _ = try SourceContents.read(source.path)
            Issue.record("the bomb went off")
        } catch .file(_, .expandsTooMuch(let offset)) {
            #expect(offset < 256 << 20)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("an empty file, a folder, a missing and a forbidden file are told apart")
    func unreadable() {
        let empty = bench.source("empty.csv", "")
        #expect(bench.failure(empty) == .file(path: empty.path, .empty))
        let folder = ImportSource(path: bench.folder.path)
        #expect(bench.failure(folder) == .file(path: folder.path, .notAFile))
        let missing = ImportSource(path: bench.folder.file("missing.csv"))
        #expect(bench.failure(missing) == .file(path: missing.path, .unreadable(errno: 2)))
        let text = "\(bench.failure(missing).map { "\($0)" } ?? "")"
        #expect(text.contains("missing.csv"))
    }

    @Test("a gzip file with a flipped bit is never read as other data")
    func flippedGzip() throws {
        let good = GzipBytes.stored(Array(Self.rows.utf8))
        let name = "ABCUSDT-1m-2024-07-01.csv.gz"
        let rows = try bench.run(bench.source(name, bytes: good)).block(.candles)
        for position in good.indices {
            var bad = good
            bad[position] ^= 4
            guard let imported = try? bench.run(bench.source(name, bytes: bad)) else { continue }
            #expect(try imported.block(.candles) == rows, "byte \(position)")
        }
    }

    @Test("a truncated gzip or zip file is an error")
    func truncated() {
        let gzip = GzipBytes.stored(Array(Self.rows.utf8))
        let zipped = zip([("ABCUSDT-1m-2024.csv", Self.rows)])
        for (name, bytes) in [("ABCUSDT-1m-1.csv.gz", gzip), ("ABCUSDT-1m-2.zip", zipped)] {
            for count in [bytes.count / 3, bytes.count / 2] {
                let cut = bench.source(name, bytes: Array(bytes.prefix(count)))
                #expect(bench.failure(cut) != nil, "\(name) cut at \(count)")
            }
        }
    }
}
