package import Numerics

extension StabilityIndex {
    /// What the index of `count` values comes to without any drift: the mean and what it exceeds
    /// once in twenty times, found by cutting stretches of that length out of the reference itself.
    /// Values that depend on their neighbours give a wider band than ``independentNull`` says.
    ///
    /// Up to a quarter of the reference a stretch is one piece, and the pieces begin at even
    /// distances around the circle, from a random place on. A longer one is put together from
    /// random pieces of a quarter, since one piece would be nearly the reference again.
    ///
    /// - Parameter reference: What this index was made of, in time order.
    /// - Complexity: O(m + n) for one piece, O(n `replicateCount`) for several.
    package func nullBand(
        of reference: [Double], count n: Int, replicateCount: Int = 200,
        _ random: inout RandomStream
    ) -> (mean: Figure, upper95: Figure) {
        let m = reference.count
        guard n > 0, m >= 4 else {
            let none = Figure.undefined(.tooFew(needed: 4), n: m)
            return (none, none)
        }
        let referenceBins = reference.map { bin(of: $0) }
        let isOnePiece = n <= m / 4
        var values =
            isOnePiece
            ? onePiece(referenceBins, n, replicateCount, &random)
            : pieces(referenceBins, n, replicateCount, &random)
        guard values.count == replicateCount else {
            return (.undefined(.noVariation, n: n), .undefined(.noVariation, n: n))
        }
        values.sort()
        // A piece is part of what it is held against, and a sum of pieces is drawn from it; live
        // values are neither. The index is about (1/n + 1/m) chi-square; these are (1/n - 1/m) and
        // 1/n of it.
        let (small, large) = (Double(n), Double(m))
        let scale = isOnePiece ? (large + small) / (large - small) : (large + small) / large
        return (
            Figure(Moments.mean(values) * scale, n: n),
            Figure(Quantile.linear(0.95, of: values) * scale, n: n)
        )
    }

    private func onePiece(
        _ bins: [Int], _ n: Int, _ replicateCount: Int, _ random: inout RandomStream
    ) -> [Double] {
        let m = bins.count
        let offset = Int(random.integer(below: UInt64(m)))
        var counts = [Int](repeating: 0, count: binCount)
        for position in offset..<offset + n { counts[bins[position % m]] += 1 }
        var values: [Double] = []
        var start = offset
        for replicate in 0..<replicateCount {
            let next = offset + replicate * m / replicateCount
            while start < next {
                counts[bins[start % m]] -= 1
                counts[bins[(start + n) % m]] += 1
                start += 1
            }
            if let value = psi(counts: counts).value { values.append(value) }
        }
        return values
    }

    private func pieces(
        _ bins: [Int], _ n: Int, _ replicateCount: Int, _ random: inout RandomStream
    ) -> [Double] {
        let m = bins.count
        var values: [Double] = []
        for _ in 0..<replicateCount {
            var counts = [Int](repeating: 0, count: binCount)
            var position = 0
            for index in 0..<n {
                if index % (m / 4) == 0 { position = Int(random.integer(below: UInt64(m))) }
                counts[bins[position]] += 1
                position = position + 1 == m ? 0 : position + 1
            }
            if let value = psi(counts: counts).value { values.append(value) }
        }
        return values
    }
}
