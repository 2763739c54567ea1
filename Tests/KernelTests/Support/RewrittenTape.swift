import JSON
import Kernel
import Market
import Tape
import TestSupport

/// A tape made from another one by changing its rows: what look-ahead and purge tests run on.
enum RewrittenTape {
    /// Writes all streams of `tape` to `path`, each as `change` leaves it; `header` says how they
    /// are stored where that changes too.
    static func write(
        _ tape: TapeFile, to path: String, header: TapeHeader? = nil,
        _ change: (_ stream: StreamDescription, _ rows: ColumnBlock) -> ColumnBlock
    ) throws -> TapeFile {
        let header = header ?? tape.header
        var writer = try TapeWriter(path: path, header: header)
        for (index, stream) in header.streams.enumerated() {
            let rows = try TestTape.read(tape, stream: index)
            let changed = change(stream, rows)
            if !changed.isEmpty { try writer.append(changed, to: index) }
        }
        _ = try writer.finish(ledger: nil)
        return try TapeFile(path: path)
    }

    /// The same rows with instruments and streams in the opposite order.
    static func reversed(_ tape: TapeFile, to path: String) throws -> TapeFile {
        let count = tape.header.instruments.count
        let header = TapeHeader(
            instruments: tape.header.instruments.reversed(),
            streams: tape.header.streams.reversed().map { stream in
                StreamDescription(
                    instrument: count - 1 - stream.instrument, schema: stream.schema,
                    intervalNs: stream.intervalNs)
            }, provenance: tape.header.provenance)
        var writer = try TapeWriter(path: path, header: header)
        for index in header.streams.indices {
            let rows = try TestTape.read(tape, stream: header.streams.count - 1 - index)
            try writer.append(rows, to: index)
        }
        _ = try writer.finish(ledger: nil)
        return try TapeFile(path: path)
    }

    /// The tape with no more than `levels` levels on each side of its books.
    static func withLevels(
        _ levels: Int, of tape: TapeFile, to path: String
    ) throws -> TapeFile {
        let header = TapeHeader(
            instruments: tape.header.instruments,
            streams: tape.header.streams.map { stream in
                guard stream.schema.kind == .books else { return stream }
                return StreamDescription(
                    instrument: stream.instrument,
                    schema: .books(levels: levels, extras: stream.schema.extras))
            }, provenance: tape.header.provenance)
        return try write(tape, to: path, header: header) { stream, rows in
            guard stream.schema.kind == .books else { return rows }
            let columns = stream.schema.columns.map { column in
                let values = rows[column]
                return column == .bidCount || column == .askCount
                    ? values.map { min($0, Int64(levels)) } : values
            }
            return ColumnBlock(schema: stream.schema, columns: columns)
        }
    }

    /// The tape up to `timeNs`: what is seen by then, and nothing more.
    ///
    /// `latencyNs` is how much later than the event a row without a receive time is seen. Streams of
    /// the kinds in `sparing` stay whole.
    static func truncated(
        _ tape: TapeFile, after timeNs: Int64, latencyNs: Int64, sparing: Set<StreamKind> = [],
        to path: String
    ) throws -> TapeFile {
        try write(tape, to: path) { stream, rows in
            if sparing.contains(stream.schema.kind) { return rows }
            let times = visibleTimes(rows, latencyNs: latencyNs)
            let count = times.firstIndex(after: timeNs, in: times.indices)
            var early = ColumnBlock(schema: rows.schema)
            early.append(0..<count, of: rows)
            return early
        }
    }

