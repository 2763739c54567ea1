internal import FixedLanes

/// Sums over a window of values, always taken in the same order: equal windows give equal bits,
/// however they came about.
///
/// Every sum runs in eight lanes, whatever the CPU has: value i of the window goes to lane i mod 8,
/// what does not fill the lanes is added last. NaN in the window gives NaN.
package enum WindowStatistics {
    private typealias Lanes = SIMD8<Double>
    static let laneCount = Lanes.scalarCount

    package static func sum(_ values: Span<Double>, _ range: Range<Int>) -> Double {
        let groupsEnd = endOfGroups(values, range)
        var lanes = Lanes.zero
        var index = range.lowerBound
        while index < groupsEnd {
            lanes += group(values, index)
            index &+= Lanes.scalarCount
        }
        var rest = 0.0
        while index < range.upperBound {
            rest += values[index]
            index += 1
        }
        return total(lanes) + rest
    }

    /// The sum of squared distances from `mean`.
    package static func squares(
        _ values: Span<Double>, _ range: Range<Int>, around mean: Double
    ) -> Double {
        let groupsEnd = endOfGroups(values, range)
        let means = Lanes(repeating: mean)
        var lanes = Lanes.zero
        var index = range.lowerBound
        while index < groupsEnd {
            let distances = group(values, index) - means
            lanes += distances * distances
            index &+= Lanes.scalarCount
        }
        var rest = 0.0
        while index < range.upperBound {
            let distance = values[index] - mean
            rest += distance * distance
            index += 1
        }
        return total(lanes) + rest
    }

    /// The sum of the products of `weights` with the values from `start` on.
    @inline(__always)
    package static func products(
        _ weights: Span<SIMD8<Double>>, _ values: Span<Double>, from start: Int
    ) -> Double {
        let groupCount = weights.count
        let end = start + groupCount * laneCount
        precondition(start >= 0 && end <= values.count, "a window lies in its values")
        return unsafe weights.withUnsafeBytes { bytes in
            unsafe values.withUnsafeBufferPointer { values in
                let weights = unsafe bytes.assumingMemoryBound(to: Double.self)
                guard let first = weights.baseAddress, let values = values.baseAddress else {
                    return 0
                }
                return unsafe fixed_lanes_products(first, values + start, groupCount)
            }
        }
    }

    /// Where the part of `range` ends that fills the lanes. Traps where `range` leaves `values`,
    /// which is what makes the loads without a check safe.
    @inline(__always)
    private static func endOfGroups(_ values: Span<Double>, _ range: Range<Int>) -> Int {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= values.count, "a window lies in its values"
        )
        return range.upperBound - range.count % Lanes.scalarCount
    }

    @inline(__always)
    private static func group(_ values: Span<Double>, _ index: Int) -> Lanes {
        unsafe values.bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: index &* MemoryLayout<Double>.stride, as: Lanes.self)
    }

    /// The lanes added pairwise, in this order on every CPU.
    @inline(__always)
    private static func total(_ lanes: Lanes) -> Double {
        let four = lanes.lowHalf + lanes.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }
}
