import JSON
import Market
import Tape
import TestSupport
import Testing

@Suite("A damaged tape", .tags(.bytes))
struct DamageBytesTests {
    private let folder = TemporaryFolder()
    private let blocks: [ColumnBlock]
    private let bytes: [UInt8]

    init() throws {
        var generator = SeededGenerator(seed: 11)
        blocks = [StreamSchema.candles(), .trades(extras: .identifiers), .books(levels: 7)]
            .map { RandomBlocks.block($0, rows: 60, using: &generator) }
        try TestTape.write(blocks, to: folder.file("whole.tape"), ledger: ["rows": 180])
        bytes = TestFile.read(folder.file("whole.tape"))
    }

    /// True when the tape is refused, or says that it was rebuilt, or still holds the same rows.
    private func isHonest(_ damaged: [UInt8]) -> Bool {
        let path = folder.file("damaged.tape")
        TestFile.write(damaged, to: path)
        do {
            let tape = try TapeFile(path: path)
            if tape.isRebuilt { return true }
            return try blocks.indices.allSatisfy {
                try TestTape.read(tape, stream: $0) == blocks[$0]
            }
        } catch {
            return error is TapeError
        }
    }

    @Test("with any one byte changed is refused or holds the same rows")
    func flippedBytes() {
        var generator = SeededGenerator(seed: 12)
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[index] ^= UInt8.random(in: 1...255, using: &generator)
            let wasHonest = isHonest(damaged)
            #expect(wasHonest, "byte \(index) of \(bytes.count)")
        }
    }

    @Test("that was cut short is refused or says that it was rebuilt")
    func truncation() {
        for count in stride(from: 0, to: bytes.count, by: 13) {
            let wasHonest = isHonest(Array(bytes[..<count]))
            #expect(wasHonest, "cut at \(count) of \(bytes.count)")
        }
    }

    @Test("with any stretch of bytes removed, repeated or zeroed is refused or the same")
    func splices() {
        var generator = SeededGenerator(seed: 13)
        for round in 0..<150 {
            let start = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, start + Int.random(in: 1...40, using: &generator))
            var damaged = bytes
            switch round % 3 {
            case 0: damaged.removeSubrange(start..<end)
            case 1: damaged.insert(contentsOf: bytes[start..<end], at: start)
            default: for index in start..<end { damaged[index] = 0 }
            }
            let wasHonest = isHonest(damaged)
            #expect(wasHonest, "round \(round): \(start)..<\(end)")
        }
    }

    @Test("says what is wrong, and where")
    func messages() throws {
        func error(_ damage: (inout [UInt8]) -> Void) -> TapeError? {
            var damaged = bytes
            damage(&damaged)
            let path = folder.file("damaged.tape")
            TestFile.write(damaged, to: path)
            return #expect(throws: TapeError.self) {
                let tape = try TapeFile(path: path)
                for stream in blocks.indices { _ = try TestTape.read(tape, stream: stream) }
            }
        }
        let path = folder.file("damaged.tape")
        #expect(error { $0 = [] } == .notATape(path: path))
        #expect(error { $0[0] = 0x50 } == .notATape(path: path))
        #expect(error { $0 = Array("not a tape at all, just text".utf8) } == .notATape(path: path))
        let flipped = error { $0[100] ^= 1 }
        #expect(
            flipped
                == .corrupt(
                    path: path, offset: 0, field: "header",
                    problem: "its checksum does not match"))
        #expect(flipped.map { "\($0)" }?.contains("damaged at byte 0: header") == true)
        let lying = error { $0[7] = 0x7F }
        guard case .corrupt(_, 4, "header size", _) = lying else {
            Issue.record("a header that lies about its length gave \(String(describing: lying))")
            return
        }
    }

    @Test("of a newer version, or with a feature that is not known, is refused by name")
    func versions() throws {
        let path = folder.file("newer.tape")
        TestFile.write(try HeaderSurgery.patched(bytes, version: 9), to: path)
        #expect(throws: TapeError.newerVersion(path: path, version: 9, supported: 1)) {
            try TapeFile(path: path)
        }
        TestFile.write(try HeaderSurgery.patched(bytes, requiredFeatures: 4), to: path)
        #expect(throws: TapeError.unknownFeature(path: path, flags: 4)) {
            try TapeFile(path: path)
        }
        TestFile.write(try HeaderSurgery.patched(bytes, ignorableFeatures: 4), to: path)
        #expect(try TapeFile(path: path).header.streams.count == 3)
    }
}

