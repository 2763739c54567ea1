package import Market

/// What was met in a stream of books and passed over.
package struct BookCounts: Equatable, Sendable {
    package var crossed = 0
    package var oneSided = 0
    /// Snapshots whose event time ran back, ignored altogether.
    package var disordered = 0
    /// Trades without a side, which add nothing.
    package var unknownSides = 0
    /// Snapshots and observations too large to compute with.
    package var refused = 0

    package init() {}
}

/// The last snapshot, and what changes from it to the next one.
struct BookScan: Sendable {
    private(set) var best = BestLevels(bidPrice: 0, bidSize: 0, askPrice: 0, askSize: 0)
    /// Whether the last snapshot counts; else `best` is an earlier one.
    private(set) var isSound = false
    private(set) var counts = BookCounts()

    /// Takes in the rows of `run` and writes one observation for each that counts and follows one
    /// that does; returns how many. `volumes` holds what was traded up to each row of the run.
    mutating func observe(
        _ rows: BookRows, _ run: Range<Int>, volumes: [Int128], from start: Int,
        into observations: inout [FlowWindow.Observation]
    ) -> Int {
        let eventTimes = rows.eventTimes.span
        let bidCounts = rows.bidCounts.span
        let askCounts = rows.askCounts.span
        let bidPrices = rows.bidPrices.span
        let bidSizes = rows.bidSizes.span
        let askPrices = rows.askPrices.span
        let askSizes = rows.askSizes.span
        let volumes = volumes.span.extracting(start..<(start + run.count))
        precondition(run.lowerBound >= 0 && run.upperBound <= eventTimes.count)
        precondition(run.count <= observations.count)
        var slots = observations.mutableSpan
        var count = 0
        var old = best
        var isOldSound = isSound
        // Unchecked: all columns are as long as the event times, and no row makes two observations.
        for row in run {
            let new = unsafe BestLevels(
                bidPrice: bidPrices[unchecked: row], bidSize: bidSizes[unchecked: row],
                askPrice: askPrices[unchecked: row], askSize: askSizes[unchecked: row])
            let isTwoSided = unsafe Self.isTwoSided(
                bidCounts[unchecked: row], askCounts[unchecked: row])
            guard isTwoSided, new.isUncrossedWithinBounds else {
                note(new, isTwoSided: isTwoSided)
                isOldSound = false
                continue
            }
            if isOldSound {
                unsafe slots[unchecked: count] = FlowWindow.Observation(
                    eventTimeNs: eventTimes[unchecked: row],
                    midTwiceChange: new.midTwice &- old.midTwice,
                    signedVolume: Self.saturated(volumes[unchecked: row &- run.lowerBound]),
                    orderFlow: BookMeasures.orderFlow(from: old, to: new))
                count &+= 1
            }
            old = new
            isOldSound = true
        }
        best = old
        isSound = isOldSound
        return count
    }

    /// Takes in the rows of `run` where nothing is made of what changes.
    mutating func pass(_ rows: BookRows, _ run: Range<Int>) {
        for row in run {
            let new = BestLevels(
                bidPrice: rows.bidPrices[row], bidSize: rows.bidSizes[row],
                askPrice: rows.askPrices[row], askSize: rows.askSizes[row])
            let isTwoSided = Self.isTwoSided(rows.bidCounts[row], rows.askCounts[row])
            isSound = isTwoSided && new.isUncrossedWithinBounds
            if isSound { best = new } else { note(new, isTwoSided: isTwoSided) }
        }
    }

    private static func isTwoSided(_ bidCount: Int64, _ askCount: Int64) -> Bool {
        bidCount > 0 && askCount > 0
    }

    /// What does not fit is far beyond what a window takes in, of either sign.
    private static func saturated(_ volume: Int128) -> Int64 {
        let low = Int64(truncatingIfNeeded: volume)
        return Int128(low) == volume ? low : .max
    }

    private mutating func note(_ best: BestLevels, isTwoSided: Bool) {
        if !isTwoSided {
            counts.oneSided += 1
        } else if best.isWithinBounds {
            counts.crossed += 1
        } else {
            counts.refused += 1
        }
    }
}

extension BookCounts: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add([crossed, oneSided, disordered, unknownSides, refused])
    }
}

extension BookScan: StateEncodable {
    /// Of a snapshot that does not count, nothing is compared with the next one.
    func encode(into state: inout StateEncoder) {
        state.add(isSound ? best : nil)
        counts.encode(into: &state)
    }
}
