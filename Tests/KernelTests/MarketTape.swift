import JSON
import Market
import Tape
import TestSupport

/// A tape for checks at start-up: what matters is when its rows are, not what they say.
struct MarketTape {
    /// 2025-01-01.
    static let startNs: Int64 = 20_089 * Timestamp.dayNs

    var symbols: [Symbol] = [Symbol("BTCUSDC"), Symbol("ETHUSDC")]

    /// Streams of one symbol. Times are minutes after the start; an empty list leaves a stream out.
    struct Symbol {
        var name: String
        var venue = "test"
        var candleMinutes: Int64 = 1
        /// Closes of candles.
        var candles: [Int64] = Array(1...240)
        /// Closes of candles of five minutes, which come before the others.
        var coarseCandles: [Int64] = []
        var receiveDelayNs: Int64?
        var levels = 5
        /// A millisecond into the minute, so that a book lies in the bar that opens there.
        var bookOffsetNs: Int64 = 1_000_000
        var books: [Int64] = Array(0..<240)
        var trades: [Int64] = Array(0..<240)
        var unknownSides: Set<Int64> = []
        var hasFunding = false
        var isSpot = false

        init(_ name: String) {
            self.name = name
        }
    }

    func write(to path: String) throws {
        var streams: [StreamDescription] = []
        var blocks: [ColumnBlock] = []
        for (index, symbol) in symbols.enumerated() {
            for (block, minutes) in symbol.blocks where !block.isEmpty {
                streams.append(
                    StreamDescription(
                        instrument: index, schema: block.schema,
                        intervalNs: minutes * Timestamp.minuteNs))
                blocks.append(block)
            }
        }
        let header = TapeHeader(
            instruments: symbols.map(\.instrument), streams: streams, provenance: nil)
        var writer = try TapeWriter(path: path, header: header)
        for (stream, block) in blocks.enumerated() { try writer.append(block, to: stream) }
        _ = try writer.finish(ledger: nil)
    }
}

extension MarketTape.Symbol {
    fileprivate var instrument: Instrument {
        Instrument(
            venue: venue, id: name, symbol: name, kind: isSpot ? .spot : .perpetual,
            priceDecimals: 2, sizeDecimals: 5, quoteDecimals: 8,
            spans: [ValiditySpan(startNs: .min, tickUnits: 1, lotUnits: 1)])
    }

    private func timeNs(_ minute: Int64) -> Int64 {
        MarketTape.startNs + minute * Timestamp.minuteNs
    }

    /// Each stream's rows and the minutes of a candle, 0 for other streams.
    fileprivate var blocks: [(ColumnBlock, minutes: Int64)] {
        var bookBlock = ColumnBlock(schema: .books(levels: levels))
        for minute in books {
            bookBlock.append(
                BookSnapshot(eventTimeNs: timeNs(minute) + bookOffsetNs, bids: [], asks: []))
        }
        var tradeBlock = ColumnBlock(schema: .trades())
        for minute in trades {
            tradeBlock.append(
                Trade(
                    eventTimeNs: timeNs(minute) + 1_000_000, price: 100, size: 1,
                    side: unknownSides.contains(minute) ? .unknown : .buy))
        }
        var fundingBlock = ColumnBlock(schema: .funding())
        if hasFunding { fundingBlock.append(FundingPrint(eventTimeNs: timeNs(60), rate: 1)) }
        return [
            (candleBlock(coarseCandles), 5), (candleBlock(candles), candleMinutes), (bookBlock, 0),
            (tradeBlock, 0), (fundingBlock, 0),
        ]
    }

    private func candleBlock(_ minutes: [Int64]) -> ColumnBlock {
        var block = ColumnBlock(
            schema: .candles(extras: receiveDelayNs == nil ? [] : .receiveTime))
        for minute in minutes {
            let timeNs = timeNs(minute)
            block.append(
                Candle(
                    eventTimeNs: timeNs, receiveTimeNs: receiveDelayNs.map { timeNs + $0 },
                    open: 100, high: 100, low: 100, close: 100, volume: 1))
        }
        return block
    }
}
