import Features
import Market
import Scenarios
import Tape

/// Merges all streams of a run into the total order of events and cuts it into slices.
///
/// Time moves in three steps: ``jobs()`` says which blocks to decode, ``accept(_:)`` takes them in,
/// ``cut(throughNs:)`` hands out the next slice.
struct FeedCore: Sendable {
    /// In the order in which events of one instant count: by kind, then by symbol.
    private var streams: [FeedStream]
    private let symbolCount: Int
    private let schedule: BarSchedule
    private let evaluationNs: Int64
    /// The run ends when everything up to here has been cut.
    private let endNs: Int64
    private var limits: SliceLimits
    private var eventsMax: Int
    private var sliceEndNs: Int64
    /// All events up to here were cut.
    private(set) var positionNs: Int64
    private var nextCloseNs: Int64
    /// The next UTC midnight: slices end there, so that the state of a run can be told day by day.
    private var midnightNs: Int64
    private var number = 0
    private var waitingJobs: [Int] = []

    /// Decoded blocks that wait beyond the first of each stream take about this much at most.
    private static let readAheadSizeMax = 16 << 20

    init(_ plan: RunPlan, slicing: Slicing, readsAllLevels: Bool) throws(TapeError) {
        let latencyNs = plan.config.feedLatencyNs
        schedule = plan.schedule
        evaluationNs = plan.scenario.evaluationNs
        endNs = plan.endNs
        symbolCount = plan.symbols.count
        positionNs = plan.config.featureEpochNs - 1
        nextCloseNs = plan.schedule.firstCloseNs
        midnightNs = Self.midnight(afterNs: plan.config.featureEpochNs)
        let span = TimeRange(startNs: plan.config.featureEpochNs, endNs: plan.endNs + 1)
        streams = []
        for kind in StreamKind.allCases {
            for (symbol, symbolPlan) in plan.symbols.enumerated() {
                guard let stream = symbolPlan.stream(kind) else { continue }
                let reader = ListReader(
                    plan.list, stream: stream, span: span,
                    levels: readsAllLevels && kind == .books ? .max : kind.levelsRead)
                let candleNs = plan.list.streams[symbolPlan.candles].intervalNs
                let injections = plan.injections[symbol]
                let bends = RowBends(
                    injections, noise: plan.noise, kind: kind, instrument: symbolPlan.instrument,
                    candleNs: candleNs)
                let moves = RowMoves(
                    injections, schema: reader.schema, symbol: symbolPlan.instrument.symbol,
                    seed: plan.scenario.seed)
                try streams.append(
                    FeedStream(
                        symbol: symbol, kind: kind, reader: reader, latencyNs: latencyNs,
                        bends: bends, moves: moves))
            }
        }
        limits = SliceLimits(slicing)
        (eventsMax, sliceEndNs) = limits.next(afterNs: positionNs)
    }

    var isAtEnd: Bool { positionNs >= endNs }

    /// When the next event is seen or the next tick is due, as far as is known.
    var nextNs: Int64 {
        let heads = streams.compactMap(\.headNs)
        let tickNs =
            nextCloseNs <= schedule.lastTickCloseNs ? nextCloseNs + schedule.barDelayNs : endNs
        return min(heads.min() ?? endNs, tickNs)
    }

    // MARK: - Decoding

    /// The blocks that the next slice needs, and some that the ones after it will.
    mutating func jobs() throws(TapeError) -> [DecodePool.Job] {
        precondition(waitingJobs.isEmpty, "the blocks asked for before are still to come")
        var jobs: [DecodePool.Job] = []
        var planned = [Int](repeating: 0, count: streams.count)
        var aheadSize = streams.reduce(0) { $0 + $1.aheadSize }
        let targetNs = min(endNs, expectedEndNs)
        while let index = leastHorizon, streams[index].horizonNs <= targetNs {
            let isFirst = planned[index] == 0
            let isEmpty = streams[index].isEmpty && isFirst
            let isStuck = isFirst && !streams[index].hasRowDue
            let size = streams[index].nextSize ?? 0
            guard isStuck || aheadSize + size <= Self.readAheadSizeMax else { break }
            guard let job = try streams[index].takeJob() else { break }
            if !isEmpty { aheadSize += size }
            planned[index] += 1
            jobs.append(job)
            waitingJobs.append(index)
        }
        return jobs
    }

    /// Takes in the blocks of the last ``jobs()``, in the same order.
    mutating func accept(_ blocks: [DecodedBlock]) {
        precondition(blocks.count == waitingJobs.count, "each job gives one block")
        for (stream, block) in zip(waitingJobs, blocks) { streams[stream].accept(block) }
        waitingJobs.removeAll(keepingCapacity: true)
    }

    /// The stream that is decoded least far, the first in order among equals; nil when all are
    /// decoded to their ends.
    private var leastHorizon: Int? {
        var least: Int?
        var horizonNs = Int64.max
        for index in streams.indices where streams[index].horizonNs < horizonNs {
            least = index
            horizonNs = streams[index].horizonNs
        }
        return least
    }

    /// Where a slice of full size will end, going by how dense each stream was of late.
    private var expectedEndNs: Int64 {
        let eventsPerNs = streams.reduce(0) { $0 + $1.eventsPerNs }
        guard eventsPerNs > 0 else { return endNs }
        let spanNs = min(Double(eventsMax) / eventsPerNs, Double(sliceEndNs) - Double(positionNs))
        return spanNs < Double(endNs - positionNs) ? positionNs + Int64(spanNs) : endNs
    }

