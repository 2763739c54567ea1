import Features
import Files
import Glibc
import JSON
import Kernel
import Tape
import TestSupport
import Testing

@Suite("A folder of features")
struct FeatureFolderTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("out") }

    private func plan(_ symbols: [String] = ["A", "B"], isLabelled: Bool = false) throws -> RunPlan
    {
        var families = FeatureFamilies()
        families.hasBaseline = false
        families.hasInteractions = true
        return try ExportPlan.make(
            symbols, tapePath: folder.file("empty.tape"), families: families,
            strategy: isLabelled
                ? Strategy(stopPpm: 5000, targetPpm: 10_000, horizonNs: 3_600_000_000_000) : nil)
    }

    /// Rows of six columns.
    private func rows(_ range: Range<Int>, _ symbol: Double, labels: [Double] = []) -> FeatureRows {
        var rows = FeatureRows()
        rows.closeNs = range.map { Int64($0 + 1) * 900_000_000_000 }
        rows.tickNs = rows.closeNs
        rows.values = range.flatMap { row in (0..<6).map { symbol + Double(row * 6 + $0) } }
        rows.labels = labels
        return rows
    }

    private let digest = RowDigest(symbols: ["A", "B"], configText: "")

    private func file(_ name: String) -> [UInt8] { TestFile.read(path + "/" + name) }

    private func doubles(_ name: String) -> [Double] {
        let data = Array(file(name)[NPYLayout.headerSize...])
        return stride(from: 0, to: data.count, by: 8).map { start in
            let bits = data[start..<(start + 8)].reversed().reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            return Double(bitPattern: bits)
        }
    }

    @Test("holds a matrix a symbol, the closes, the configuration and what is what")
    func contents() throws {
        let plan = try plan()
        var writer = try FeatureFolder(path + "/", plan: plan, isReplacing: false)
        try writer.append([rows(0..<2, 0), rows(0..<2, 0.5)])
        try writer.append([rows(2..<3, 0), rows(2..<3, 0.5)])
        #expect(folder.names == ["empty.tape", "out.partial"])
        try writer.finish(isComplete: true, digest: digest)
        #expect(folder.names == ["empty.tape", "out"])
        #expect(
            folder.names(in: "out") == [
                "A.features.npy", "B.features.npy", "columns.json", "enrichment_config.json",
                "timestamps.npy",
            ])
        #expect(doubles("A.features.npy") == (0..<18).map(Double.init))
        #expect(doubles("B.features.npy") == (0..<18).map { Double($0) + 0.5 })
        #expect(file("enrichment_config.json") == Array(plan.config.text.utf8))

        let document = try JSONNode.parse(file("columns.json"), dialect: .json).value
        #expect(document["is_complete"] == true)
        #expect(document["schema_version"] == 1)
        #expect(
            document["columns"]
                == .array(
                    plan.config.columns.map {
                        [
                            "name": .string($0.name), "family": .string($0.family.rawValue),
                            "price_scaled": .bool($0.isPriceScaled),
                        ]
                    }))
        #expect(document["rows_digest"] == .string("\(digest.total)"))
        #expect(document["enrichment_config"]?["digest"] == .string("\(plan.config.digest)"))
        #expect(document["bar_ns"] == 900_000_000_000)
        #expect(
            document["window"] == [
                "from": "1970-01-01T00:00:00Z", "until": "1970-01-02T00:00:00Z",
            ])
        let digest = try #require(plan.list.tapes[0].contentDigest)
        #expect(
            document["tapes"] == [["name": "empty.tape", "content_digest": .string("\(digest)")]])
        guard case .array(let symbols)? = document["symbols"] else {
            Issue.record("symbols are missing")
            return
        }
        #expect(symbols.map { $0["features"] } == ["A.features.npy", "B.features.npy"])
        #expect(symbols.allSatisfy { $0["rows"] == 3 && $0["labels"] == .null })
    }

    @Test("has the same bytes however the run was sliced")
    func slicing() throws {
        let plan = try plan(isLabelled: true)
        var contents: [[[UInt8]]] = []
        for cuts in [[0, 40], [0, 1, 1, 7, 40], Array(0...40)] {
            var writer = try FeatureFolder(path, plan: plan, isReplacing: true)
            for (start, end) in zip(cuts, cuts.dropFirst()) {
                // Labels lag behind the rows by three bars.
                let labels = (max(0, start - 3)..<max(0, end - 3)).map { Double($0 % 3 - 1) }
                try writer.append([
                    rows(start..<end, 0, labels: labels), rows(start..<end, 1, labels: labels),
                ])
            }
            try writer.finish(isComplete: true, digest: digest)
            contents.append(folder.names(in: "out").map(file))
        }
        let isEqual = contents.allSatisfy { $0 == contents[0] }
        #expect(isEqual)
        let labels = doubles("A.labels.npy")
        #expect(labels.count == 40)
        #expect(Array(labels[..<4]) == [-1, 0, 1, -1])
        #expect(labels[36] == -1 && labels[37...].allSatisfy { $0.isNaN })
    }

    @Test("of an interrupted run holds what came before, and says so")
    func interrupted() throws {
        var writer = try FeatureFolder(path, plan: plan(isLabelled: true), isReplacing: false)
        try writer.append([rows(0..<5, 0, labels: [1, 0]), rows(0..<5, 1, labels: [0])])
        try writer.finish(isComplete: false, digest: digest)
        let document = try JSONNode.parse(file("columns.json"), dialect: .json).value
        #expect(document["is_complete"] == false)
        let header = String(decoding: file("B.features.npy")[10..<128], as: UTF8.self)
        #expect(header.contains("'shape': (5, 6)"))
        #expect(doubles("B.labels.npy").count == 5)
    }

    @Test("that is not finished leaves nothing")
    func unfinished() throws {
        do {
            var writer = try FeatureFolder(path, plan: plan(), isReplacing: false)
            try writer.append([rows(0..<5, 0), rows(0..<5, 1)])
        }
        #expect(folder.names == ["empty.tape"])
    }

    @Test("clears what a run that died left behind")
    func leftover() throws {
        _ = unsafe mkdir(path + ".partial", 0o755)
        TestFile.write([1, 2, 3], to: path + ".partial/GONE.features.npy")
        var writer = try FeatureFolder(path, plan: plan(), isReplacing: false)
        try writer.append([rows(0..<1, 0), rows(0..<1, 1)])
        try writer.finish(isComplete: true, digest: digest)
        #expect(!folder.names(in: "out").contains("GONE.features.npy"))
    }

    @Test("takes the place of an older one only when asked, and then wholly")
    func replacing() throws {
        var old = try FeatureFolder(path, plan: plan(["OLD"]), isReplacing: false)
        try old.append([rows(0..<1, 0)])
        try old.finish(isComplete: true, digest: RowDigest(symbols: ["OLD"], configText: ""))
        let before = folder.names(in: "out").map(file)
        #expect(throws: OutputError.exists(path: path)) {
            _ = try FeatureFolder(path, plan: plan(), isReplacing: false)
        }
        do {
            var writer = try FeatureFolder(path, plan: plan(), isReplacing: true)
            try writer.append([rows(0..<1, 0), rows(0..<1, 1)])
        }
        let isUntouched = folder.names(in: "out").map(file) == before
        #expect(isUntouched, "an export that is not finished replaces nothing")
        var writer = try FeatureFolder(path, plan: plan(), isReplacing: true)
        try writer.append([rows(0..<1, 0), rows(0..<1, 1)])
        try writer.finish(isComplete: true, digest: digest)
        #expect(folder.names == ["empty.tape", "out"])
        #expect(folder.names(in: "out").first == "A.features.npy")
        #expect(!folder.names(in: "out").contains("OLD.features.npy"))
    }

    @Test("never takes the place of anything else")
    func foreign() throws {
        _ = unsafe mkdir(path, 0o755)
        TestFile.write(Array("{}".utf8), to: path + "/columns.json")
        #expect(throws: OutputError.foreign(path: path, name: "columns.json")) {
            _ = try FeatureFolder(path, plan: plan(), isReplacing: true)
        }
        TestFile.write([1], to: path + "/thesis.txt")
        #expect(throws: OutputError.foreign(path: path, name: "thesis.txt")) {
            _ = try FeatureFolder(path, plan: plan(), isReplacing: true)
        }
        #expect(folder.names(in: "out") == ["columns.json", "thesis.txt"])
        TestFile.write([1], to: folder.file("plain"))
        #expect(
            throws: OutputError.system(
                path: folder.file("plain"), operation: "list", errorNumber: ENOTDIR)
        ) { _ = try FeatureFolder(folder.file("plain"), plan: plan(), isReplacing: true) }
        #expect(folder.names == ["empty.tape", "out", "plain"])
    }

    @Test("may be one that is empty")
    func empty() throws {
        _ = unsafe mkdir(path, 0o755)
        var writer = try FeatureFolder(path, plan: plan(), isReplacing: false)
        try writer.finish(isComplete: true, digest: digest)
        #expect(folder.names(in: "out").count == 5)
        #expect(doubles("A.features.npy").isEmpty)
    }

    @Test("has a file of its own for every symbol, whatever the symbol is")
    func oddSymbols() throws {
        let symbols = [".hidden", "../up", "A/B", "A%2FB", "BTC USD", "Ä"].sorted()
        var writer = try FeatureFolder(path, plan: plan(symbols), isReplacing: false)
        try writer.append(symbols.indices.map { rows(0..<1, Double($0)) })
        try writer.finish(isComplete: true, digest: RowDigest(symbols: symbols, configText: ""))
        #expect(
            folder.names(in: "out").filter { $0.hasSuffix(".features.npy") } == [
                "%2E.%2Fup.features.npy", "%2Ehidden.features.npy", "%C3%84.features.npy",
                "A%252FB.features.npy", "A%2FB.features.npy", "BTC%20USD.features.npy",
            ])
        #expect(folder.names == ["empty.tape", "out"])
    }
}
