import Features
import JSON
import Market
import TestSupport
import Testing

/// One case of the recorded book features: snapshots, the volume traded up to each, and what an
/// independent program made of them row by row.
struct BookFixture {
    static let scale = DecimalScale(priceDecimals: 2, sizeDecimals: 3)
    static let levels = 10

    let times: [Int64]
    let books: [BookSnapshot]
    let signedVolumes: [Int64]
    let node: JSONNode

    init(_ name: String) throws {
        let path = try #require(SharedData.path("oracles/fixtures/l2_features.json"))
        let root = try JSONNode.parse(TestFile.read(path))
        node = try #require(root["cases"]?[name])
        let input = try #require(node["input"])
        times = try Self.series(input, "ts_ms").map { Int64($0) * 1_000_000 }
        signedVolumes = try Self.series(input, "signed_volume").map(Self.sizeUnits)
        let sides = try [("bid_t", "bid_q"), ("ask_t", "ask_q")].map {
            (prices, sizes) -> [[BookSnapshot.Level]] in
            try zip(Self.rows(input, prices), Self.rows(input, sizes)).map {
                zip($0, $1).map { .init(price: Int64($0), size: Self.sizeUnits($1)) }
            }
        }
        books = times.indices.map { [times] row in
            BookSnapshot(eventTimeNs: times[row], bids: sides[0][row], asks: sides[1][row])
        }
    }

    func expected(_ key: String) throws -> [Double] {
        try Self.series(#require(node["expected"]), key)
    }

    /// The fixture's rows as a slice: each snapshot is preceded by one trade of its signed volume.
    func slices() -> (books: [StreamSlice], trades: [StreamSlice]) {
        var bookBlock = ColumnBlock(schema: .books(levels: Self.levels))
        var tradeBlock = ColumnBlock(schema: .trades())
        for (row, book) in books.enumerated() {
            bookBlock.append(book)
            tradeBlock.append(
                Trade(
                    eventTimeNs: book.eventTimeNs, price: 1, size: abs(signedVolumes[row]),
                    side: signedVolumes[row] < 0 ? .sell : .buy))
        }
        return (
            [StreamSlice(block: bookBlock, visibleNs: times, rows: times.indices)],
            [StreamSlice(block: tradeBlock, visibleNs: times, rows: times.indices)]
        )
    }

    static func series(_ node: JSONNode, _ key: String) throws -> [Double] {
        try numbers(#require(node[key]))
    }

    private static func rows(_ node: JSONNode, _ key: String) throws -> [[Double]] {
        guard case .array(let rows)? = node[key]?.content else { return [] }
        return try rows.map(numbers)
    }

    private static func numbers(_ node: JSONNode) throws -> [Double] {
        guard case .array(let elements) = node.content else { return [] }
        return try elements.map {
            switch $0.content {
            case .null: .nan
            case .integer(let value): Double(value)
            case .number(let value): value
            default: try #require(nil, "line \($0.line) holds no number")
            }
        }
    }

    private static func sizeUnits(_ size: Double) -> Int64 {
        Int64((size * scale.sizeUnits).rounded())
    }

    /// Equal to a relative 1e-9, or both unknown. What the fixture sums up in `Double` is a hair
    /// off zero where ours is zero.
    static func isClose(_ a: Double, _ b: Double) -> Bool {
        a.isNaN || b.isNaN ? a.isNaN && b.isNaN : abs(a - b) <= max(1e-9 * abs(b), 1e-12)
    }
}
