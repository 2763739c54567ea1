import Numerics

/// A hash from which draws for a row are made: of the row itself, so that neither its place in a
/// block nor the rows beside it decide.
///
/// Each value is joined to the bits so far by exclusive or, and the sum of both is what SplitMix64
/// makes its next number from.
struct RowHash: Equatable, Sendable {
    private(set) var bits: UInt64

    init(_ bits: UInt64 = 0) {
        self.bits = bits
    }

    mutating func add(_ value: Int64) { add(UInt64(bitPattern: value)) }

    mutating func add(_ value: UInt64) {
        var mixer = SplitMix64(state: bits ^ value)
        bits = mixer.next()
    }

    /// As bytes and their count.
    mutating func add(_ text: String) {
        for byte in text.utf8 { add(UInt64(byte)) }
        add(UInt64(text.utf8.count))
    }

    /// The next draw below `bound`, which is above 0.
    mutating func draw(below bound: Int64) -> Int64 {
        add(0 as UInt64)
        return Int64(bits.multipliedFullWidth(by: UInt64(bound)).high)
    }
}
