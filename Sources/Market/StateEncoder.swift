/// Something whose whole state can be written down, so that two runs can be told apart by it.
package protocol StateEncodable {
    /// Appends everything that decides what comes out of this value later on, and nothing that
    /// depends on how the tape was cut.
    func encode(into state: inout StateEncoder)
}

/// Collects the state of a run's cores as words, in a fixed order.
package struct StateEncoder: Sendable {
    package private(set) var words: [UInt64] = []

    package init() {}

    package mutating func add(_ value: some FixedWidthInteger) {
        // Two words for what does not fit one; a count of words never depends on the value.
        if value.bitWidth > 64 { words.append(UInt64(truncatingIfNeeded: value >> 64)) }
        words.append(UInt64(truncatingIfNeeded: value))
    }

    package mutating func add(_ value: Double) {
        words.append(value.bitPattern)
    }

    package mutating func add(_ value: Bool) {
        words.append(value ? 1 : 0)
    }

    /// Optional parts and lists are led by their count, so that no two states read alike.
    package mutating func add(_ values: some Collection<some StateEncodable>) {
        add(values.count)
        for value in values { value.encode(into: &self) }
    }

    package mutating func add(_ values: [Double]) {
        add(values.count)
        words += values.lazy.map(\.bitPattern)
    }

    package mutating func add(_ value: (some StateEncodable)?) {
        add(value != nil)
        value?.encode(into: &self)
    }
}
