import JSON
import Market
import Tape
import TestSupport
import Testing

/// A folder with sources that a test writes, and what an import of them gives.
struct ImportBench {
    let folder = TemporaryFolder()

    var tapePath: String { folder.file("out.tape") }

    /// Writes a source and returns it as one to import.
    func source(_ name: String, _ text: String) -> ImportSource {
        source(name, bytes: Array(text.utf8))
    }

    func source(_ name: String, bytes: [UInt8]) -> ImportSource {
        TestFile.write(bytes, to: folder.file(name))
        return ImportSource(path: folder.file(name))
    }

    func plan(_ sources: ImportSource..., skipsBadRows: Bool = false) -> ImportPlan {
        plan(sources, skipsBadRows: skipsBadRows)
    }

    func plan(_ sources: [ImportSource], skipsBadRows: Bool = false) -> ImportPlan {
        var plan = ImportPlan(sources: sources, outputPath: tapePath)
        plan.skipsBadRows = skipsBadRows
        return plan
    }

    /// Imports and opens the tape.
    func run(_ sources: ImportSource..., skipsBadRows: Bool = false) throws -> ImportedTape {
        try run(plan(sources, skipsBadRows: skipsBadRows))
    }

    func run(_ plan: ImportPlan) throws -> ImportedTape {
        let ledger = try Importer.run(plan)
        #expect(ledger.recordsRead == ledger.recordsKept + ledger.recordsDropped)
        return ImportedTape(ledger: ledger, tape: try TapeFile(path: plan.outputPath))
    }

    /// The error of an import that must fail, leaving no file behind but its sources.
    func failure(_ sources: ImportSource...) -> ImportError? {
        failure(plan(sources))
    }

    func failure(_ plan: ImportPlan) -> ImportError? {
        let before = folder.names
        do throws(ImportError) {
            _ = try Importer.run(plan)
            return nil
        } catch {
            #expect(folder.names == before, "a failed import leaves nothing")
            return error
        }
    }
}

/// A tape with the ledger of the import that made it.
struct ImportedTape {
    let ledger: ImportLedger
    let tape: TapeFile

    /// All rows of the stream of this kind; the only instrument's, or that of `symbol`.
    func block(_ kind: StreamKind, symbol: String? = nil) throws -> ColumnBlock {
        let stream = try #require(
            tape.header.streams.indices.first { index in
                let description = tape.header.streams[index]
                return description.schema.kind == kind
                    && (symbol ?? tape.header.instruments[description.instrument].symbol)
                        == tape.header.instruments[description.instrument].symbol
            })
        var reader = try StreamReader(tape, stream: stream)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var all = reader.makeBlock()
        while let rows = try reader.next(into: &block, using: &decoder) {
            all.append(rows, of: block)
        }
        return all
    }

    var instrument: Instrument { tape.header.instruments[0] }

    func price(_ units: Int64) -> String {
        FixedPoint.text(units, decimals: instrument.priceDecimals)
    }

    func size(_ units: Int64) -> String {
        FixedPoint.text(units, decimals: instrument.sizeDecimals)
    }

    func cash(_ units: Int64) -> String {
        FixedPoint.text(units, decimals: instrument.quoteDecimals)
    }
}

/// A CSV as text fields, cut by a few lines that share only the decompression with the importer.
struct TextTable {
    let header: [String]
    let rows: [[String]]

    init(_ path: String) throws {
        let text = String(decoding: try SourceContents.read(path), as: UTF8.self)
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        header = lines[0]
        rows = Array(lines.dropFirst())
    }

    /// A column as numbers in units of 10^-`decimals`.
    func units(_ column: Int, decimals: Int) -> [Int64?] {
        rows.map { Decimal($0[column])?.units(decimals: decimals) }
    }
}