@Suite("A tape whose writer died", .tags(.bytes))
struct RebuiltBytesTests {
    @Test("gives the rows of all whole blocks, and says that it was rebuilt")
    func partialFile() throws {
        var generator = SeededGenerator(seed: 21)
        let block = RandomBlocks.block(.books(levels: 10), rows: 5000, using: &generator)
        let folder = TemporaryFolder()
        try TestTape.write([block], to: folder.file("whole.tape"))
        let whole = try TapeFile(path: folder.file("whole.tape"))
        let entries = try whole.blocks(ofStream: 0)
        let bytes = TestFile.read(folder.file("whole.tape"))
        let secondEnd = Int(entries[1].offset) + entries[1].size
        for extra in [0, 1, 30, 60, 1000] {
            let path = folder.file("died.tape.partial")
            TestFile.write(Array(bytes[..<(secondEnd + extra)]), to: path)
            let tape = try TapeFile(path: path)
            #expect(tape.isRebuilt)
            #expect(tape.contentDigest == nil)
            #expect(tape.rowCount(ofStream: 0) == 4096)
            guard case .rebuilt(_, let lostBytes) = tape.state else { continue }
            #expect(lostBytes == Int64(extra))
            var expected = ColumnBlock(schema: block.schema)
            expected.append(0..<4096, of: block)
            let isEqual = try TestTape.read(tape, stream: 0) == expected
            #expect(isEqual)
        }
    }

    @Test("is removed when the writer is dropped, and never takes the tape's name")
    func droppedWriter() throws {
        let folder = TemporaryFolder()
        do {
            let writer = try TapeWriter(
                path: folder.file("a.tape"), header: TestTape.header([.trades()]))
            #expect(folder.names == ["a.tape.partial"])
            _ = consume writer
        }
        #expect(folder.names == [])
    }

    @Test("fails verification, a whole tape passes it")
    func verification() throws {
        var generator = SeededGenerator(seed: 22)
        let block = RandomBlocks.block(.funding(), rows: 5000, using: &generator)
        let folder = TemporaryFolder()
        try TestTape.write([block], to: folder.file("a.tape"))
        let sound = try TapeVerification(of: TapeFile(path: folder.file("a.tape"))) { _ in }
        #expect(sound.isSound)
        #expect(sound.rowCount == 5000)
        var bytes = TestFile.read(folder.file("a.tape"))
        bytes[bytes.count - 30] ^= 1
        TestFile.write(bytes, to: folder.file("b.tape"))
        let damaged = try TapeVerification(of: TapeFile(path: folder.file("b.tape"))) { _ in }
        #expect(damaged.findings.filter(\.isFailure).map(\.subject) == ["seek table"])
    }
}

@Suite("The golden tape")
struct GoldenTapeTests {
    private static let path = SharedData.packageRoot + "/Tests/Fixtures/golden.tape"

    private static func columns(_ tape: TapeFile) throws -> [ColumnBlock] {
        try tape.header.streams.indices.map { try TestTape.read(tape, stream: $0) }
    }

    #if DEBUG
        private static let isOptimised = false
    #else
        private static let isOptimised = true
    #endif

    @Test(
        "is refused, or says that it was rebuilt, or holds the same rows, whichever byte changes",
        .enabled(if: isOptimised, "60,000 tapes take minutes in a debug build"))
    func everyByte() throws {
        let whole = try TapeFile(path: Self.path)
        let expected = try Self.columns(whole)
        var bytes = TestFile.read(Self.path)
        let folder = TemporaryFolder()
        var generator = SeededGenerator(seed: 31)
        var refused = 0
        for index in bytes.indices {
            let original = bytes[index]
            bytes[index] ^= UInt8.random(in: 1...255, using: &generator)
            TestFile.write(bytes, to: folder.file("flipped.tape"))
            bytes[index] = original
            do {
                let tape = try TapeFile(path: folder.file("flipped.tape"))
                if tape.isRebuilt {
                    refused += 1
                    continue
                }
                let isEqual = try Self.columns(tape) == expected
                #expect(isEqual, "byte \(index)")
            } catch {
                #expect(error is TapeError, "byte \(index): \(error)")
                refused += 1
            }
        }
        // All but the seek table's entries, which only other tools read, is guarded.
        #expect(refused > bytes.count * 9 / 10)
    }
}

/// Rewrites a header's fixed fields and mends its checksum.
private enum HeaderSurgery {
    static func patched(
        _ bytes: [UInt8], version: UInt8 = 1, requiredFeatures: UInt8 = 0,
        ignorableFeatures: UInt8 = 0
    ) throws -> [UInt8] {
        var patched = bytes
        let size = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) } + 8
        patched[12] = version
        patched[14] = requiredFeatures
        patched[18] = ignorableFeatures
        let crc = checksum(patched[..<(size - 4)])
        for index in 0..<4 { patched[size - 4 + index] = UInt8(crc >> UInt32(8 * index) & 0xFF) }
        return patched
    }

    /// CRC-32, bit by bit: a second implementation on purpose.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        return crc ^ 0xFFFF_FFFF
    }
}
