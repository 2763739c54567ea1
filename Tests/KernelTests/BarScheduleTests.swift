import Features
import Kernel
import Market
import Testing

@Suite("The bars of a run")
struct BarScheduleTests {
    /// Everything in minutes since 1970.
    struct Case: Sendable {
        var bar: Int64 = 15
        var epoch: Int64
        var tape: ClosedRange<Int64>
        var window: Range<Int64>?
        var first: Int64
        var last: Int64
        var firstOfWindow: Int64
        var count: Int
    }

    @Test(
        "close at multiples of their length, within the epoch, the tape and the window",
        arguments: [
            // On the grid.
            Case(epoch: 600, tape: 600...660, first: 615, last: 660, firstOfWindow: 615, count: 4),
            // Off it: the first whole bar, the last finished one.
            Case(epoch: 601, tape: 601...674, first: 630, last: 660, firstOfWindow: 630, count: 3),
            // An epoch after the tape's start, and one before it.
            Case(epoch: 630, tape: 600...660, first: 645, last: 660, firstOfWindow: 645, count: 2),
            Case(epoch: 0, tape: 600...660, first: 615, last: 660, firstOfWindow: 615, count: 4),
            // A window on the grid, off the grid, before the tape, beyond it.
            Case(
                epoch: 600, tape: 600...700, window: 630..<660, first: 615, last: 660,
                firstOfWindow: 645, count: 2),
            Case(
                epoch: 600, tape: 600...700, window: 631..<689, first: 615, last: 675,
                firstOfWindow: 660, count: 2),
            Case(
                epoch: 600, tape: 600...700, window: 0..<660, first: 615, last: 660,
                firstOfWindow: 615, count: 4),
            Case(
                epoch: 600, tape: 600...700, window: 660..<9000, first: 615, last: 690,
                firstOfWindow: 675, count: 2),
            // No bar at all.
            Case(
                epoch: 600, tape: 600...700, window: 900..<960, first: 615, last: 690,
                firstOfWindow: 915, count: 0),
            Case(epoch: 600, tape: 600...614, first: 615, last: 600, firstOfWindow: 615, count: 0),
            Case(epoch: 601, tape: 601...629, first: 630, last: 615, firstOfWindow: 630, count: 0),
            // A bar of a day.
            Case(
                bar: 1440, epoch: 1441, tape: 1441...7200, first: 4320, last: 7200,
                firstOfWindow: 4320, count: 3),
        ])
    func table(_ row: Case) {
        let minute = Timestamp.minuteNs
        let schedule = BarSchedule(
            barNs: row.bar * minute, barDelayNs: 7, epochNs: row.epoch * minute,
            tape: (row.tape.lowerBound * minute)...(row.tape.upperBound * minute),
            window: row.window.map {
                TimeRange(startNs: $0.lowerBound * minute, endNs: $0.upperBound * minute)
            })
        #expect(schedule.firstCloseNs == row.first * minute)
        #expect(schedule.lastCloseNs == row.last * minute)
        #expect(schedule.firstWindowCloseNs == row.firstOfWindow * minute)
        #expect(schedule.windowBarCount == row.count)
        #expect(schedule.barNs == row.bar * minute && schedule.barDelayNs == 7)
    }
}

@Suite("The digest of a configuration")
struct EnrichmentDigestTests {
    @Test("is the SHA-256 of its document's text, as sha256sum prints it")
    func digest() {
        let config = EnrichmentConfig(
            barNs: 900_000_000_000, featureEpochNs: 0, feedLatencyNs: 0, barDelayNs: 0,
            families: FeatureFamilies())
        #expect(
            "\(config.digest)"
                == "72caa72551d7f56b7c5223034d514c3c6f5ee924ca8f0e49b55fb481ab194ae4")
    }
}
