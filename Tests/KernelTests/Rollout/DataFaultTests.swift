import Kernel
import Market
import TestSupport
import Testing

@Suite("Books that cannot be decided by")
struct DataFaultTests {
    private static let minute = Timestamp.minuteNs

    /// Looks each minute at a book that is `seconds` old, and at each bar tick at its row; whether
    /// each bar is faulty.
    private func bars(
        _ count: Int, seconds: (_ minute: Int) -> Double,
        nanShare: (_ bar: Int) -> Double? = { _ in 0 }
    ) -> [Bool] {
        var fault = DataFault()
        return (1...count).map { bar in
            for minute in (15 * bar - 14)...(15 * bar) {
                fault.see(seconds: seconds(minute), atNs: Int64(minute) * Self.minute)
            }
            fault.close(nanShare: nanShare(bar), atNs: Int64(15 * bar) * Self.minute)
            return fault.isOn
        }
    }

    @Test("a book older than 300 s at the bar's tick is faulty there, and not before")
    func stale() {
        #expect(bars(3) { $0 == 30 ? 300 : 0 } == [false, false, false])
        #expect(bars(3) { $0 == 30 ? 300.001 : 0 } == [false, true, false])
        #expect(
            bars(2) { (16..<30).contains($0) ? 900 : 0 } == [false, false], "fresh again in time")
        #expect(bars(2) { _ in .infinity } == [true, true])
    }

    @Test(
        "it is over with a clean bar after five clean minutes",
        arguments: [(39, false), (40, false), (41, true), (44, true)])
    func recovery(lastStale: Int, isOn: Bool) {
        let found = bars(4) { (28...lastStale).contains($0) ? 301 : 0 }
        #expect(found == [false, true, isOn, false])
    }

    @Test("more than a fifth of unknown columns is faulty; a missing bar changes nothing")
    func unknown() {
        #expect(
            bars(3, seconds: { _ in 0 }, nanShare: { $0 == 2 ? 0.2 : 0 }) == [false, false, false])
        #expect(
            bars(3, seconds: { _ in 0 }, nanShare: { $0 == 2 ? 0.21 : 0 }) == [false, true, false])
        #expect(
            bars(4, seconds: { _ in 0 }, nanShare: { [2: 0.5, 3: nil][$0, default: 0] })
                == [false, true, true, false])
        #expect(bars(2, seconds: { _ in 0 }, nanShare: { _ in nil }) == [false, false])
    }
}