    // MARK: - Cutting

    /// A place in the total order: all events before `timeNs`, and at `timeNs` those of the streams
    /// up to `stream`.
    private struct Cut {
        var timeNs: Int64
        var stream: Int

        func timeNs(for index: Int) -> Int64 { index <= stream ? timeNs : timeNs - 1 }

        /// Everything up to here lies before the cut.
        var completeNs: Int64 { stream == .max ? timeNs : timeNs - 1 }
    }

    /// The next slice; it holds nothing that is seen after `limitNs`. `spent` takes the blocks that
    /// no later slice will need.
    mutating func cut(throughNs limitNs: Int64, spent: inout [DecodedBlock]) -> MarketSlice {
        var cut = Cut(timeNs: min(endNs, limitNs, sliceEndNs, midnightNs), stream: .max)
        if let least = leastHorizon, streams[least].horizonNs <= cut.timeNs {
            cut = Cut(timeNs: streams[least].horizonNs, stream: least)
        }
        var count = eventCount(cut)
        if count > eventsMax {
            cut = shortened(cut, count)
            count = min(eventCount(cut), eventsMax)
        }
        var symbols = [SymbolSlice](repeating: SymbolSlice(), count: symbolCount)
        var left = count
        for index in streams.indices {
            let taken = min(left, streams[index].count(through: cut.timeNs(for: index)))
            left -= taken
            guard taken > 0 else { continue }
            let pieces = streams[index].cut(taken, spent: &spent)
            symbols[streams[index].symbol].set(streams[index].kind, pieces)
        }
        // A cut of more events than fit divides an instant: the rest of it is still to come.
        let isDivided = count == eventsMax && eventCount(cut) > 0
        defer { (eventsMax, sliceEndNs) = limits.next(afterNs: positionNs) }
        return slice(
            symbols, count: count, throughNs: isDivided ? cut.timeNs - 1 : cut.completeNs)
    }

    private func eventCount(_ cut: Cut) -> Int {
        var count = 0
        for index in streams.indices {
            count += streams[index].count(through: cut.timeNs(for: index))
        }
        return count
    }

    /// The latest instant up to which the events fit; the first one, if not even its own do.
    private func shortened(_ longest: Cut, _ longestCount: Int) -> Cut {
        let firstNs = streams.compactMap(\.headNs).min() ?? longest.timeNs
        var cut = longest
        var count = longestCount
        while count > eventsMax, cut.timeNs > firstNs {
            // A little less than the share that would fit if events came evenly.
            let share = max(Double(eventsMax) / Double(count) * 0.95, 1.0 / 64)
            let spanNs = Int64(Double(cut.timeNs - firstNs) * share)
            cut = Cut(timeNs: min(firstNs + spanNs, cut.timeNs - 1), stream: .max)
            count = eventCount(cut)
        }
        return cut
    }

    private mutating func slice(
        _ symbols: [SymbolSlice], count: Int, throughNs completeNs: Int64
    ) -> MarketSlice {
        var ticks: [BarTick] = []
        var evaluationTickCount = Int(
            completeNs.floored(to: evaluationNs) / evaluationNs
                - positionNs.floored(to: evaluationNs) / evaluationNs)
        while nextCloseNs <= schedule.lastTickCloseNs,
            nextCloseNs + schedule.barDelayNs <= completeNs
        {
            let tickNs = nextCloseNs + schedule.barDelayNs
            ticks.append(
                BarTick(
                    closeNs: nextCloseNs, tickNs: tickNs,
                    isInWindow: nextCloseNs >= schedule.firstWindowCloseNs
                        && nextCloseNs <= schedule.lastCloseNs))
            if tickNs % evaluationNs != 0 { evaluationTickCount += 1 }
            nextCloseNs += schedule.barNs
        }
        positionNs = max(positionNs, completeNs)
        var endsDay: Int64?
        if positionNs == midnightNs {
            endsDay = midnightNs
            midnightNs += Timestamp.dayNs
        }
        defer { number += 1 }
        return MarketSlice(
            number: number, symbols: symbols, barTicks: ticks,
            evaluationTickCount: evaluationTickCount, eventCount: count, endNs: positionNs,
            endsDay: endsDay)
    }

    /// The first UTC midnight after an instant.
    private static func midnight(afterNs timeNs: Int64) -> Int64 {
        timeNs.floored(to: Timestamp.dayNs) + Timestamp.dayNs
    }
}

extension SymbolSlice {
    fileprivate mutating func set(_ kind: StreamKind, _ pieces: [StreamSlice]) {
        switch kind {
        case .funding: funding = pieces
        case .trades: trades = pieces
        case .books: books = pieces
        case .candles: candles = pieces
        }
    }
}

extension StreamKind {
    /// How many levels of columns features read: five of a book's, and of other streams those that
    /// each of their kind has.
    package var levelsRead: Int { self == .books ? StreamSchema.bestLevels : 0 }
}

extension Int64 {
    /// The largest multiple of `unit` that is not above this.
    fileprivate func floored(to unit: Int64) -> Int64 {
        let remainder = self % unit
        return remainder < 0 ? self - remainder - unit : self - remainder
    }
}
