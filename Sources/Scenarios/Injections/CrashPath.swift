/// How far a crash has gone at each of the run's candles: down in equal steps, then held, then back.
///
/// Every part of it is rounded up to whole candles, so that it is over its whole depth in one candle
/// at least, and it begins with the first candle that opens no earlier than the crash.
struct CrashPath {
    private let startNs: Int64
    private let fallNs: Int64
    private let heldNs: Int64
    private let spanNs: Int64

    init(_ placed: PlacedInjection, candleNs: Int64) {
        let injection = placed.injection
        startNs = placed.startNs.ceiled(to: candleNs)
        fallNs = max(candleNs, injection[.fall].ceiled(to: candleNs))
        heldNs = fallNs + injection[.hold].ceiled(to: candleNs)
        spanNs = heldNs + injection[.recovery].ceiled(to: candleNs)
    }

    /// When the last candle that it bends has closed.
    var endNs: Int64 { startNs + spanNs }

    /// From none to all of the depth, in 10^-9, for the candle that closes at `closeNs`.
    func progress(atCloseNs closeNs: Int64) -> Int64 {
        let elapsedNs = closeNs - startNs
        guard elapsedNs > 0, elapsedNs <= spanNs else { return 0 }
        if elapsedNs < fallNs { return Billionths.share(elapsedNs, of: fallNs) }
        if elapsedNs <= heldNs { return Billionths.one }
        return Billionths.one - Billionths.share(elapsedNs - heldNs, of: spanNs - heldNs)
    }
}

extension Int64 {
    /// The smallest multiple of `unit` that is not below this.
    func ceiled(to unit: Int64) -> Int64 {
        let remainder = self % unit
        return remainder > 0 ? self - remainder + unit : self - remainder
    }

    /// The largest multiple of `unit` that is not above this.
    func floored(to unit: Int64) -> Int64 {
        let remainder = self % unit
        return remainder < 0 ? self - remainder - unit : self - remainder
    }
}
