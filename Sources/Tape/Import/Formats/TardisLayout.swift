internal import Market

/// The data types of Tardis' CSV files that can be imported, told by their header.
enum TardisLayout: Equatable, Sendable {
    case bookSnapshot(levels: Int)
    case incrementalBook
    case trades
    case quotes
    case derivativeTicker

    private static let commonColumns = ["exchange", "symbol", "timestamp", "local_timestamp"]

    /// Reads a header; nil when it is no Tardis header that is known here.
    init?(header: [String]) {
        guard header.starts(with: Self.commonColumns) else { return nil }
        let own = Array(header.dropFirst(Self.commonColumns.count))
        let fixed: [TardisLayout] = [.incrementalBook, .trades, .quotes, .derivativeTicker]
        if let layout = fixed.first(where: { $0.ownColumns == own }) {
            self = layout
            return
        }
        let levels = own.count / 4
        guard (1...StreamSchema.levelsMax).contains(levels),
            TardisLayout.bookSnapshot(levels: levels).ownColumns == own
        else { return nil }
        self = .bookSnapshot(levels: levels)
    }

    var columnCount: Int { Self.commonColumns.count + ownColumns.count }

    var name: String {
        switch self {
        case .bookSnapshot(let levels): "book_snapshot_\(levels)"
        case .incrementalBook: "incremental_book_L2"
        case .trades: "trades"
        case .quotes: "quotes"
        case .derivativeTicker: "derivative_ticker"
        }
    }

    /// The columns after the four common ones. In snapshots the ask stands **before** the bid.
    private var ownColumns: [String] {
        switch self {
        case .bookSnapshot(let levels):
            (0..<levels).flatMap {
                [
                    "asks[\($0)].price", "asks[\($0)].amount", "bids[\($0)].price",
                    "bids[\($0)].amount",
                ]
            }
        case .incrementalBook: ["is_snapshot", "side", "price", "amount"]
        case .trades: ["id", "side", "price", "amount"]
        case .quotes: ["ask_amount", "ask_price", "bid_price", "bid_amount"]
        case .derivativeTicker:
            [
                "funding_timestamp", "funding_rate", "predicted_funding_rate", "open_interest",
                "last_price", "index_price", "mark_price",
            ]
        }
    }
}
