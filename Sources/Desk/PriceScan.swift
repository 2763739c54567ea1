/// Looks for a price that matters among many that do not.
enum PriceScan {
    private static let chunk = 32

    /// The first row whose price is at or below `stopMax`, or at or above `targetMin`.
    static func firstOutside(
        _ prices: Span<Int64>, _ rows: Range<Int>, stopMax: Int64, targetMin: Int64
    ) -> Int? {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= prices.count)
        var row = rows.lowerBound
        // Unchecked: all rows lie in the span. Prices and levels stay far from an overflow, and a
        // difference is negative exactly where the price is outside.
        while rows.upperBound - row >= chunk {
            var signs: Int64 = 0
            for offset in 0..<chunk {
                let price = unsafe prices[unchecked: row &+ offset]
                signs |= (price &- stopMax &- 1) | (targetMin &- 1 &- price)
            }
            if signs < 0 { break }
            row += chunk
        }
        while row < rows.upperBound {
            if prices[row] <= stopMax || prices[row] >= targetMin { return row }
            row += 1
        }
        return nil
    }
}
