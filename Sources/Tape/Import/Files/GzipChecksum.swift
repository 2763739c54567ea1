internal import Glibc

/// Checks a gzip file's own CRC-32, which libarchive reads over.
///
/// Only a file of one member has a trailer that speaks for the whole content. Whether there are
/// several is known from the trailer's length: when that differs from what came out, the sum
/// cannot be judged and is left alone (the deflate stream's structure is still checked).
struct GzipChecksum {
    private let expectedSum: UInt32
    private let expectedSize: UInt32
    private var sum: UInt32 = ~0
    private var size: UInt32 = 0

    /// Nil for a file that is not gzip. Throws for one that is empty or cannot be read.
    init?(path: String) throws(ImportError) {
        var header: [UInt8] = []
        var trailer: [UInt8] = []
        let file = try SourceFile(path: path)
        header = try file.read(at: 0, count: 2)
        guard header == [0x1f, 0x8b], file.size >= 18 else { return nil }
        trailer = try file.read(at: file.size - 8, count: 8)
        expectedSum = Self.word(trailer[0..<4])
        expectedSize = Self.word(trailer[4..<8])
    }

    var isPlausible: Bool { size != expectedSize || ~sum == expectedSum }

    mutating func update(_ bytes: Span<UInt8>) {
        var running = sum
        let table = Self.table
        for index in bytes.indices {
            running = table[Int((running ^ UInt32(bytes[index])) & 255)] ^ (running >> 8)
        }
        sum = running
        // The format stores the length modulo 2^32.
        size &+= UInt32(truncatingIfNeeded: bytes.count)
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1
        }
    }
}
