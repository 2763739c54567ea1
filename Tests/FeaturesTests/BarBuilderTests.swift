import Features
import Market
import TestSupport
import Testing

@Suite("A bar built from candles")
struct BarBuilderTests {
    private static let minute = Timestamp.minuteNs
    private static let hour = Timestamp.hourNs

    private static func builder(barNs: Int64 = hour) -> BarBuilder {
        BarBuilder(barNs: barNs, candleNs: minute, scale: CandleSlices.scale)
    }

    /// Candles that close at these minutes; the price is a thousand and the minute.
    private static func slice(_ minutes: some Sequence<Int>) -> StreamSlice {
        CandleSlices.slice(
            minutes.map { number in
                let price = Int64(1000 + number)
                return Candle(
                    eventTimeNs: Int64(number) * minute, open: price, high: price + 2,
                    low: price - 3, close: price + 1, volume: 10)
            })
    }

    @Test("holds the event times after the bar before it, up to its own close")
    func span() {
        var builder = Self.builder()
        builder.add(Self.slice(1...180))
        // Nothing was closed yet, so only the last two bars are at hand.
        let second = builder.close(at: 2 * Self.hour)
        let wanted = Bar(
            closeNs: 2 * Self.hour, open: 10.61, high: 11.22, low: 10.58, close: 11.21, volume: 0.6)
        #expect(second == wanted)
        #expect(builder.close(at: 3 * Self.hour)?.open == 11.21)
        #expect(builder.lateCandleCount == 0 && builder.repeatedCandleCount == 0)
    }

    @Test("needs 57 of 60 candles", arguments: [(3, true), (4, false)])
    func share(missing: Int, isThere: Bool) {
        var builder = Self.builder()
        builder.add(Self.slice((missing + 1)...60))
        let bar = builder.close(at: Self.hour)
        #expect((bar != nil) == isThere)
        if let bar { #expect(bar.open == Double(1001 + missing) / 100) }
    }

    @Test("needs all of 15 candles, because 14 are less than 95 %")
    func shareOfFifteen() {
        for missing in 1...15 {
            var builder = Self.builder(barNs: 15 * Self.minute)
            builder.add(Self.slice((1...15).filter { $0 != missing }))
            let bar = builder.close(at: 15 * Self.minute)
            #expect(bar == nil)
        }
    }

    @Test("needs its last candle")
    func lastCandle() {
        var builder = Self.builder()
        builder.add(Self.slice(1...59))
        #expect(builder.close(at: Self.hour) == nil)
        builder.add(Self.slice(61...120))
        #expect(builder.close(at: 2 * Self.hour) != nil)
    }

    @Test("leaves to the next bar what belongs to it, and counts what comes too late")
    func tick() {
        var builder = Self.builder()
        builder.add(Self.slice(1...62))
        #expect(builder.close(at: Self.hour)?.close == 10.61)
        builder.add(Self.slice([58, 60]))
        builder.add(Self.slice(63...120))
        let bar = builder.close(at: 2 * Self.hour)
        #expect(bar?.open == 10.61 && bar?.volume == 0.6)
        #expect(builder.lateCandleCount == 2 && builder.repeatedCandleCount == 0)
    }

    @Test("ignores a candle that repeats or runs back, and counts it")
    func repetition() {
        var builder = Self.builder()
        builder.add(Self.slice([1, 2, 2, 1]))
        builder.add(Self.slice(Array(2...60) + [60, 61, 62, 61]))
        #expect(builder.repeatedCandleCount == 5)
        let bar = builder.close(at: Self.hour)
        #expect(bar?.volume == 0.6)
        #expect(builder.lateCandleCount == 0)
        builder.add(Self.slice(63...120))
        #expect(builder.close(at: 2 * Self.hour)?.volume == 0.6)
    }

    @Test("is missing where there are no candles, and the ones after it are not")
    func silence() {
        var builder = Self.builder()
        builder.add(Self.slice([61]))
        #expect(builder.close(at: Self.hour) == nil)
        builder.add(Self.slice(62...120))
        #expect(builder.close(at: 2 * Self.hour)?.volume == 0.6)
        #expect(builder.close(at: 3 * Self.hour) == nil)
        #expect(builder.close(at: 4 * Self.hour) == nil)
        builder.add(Self.slice(241...300))
        #expect(builder.close(at: 5 * Self.hour) != nil)
        // The run's last tick is over, the tape is not.
        builder.add(Self.slice(301...900))
        #expect(builder.lateCandleCount == 0 && builder.repeatedCandleCount == 0)
    }

    @Test("traps when the volume does not fit, instead of giving a wrong one")
    func overflow() async {
        await #expect(processExitsWith: .failure) {
            var builder = Self.builder()
            let candles = [1, 2].map { number in
                Candle(
                    eventTimeNs: number * Self.minute, open: 1, high: 1, low: 1, close: 1,
                    volume: .max / 2 + 1)
            }
            builder.add(CandleSlices.slice(candles))
        }
    }
}
