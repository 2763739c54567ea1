internal import Market

/// Finds funding prints in a ticker that repeats the coming boundary and its expected rate.
///
/// A boundary is settled by the first record that is not before it: the print carries the last rate
/// that was announced for it and the last mark price before it, and became known with that record.
struct FundingTracker: Sendable {
    private var boundaryNs: Int64?
    private var rate: Decimal?
    private var markPrice: Decimal?
    private var lastPrintNs: Int64?

    /// One ticker record. `nextBoundaryNs` and `rate` are nil where it leaves them out.
    mutating func advance(
        eventTimeNs: Int64, receiveTimeNs: Int64?, nextBoundaryNs: Int64?, rate newRate: Decimal?,
        markPrice newMarkPrice: Decimal?
    ) -> ImportedRow? {
        var print: ImportedRow?
        if let boundary = boundaryNs, eventTimeNs >= boundary {
            if let rate {
                print = ImportedRow(
                    eventTimeNs: boundary, receiveTimeNs: receiveTimeNs,
                    event: .funding(
                        ImportedFunding(
                            rate: rate, markPrice: markPrice,
                            intervalNs: lastPrintNs.map { boundary - $0 } ?? 0)))
                lastPrintNs = boundary
            }
            boundaryNs = nil
            rate = nil
        }
        // A boundary that lies behind is what the record before already settled.
        if let next = nextBoundaryNs, next > eventTimeNs {
            if next != boundaryNs { rate = nil }
            boundaryNs = next
            rate = newRate ?? rate
        }
        markPrice = newMarkPrice ?? markPrice
        return print
    }
}
