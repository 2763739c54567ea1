package import Market

/// How the price moved with the trades of the last minutes: the sums behind Kyle's lambda and the
/// order-flow imbalance.
///
/// The sums are exact integers, so what enters and leaves again leaves no trace, and a window that
/// moved for a month equals one that was summed up just now.
///
/// - Complexity: O(1) per observation, amortised. Memory is taken when the window holds more
///   observations than ever before, by doubling.
package struct FlowWindow: Sendable {
    /// What happened from one snapshot to the next.
    package struct Observation: Equatable, Sendable {
        /// Of the later snapshot.
        package let eventTimeNs: Int64
        /// The change of the sum of the best prices: twice that of the mid, in price units.
        package let midTwiceChange: Int64
        /// What buyers took less what sellers took, in size units.
        package let signedVolume: Int64
        /// ``BookMeasures/orderFlow(from:to:)``.
        package let orderFlow: Int64

        package init(
            eventTimeNs: Int64, midTwiceChange: Int64, signedVolume: Int64, orderFlow: Int64
        ) {
            self.eventTimeNs = eventTimeNs
            self.midTwiceChange = midTwiceChange
            self.signedVolume = signedVolume
            self.orderFlow = orderFlow
        }
    }

    /// Over the observations in the window, x being the signed volume and y the change of price.
    package struct Sums: Equatable, Sendable {
        package private(set) var count = 0
        package private(set) var x: Int128 = 0
        package private(set) var y: Int128 = 0
        package private(set) var xx: Int128 = 0
        package private(set) var xy: Int128 = 0
        package private(set) var orderFlow: Int128 = 0

        package init() {}
    }

    /// Observations whose volume or change of price is as large as this are refused. Then a product
    /// is below 2^92, and its sum cannot leave 128 bits before there are 2^35 observations, which
    /// are a terabyte.
    package static let magnitudeMax: Int64 = 1 << 46

    /// Observations that were too large to count.
    package private(set) var refusedCount = 0
    private let lengthNs: Int64
    /// A ring; its size is a power of two, or 0 before the first observation.
    private var ring: [Observation] = []
    // The ring holds what was pushed as `first` to `end`, of which `summed` is the first that
    // the sums do not hold yet: summing waits until someone asks, and is then one tight loop.
    private var first = 0
    private var summed = 0
    private var end = 0
    private var sums = Sums()

    package init(lengthNs: Int64) {
        precondition(lengthNs > 0, "a window has a length")
        self.lengthNs = lengthNs
    }

    /// Takes in the first `count` observations. Event times do not run back.
    package mutating func append(_ observations: [Observation], count: Int) {
        guard count > 0 else { return }
        let observations = observations.span.extracting(first: count)
        let lastNs = observations[count - 1].eventTimeNs
        if end - first + count > ring.count { makeRoom(for: count, at: lastNs) }
        let mask = ring.count - 1
        var next = end
        do {
            var slots = ring.mutableSpan
            for index in observations.indices {
                let observation = observations[index]
                guard Self.isWithinBounds(observation.signedVolume),
                    Self.isWithinBounds(observation.midTwiceChange)
                else { continue }
                slots[next & mask] = observation
                next += 1
            }
        }
        refusedCount += count - (next - end)
        end = next
    }

    /// The sums over (`timeNs` - length, `timeNs`], where `timeNs` is not before the last event time,
    /// and does not run back.
    package mutating func sums(at timeNs: Int64) -> Sums {
        evict(at: timeNs)
        var sums = sums
        let ring = ring
        for index in summed..<end { sums.add(ring[index & (ring.count - 1)]) }
        summed = end
        self.sums = sums
        return sums
    }

    private mutating func evict(at timeNs: Int64) {
        let startNs = timeNs - lengthNs
        var kept = first
        while kept < end, ring[kept & (ring.count - 1)].eventTimeNs <= startNs { kept += 1 }
        // What leaves is subtracted, or what stays is summed anew: exact sums do not tell.
        if kept - first < summed - kept {
            for index in first..<kept { sums.remove(ring[index & (ring.count - 1)]) }
        } else {
            sums = Sums()
            summed = kept
        }
        first = kept
    }

    /// Lets go what lies outside the window, and doubles the ring unless that freed half of it, so
    /// that either is rare.
    private mutating func makeRoom(for count: Int, at timeNs: Int64) {
        evict(at: timeNs)
        let needed = end - first + count
        var capacity = max(Self.firstCapacity, ring.count)
        if end - first > ring.count / 2 { capacity *= 2 }
        while capacity < needed { capacity *= 2 }
        guard capacity > ring.count else { return }
        let unused = Observation(
            eventTimeNs: 0, midTwiceChange: 0, signedVolume: 0, orderFlow: 0)
        var larger = [Observation](repeating: unused, count: capacity)
        for index in first..<end {
            larger[index & (larger.count - 1)] = ring[index & (ring.count - 1)]
        }
        ring = larger
    }

    /// Of either sign, without a branch on it: prices change to both sides at random.
    private static func isWithinBounds(_ value: Int64) -> Bool {
        UInt64(bitPattern: value &+ (magnitudeMax - 1)) < 2 * UInt64(magnitudeMax) - 1
    }

    /// A snapshot a second for 15 minutes fits.
    private static let firstCapacity = 1024
}

