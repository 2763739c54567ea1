/// Numbers that order as floats do, so that a split is one subtraction of integers.
///
/// The upper 33 bits of a key are a signed image of the float, which leaves a bit to spare: the
/// difference of two keys never overflows. Below are a node's slot, or all ones in a row's key, so
/// that an equal value is not below the threshold.
enum FloatKey {
    private static let lowerBits: Int64 = 31
    private static let lowerMask: Int64 = 1 << lowerBits - 1

    /// Below every threshold.
    static let missingBelow = Int64(Int32.min) << lowerBits | lowerMask
    /// Above every threshold.
    static let missingAbove = Int64(Int32.max) << lowerBits | lowerMask

    /// The key of a value in a row; NaN has none.
    @inline(__always)
    static func row(_ value: Float) -> Int64 {
        image(value) << lowerBits | lowerMask
    }

    /// The key of a node, which compares what stands at `slot` of a row's keys.
    static func node(threshold: Float, slot: Int) -> Int64 {
        image(threshold) << lowerBits | Int64(UInt16(slot))
    }

    /// Where a node finds the row's key that it compares.
    @inline(__always)
    static func slot(_ node: Int64) -> Int {
        Int(UInt16(truncatingIfNeeded: node))
    }

    /// 1 where the row's key is below the node's threshold, else 0. It is the difference's sign
    /// bit: a comparison turned into 0 and 1 became a branch, which costs four times as much.
    @inline(__always)
    static func isBelow(_ row: Int64, _ node: Int64) -> Int {
        Int(truncatingIfNeeded: UInt64(bitPattern: row &- node) &>> 63)
    }

    @inline(__always)
    private static func image(_ value: Float) -> Int64 {
        // Adding 0 turns minus zero into zero, to which it is equal.
        let bits = Int32(bitPattern: (value + 0).bitPattern)
        return Int64(bits ^ ((bits >> 31) & Int32.max))
    }
}
