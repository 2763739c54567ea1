/// CRC-32 as in zlib and PNG: guards the small uncompressed frames of a tape.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 {
            value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
        return value
    }

    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        let table = Self.table.span
        var crc: UInt32 = 0xFFFF_FFFF
        for index in bytes.indices {
            crc = table[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ (crc >> 8)
        }
        return crc ^ 0xFFFF_FFFF
    }
}
