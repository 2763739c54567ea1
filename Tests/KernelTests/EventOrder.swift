import Kernel
import Market
internal import Synchronization
import Tape

/// Walks all slices of a run and notes whatever breaks the total order of events.
struct EventOrder {
    private(set) var problems: [String] = []
    private(set) var eventCount = 0
    private(set) var tickCount = 0
    /// The midnights that slices said they ended.
    private(set) var endedDays: [Int64] = []

    private struct Place: Comparable {
        let visibleNs: Int64
        let kind: Int
        let symbol: Int

        static func < (a: Place, b: Place) -> Bool {
            (a.visibleNs, a.kind, a.symbol) < (b.visibleNs, b.kind, b.symbol)
        }
    }

    init(_ plan: RunPlan, _ slicing: Slicing) async throws {
        let feed = try CandleFeed(
            plan, options: LineOptions(lanes: 2, slicing: slicing), isStopRequested: { false })
        var last = Place(visibleNs: .min, kind: 0, symbol: 0)
        var lastTickNs = Int64.min
        var number = 0
        while let slice = try await feed.next() {
            if slice.number != number { problems.append("slice \(slice.number) after \(number)") }
            number += 1
            let places = Self.places(slice)
            eventCount += places.count
            if let first = places.first, first < last {
                problems.append("slice \(slice.number) goes back to \(first.visibleNs)")
            }
            if let first = places.first, first.visibleNs <= lastTickNs {
                problems.append("slice \(slice.number) holds an event before an earlier tick")
            }
            if let first = places.first, let midnightNs = endedDays.last,
                first.visibleNs <= midnightNs
            {
                problems.append("slice \(slice.number) holds an event of a day that ended")
            }
            last = places.last ?? last
            for tick in slice.barTicks {
                tickCount += 1
                if tick.tickNs > slice.endNs || tick.tickNs <= lastTickNs {
                    problems.append("tick \(tick.tickNs) is out of its place")
                }
                lastTickNs = tick.tickNs
            }
            if let midnightNs = slice.endsDay {
                endedDays.append(midnightNs)
                if slice.endNs != midnightNs || last.visibleNs > midnightNs {
                    problems.append("slice \(slice.number) does not end with its day")
                }
            }
            if case .events(let most) = slicing, slice.eventCount > most {
                problems.append("slice \(slice.number) holds \(slice.eventCount) events")
            }
            if slice.eventCount != places.count {
                problems.append("slice \(slice.number) miscounts its events")
            }
        }
    }

    private static func places(_ slice: MarketSlice) -> [Place] {
        var places: [Place] = []
        for (symbol, streams) in slice.symbols.enumerated() {
            let kinds = [streams.funding, streams.trades, streams.books, streams.candles]
            for (kind, pieces) in kinds.enumerated() {
                for piece in pieces {
                    places += piece.rows.map {
                        Place(visibleNs: piece.visibleNs[$0], kind: kind, symbol: symbol)
                    }
                }
            }
        }
        return places.sorted()
    }
}

/// Is over after having been asked so many times.
final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) {
        left = Mutex(count)
    }

    func isOver() -> Bool {
        left.withLock { left in
            left -= 1
            return left < 0
        }
    }
}
