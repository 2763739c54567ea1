package import Market

/// What a synthetic market is made of: everything that reaches its tape, and nothing else.
///
/// `docs/synthetic-market.md` explains every field.
package struct Recipe: Equatable, Sendable {
    package var seed: UInt64
    package var span: TimeRange
    package var venue: String
    /// Time from one round of the market to the next: the interval of its books.
    package var roundNs: Int64
    /// Nil leaves the stream out.
    package var candleNs: Int64?
    package var books: Books?
    package var hasTrades: Bool
    package var symbols: [Symbol]
    package var jumpsPerDay: Double
    package var flow: Flow
    package var edge: Edge

    package struct Books: Equatable, Sendable {
        package var levels: Int
        /// 0 stamps books at equal distances, 1 anywhere within their round.
        package var jitter: Double

        package init(levels: Int = 10, jitter: Double = 0) {
            self.levels = levels
            self.jitter = jitter
        }
    }

    /// One symbol of the market.
    package struct Symbol: Equatable, Sendable {
        package var name: String
        package var kind: Instrument.Kind
        package var priceTicks: Int64
        package var tick: Decimal
        package var lot: Decimal
        /// The recorded market whose book it imitates.
        package var book: RecordedMarket
        /// The deviation of a year's log return.
        package var volatility: Double
        /// The share of its shocks that it has in common with BTC, as a correlation; 1 is BTC.
        package var correlation: Double
        package var tradesPerMinute: Double
    }

    /// What the slow flow is like. It predicts nothing by itself: an edge decides what it means.
    package struct Flow: Equatable, Sendable {
        package var halfLifeMinutes = 1440
        /// The logarithm of the factor on the sizes of one side, bids where the flow is positive
        /// and asks where it is negative, while the flow is one deviation strong.
        package var visibility = 0.0
        /// How long books and trades show the flow before the price drifts with it.
        package var leadMinutes = 0

        package init() {}
    }

    /// What predicts returns. With all at 0 nothing does.
    package struct Edge: Equatable, Sendable {
        /// A day's drift in daily deviations, when the slow flow is one deviation strong.
        package var flow = Strength.none
        /// An hour's drift in hourly deviations, when the fast flow is one deviation strong.
        package var fast = Strength.none
        /// The share of BTC's move that a symbol repeats `spillOverLagMinutes` later.
        package var spillOver = Strength.none
        package var spillOverLagMinutes = 75
        /// The share of a minute's deviation that the books of the hour before give away.
        package var leak = Strength.none

        package init() {}
    }

    package static let minuteNs = Timestamp.minuteNs

    /// Rounds in a minute, a whole number.
    package var roundsPerMinute: Int { Int(Self.minuteNs / roundNs) }

    /// Minutes of the span, which begins and ends on a minute.
    package var minuteCount: Int { Int((span.endNs - span.startNs) / Self.minuteNs) }

    /// Levels that are played, whether or not they are recorded.
    var bookLevels: Int { books?.levels ?? 1 }

    /// Whether trades reach a stream, their own or the candles'. Nothing else hangs on them.
    var playsTrades: Bool { hasTrades || candleNs != nil }

    package func instrument(of symbol: Symbol) -> Instrument {
        Instrument(
            venue: venue, id: symbol.name, symbol: symbol.name, kind: symbol.kind,
            priceDecimals: symbol.tick.decimals, sizeDecimals: symbol.lot.decimals,
            quoteDecimals: symbol.tick.decimals + symbol.lot.decimals,
            spans: [
                ValiditySpan(
                    startNs: span.startNs, tickUnits: symbol.tick.mantissa,
                    lotUnits: symbol.lot.mantissa)
            ])
    }

    /// The streams that each symbol of a kind has, in the order of their events at one instant.
    package func schemas(of kind: Instrument.Kind) -> [StreamSchema] {
        var schemas: [StreamSchema] = []
        if kind == .perpetual { schemas.append(.funding()) }
        if hasTrades { schemas.append(.trades()) }
        if let books { schemas.append(.books(levels: books.levels)) }
        if candleNs != nil { schemas.append(.candles(extras: [.quoteVolume, .takerFlow])) }
        return schemas
    }
}
