/// Zip archives put together by hand: also those that no honest tool makes.
enum ZipBytes {
    static func stored(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        archive(members.map { ($0.name, $0.bytes, method: 0) })
    }

    static func archive(_ members: [(name: String, bytes: [UInt8], method: UInt16)]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let offset = UInt32(file.count)
            let name = Array(member.name.utf8)
            var common: [UInt8] = []
            common.add(UInt16(20))
            common.add(UInt16(0))
            common.add(member.method)
            common.add(UInt32(0))
            common.add(Checksum.crc32(member.bytes))
            common.add(UInt32(member.bytes.count))
            common.add(UInt32(member.bytes.count))
            common.add(UInt16(name.count))
            common.add(UInt16(0))
            file += [0x50, 0x4b, 3, 4] + common + name + member.bytes
            directory += [0x50, 0x4b, 1, 2, 20, 3] + common
            directory.add(UInt16(0))
            directory.add(UInt16(0))
            directory.add(UInt16(0))
            // A regular file of everybody, or a folder.
            directory.add(UInt32(member.name.hasSuffix("/") ? 0o040755 : 0o100644) << 16)
            directory.add(offset)
            directory += name
        }
        let start = UInt32(file.count)
        file += directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
        file.add(UInt16(members.count))
        file.add(UInt16(members.count))
        file.add(UInt32(directory.count))
        file.add(start)
        file.add(UInt16(0))
        return file
    }
}

/// A gzip file whose content is stored, not compressed.
enum GzipBytes {
    static func stored(_ content: [UInt8]) -> [UInt8] {
        precondition(content.count < 65_536)
        var file: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]
        file.add(UInt16(content.count))
        file.add(~UInt16(content.count))
        file += content
        file.add(Checksum.crc32(content))
        file.add(UInt32(content.count))
        return file
    }
}

private enum Checksum {
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xedb8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        return ~sum
    }
}

extension [UInt8] {
    fileprivate mutating func add<Value: FixedWidthInteger>(_ value: Value) {
        for byte in 0..<(Value.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: value >> (8 * byte)))
        }
    }
}
