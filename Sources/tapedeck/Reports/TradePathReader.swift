import Journal
import Market
import Reports
import Tape

/// Reads the prices around trades from the tapes that a run was made from.
struct TradePathReader: ~Copyable {
    private let list: TapeList
    private var decoder = BlockDecoder()

    /// Points of a path: more than a drawing on a phone can tell apart are of no use.
    private static let pointCount: Int64 = 48
    /// Shown before an entry and after an exit, at least.
    private static let marginNsMin = 10 * Timestamp.minuteNs

    private init(_ list: TapeList) {
        self.list = list
    }

    /// The paths of the trades that a report draws, or why there are none. Only a tape with the
    /// digest that the journal names is read; a missing tape is no error, for a report needs none.
    static func read(
        _ trades: [ClosedTrade], _ reported: ReportedRun
    ) throws -> (TradeReport.Prices, [TradePath]) {
        var tapes: [TapeFile] = []
        for input in reported.record.inputs where input.kind == "tape" {
            let name = input.name.split(separator: "/").last.map(String.init) ?? input.name
            let tape: TapeFile
            do throws(TapeError) {
                tape = try TapeFile(path: input.name)
            } catch {
                Console.note("\(input.name): \(error)")
                return (.absent("the tape \(name) is not where the run read it"), [])
            }
            guard tape.contentDigest == input.digest else {
                return (
                    .absent("\(name) is not the tape that the run read: its digest differs"), []
                )
            }
            tapes.append(tape)
        }
        guard !tapes.isEmpty else { return (.absent("the run names no tape"), []) }
        do throws(TapeError) {
            var reader = TradePathReader(try TapeList(tapes))
            var paths: [TradePath] = []
            for index in TradeReport.drawn(trades) {
                if let path = try reader.path(index, trades[index]) { paths.append(path) }
            }
            return (.read, paths)
        } catch {
            Console.note("\(error)")
            return (.absent("the tape cannot be read; `tapedeck tape verify` tells where"), [])
        }
    }

    /// Nil where the tape has no prices of the symbol.
    private mutating func path(
        _ index: Int, _ trade: ClosedTrade
    ) throws(TapeError) -> TradePath? {
        guard
            let instrument = list.instruments.firstIndex(where: { $0.symbol == trade.symbol }),
            let (stream, source) = stream(of: instrument)
        else { return nil }
        let one = Double(FixedPoint.powerOfTen(list.instruments[instrument].priceDecimals))
        let marginNs = max((trade.exitNs - trade.entryNs) / 6, Self.marginNsMin)
        let span = TimeRange(
            startNs: trade.entryNs - marginNs, endNs: trade.exitNs + marginNs)
        let stepNs = (span.endNs - span.startNs) / Self.pointCount + 1
        var points: [TradePath.Point] = []
        var nextNs = span.startNs
        var entry: TradePath.Quote?
        var exit: TradePath.Quote?
        var reader = ListReader(list, stream: stream, span: span, levels: 1)
        var block = reader.makeBlock()
        while let rows = try reader.next(into: &block, using: &decoder) {
            let times = block.eventTimes
            for row in rows {
                let atNs = times[row]
                let isFill = source == .books && (atNs == trade.entryNs || atNs == trade.exitNs)
                guard isFill || atNs >= nextNs,
                    let (low, high) = Self.prices(block, source, row)
                else { continue }
                let quote = TradePath.Quote(bid: Double(low) / one, ask: Double(high) / one)
                if isFill, atNs == trade.entryNs { entry = quote }
                if isFill, atNs == trade.exitNs { exit = quote }
                guard atNs >= nextNs else { continue }
                points.append(TradePath.Point(atNs: atNs, low: quote.bid, high: quote.ask))
                nextNs = span.startNs + ((atNs - span.startNs) / stepNs + 1) * stepNs
            }
        }
        return TradePath(trade: index, source: source, points: points, entry: entry, exit: exit)
    }

    /// Books where the tape has them, otherwise its finest candles.
    private func stream(of instrument: Int) -> (Int, TradePath.Source)? {
        let own = list.streams.indices.filter { list.streams[$0].instrument == instrument }
        if let books = own.first(where: { list.streams[$0].schema.kind == .books }) {
            return (books, .books)
        }
        return own.filter { list.streams[$0].schema.kind == .candles }
            .min { list.streams[$0].intervalNs < list.streams[$1].intervalNs }
            .map { ($0, .candles) }
    }

    /// Nil for a book with an empty side.
    private static func prices(
        _ block: ColumnBlock, _ source: TradePath.Source, _ row: Int
    ) -> (low: Int64, high: Int64)? {
        switch source {
        case .candles: return (block[.low][row], block[.high][row])
        case .books:
            guard block[.bidCount][row] > 0, block[.askCount][row] > 0 else { return nil }
            return (block[.bidPrice(0)][row], block[.askPrice(0)][row])
        }
    }
}
