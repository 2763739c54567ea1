/// How many of the last bars lie in each bin, over several windows at once. Bars are named by their
/// slot, so a bar that is missing leaves a hole of its own and nothing moves up.
struct BinRing: Sendable {
    private static let empty: UInt8 = .max

    /// In bars.
    let windows: [Int]
    private var bins: [UInt8]
    private(set) var counts: [[Int]]
    private var nextSlot: Int?

    init(windows: [Int], binCount: Int) {
        precondition(binCount < Int(Self.empty), "a bin's number fits a byte")
        self.windows = windows
        bins = [UInt8](repeating: Self.empty, count: windows.max() ?? 1)
        counts = [[Int]](
            repeating: [Int](repeating: 0, count: binCount), count: windows.count)
    }

    var storedCount: Int { bins.count }

    /// Takes the bin of the bar in `slot`; nil where there is none.
    mutating func push(_ bin: Int?, slot: Int) {
        let next = nextSlot ?? slot
        precondition(slot >= next, "bars come in order")
        if slot - next < bins.count {
            for skipped in next..<slot { put(Self.empty, skipped) }
        } else {
            clear()
        }
        put(bin.map { UInt8($0) } ?? Self.empty, slot)
        nextSlot = slot + 1
    }

    /// The bins of the last window, oldest first, nil for holes.
    func bins(window: Int) -> [Int?] {
        guard let nextSlot else { return [] }
        return (nextSlot - windows[window]..<nextSlot).map { slot in
            let bin = bins[index(slot)]
            return bin == Self.empty ? nil : Int(bin)
        }
    }

    /// A hole as long as the ring leaves nothing of what was there.
    private mutating func clear() {
        for index in bins.indices { bins[index] = Self.empty }
        for window in counts.indices {
            for bin in counts[window].indices { counts[window][bin] = 0 }
        }
    }

    private mutating func put(_ bin: UInt8, _ slot: Int) {
        for window in windows.indices {
            let leaving = bins[index(slot - windows[window])]
            if leaving != Self.empty { counts[window][Int(leaving)] -= 1 }
            if bin != Self.empty { counts[window][Int(bin)] += 1 }
        }
        bins[index(slot)] = bin
    }

    private func index(_ slot: Int) -> Int {
        let index = slot % bins.count
        return index < 0 ? index + bins.count : index
    }
}

/// The values of the last bars, by slot; NaN where there is none.
struct ValueRing: Sendable {
    private var values: [Double]
    private var nextSlot: Int?

    init(capacity: Int) {
        values = [Double](repeating: .nan, count: capacity)
    }

    var capacity: Int { values.count }

    mutating func push(_ value: Double, slot: Int) {
        let next = nextSlot ?? slot
        precondition(slot >= next, "bars come in order")
        for skipped in max(next, slot - values.count)..<slot {
            values[skipped % values.count] = .nan
        }
        values[slot % values.count] = value
        nextSlot = slot + 1
    }

    /// The finite values of the last `count` bars, oldest first.
    func last(_ count: Int) -> [Double] {
        guard let nextSlot else { return [] }
        var last: [Double] = []
        last.reserveCapacity(count)
        for slot in max(0, nextSlot - count)..<nextSlot {
            let value = values[slot % values.count]
            if value.isFinite { last.append(value) }
        }
        return last
    }
}

/// The share of the last bars' values of which something is true.
struct ShareRing: Sendable {
    private var hits: [UInt8]
    private var totals: [UInt8]
    private(set) var hitCount = 0
    private(set) var totalCount = 0
    private var nextSlot: Int?

    init(capacity: Int) {
        hits = [UInt8](repeating: 0, count: capacity)
        totals = hits
    }

    var storedCount: Int { hits.count }

    mutating func push(_ hit: Int, of total: Int, slot: Int) {
        let next = nextSlot ?? slot
        precondition(slot >= next, "bars come in order")
        for skipped in max(next, slot - hits.count)..<slot { put(0, 0, skipped % hits.count) }
        put(UInt8(hit), UInt8(total), slot % hits.count)
        nextSlot = slot + 1
    }

    private mutating func put(_ hit: UInt8, _ total: UInt8, _ index: Int) {
        hitCount += Int(hit) - Int(hits[index])
        totalCount += Int(total) - Int(totals[index])
        hits[index] = hit
        totals[index] = total
    }
}
