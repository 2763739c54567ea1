/// `dividend / divisor`, or NaN where that is no finite number: a zero denominator never gives an
/// infinity, and the NaN always has the same bits.
@inline(__always)
func quotient(_ dividend: Double, _ divisor: Double) -> Double {
    let quotient = dividend / divisor
    return quotient.isFinite ? quotient : .nan
}
