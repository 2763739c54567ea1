/// Something that trades: the venue and its id are the identity, the symbol is a label.
///
/// Prices and sizes of the instrument are integers in units of 10^-`priceDecimals` and
/// 10^-`sizeDecimals`. The units stay fixed for the life of a tape; the tick and the lot are
/// multiples of them and may change from one ``ValiditySpan`` to the next, which moves no price.
package struct Instrument: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case spot, perpetual
    }

    package let venue: String
    package let id: String
    package let symbol: String
    package let kind: Kind
    package let priceDecimals: Int
    package let sizeDecimals: Int
    /// Decimals of cash columns, such as a candle's quote volume.
    package let quoteDecimals: Int
    /// In time order; the first one begins the instrument's life on the tape.
    package let spans: [ValiditySpan]

    package init(
        venue: String, id: String, symbol: String, kind: Kind, priceDecimals: Int,
        sizeDecimals: Int, quoteDecimals: Int, spans: [ValiditySpan]
    ) {
        self.venue = venue
        self.id = id
        self.symbol = symbol
        self.kind = kind
        self.priceDecimals = priceDecimals
        self.sizeDecimals = sizeDecimals
        self.quoteDecimals = quoteDecimals
        self.spans = spans
    }

    /// The tick and lot in force at `timeNs`; nil before the first span.
    package func span(at timeNs: Int64) -> ValiditySpan? {
        spans.last { $0.startNs <= timeNs }
    }
}

/// A time from which an instrument trades in ticks and lots of these sizes.
package struct ValiditySpan: Hashable, Sendable {
    package let startNs: Int64
    /// In the instrument's price units.
    package let tickUnits: Int64
    /// In the instrument's size units.
    package let lotUnits: Int64

    package init(startNs: Int64, tickUnits: Int64, lotUnits: Int64) {
        precondition(tickUnits > 0 && lotUnits > 0, "a tick and a lot are positive")
        self.startNs = startNs
        self.tickUnits = tickUnits
        self.lotUnits = lotUnits
    }
}
