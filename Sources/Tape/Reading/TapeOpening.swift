import JSON
import Market

/// The steps by which a file becomes a ``TapeFile``: header, seek table, trailer, or a scan.
struct TapeOpening {
    let file: SystemFile
    let size: Int64

    /// Returns the header and where the frames after it begin.
    func readHeader() throws(TapeError) -> (TapeHeader, headerEnd: Int64) {
        var bytes: [UInt8] = []
        try file.read(0..<min(size, Int64(CheckedFrame.headerSize + 4)), into: &bytes)
        var reader = ByteReader(bytes)
        guard reader.integer() == CheckedFrame.magic, let length: UInt32 = reader.integer(),
            reader.integer() == CheckedFrame.Tag.header.rawValue
        else { throw .notATape(path: file.path) }
        let end = Int64(length) + Int64(CheckedFrame.headerSize)
        guard length <= TapeHeader.sizeMax, end <= size else {
            throw .corrupt(
                path: file.path, offset: 4, field: "header size",
                problem: "\(length) bytes, in a file of \(size)")
        }
        try file.read(0..<end, into: &bytes)
        return (try TapeHeader(frame: bytes, path: file.path), end)
    }

    func readState(
        _ header: TapeHeader, headerEnd: Int64
    ) throws(TapeError) -> TapeFile.State {
        guard let trailer = try readTrailer(header, headerEnd: headerEnd) else {
            return try rebuild(header, headerEnd: headerEnd)
        }
        return .complete(
            streams: trailer.streams, ledger: trailer.ledger,
            contentDigest: trailer.contentDigest)
    }

    /// Nil when the file does not end with a seek table: its writer did not get that far.
    private func readTrailer(
        _ header: TapeHeader, headerEnd: Int64
    ) throws(TapeError) -> TapeTrailer? {
        let footerSize = Int64(SeekTable.footerSize)
        let entrySize = Int64(SeekTable.entrySize)
        guard size >= headerEnd + footerSize + entrySize else { return nil }
        var bytes: [UInt8] = []
        try file.read((size - footerSize)..<size, into: &bytes)
        guard let count = SeekTable.count(footer: bytes) else { return nil }
        let tableStart = size - Int64(SeekTable.encodedSize(entries: count))
        try file.read((size - footerSize - entrySize)..<size, into: &bytes)
        var reader = ByteReader(bytes)
        guard let length: UInt32 = reader.integer(), length <= TapeHeader.sizeMax,
            tableStart - Int64(length) >= headerEnd
        else {
            throw .corrupt(
                path: file.path, offset: size - footerSize - entrySize, field: "seek table",
                problem: "its last entry does not lead to the trailer")
        }
        let start = tableStart - Int64(length)
        try file.read(start..<tableStart, into: &bytes)
        return try TapeTrailer(frame: bytes, header: header, path: file.path, offset: start)
    }

    private func rebuild(
        _ header: TapeHeader, headerEnd: Int64
    ) throws(TapeError) -> TapeFile.State {
        var scanner = TapeScanner(
            file: file, header: header, headerEnd: headerEnd, fileSize: size)
        var failure: TapeError?
        do {
            _ = try scanner.scan()
        } catch {
            guard case .corrupt = error else { throw error }
            failure = error
        }
        // A trailer is written last: where there is one, the writer did not die, the file is damaged.
        if let trailerOffset = scanner.trailerOffset {
            throw failure
                ?? .corrupt(
                    path: file.path, offset: trailerOffset, field: "seek table",
                    problem: "is missing after the trailer")
        }
        return .rebuilt(entries: scanner.entries, lostBytes: size - scanner.completeEnd)
    }
}
