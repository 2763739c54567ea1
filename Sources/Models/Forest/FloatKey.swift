/// Numbers that order as floats do, so that a split is one subtraction of integers.
///
/// The upper 33 bits of a key are a signed image of the float, which leaves a bit to spare: the
/// difference of two keys never overflows. The lower 31 bits are a node's slot, or all ones in a
/// row's key, so that an equal value is not below the threshold and goes right.
enum FloatKey {
    private static let slotBits: Int64 = 31
    static let slotMask: Int64 = 1 << slotBits - 1

    /// Below the key of every threshold.
    static let missingLeft = Int64(Int32.min) << slotBits | slotMask
    /// Above the key of every threshold.
    static let missingRight = Int64(Int32.max) << slotBits | slotMask

    /// The key of a value in a row; NaN has none.
    @inline(__always)
    static func row(_ value: Float) -> Int64 {
        image(value) << slotBits | slotMask
    }

    /// The key of a node, which compares what stands at `slot` of the row's keys.
    static func node(threshold: Float, slot: Int) -> Int64 {
        image(threshold) << slotBits | Int64(slot)
    }

    @inline(__always)
    private static func image(_ value: Float) -> Int64 {
        // Adding 0 turns minus zero into zero, to which it is equal.
        let bits = Int32(bitPattern: (value + 0).bitPattern)
        return Int64(bits ^ ((bits >> 31) & Int32.max))
    }
}