    /// The tape with everything that is seen after `timeNs` replaced by noise: other prices, sizes,
    /// sides and depths, rows lost, and times moved on.
    ///
    /// `latencyNs` is how much later than the event a row without a receive time is seen. Streams of
    /// the kinds in `sparing` stay as they are.
    static func noisy(
        _ tape: TapeFile, after timeNs: Int64, latencyNs: Int64, seed: UInt64,
        sparing: Set<StreamKind> = [], to path: String
    ) throws -> TapeFile {
        var generator = SeededGenerator(seed: seed)
        return try write(tape, to: path) { stream, rows in
            if sparing.contains(stream.schema.kind) { return rows }
            var changed = ColumnBlock(schema: rows.schema)
            let times = visibleTimes(rows, latencyNs: latencyNs)
            let known = times.firstIndex(after: timeNs, in: times.indices)
            let seenBy = rows.schema.extras.contains(.receiveTime) ? 1 : 0
            let addedNs = seenBy == 1 ? 0 : latencyNs
            changed.append(0..<known, of: rows)
            var delayNs: Int64 = 0
            for row in known..<rows.rowCount where Int.random(in: 0..<20, using: &generator) > 0 {
                // Candles stay on their grid, so that bars go on being made.
                if stream.schema.kind != .candles, Bool.random(using: &generator) {
                    delayNs += Int64.random(in: 0...50_000_000, using: &generator)
                }
                let values = rows.schema.columns.enumerated().map { index, column in
                    // A row may have waited for one before it that is lost now.
                    let heldNs = index == seenBy ? times[row] - addedNs : .min
                    return noise(
                        column, max(rows.columns[index][row], heldNs), delayNs: delayNs,
                        levels: rows.schema.levels, using: &generator)
                }
                changed.append(row: values.span)
            }
            return changed
        }
    }

    /// The tape as a recorder far away would have made it: each row was received by up to 0.4 s
    /// after its event, one of 200 by up to 4 s, at full tenths of a second.
    static func delayed(
        _ tape: TapeFile, seed: UInt64, to path: String
    ) throws -> TapeFile {
        var generator = SeededGenerator(seed: seed)
        let header = TapeHeader(
            instruments: tape.header.instruments,
            streams: tape.header.streams.map { stream in
                StreamDescription(
                    instrument: stream.instrument, schema: stream.schema.withReceiveTime,
                    intervalNs: stream.intervalNs)
            }, provenance: tape.header.provenance)
        let tenthNs = Timestamp.secondNs / 10
        return try write(tape, to: path, header: header) { stream, rows in
            let received = rows.eventTimes.map { eventNs in
                let isSlow = Int.random(in: 0..<200, using: &generator) == 0
                let delay = Int64.random(in: 1...(isSlow ? 40 : 4), using: &generator)
                return (eventNs / tenthNs + delay) * tenthNs
            }
            return ColumnBlock(
                schema: stream.schema,
                columns: [rows.eventTimes, received] + rows.columns.dropFirst())
        }
    }

    private static func noise(
        _ column: Column, _ value: Int64, delayNs: Int64, levels: Int,
        using generator: inout SeededGenerator
    ) -> Int64 {
        switch column.unit {
        case .nanoseconds: value + delayNs
        case .price: value * Int64.random(in: 500...1500, using: &generator) / 1000
        case .size, .quote: Int64.random(in: 0...(3 * value + 1), using: &generator)
        case .side: Int64.random(in: 1...2, using: &generator)
        case .count:
            column == .bidCount || column == .askCount
                ? Int64.random(in: 0...Int64(levels), using: &generator) : value
        case .identifier: value
        case .rate: -value
        }
    }

    private static func visibleTimes(_ rows: ColumnBlock, latencyNs: Int64) -> [Int64] {
        var times: [Int64] = []
        let hasReceiveTime = rows.schema.extras.contains(.receiveTime)
        rows.visibleTimes(
            from: .min / 2, addingNs: hasReceiveTime ? 0 : latencyNs, into: &times)
        return times
    }
}

extension StreamSchema {
    fileprivate var withReceiveTime: StreamSchema {
        let extras = extras.union(.receiveTime)
        return switch kind {
        case .funding: .funding(extras: extras)
        case .trades: .trades(extras: extras)
        case .books: .books(levels: levels, extras: extras)
        case .candles: .candles(extras: extras)
        }
    }
}

extension RunPlan {
    /// The same run over other rows: nothing is checked anew.
    func reading(_ tape: TapeFile) throws -> RunPlan {
        RunPlan(
            scenario: scenario, purpose: purpose, list: try TapeList([tape]), config: config,
            symbols: symbols,
            btc: btc, schedule: schedule, injections: injections)
    }
}
