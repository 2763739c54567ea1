import Features
import Market

/// Measures what the features of one event or one bar cost, one core, everything in memory.
///
/// The figures are medians over rounds; the workloads take turns in each.
struct FeaturesBench {
    let rounds: Int

    /// Bars and snapshots of one round. A slice of a run holds some tens of thousands of events.
    private static let barCount = 4096
    private static let snapshotCount = 1 << 17
    private static let snapshotsPerSlice = 1 << 15

    func run(progress: (String) -> Void) throws -> BenchReport {
        let market = FeaturesMarket(
            barCount: Self.barCount, snapshotCount: Self.snapshotCount,
            snapshotsPerSlice: Self.snapshotsPerSlice)
        var short: [Double] = []
        var long: [Double] = []
        var books: [Double] = []
        var bars: [Double] = []
        for round in 1...rounds {
            progress("round \(round) of \(rounds)")
            try Interrupt.check()
            short.append(Self.differences(market, minWeight: 5e-4, passes: 100))
            long.append(Self.differences(market, minWeight: 1e-5, passes: 10))
            books.append(Self.snapshots(market))
            bars.append(Self.bars(market))
        }
        var report = BenchReport(bench: "features")
        report.add("fracdiff_90_ns", Measure.median(short), "ns", aim: "<= 20")
        report.add("fracdiff_1458_ns", Measure.median(long), "ns", aim: "<= 250")
        report.add("l2_update_ns", Measure.median(books), "ns", aim: "<= 20")
        report.add("bar_enrich_ns", Measure.median(bars), "ns", aim: "<= 2,000")
        progress("counting allocations")
        if let text = AllocationCount.measure(["bench", "features"]),
            let count = Double(text.filter { $0 != "\n" })
        {
            report.add(
                "allocations_per_event", count, "allocations",
                aim: "0: a slice's own, spread over its events")
        } else {
            progress("no libAllocationCounter.so beside the program: allocations are not counted")
        }
        return report
    }

    /// How often memory is taken for a slice after the first one, by event: what a slice costs as a
    /// whole is spread over its events. Nil where nobody counts.
    static func allocationsPerEvent() -> Double? {
        let market = FeaturesMarket(
            barCount: barCount, snapshotCount: snapshotCount,
            snapshotsPerSlice: snapshotsPerSlice)
        var window = FracDiffWindow([FracDiffWeights(orderInTenths: 4, minWeight: 5e-4)])
        var core = market.bookCore
        var enricher = market.enricherCore
        var btc = market.btcCore
        var samples: [Double] = []
        samples.reserveCapacity(barCount)
        var sum = 0.0
        var counted = 0
        var eventCount = 0
        for (number, slice) in market.slices.enumerated() {
            guard let before = AllocationCount.now else { return nil }
            samples.removeAll(keepingCapacity: true)
            core.advance(
                books: slice.books, trades: slice.trades, ticks: slice.ticks, into: &samples)
            let columns = btc.advance(slice.candles, ticks: slice.ticks)
            let rows = enricher.advance(
                slice.candles, ticks: slice.ticks, btc: columns, bookSamples: samples)
            for close in market.closes { sum += window.push(close) }
            sum += rows.values.first ?? 0
            // The first slice grows what is used again.
            guard number > 0, let after = AllocationCount.now else { continue }
            counted += after - before
            eventCount += slice.eventCount + market.closes.count
        }
        precondition(sum != 0.25, "the work is done")
        return Double(counted) / Double(eventCount)
    }

    /// Nanoseconds for a close, the window full.
    private static func differences(
        _ market: FeaturesMarket, minWeight: Double, passes: Int
    ) -> Double {
        var window = FracDiffWindow([FracDiffWeights(orderInTenths: 4, minWeight: minWeight)])
        for close in market.closes { _ = window.push(close) }
        var sum = 0.0
        let seconds = Measure.seconds {
            for _ in 0..<passes {
                for close in market.closes { sum += window.push(close) }
            }
        }
        precondition(!sum.isNaN, "the window is full")
        return seconds * 1e9 / Double(passes * market.closes.count)
    }

    /// Nanoseconds for a snapshot with the trades before it, all six columns on.
    private static func snapshots(_ market: FeaturesMarket) -> Double {
        var core = market.bookCore
        var samples: [Double] = []
        let seconds = Measure.seconds {
            for slice in market.slices {
                core.advance(
                    books: slice.books, trades: slice.trades, ticks: slice.ticks, into: &samples)
            }
        }
        precondition(!samples.isEmpty, "books are sampled")
        return seconds * 1e9 / Double(snapshotCount)
    }

    /// Nanoseconds for a bar of 15 candles: all families but the book's updates and the
    /// fractional differences, which have figures of their own.
    private static func bars(_ market: FeaturesMarket) -> Double {
        var enricher = market.enricherCore
        var btc = market.btcCore
        let columns = btc.advance(market.history.candles, ticks: market.history.ticks)
        var rowCount = 0
        let seconds = Measure.seconds {
            let rows = enricher.advance(
                market.history.candles, ticks: market.history.ticks, btc: columns,
                bookSamples: market.historySamples)
            rowCount = rows.closeNs.count
        }
        precondition(rowCount == barCount, "every bar has a row")
        return seconds * 1e9 / Double(rowCount)
    }
}

extension CommandSpec {
    static let benchFeatures = CommandSpec(
        name: "bench features",
        summary: "Measures what the features of one event or one bar cost.",
        options: [
            Option(name: "--rounds", value: "N", help: "rounds of measuring, 9 when not given"),
            .json, .quiet,
        ],
        examples: ["tapedeck bench features --json", "tapedeck bench features --rounds 25"],
        run: { arguments in
            if AllocationCount.isWanted {
                guard let count = FeaturesBench.allocationsPerEvent() else { return .environment }
                try Console.output("\(count)\n")
                return .done
            }
            let bench = FeaturesBench(
                rounds: try arguments.integer("--rounds", in: 1...1000) ?? 9)
            let report = try bench.run { text in
                if !arguments.has("--quiet") { Console.note("bench features: \(text)") }
            }
            try Console.output(report.text(isJSON: arguments.has("--json")))
            return .done
        })
}
