/// A skippable zstd frame of the tape: a tag that says what it holds, the payload, and a CRC-32 over
/// everything before it, the frame's own header included. `zstd -d` passes over such frames.
enum CheckedFrame {
    static let magic: UInt32 = 0x184D_2A57
    static let headerSize = 8
    static let overhead = headerSize + 4 + 4

    enum Tag: UInt32 {
        case header = 0x6461_4854  // "THad"
        case block = 0x6B6C_4254  // "TBlk"
        case index = 0x7864_4954  // "TIdx"
        case trailer = 0x6C72_5454  // "TTrl"
    }

    static func encode(_ tag: Tag, payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + overhead)
        bytes.append(littleEndian: magic)
        bytes.append(littleEndian: UInt32(payload.count + overhead - headerSize))
        bytes.append(littleEndian: tag.rawValue)
        bytes += payload
        bytes.append(littleEndian: CRC32.checksum(bytes.span))
        return bytes
    }

    /// The payload of the frame that `bytes` is; nil when it is not exactly such a frame.
    static func decode(_ tag: Tag, _ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var reader = ByteReader(bytes)
        guard bytes.count >= overhead, reader.integer() == magic,
            let size: UInt32 = reader.integer(), Int(size) == bytes.count - headerSize,
            reader.integer() == tag.rawValue
        else { return nil }
        let end = bytes.count - 4
        var tail = ByteReader(bytes, in: end..<bytes.count)
        guard tail.integer() == CRC32.checksum(bytes.span.extracting(0..<end)) else { return nil }
        return bytes[reader.position..<end]
    }
}
