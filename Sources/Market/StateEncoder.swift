/// Something whose whole state can be written down, so that two runs can be told apart by it.
package protocol StateEncodable {
    /// Appends everything that decides what comes out of this value later on, and nothing that
    /// depends on how the tape was cut. What never changes after `init` may be left out.
    func encode(into state: inout StateEncoder)
}

extension StateEncodable {
    /// The state of this value alone.
    package func stateWords() -> [UInt64] {
        var state = StateEncoder()
        encode(into: &state)
        return state.words
    }
}

/// Collects the state of a run's cores as words, in a fixed order.
package struct StateEncoder: Sendable {
    package private(set) var words: [UInt64] = []

    package init() {}

    @inlinable
    package mutating func add(_ value: some FixedWidthInteger) {
        // Two words for what does not fit one; a count of words never depends on the value.
        if value.bitWidth > 64 { append(UInt64(truncatingIfNeeded: value >> 64)) }
        append(UInt64(truncatingIfNeeded: value))
    }

    /// Every NaN counts as the same: which bits a computation leaves in it differs between CPUs.
    package mutating func add(_ value: Double) {
        append((value.isNaN ? .nan : value).bitPattern)
    }

    package mutating func add(_ value: Bool) {
        append(value ? 1 : 0)
    }

    /// Optional parts and lists are led by their count, so that no two states read alike.
    package mutating func add(_ values: some Collection<some StateEncodable>) {
        add(values.count)
        for value in values { value.encode(into: &self) }
    }

    package mutating func add(_ values: [Double]) {
        add(values[...])
    }

    package mutating func add(_ values: ArraySlice<Double>) {
        add(values.count)
        for value in values { add(value) }
    }

    package mutating func add(_ values: [Int]) {
        add(values.count)
        for value in values { add(value) }
    }

    package mutating func add(_ value: (some StateEncodable)?) {
        add(value != nil)
        value?.encode(into: &self)
    }

    package mutating func add(_ value: Int?) {
        add(value != nil)
        if let value { add(value) }
    }

    package mutating func add(_ value: Int64?) {
        add(value != nil)
        if let value { add(value) }
    }

    @usableFromInline
    mutating func append(_ word: UInt64) {
        words.append(word)
    }
}
