internal import Market

/// The formats that can be imported, by the name that `--format` takes.
package enum ImportFormat: String, CaseIterable, Sendable {
    case binanceKlines = "binance-klines"
    case binanceAggregateTrades = "binance-aggtrades"
    case binanceTrades = "binance-trades"
    case binanceBookTicker = "binance-bookticker"
    case binanceDepth = "binance-depth"
    case binanceFunding = "binance-funding"
    case binanceStreams = "binance-streams"
    case tardis
    case databento = "dbn"
    case csv

    /// Whether a file goes on where the one before ended, so that one parser reads them all.
    var isChained: Bool {
        switch self {
        case .binanceDepth, .binanceStreams, .tardis: true
        case .binanceKlines, .binanceAggregateTrades, .binanceTrades, .binanceBookTicker,
            .binanceFunding, .databento, .csv:
            false
        }
    }

    var framing: Framing { self == .databento ? .databento : .lines }

    /// The venue's name where the user gave none; nil where the source itself tells it.
    func usualVenue(_ kind: Instrument.Kind) -> String? {
        switch self {
        case .tardis, .databento: nil
        case .csv: "local"
        case .binanceKlines, .binanceAggregateTrades, .binanceTrades, .binanceBookTicker,
            .binanceDepth, .binanceFunding, .binanceStreams:
            kind == .spot ? "binance" : "binance-futures"
        }
    }

    /// The kind where neither the user nor the source tells.
    var usualKind: Instrument.Kind {
        switch self {
        case .binanceBookTicker, .binanceDepth, .binanceFunding: .perpetual
        case .binanceKlines, .binanceAggregateTrades, .binanceTrades, .binanceStreams, .tardis,
            .databento, .csv:
            .spot
        }
    }
}
