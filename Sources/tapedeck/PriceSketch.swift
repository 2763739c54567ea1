import Market
import Tape

/// A symbol's price at equal distances of time, for a sparkline. Reads one block a point.
struct PriceSketch {
    static let pointCount = 40

    /// Nil where the stream has no row in that stretch of time.
    private(set) var prices: [Double?] = []
    private(set) var first: Int64?
    private(set) var last: Int64?

    /// Takes the prices of the instrument's most telling stream; nil when it has no prices.
    init?(of instrument: Int, in list: TapeList) throws(TapeError) {
        let kinds: [StreamKind] = [.candles, .trades, .books]
        let streams = kinds.flatMap { kind in
            list.streams.indices.filter {
                list.streams[$0].instrument == instrument && list.streams[$0].schema.kind == kind
            }
        }
        guard
            let (stream, times) = streams.lazy.compactMap({ stream in
                list.visibleTimes(ofStream: stream).map { (stream, $0) }
            }).first
        else { return nil }
        let decimals = list.instruments[instrument].priceDecimals
        let scale = Double(FixedPoint.powerOfTen(decimals))
        var decoder = BlockDecoder()
        // Int128, because a tape may span more than half of what an Int64 can name.
        let length = Int128(times.upperBound) - Int128(times.lowerBound)
        for point in 0..<Self.pointCount {
            let start = length * Int128(point) / Int128(Self.pointCount)
            let end = length * Int128(point + 1) / Int128(Self.pointCount)
            let span = TimeRange(
                startNs: Int64(Int128(times.lowerBound) + start),
                endNs: Int64(Int128(times.lowerBound) + end))
            let price = try Self.firstPrice(list, stream, span, &decoder)
            if point == 0 { first = price }
            prices.append(price.map { Double($0) / scale })
        }
        let end = TimeRange(startNs: times.upperBound, endNs: .max)
        last = try Self.firstPrice(list, stream, end, &decoder)
        prices[Self.pointCount - 1] = last.map { Double($0) / scale }
    }

    private static func firstPrice(
        _ list: TapeList, _ stream: Int, _ span: TimeRange, _ decoder: inout BlockDecoder
    ) throws(TapeError) -> Int64? {
        var reader = ListReader(list, stream: stream, span: span, levels: 1)
        var block = reader.makeBlock()
        guard let rows = try reader.next(into: &block, using: &decoder) else { return nil }
        return price(block, row: rows.lowerBound)
    }

    private static func price(_ block: ColumnBlock, row: Int) -> Int64? {
        switch block.schema.kind {
        case .candles: return block[.close][row]
        case .trades: return block[.price][row]
        case .funding: return nil
        case .books:
            guard block[.bidCount][row] > 0, block[.askCount][row] > 0 else { return nil }
            return block[.bidPrice(0)][row] / 2 + block[.askPrice(0)][row] / 2
        }
    }
}
