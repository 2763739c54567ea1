/// Reads one chain of files, row by row, with every record accounted for.
final class SourceCursor {
    let chain: SourceChain
    private(set) var parser: any RecordParser
    private var output = ParserOutput()
    private var reader: RecordReader
    private var check: RowCheck
    private let quarantine: Quarantine
    private var fileIndex = 0
    private var rowIndex = 0
    private var hasEnded = false
    /// Tells files that gave nothing but a header.
    private var recordsBeforeFile = 0

    init(_ chain: SourceChain, quarantine: Quarantine) throws(ImportError) {
        self.chain = chain
        self.quarantine = quarantine
        parser = try chain.makeParser()
        reader = try RecordReader(path: chain.paths[0], framing: chain.format.framing)
        check = RowCheck(allowsPricesBelowZero: chain.format == .databento)
    }

    /// Reads from memory: how fuzzing and tests reach a parser without files.
    init(
        parser: any RecordParser, bytes: [UInt8], chain: SourceChain, quarantine: Quarantine
    ) {
        self.chain = chain
        self.quarantine = quarantine
        self.parser = parser
        reader = RecordReader(path: chain.paths[0], framing: chain.format.framing, bytes: bytes)
        check = RowCheck(allowsPricesBelowZero: chain.format == .databento)
    }

    var tally: SourceTally { output.tally }
    var path: String { chain.paths[fileIndex] }
    var position: SourcePosition { reader.position }
    var compressedOffset: Int { reader.compressedOffset }
    var recordBytes: [UInt8] { reader.recordBytes }

    /// The next sound row; nil when the chain has ended.
    func next() throws(ImportError) -> ImportedRow? {
        while rowIndex == output.rows.count {
            output.rows.removeAll(keepingCapacity: true)
            rowIndex = 0
            if hasEnded { return nil }
            _ = try readRecord()
        }
        rowIndex += 1
        return output.rows[rowIndex - 1]
    }

    /// The time of the next row that is ready.
    var firstRowTimeNs: Int64? {
        rowIndex < output.rows.count ? output.rows[rowIndex].orderTimeNs : nil
    }

    /// Moves on by one record; false at the chain's end.
    func readRecord() throws(ImportError) -> Bool {
        guard try reader.next() else {
            try endFile()
            return !hasEnded
        }
        output.tally.addRead()
        if reader.recordRange.isEmpty {
            output.tally.drop(.blankLine)
            return true
        }
        let keptBefore = output.tally.kept
        do throws(RowFault) {
            let rowsBefore = output.rows.count
            try parser.parse(
                reader.buffer.span.extracting(reader.recordRange), into: &output)
            try checkRows(from: rowsBefore)
        } catch {
            if output.tally.kept > keptBefore {
                output.tally.dropKept(error.reason)
            } else {
                output.tally.drop(error.reason)
            }
            try setApart(error)
            parser.recordWasLeftOut(into: &output)
        }
        return true
    }

    /// The row that was handed out last equals one that is on the tape already.
    func dropLastRow(_ reason: DropReason) { output.tally.dropKept(reason) }

    /// The row that was handed out last is bad in the light of other rows.
    func rejectLastRow(_ fault: RowFault) throws(ImportError) {
        output.tally.dropKept(fault.reason)
        try setApart(fault)
    }

    private func setApart(_ fault: RowFault) throws(ImportError) {
        try quarantine.add(fault, path: path, reader.position, reader.recordBytes)
    }

    /// Rows of the current record that fail a check are taken back.
    private func checkRows(from first: Int) throws(RowFault) {
        for index in first..<output.rows.count {
            do {
                try check.check(output.rows[index], into: &output.tally.notes)
            } catch {
                output.rows.removeSubrange(first...)
                throw error
            }
        }
    }

    private func endFile() throws(ImportError) {
        guard output.tally.read > recordsBeforeFile || !parser.declared.isEmpty else {
            throw .file(path: path, .noRows)
        }
        recordsBeforeFile = output.tally.read
        if fileIndex + 1 < chain.paths.count {
            fileIndex += 1
            reader = try RecordReader(path: path, framing: chain.format.framing)
            parser.beginFile()
            return
        }
        hasEnded = true
        let rowsBefore = output.rows.count
        parser.finish(into: &output)
        do throws(RowFault) {
            try checkRows(from: rowsBefore)
        } catch {
            output.tally.dropKept(error.reason)
            try setApart(error)
        }
        precondition(
            output.tally.heldCount == 0, "\(output.tally.heldCount) records are unaccounted for")
    }
}
