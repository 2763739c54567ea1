/// Little-endian integers at byte offsets; reading past the end traps: callers check sizes first.
extension Span<UInt8> {
    func word16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }

    func word32(at offset: Int) -> UInt32 {
        UInt32(word16(at: offset)) | UInt32(word16(at: offset + 2)) << 16
    }

    func word64(at offset: Int) -> UInt64 {
        UInt64(word32(at: offset)) | UInt64(word32(at: offset + 4)) << 32
    }

    func int64(at offset: Int) -> Int64 {
        Int64(bitPattern: word64(at: offset))
    }

    /// The text up to the first zero byte of a field of `count` bytes.
    func text(at offset: Int, count: Int) -> String {
        var bytes: [UInt8] = []
        for index in offset..<(offset + count) {
            if self[index] == 0 { break }
            bytes.append(self[index])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
