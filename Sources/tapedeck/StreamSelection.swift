import JSON
import Market
import Tape

/// The streams of a list of tapes that `--symbol` and `--stream` ask for.
struct StreamSelection {
    let list: TapeList
    /// Indexes of streams, in the list's order.
    let streams: [Int]

    init(_ list: TapeList, symbols: [String], kind: String?) throws(UsageError) {
        self.list = list
        let known = list.instruments.map(\.symbol)
        for symbol in symbols where !known.contains(symbol) {
            throw .badValue(
                "--symbol", symbol, expected: Self.expected(symbol, among: known, "a symbol"))
        }
        let labels = list.streams.map(\.label)
        let chosen = list.streams.indices.filter {
            let symbol = list.instruments[list.streams[$0].instrument].symbol
            return symbols.isEmpty || symbols.contains(symbol)
        }
        streams = chosen.filter {
            kind == nil || kind == labels[$0] || kind == list.streams[$0].schema.kind.rawValue
        }
        if let kind, streams.isEmpty {
            let known = Self.distinct(chosen.map { labels[$0] })
            throw .badValue(
                "--stream", kind, expected: Self.expected(kind, among: known, "a stream"))
        }
    }

    /// What the selected streams are called, each once.
    var labels: [String] { Self.distinct(streams.map { list.streams[$0].label }) }

    func instrument(ofStream stream: Int) -> Instrument {
        list.instruments[list.streams[stream].instrument]
    }

    private static func distinct(_ labels: [String]) -> [String] {
        var distinct: [String] = []
        for label in labels where !distinct.contains(label) { distinct.append(label) }
        return distinct
    }

    private static func expected(_ word: String, among known: [String], _ what: String) -> String {
        let some = known.prefix(8).joined(separator: ", ") + (known.count > 8 ? ", ..." : "")
        let nearest = Spelling.nearest(to: word, among: known)
        return "\(what) on the tape (\(some))" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }
}

extension TapeList.Stream {
    /// What tells streams of one symbol apart: `trades`, `books:10`, `candles:1m`.
    var label: String {
        streamLabel(schema, intervalNs: intervalNs)
    }
}

extension StreamDescription {
    var label: String {
        streamLabel(schema, intervalNs: intervalNs)
    }
}

private func streamLabel(_ schema: StreamSchema, intervalNs: Int64) -> String {
    switch schema.kind {
    case .candles: "candles:" + TimeSpan.text(intervalNs)
    case .books: "books:\(schema.levels)"
    case .trades, .funding: schema.kind.rawValue
    }
}
