import Features
import JSON
import Market
import TestSupport
import Testing

@Suite(
    "Book features equal the recorded ones", .enabled(if: SharedData.isPresent, SharedData.hint))
struct BookFixtureTests {
    /// The order of a sample's columns.
    static let keys = [
        "mid", "spread_bps", "depth_imbalance_l1", "depth_imbalance_l5", "kyle_lambda",
        "ofi_window",
    ]

    @Test(
        "for each snapshot, when bars are as short as their distance",
        arguments: ["seconds", "minutes", "minutes_gaps", "volume_constant"])
    func everyRow(name: String) throws {
        let fixture = try BookFixture(name)
        let samples = Self.samples(
            fixture, barNs: name == "seconds" ? Timestamp.secondNs : Timestamp.minuteNs,
            closesNs: fixture.times)
        for (column, key) in Self.keys.enumerated() {
            for (row, value) in try fixture.expected(key).enumerated() {
                let sampled = samples[row * 6 + column]
                #expect(BookFixture.isClose(sampled, value), "\(key), row \(row): \(sampled)")
            }
        }
    }

    // The fixture measures crossed books, and shows the windows in the rows of one-sided ones. Ours
    // are NaN there, and a crossed book leaves the windows: rows 95 to 99 are of another form.
    @Test("but for the rows of books that do not count, which are NaN")
    func booksThatDoNotCount() throws {
        let fixture = try BookFixture("one_sided_and_crossed")
        let samples = Self.samples(
            fixture, barNs: Timestamp.minuteNs, closesNs: fixture.times)
        let skipped = [20, 21, 50, 70, 95]
        for row in skipped {
            let isUnknown = samples[(row * 6)..<(row * 6 + 6)].allSatisfy(\.isNaN)
            #expect(isUnknown, "row \(row)")
        }
        for (column, key) in Self.keys.enumerated() {
            let isWindow = column > 3
            for (row, value) in try fixture.expected(key).enumerated()
            where !skipped.contains(row) && !(isWindow && row > 95) {
                let sampled = samples[row * 6 + column]
                #expect(BookFixture.isClose(sampled, value), "\(key), row \(row): \(sampled)")
            }
        }
    }

    @Test("at bar closes, shifted by the purge", arguments: ["0", "10", "20"])
    func bars(purge: String) throws {
        let fixture = try BookFixture("seconds")
        let bars = try #require(fixture.node["bars"])
        let expected = try #require(bars["purge"]?[purge])
        let closesNs = try BookFixture.series(bars, "bar_close_ts_ms")
            .map { Int64($0) * 1_000_000 }
        let samples = Self.samples(fixture, barNs: Timestamp.minuteNs, closesNs: closesNs)
        let shift = try #require(Int(purge))
        for (column, name) in FeatureFamilies.columns(of: .standard).enumerated() {
            for (bar, value) in try BookFixture.series(expected, name).enumerated() {
                let sampled = bar < shift ? .nan : samples[(bar - shift) * 6 + column]
                #expect(BookFixture.isClose(sampled, value), "\(name), bar \(bar): \(sampled)")
            }
        }
    }

    // The fixture's form: crossed books are measured and observed, and what a window holds is known
    // in the rows of one-sided books too. It also has the slope through the origin; SPEC has not.
    @Test(
        "in the fixture's own form, from the parts",
        arguments: [
            "seconds", "minutes", "minutes_gaps", "volume_constant", "one_sided_and_crossed",
        ])
    func fixtureForm(name: String) throws {
        let fixture = try BookFixture(name)
        let keys = Self.keys + ["d_mid", "ofi_event", "kyle_n"]
        let expected = try keys.map { try fixture.expected($0) }
        var window = FlowWindow(lengthNs: FeatureFamilies.L2.windowNs)
        var previous: BestLevels?
        for (row, book) in fixture.books.enumerated() {
            var values = [Double](repeating: .nan, count: keys.count)
            let best = Self.best(book)
            if let best {
                values.replaceSubrange(0..<4, with: Self.measures(book, best))
                if let previous {
                    let observation = FlowWindow.Observation(
                        eventTimeNs: book.eventTimeNs,
                        midTwiceChange: best.midTwice - previous.midTwice,
                        signedVolume: fixture.signedVolumes[row],
                        orderFlow: BookMeasures.orderFlow(from: previous, to: best))
                    window.append([observation], count: 1)
                    values[6] = BookFixture.scale.price(observation.midTwiceChange) / 2
                    values[7] = BookFixture.scale.size(observation.orderFlow)
                }
            }
            previous = best
            let sums = window.sums(at: book.eventTimeNs)
            values[4] = sums.kyleLambda(minObservations: 2, BookFixture.scale)
            values[5] = sums.orderFlowImbalance(BookFixture.scale)
            values[8] = Double(sums.count)
            for (index, key) in keys.enumerated() {
                let isClose = BookFixture.isClose(values[index], expected[index][row])
                #expect(isClose, "\(key), row \(row): \(values[index])")
            }
        }
    }

    private static func samples(
        _ fixture: BookFixture, barNs: Int64, closesNs: [Int64]
    ) -> [Double] {
        var l2 = FeatureFamilies.L2()
        l2.kyleMinObservations = 2
        var core = BookStreamCore(
            barNs: barNs, l2: l2, scale: BookFixture.scale,
            schema: .books(levels: BookFixture.levels))
        let slices = fixture.slices()
        var samples: [Double] = []
        core.advance(
            books: slices.books, trades: slices.trades,
            ticks: closesNs.map { BarTick(closeNs: $0, tickNs: $0, isInWindow: true) },
            into: &samples)
        return samples
    }

    private static func best(_ book: BookSnapshot) -> BestLevels? {
        guard let bid = book.bids.first, let ask = book.asks.first else { return nil }
        return BestLevels(
            bidPrice: bid.price, bidSize: bid.size, askPrice: ask.price, askSize: ask.size)
    }

    private static func measures(_ book: BookSnapshot, _ best: BestLevels) -> [Double] {
        let bidSizes = book.bids.map(\.size)
        let askSizes = book.asks.map(\.size)
        return [BookMeasures.mid(best, BookFixture.scale), BookMeasures.spreadBps(best)]
            + [1, 5].map {
                BookMeasures.imbalance(
                    bidSizes: bidSizes.span, askSizes: askSizes.span, levels: $0)
            }
    }
}

extension FeatureFamilies {
    fileprivate static func columns(of set: L2.Set) -> [String] {
        var families = FeatureFamilies()
        families.hasBaseline = false
        families.l2 = L2()
        families.l2?.set = set
        return families.columns.map(\.name)
    }
}
