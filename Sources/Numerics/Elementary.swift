// The C library is linked for its square root, which IEEE 754 fixes to the last bit.
import Glibc

/// The elementary functions that reach a result, computed with additions, multiplications,
/// divisions and square roots alone.
///
/// A C library picks its code by the CPU it finds, so `exp` may end in another bit on another
/// machine. IEEE 754 fixes the four operations used here, and Swift never fuses two of them, so
/// these functions return the same bits everywhere. They stay within 2 units in the last place.
package enum Elementary {
    /// ln 2 in two parts. The first has 21 trailing zero bits, so that `k * ln2High` is exact for
    /// every exponent `k` of a `Double`.
    private static let ln2High = 0x1.62e42fee00000p-1
    private static let ln2Low = 0x1.a39ef35793c76p-33
    private static let ln2Reciprocal = 0x1.71547652b82fep+0

    // MARK: - Exponential and logarithm

    /// e to the power of `x`.
    package static func exp(_ x: Double) -> Double {
        exp(x, tail: 0)
    }

    /// e to the power of `x + tail`, where `tail` is far below `x`'s last place.
    private static func exp(_ x: Double, tail: Double) -> Double {
        guard x == x else { return x }
        if x > 709.79 { return .infinity }
        if x < -745.2 { return 0 }
        let k = nearestInteger(x * ln2Reciprocal)
        let high = x - k * ln2High
        let low = k * ln2Low - tail
        let r = high - low
        let lost = (high - r) - low
        // e^r = 1 + r + r^2/2 + ..., |r| <= 0.347; the part of r that was rounded off is added last.
        var series = exponentialTaylor[0]
        for index in 1..<exponentialTaylor.count { series = series * r + exponentialTaylor[index] }
        let value = 1 + (r + (r * r * series + lost * (1 + r)))
        return scaled(value, byPowerOfTwo: Int(k))
    }

    /// 1/13!, 1/12!, ... 1/2!.
    private static let exponentialTaylor: InlineArray<12, Double> = [
        0x1.6124613a86d09p-33, 0x1.1eed8eff8d898p-29, 0x1.ae64567f544e4p-26,
        0x1.27e4fb7789f5cp-22, 0x1.71de3a556c734p-19, 0x1.a01a01a01a01ap-16,
        0x1.a01a01a01a01ap-13, 0x1.6c16c16c16c17p-10, 0x1.1111111111111p-7,
        0x1.5555555555555p-5, 0x1.5555555555555p-3, 0.5,
    ]

    /// `value * 2^k` for a `value` near 1, in two steps where the result is subnormal or huge.
    private static func scaled(_ value: Double, byPowerOfTwo k: Int) -> Double {
        let first = min(max(k, -1000), 1000)
        return value * powerOfTwo(first) * powerOfTwo(k - first)
    }

    /// Rounds by pushing the fraction out of the significand; `x` is far below 2^51.
    private static func nearestInteger(_ x: Double) -> Double {
        (x + 0x1.8p52) - 0x1.8p52
    }

    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(bitPattern: UInt64(exponent + 1023) << 52)
    }

    /// The natural logarithm of `x`: minus infinity at 0, NaN below.
    package static func log(_ x: Double) -> Double {
        guard x > 0, x < .infinity else { return logOfSpecial(x) }
        let (exponent, f) = split(x)
        // log(1 + f) = 2 atanh(s) with s = f / (2 + f). Written as f minus a small correction it
        // keeps the bits that 2s alone would round off.
        let s = f / (2 + f)
        let halfSquare = 0.5 * f * f
        let correction = s * (halfSquare + atanhTail(s * s))
        let k = Double(exponent)
        return k * ln2High - ((halfSquare - (correction + k * ln2Low)) - f)
    }

    private static func logOfSpecial(_ x: Double) -> Double {
        if x == 0 { return -.infinity }
        return x == .infinity ? x : .nan
    }

    /// `x = 2^exponent * (1 + f)` with 1 + f between the roots of 1/2 and of 2.
    private static func split(_ x: Double) -> (exponent: Int, f: Double) {
        var exponent = Int(x.exponent)
        var significand = x.significand
        if significand > 0x1.6a09e667f3bcdp+0 {
            significand *= 0.5
            exponent += 1
        }
        return (exponent, significand - 1)
    }

    /// (2 atanh(s) - 2s) / s for `z = s * s`: 2z/3 + 2z^2/5 + ..., z <= 0.0295.
    private static func atanhTail(_ z: Double) -> Double {
        var series = 2.0 / 25
        for denominator in stride(from: 23.0, through: 3, by: -2) {
            series = series * z + 2 / denominator
        }
        return series * z
    }

    // MARK: - Power

    /// `base` to the power of `exponent`; a negative base needs a whole exponent, else NaN.
    package static func pow(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 0 || base == 1 { return 1 }
        guard base == base, exponent == exponent else { return .nan }
        if base.sign == .minus {
            let size = pow(base.magnitude, exponent)
            // From 2^53 on every double is an even integer.
            if exponent.magnitude >= 0x1p53 { return size }
            guard Double(Int64(exponent)) == exponent else {
                return base == 0 || base.isInfinite ? size : .nan
            }
            return Int64(exponent) & 1 == 0 ? size : -size
        }
        if base == 0 || base == .infinity {
            return (base == 0) == (exponent > 0) ? 0 : .infinity
        }
        if exponent.isInfinite { return (base > 1) == (exponent > 0) ? .infinity : 0 }
        let logarithm = doubledLog(base)
        let high = exponent * logarithm.high
        guard high.magnitude < 1000 else { return high > 0 ? .infinity : 0 }
        let product = exactProduct(exponent, logarithm.high)
        return exp(product.high, tail: product.low + exponent * logarithm.low)
    }

    /// The logarithm as an unevaluated sum of two doubles, good to about 2^-66 of its size: an
    /// error of the logarithm is multiplied by up to 745 in a power.
    private static func doubledLog(_ x: Double) -> (high: Double, low: Double) {
        let (exponent, f) = split(x)
        let divisor = exactSum(2, f)
        let s = f / divisor.high
        let product = exactProduct(s, divisor.high)
        let sLow = ((f - product.high) - product.low - s * divisor.low) / divisor.high
        // 2s + (2/3) s^3 in two doubles, the rest of the series is small enough for one.
        let square = exactProduct(s, s)
        let squareLow = square.low + 2 * s * sLow
        let cube = exactProduct(square.high, s)
        let cubeLow = cube.low + squareLow * s + square.high * sLow
        let twoThirds = (high: 0x1.5555555555555p-1, low: 0x1.5555555555555p-55)
        let third = exactProduct(cube.high, twoThirds.high)
        let thirdLow = third.low + cube.high * twoThirds.low + cubeLow * twoThirds.high
        let rest = (atanhTail(square.high) - square.high * (2.0 / 3)) * s

        let k = Double(exponent)
        var sum = exactSum(k * ln2High, 2 * s)
        var low = sum.low + (k * ln2Low + 2 * sLow)
        sum = exactSum(sum.high, third.high)
        low += sum.low + thirdLow + rest
        let total = exactSum(sum.high, low)
        return (total.high, total.low)
    }

    /// The rounded sum and what rounding lost (Knuth).
    private static func exactSum(_ a: Double, _ b: Double) -> (high: Double, low: Double) {
        let sum = a + b
        let fromB = sum - a
        return (sum, (a - (sum - fromB)) + (b - fromB))
    }

    /// The rounded product and what rounding lost (Dekker): each factor is cut in halves whose
    /// products are exact.
    private static func exactProduct(_ a: Double, _ b: Double) -> (high: Double, low: Double) {
        let product = a * b
        let (aHigh, aLow) = halves(a)
        let (bHigh, bLow) = halves(b)
        let low = aLow * bLow - (((product - aHigh * bHigh) - aLow * bHigh) - aHigh * bLow)
        return (product, low)
    }

    private static func halves(_ x: Double) -> (high: Double, low: Double) {
        let high = Double(bitPattern: x.bitPattern & ~0x7ff_ffff)
        return (high, x - high)
    }

    // MARK: - Sine and cosine

    /// The largest angle that is reduced exactly enough; nothing here comes near it.
    package static let angleMax = 1e6

    /// The sine of an angle in radians, at most ``angleMax`` in size; NaN for NaN and infinities.
    package static func sin(_ x: Double) -> Double {
        let (quadrant, r, tail) = reduced(x)
        let value = quadrant & 1 == 0 ? sineKernel(r, tail) : cosineKernel(r, tail)
        return quadrant & 2 == 0 ? value : -value
    }

    /// The cosine of an angle in radians, at most ``angleMax`` in size; NaN for NaN and infinities.
    package static func cos(_ x: Double) -> Double {
        let (quadrant, r, tail) = reduced(x)
        let value = quadrant & 1 == 0 ? cosineKernel(r, tail) : sineKernel(r, tail)
        return (quadrant + 1) & 2 == 0 ? value : -value
    }

    /// `x` less a multiple of pi/2, as a double and its tail (Cody and Waite, three parts of pi/2
    /// of which the first two have enough trailing zeros to multiply exactly).
    private static func reduced(_ x: Double) -> (quadrant: Int, r: Double, tail: Double) {
        guard x.isFinite else { return (0, .nan, 0) }
        precondition(x.magnitude <= angleMax, "the angle \(x) is too large to reduce")
        let k = nearestInteger(x * (2 / Double.pi))
        let first = x - k * 0x1.921fb54400000p+0
        let second = exactSum(first, -(k * 0x1.0b4611a400000p-34))
        let third = k * 0x1.13198a2e03707p-65
        let r = second.high + (second.low - third)
        return (Int(k) & 3, r, (second.high - r) + (second.low - third))
    }

    /// sin(r + tail) for |r| <= pi/4 by Taylor's series to r^17.
    private static func sineKernel(_ r: Double, _ tail: Double) -> Double {
        let z = r * r
        var series = 1.0 / 355_687_428_096_000
        for term in sineTaylor.indices { series = series * z + sineTaylor[term] }
        return r + (r * z * series + tail * (1 - 0.5 * z))
    }

    /// -1/15!, 1/13!, ... -1/3!.
    private static let sineTaylor: InlineArray<7, Double> = [
        -1 / 1_307_674_368_000, 1 / 6_227_020_800, -1 / 39_916_800, 1 / 362_880, -1 / 5040,
        1 / 120, -1 / 6,
    ]

    /// cos(r + tail) for |r| <= pi/4 by Taylor's series to r^16.
    private static func cosineKernel(_ r: Double, _ tail: Double) -> Double {
        let z = r * r
        var series = 1.0 / 20_922_789_888_000
        for term in cosineTaylor.indices { series = series * z + cosineTaylor[term] }
        let half = 0.5 * z
        let near = 1 - half
        return near + (((1 - near) - half) + (z * z * series - r * tail))
    }

    /// -1/14!, 1/12!, ... 1/4!.
    private static let cosineTaylor: InlineArray<6, Double> = [
        -1 / 87_178_291_200, 1 / 479_001_600, -1 / 3_628_800, 1 / 40_320, -1 / 720, 1 / 24,
    ]
}
