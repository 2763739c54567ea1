internal import Market

/// What a file's name and folders say of its content, as vendors name their files.
struct SourceName {
    private let path: String
    /// The name without folders and endings: `BTCUSDT-1m-2025-01`.
    let stem: String
    private let parts: [String]

    init(path: String) {
        self.path = path
        let name = path.split(separator: "/").last.map(String.init) ?? path
        stem = name.split(separator: ".").first.map(String.init) ?? name
        parts = stem.split(separator: "-").map(String.init)
    }

    /// `BTCUSDT` of `BTCUSDT-1m-2025-01.zip` or `BTCUSDT_funding_8h.csv`; nil for other names.
    var symbol: String? {
        var candidate = parts.first ?? stem
        if let cut = candidate.firstIndex(of: "_") {
            let tail = candidate[candidate.index(after: cut)...]
            // Contracts on coin margin keep theirs: BTCUSD_PERP, BTCUSD_250328.
            let isContract = tail == "PERP" || (tail.count == 6 && tail.allSatisfy(\.isNumber))
            if !isContract { candidate = String(candidate[..<cut]) }
        }
        let isSymbol =
            candidate.count >= 3
            && candidate.utf8.allSatisfy {
                (65...90).contains($0) || (48...57).contains($0) || $0 == 95
            }
        return isSymbol ? candidate : nil
    }

    /// The interval of klines; nil when the name has none.
    var intervalNs: Int64? {
        parts.count >= 3 ? Self.interval(parts[1]) : nil
    }

    /// Reads `1s`, `15m`, `8h`, `1d`, `1w`.
    static func interval(_ text: String) -> Int64? {
        guard let unit = text.last, let count = Int64(text.dropLast()), (1...10_000).contains(count)
        else { return nil }
        switch unit {
        case "s": return count * Timestamp.secondNs
        case "m": return count * Timestamp.minuteNs
        case "h": return count * Timestamp.hourNs
        case "d": return count * Timestamp.dayNs
        case "w": return count * 7 * Timestamp.dayNs
        default: return nil
        }
    }

    var isCoinMargined: Bool {
        path.contains(substring: "/cm/") || (symbol ?? "").contains(substring: "_")
    }

    var kind: Instrument.Kind? {
        if path.contains(substring: "/um/") || isCoinMargined { return .perpetual }
        return path.contains(substring: "/spot/") ? .spot : nil
    }

    func has(part: String) -> Bool { parts.contains(part) }

    func contains(_ text: String) -> Bool { stem.contains(substring: text) }

    var isDatabento: Bool { path.contains(substring: ".dbn") }
}
