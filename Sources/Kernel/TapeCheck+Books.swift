import Features
import Market
import Scenarios
import Tape

// What features of the book need: levels, books in nearly all bars, trades whose side is known.

extension TapeCheck {
    /// Bars of a hundred that must hold a book.
    private static let coveragePercentMin = 95

    /// Scans the books, and the trades where they are needed, of all symbols on all cores.
    mutating func books(of symbols: [Symbol], _ schedule: BarSchedule) async throws {
        guard document.problems.isSound("features.l2"), let l2 = document.scenario.families.l2
        else { return }
        var scans: [StreamScan] = []
        for symbol in symbols where symbol.plan.hasRows {
            let name = symbol.plan.instrument.symbol
            let bars = schedule.windowBars(in: life(of: symbol))
            if let stream = symbol.plan.books {
                let levels = list.streams[stream].schema.levels
                if levels < StreamSchema.bestLevels {
                    add(.shallowBooks(name, levels: levels), at: "features.l2")
                }
                scans.append(StreamScan(list, stream, symbol: name, bars, schedule))
            } else {
                add(.noBooks(name), at: "features.l2")
            }
            guard l2.needsTrades else { continue }
            if let stream = symbol.plan.trades {
                scans.append(StreamScan(list, stream, symbol: name, bars, schedule))
            } else {
                add(.noTrades(name), at: "features.l2.set")
            }
        }
        for (scan, result) in zip(scans, try await StreamScan.run(scans)) { judge(scan, result) }
    }

    /// From the symbol's listing, which is its first row of any stream, to its last candle.
    private func life(of symbol: Symbol) -> ClosedRange<Int64> {
        let streams = [symbol.plan.trades, symbol.plan.books].compactMap(\.self)
        let starts = streams.compactMap { list.visibleTimes(ofStream: $0)?.lowerBound }
        let start = starts.reduce(symbol.candleTimes.lowerBound, min)
        return max(start, 0)...symbol.candleTimes.upperBound
    }

    private mutating func judge(_ scan: StreamScan, _ result: Result<ScanFindings, TapeError>) {
        switch result {
        case .failure(let error): add(error, at: "tapes")
        case .success(let findings):
            let bars = scan.bars.count
            let held = findings.heldBars.count
            if scan.isOfBooks, held * 100 < bars * Self.coveragePercentMin {
                add(.lowCoverage(scan.symbol, held: held, bars: bars), at: "features.l2")
            }
            if findings.unknownSides > 0 {
                add(.unknownSides(scan.symbol, count: findings.unknownSides), at: "features.l2.set")
            }
        }
    }
}
