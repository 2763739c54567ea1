package import Market

/// The best level of both sides of a snapshot, in price and size units.
package struct BestLevels: Equatable, Sendable {
    package let bidPrice: Int64
    package let bidSize: Int64
    package let askPrice: Int64
    package let askSize: Int64

    package init(bidPrice: Int64, bidSize: Int64, askPrice: Int64, askSize: Int64) {
        self.bidPrice = bidPrice
        self.bidSize = bidSize
        self.askPrice = askPrice
        self.askSize = askSize
    }

    /// Whether all values lie in 0..<2^60, so that no sum or difference of two snapshots overflows.
    package var isWithinBounds: Bool {
        UInt64(bitPattern: bidPrice | bidSize | askPrice | askSize) >> 60 == 0
    }

    /// Not crossed and within bounds, in one test. A locked book, whose best prices are equal, is
    /// not crossed. The difference may wrap only when a price is out of bounds anyway.
    var isUncrossedWithinBounds: Bool {
        let all = bidPrice | bidSize | askPrice | askSize | (askPrice &- bidPrice)
        return UInt64(bitPattern: all) >> 60 == 0
    }

    /// Twice the mid, in price units: the mid itself may lie between two of them. Wraps only
    /// when out of bounds.
    package var midTwice: Int64 { bidPrice &+ askPrice }
}

/// What a book says by itself: pure functions of integers. Nothing here refuses a crossed book;
/// ``BookStreamCore`` decides which snapshots count.
package enum BookMeasures {
    /// Halfway between the best prices, in quote currency.
    package static func mid(_ best: BestLevels, _ scale: DecimalScale) -> Double {
        scale.price(best.midTwice) / 2
    }

    /// The distance of the best prices in hundredths of a percent of the mid; NaN if the mid is 0.
    package static func spreadBps(_ best: BestLevels) -> Double {
        guard best.midTwice != 0 else { return .nan }
        return 20_000 * Double(best.askPrice - best.bidPrice) / Double(best.midTwice)
    }

    /// How much more is bid than asked over the best `levels` levels, or over those that exist, as
    /// a share of both; NaN if there is nothing at all.
    package static func imbalance(
        bidSizes: Span<Int64>, askSizes: Span<Int64>, levels: Int
    ) -> Double {
        let bid = sum(bidSizes.extracting(first: levels))
        let ask = sum(askSizes.extracting(first: levels))
        guard bid + ask != 0 else { return .nan }
        return Double(nearest: bid - ask) / Double(nearest: bid + ask)
    }

    /// The order flow e_n between two snapshots, in size units (Cont, Kukanov and Stoikov, "The
    /// price impact of order book events", 2014): what was added to the best bid and taken from the
    /// best ask, less the opposite. A better price counts whole, a worse one takes the old whole.
    ///
    /// Both snapshots lie within bounds, which is why nothing wraps here.
    @inline(__always)
    package static func orderFlow(from old: BestLevels, to new: BestLevels) -> Int64 {
        // Prices go up and down at random, so a branch would be mispredicted every other time.
        let bid =
            (new.bidSize & mask(new.bidPrice, isAtLeast: old.bidPrice))
            &- (old.bidSize & mask(old.bidPrice, isAtLeast: new.bidPrice))
        let ask =
            (new.askSize & mask(old.askPrice, isAtLeast: new.askPrice))
            &- (old.askSize & mask(new.askPrice, isAtLeast: old.askPrice))
        return bid &- ask
    }

    /// All ones if the claim is true, else 0.
    private static func mask(_ a: Int64, isAtLeast b: Int64) -> Int64 { ~((a &- b) >> 63) }

    /// In 128 bits: five sizes of 63 bits do not fit 64.
    private static func sum(_ sizes: Span<Int64>) -> Int128 {
        var sum: Int128 = 0
        for index in sizes.indices { sum += Int128(sizes[index]) }
        return sum
    }
}

extension BestLevels: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add(bidPrice)
        state.add(bidSize)
        state.add(askPrice)
        state.add(askSize)
    }
}
