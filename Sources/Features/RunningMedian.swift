import Market

/// The median of the last `capacity` values of a series with one value for each slot; NaN is a
/// missing one.
///
/// - Complexity: O(capacity) per value, of which all but the search is memory moved at once. All
///   memory is taken in `init`.
struct RunningMedian: Sendable {
    let capacity: Int
    private var recent: [Double]
    private var next = 0
    /// The present values in ascending order, and room.
    private var sorted: [Double]
    private(set) var presentCount = 0

    init(capacity: Int) {
        precondition(capacity > 0, "an empty window has no median")
        self.capacity = capacity
        recent = [Double](repeating: .nan, count: capacity)
        sorted = [Double](repeating: .nan, count: capacity)
    }

    mutating func push(_ value: Double) {
        let oldest = recent[next]
        recent[next] = value
        next = next + 1 == capacity ? 0 : next + 1
        if !oldest.isNaN { remove(oldest) }
        if !value.isNaN { insert(value) }
    }

    /// The mean of the two middle values when their number is even; NaN when there are none.
    var median: Double {
        if presentCount == 0 { return .nan }
        let upper = sorted[presentCount / 2]
        if presentCount % 2 == 1 { return upper }
        return (sorted[presentCount / 2 - 1] + upper) / 2
    }

    private mutating func remove(_ value: Double) {
        let place = rank(of: value)
        presentCount -= 1
        move(from: place + 1, to: place, count: presentCount - place)
    }

    private mutating func insert(_ value: Double) {
        let place = rank(of: value)
        move(from: place, to: place + 1, count: presentCount - place)
        sorted[place] = value
        presentCount += 1
    }

    /// Moves a run of values by one place, as memory: a loop over the array takes far longer.
    private mutating func move(from source: Int, to target: Int, count: Int) {
        precondition(count >= 0 && source >= 0 && target >= 0)
        precondition(max(source, target) + count <= capacity, "the run lies inside the array")
        unsafe sorted.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe (base + target).update(from: base + source, count: count)
        }
    }

    /// How many present values are smaller.
    private func rank(of value: Double) -> Int {
        var low = 0
        var high = presentCount
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension RunningMedian: StateEncodable {
    /// The values from the oldest to the newest; their order by size follows from them.
    func encode(into state: inout StateEncoder) {
        state.add(recent[next...])
        state.add(recent[..<next])
    }
}
