internal import CCrypto

/// A running SHA-256 as a value: copying it forks the digest.
package struct SHA256: Sendable {
    private var context = SHA256_CTX()

    package init() {
        let status = unsafe SHA256_Init(&context)
        precondition(status == 1, "SHA-256 cannot fail to start")
    }

    /// Takes values as they lie in memory: little-endian on every machine that Swift runs on.
    package mutating func update<Value: FixedWidthInteger & BitwiseCopyable>(_ values: [Value]) {
        let status = unsafe values.withUnsafeBytes { buffer in
            unsafe SHA256_Update(&context, buffer.baseAddress, buffer.count)
        }
        precondition(status == 1, "SHA-256 cannot refuse bytes")
    }

    package consuming func finish() -> Digest {
        var bytes = [UInt8](repeating: 0, count: Digest.size)
        let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe SHA256_Final(buffer.baseAddress, &context)
        }
        precondition(status == 1, "SHA-256 cannot fail to finish")
        return Digest(bytes)
    }
}

/// A SHA-256 digest; its text is 64 lower-case hexadecimal digits.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    package static let size = 32
    package let bytes: [UInt8]

    fileprivate init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init?(hexadecimal text: String) {
        let digits = text.utf8.map { digit -> UInt8? in
            switch digit {
            case 48...57: digit - 48
            case 97...102: digit - 87
            default: nil
            }
        }
        guard digits.count == 2 * Self.size else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}
