package import Statistics

/// Each closed trade of a run with its costs, the largest on the prices that it met.
///
/// The trades come from the journal alone. Prices come from the tape whose digest the journal names,
/// read by the caller and handed in as ``TradePath`` values.
package struct TradeReport: Equatable, Sendable {
    package let provenance: RunProvenance
    package let trades: [ClosedTrade]
    package let ledgers: [LedgerSummary]
    /// Whether the ledger `acted` is left out, because it is the champion's trade by trade.
    package let actedIsChampion: Bool
    package let prices: Prices
    /// In the order of the trades.
    package let paths: [TradePath]

    /// Raised when a reader of the document would have to change.
    package static let schema = "tapedeck.trades/1"
    /// How many trades are drawn, and how many stand in the page's table.
    package static let drawnMax = 40
    package static let tableMax = 10_000

    /// Where the paths come from.
    package enum Prices: Equatable, Sendable {
        /// The tape was read.
        case read
        /// In words: why there are none.
        case absent(String)
    }

    /// What a ledger's trades come to.
    package struct LedgerSummary: Equatable, Sendable {
        package let ledger: RunLedger
        package let expectancyNet: Figure
        package let hitRate: Figure
        package let worst: Figure
        package let best: Figure
    }

    /// - Parameter paths: of the trades that ``drawn(_:)`` names.
    package init(
        _ tally: TradeTally, _ provenance: RunProvenance, _ prices: Prices, _ paths: [TradePath]
    ) {
        self.provenance = provenance
        let trades = tally.trades
        self.trades = trades
        actedIsChampion = tally.actedIsChampion
        self.prices = prices
        self.paths = paths.sorted { $0.trade < $1.trade }
        let shown = RunLedger.allCases.filter { ledger in
            switch ledger {
            case .champion: true
            case .candidate: tally.hasCandidate || provenance.scenario.hasCandidate
            case .acted: !tally.actedIsChampion
            }
        }
        ledgers = shown.map { ledger in
            LedgerSummary(ledger, trades.filter { $0.ledger == ledger }.map(\.netReturn))
        }
    }

    /// The best and the worst trades of a ledger, half of each: the candidate's where there is one.
    package static func drawn(_ trades: [ClosedTrade]) -> [Int] {
        let ledger = drawnLedger(trades)
        let own = trades.indices.filter { trades[$0].ledger == ledger }
        guard own.count > drawnMax else { return own }
        let ranked = own.sorted { a, b in
            (trades[a].netReturn, a) < (trades[b].netReturn, b)
        }
        return (ranked.prefix(drawnMax / 2) + ranked.suffix(drawnMax / 2)).sorted()
    }

    static func drawnLedger(_ trades: [ClosedTrade]) -> RunLedger {
        trades.contains { $0.ledger == .candidate } ? .candidate : .champion
    }

    /// The trades of the page's table: all, or those that moved most.
    var tabled: [Int] {
        guard trades.count > Self.tableMax else { return Array(trades.indices) }
        return trades.indices.sorted { a, b in
            (-trades[a].netReturn.magnitude, a) < (-trades[b].netReturn.magnitude, b)
        }.prefix(Self.tableMax).sorted()
    }
}

extension TradeReport.LedgerSummary {
    fileprivate init(_ ledger: RunLedger, _ netReturns: [Double]) {
        let outcomes = TradeOutcomes(netReturns: netReturns)
        let (low, high) = (netReturns.min(), netReturns.max())
        let none = Figure.undefined(.noValues, n: 0)
        self.init(
            ledger: ledger, expectancyNet: outcomes.expectancy, hitRate: outcomes.hitRate,
            worst: low.map { Figure($0, n: netReturns.count) } ?? none,
            best: high.map { Figure($0, n: netReturns.count) } ?? none)
    }
}

/// The prices around a trade, at equal distances of time.
package struct TradePath: Equatable, Sendable {
    /// What the prices were read from.
    package enum Source: String, Sendable {
        /// Low is the best bid and high the best ask.
        case books
        /// Low and high of candles.
        case candles
    }

    package struct Point: Equatable, Sendable {
        package let atNs: Int64
        package let low: Double
        package let high: Double

        package init(atNs: Int64, low: Double, high: Double) {
            self.atNs = atNs
            self.low = low
            self.high = high
        }
    }

    /// Best bid and best ask of the book that filled.
    package struct Quote: Equatable, Sendable {
        package let bid: Double
        package let ask: Double

        package init(bid: Double, ask: Double) {
            self.bid = bid
            self.ask = ask
        }

        /// The spread as a fraction of the mid.
        package var spread: Double { (ask - bid) / ((ask + bid) / 2) }
    }

    /// Which of the report's trades.
    package let trade: Int
    package let source: Source
    package let points: [Point]
    /// Nil where no book of exactly that time was found.
    package let entry: Quote?
    package let exit: Quote?

    package init(trade: Int, source: Source, points: [Point], entry: Quote?, exit: Quote?) {
        self.trade = trade
        self.source = source
        self.points = points
        self.entry = entry
        self.exit = exit
    }
}
