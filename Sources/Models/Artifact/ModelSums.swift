import Files

/// The lines of `SHA256SUMS`.
struct ModelSums {
    private let lines: [(name: String, digest: Digest)]

    init(_ bytes: [UInt8], path: String) throws(ModelError) {
        var lines: [(name: String, digest: Digest)] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            let hexadecimal = text.prefix(2 * Digest.size)
            let rest = text.dropFirst(hexadecimal.count)
            let name = String(rest.dropFirst(2))
            guard let digest = Digest(hexadecimal: String(hexadecimal)), rest.hasPrefix("  "),
                !name.isEmpty, !lines.contains(where: { $0.name == name })
            else { throw .badSum(path: path, line: index + 1) }
            lines.append((name, digest))
        }
        self.lines = lines
    }

    var names: [String] { lines.map(\.name) }

    func digest(of name: String) -> Digest? {
        lines.first { $0.name == name }?.digest
    }
}
