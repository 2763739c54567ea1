extension Double {
    /// The nearest `Double`, ties to even. The standard library's conversion is generic over all
    /// integers and takes microseconds.
    init(nearest value: Int128) {
        let magnitude = value.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        var rounded: Double
        if high == 0 {
            rounded = Double(UInt64(truncatingIfNeeded: magnitude))
        } else {
            // 64 leading bits decide, the last of them standing for all that follow it: more
            // than the 53 and the rounding bit that a `Double` needs.
            let shift = 64 - high.leadingZeroBitCount
            let leading = UInt64(truncatingIfNeeded: magnitude >> shift)
            let hasRest = UInt128(leading) << shift != magnitude
            rounded = Double(leading | (hasRest ? 1 : 0))
            rounded *= Double(sign: .plus, exponent: shift, significand: 1)
        }
        self = value < 0 ? -rounded : rounded
    }
}
