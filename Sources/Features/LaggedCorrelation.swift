package import Market

/// The correlation of one symbol's returns over a bar with BTC's of 5 bars earlier, over a day.
///
/// The lag comes first, then the window: the last pair is this bar's own return and BTC's return of
/// 5 bars ago. Not purged. Pairs that are not whole are skipped while 92 of 96 are there.
///
/// - Complexity: O(window) per bar: two passes in slot order, in four fixed lanes, so that nothing
///   drifts and equal windows give equal bits. All memory is taken in `init`.
package struct LaggedCorrelation: Sendable {
    private let window: Int
    private let presentMin: Int
    /// BTC's last returns, up to the lagged one.
    private var btcReturns = MirroredRing(capacity: BTCWindows.lagBars + 1)
    /// Pairs by slot; where a pair is not whole, both are NaN.
    private var own: MirroredRing
    private var btc: MirroredRing
    private var ownRun = PresentRun()
    private var btcRun = PresentRun()
    private var presentCount = 0
    /// The whole pairs in slot order, filled only where some are not.
    private var presentOwn: [Double]
    private var presentBTC: [Double]
    private var slot = -1
    private var firstOwnSlot: Int?
    private var firstBTCSlot: Int?

    package init(config: EnrichmentConfig) {
        let windows = BTCWindows(barNs: config.barNs)
        window = windows.dayBars
        presentMin = windows.dayBarsMin
        own = MirroredRing(capacity: window)
        btc = MirroredRing(capacity: window)
        presentOwn = [Double](repeating: 0, count: window)
        presentBTC = [Double](repeating: 0, count: window)
    }

    /// Takes the returns of one slot, NaN where they cannot be computed; a bar can be present
    /// without a return. NaN when either bar is missing, the window is not full yet, fewer pairs
    /// are whole than need be, or either side is flat.
    package mutating func push(
        ownReturn1: Double, isOwnPresent: Bool, btcReturn1: Double, isBTCPresent: Bool
    ) -> Double {
        slot += 1
        if isOwnPresent && firstOwnSlot == nil { firstOwnSlot = slot }
        if isBTCPresent && firstBTCSlot == nil { firstBTCSlot = slot }
        btcReturns.push(btcReturn1)
        pushPair(ownReturn1, btcReturns.last(BTCWindows.lagBars))
        guard isOwnPresent, isBTCPresent, isFull, presentCount >= presentMin else { return .nan }
        let windowStart = slot - window + 1
        if ownRun.reaches(back: windowStart) || btcRun.reaches(back: windowStart) { return .nan }
        if presentCount == window {
            return Self.correlation(
                own.values.span.extracting(own.window(window)),
                btc.values.span.extracting(btc.window(window)))
        }
        compact()
        return Self.correlation(
            presentOwn.span.extracting(0..<presentCount),
            presentBTC.span.extracting(0..<presentCount))
    }

    private mutating func pushPair(_ ownReturn: Double, _ btcReturn: Double) {
        if !own.last(window - 1).isNaN { presentCount -= 1 }
        guard !ownReturn.isNaN, !btcReturn.isNaN else {
            own.push(.nan)
            btc.push(.nan)
            return
        }
        own.push(ownReturn)
        btc.push(btcReturn)
        presentCount += 1
        ownRun.push(ownReturn, slot: slot)
        btcRun.push(btcReturn, slot: slot)
    }

    /// Whether every pair of the window could be whole: a series' first bar has no return.
    private var isFull: Bool {
        guard let firstOwnSlot, let firstBTCSlot else { return false }
        return slot - firstOwnSlot >= window
            && slot - firstBTCSlot >= window + BTCWindows.lagBars
    }

    /// Without a branch: a missing pair is written over by the next one. Its place exists, because
    /// at least one pair is missing.
    private mutating func compact() {
        let ownRange = own.window(window)
        let btcStart = btc.window(window).lowerBound
        var count = 0
        for index in ownRange {
            let value = own.values[index]
            presentOwn[count] = value
            presentBTC[count] = btc.values[btcStart + index - ownRange.lowerBound]
            count += value.isNaN ? 0 : 1
        }
    }

    // MARK: - Two passes

    private static func correlation(_ x: Span<Double>, _ y: Span<Double>) -> Double {
        let count = x.count
        precondition(y.count == count, "pairs have two sides")
        let whole = count - count % 4
        var sumX = SIMD4<Double>.zero
        var sumY = SIMD4<Double>.zero
        for start in stride(from: 0, to: whole, by: 4) {
            sumX += unsafe four(x, start)
            sumY += unsafe four(y, start)
        }
        var totalX = total(sumX)
        var totalY = total(sumY)
        for index in whole..<count {
            totalX += x[index]
            totalY += y[index]
        }
        let meanX = SIMD4(repeating: totalX / Double(count))
        let meanY = SIMD4(repeating: totalY / Double(count))
        var squaresX = SIMD4<Double>.zero
        var squaresY = SIMD4<Double>.zero
        var products = SIMD4<Double>.zero
        for start in stride(from: 0, to: whole, by: 4) {
            let distanceX = unsafe four(x, start) - meanX
            let distanceY = unsafe four(y, start) - meanY
            squaresX += distanceX * distanceX
            squaresY += distanceY * distanceY
            products += distanceX * distanceY
        }
        var squareX = total(squaresX)
        var squareY = total(squaresY)
        var product = total(products)
        for index in whole..<count {
            let distanceX = x[index] - meanX[0]
            let distanceY = y[index] - meanY[0]
            squareX += distanceX * distanceX
            squareY += distanceY * distanceY
            product += distanceX * distanceY
        }
        let scale = (squareX * squareY).squareRoot()
        return scale > 0 ? product / scale : .nan
    }

    /// Bounds checks in the passes would double their cost. `start + 3` lies inside: the loops end
    /// at the last multiple of 4.
    @unsafe @inline(__always)
    private static func four(_ values: Span<Double>, _ start: Int) -> SIMD4<Double> {
        unsafe SIMD4(
            values[unchecked: start], values[unchecked: start + 1], values[unchecked: start + 2],
            values[unchecked: start + 3])
    }

    @inline(__always)
    private static func total(_ lanes: SIMD4<Double>) -> Double {
        (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
    }
}

extension LaggedCorrelation: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        btcReturns.encode(into: &state)
        own.encode(into: &state)
        btc.encode(into: &state)
        ownRun.encode(into: &state)
        btcRun.encode(into: &state)
        state.add(slot)
        state.add(firstOwnSlot)
        state.add(firstBTCSlot)
    }
}