extension FlowWindow.Sums {
    /// Kyle's lambda, quote per base: the slope, with an intercept, of the change of the mid on the
    /// signed volume. NaN with fewer than `minObservations` or if all volumes are equal.
    ///
    /// The two determinants are exact. They leave 128 bits only if the count times the root mean
    /// square of the volumes, or of the changes, is beyond 2^63; that gives NaN too.
    package func kyleLambda(minObservations: Int, _ scale: DecimalScale) -> Double {
        guard count >= minObservations,
            let variance = determinant(x, xx), variance != 0,
            let covariance = determinant(y, xy)
        else { return .nan }
        let slope = Double(nearest: covariance) / Double(nearest: variance)
        return slope * scale.sizeUnits / (2 * scale.priceUnits)
    }

    /// The sum of the order flow in base units; NaN without an observation.
    package func orderFlowImbalance(_ scale: DecimalScale) -> Double {
        count == 0 ? .nan : Double(nearest: orderFlow) / scale.sizeUnits
    }

    /// n `products` - `x` `other`, or nil if it does not fit.
    private func determinant(_ other: Int128, _ products: Int128) -> Int128? {
        let (first, overflow) = Int128(count).multipliedReportingOverflow(by: products)
        let (second, overflow2) = x.multipliedReportingOverflow(by: other)
        let (difference, overflow3) = first.subtractingReportingOverflow(second)
        return overflow || overflow2 || overflow3 ? nil : difference
    }

    // Wrapping: `magnitudeMax` rules overflow out, and a checked product of 128 bits is a slow call
    // where that of two sign-extended values is one instruction.

    package mutating func add(_ observation: FlowWindow.Observation) {
        let x = Int128(observation.signedVolume)
        let y = Int128(observation.midTwiceChange)
        count &+= 1
        self.x &+= x
        self.y &+= y
        xx &+= x &* x
        xy &+= x &* y
        orderFlow &+= Int128(observation.orderFlow)
    }

    package mutating func remove(_ observation: FlowWindow.Observation) {
        let x = Int128(observation.signedVolume)
        let y = Int128(observation.midTwiceChange)
        count &-= 1
        self.x &-= x
        self.y &-= y
        xx &-= x &* x
        xy &-= x &* y
        orderFlow &-= Int128(observation.orderFlow)
    }
}

extension FlowWindow {
    /// Appends the observations that a later window can hold, of which `timeNs` is the earliest.
    /// How many older ones are still here, and how much was summed up, depends on the cuts.
    func encode(at timeNs: Int64, into state: inout StateEncoder) {
        let startNs = timeNs - lengthNs
        var start = first
        while start < end, ring[start & (ring.count - 1)].eventTimeNs <= startNs { start += 1 }
        state.add(end - start)
        for index in start..<end {
            let observation = ring[index & (ring.count - 1)]
            state.add(observation.eventTimeNs)
            state.add(observation.midTwiceChange)
            state.add(observation.signedVolume)
            state.add(observation.orderFlow)
        }
    }
}
