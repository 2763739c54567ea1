package import Market

/// An ordered list of tapes read as one: month after month, or symbols from several files.
///
/// A stream that goes on from one tape to the next must keep its columns and must not overlap
/// itself. Where tapes differ in decimals, values are given in the finest of them.
package struct TapeList: Sendable {
    package let tapes: [TapeFile]
    /// Merged by venue and id, in the order in which they first appear.
    package let instruments: [Instrument]
    package let streams: [Stream]

    package struct Stream: Sendable {
        /// Index into the list's instruments.
        package let instrument: Int
        package let schema: StreamSchema
        package let intervalNs: Int64
        let segments: [Segment]
    }

    /// The part of a stream that one tape holds.
    struct Segment: Sendable {
        let tape: Int
        let stream: Int
        let scale: Scale
    }

    /// What values of one tape are multiplied by to be in the list's units.
    struct Scale: Equatable, Sendable {
        let price: Int64
        let size: Int64
        let quote: Int64

        static let none = Scale(price: 1, size: 1, quote: 1)

        func factor(_ unit: Column.Unit) -> Int64 {
            switch unit {
            case .price: price
            case .size: size
            case .quote: quote
            case .nanoseconds, .count, .identifier, .side, .rate: 1
            }
        }
    }

    package init(paths: [String]) throws(TapeError) {
        var tapes: [TapeFile] = []
        for path in paths { try tapes.append(TapeFile(path: path)) }
        try self.init(tapes)
    }

    package init(_ tapes: [TapeFile]) throws(TapeError) {
        self.tapes = tapes
        var builder = TapeListBuilder()
        for tape in tapes { try builder.mergeInstruments(of: tape) }
        for (number, tape) in tapes.enumerated() { try builder.appendStreams(of: tape, number) }
        instruments = builder.instruments
        streams = builder.streams
    }

    /// Visible times of the stream's first and last row; nil when it has none.
    package func visibleTimes(ofStream stream: Int) -> ClosedRange<Int64>? {
        let times = streams[stream].segments.compactMap {
            tapes[$0.tape].visibleTimes(ofStream: $0.stream)
        }
        guard let first = times.first, let last = times.last else { return nil }
        return first.lowerBound...last.upperBound
    }

    package func rowCount(ofStream stream: Int) -> Int64 {
        streams[stream].segments.reduce(0) {
            $0 + tapes[$1.tape].rowCount(ofStream: $1.stream)
        }
    }
}

/// Merges the headers of tapes, one tape after the other.
private struct TapeListBuilder {
    private(set) var instruments: [Instrument] = []
    private(set) var streams: [TapeList.Stream] = []
    private var indexes: [Identity: Int] = [:]
    private var streamIndexes: [StreamIdentity: Int] = [:]
    private var ends: [Int64] = []

    private struct Identity: Hashable {
        let venue: String
        let id: String

        init(_ instrument: Instrument) {
            venue = instrument.venue
            id = instrument.id
        }
    }

    private struct StreamIdentity: Hashable {
        let instrument: Int
        let kind: StreamKind
        let intervalNs: Int64
    }

    mutating func mergeInstruments(of tape: TapeFile) throws(TapeError) {
        for (number, instrument) in tape.header.instruments.enumerated() {
            guard let index = indexes[Identity(instrument)] else {
                indexes[Identity(instrument)] = instruments.count
                instruments.append(instrument)
                continue
            }
            let known = instruments[index]
            guard known.kind == instrument.kind, known.symbol == instrument.symbol else {
                throw .inconsistentList(
                    path: tape.path,
                    problem: "\(instrument.venue) \(instrument.id) is \(instrument.symbol), "
                        + "\(instrument.kind); before it was \(known.symbol), \(known.kind)")
            }
            guard let merged = known.continued(by: instrument, fromNs: tape.startNs(number))
            else {
                throw .inconsistentList(
                    path: tape.path,
                    problem: "ticks and lots of \(instrument.symbol) do not fit the other "
                        + "tapes' decimals")
            }
            instruments[index] = merged
        }
    }

    mutating func appendStreams(of tape: TapeFile, _ number: Int) throws(TapeError) {
        for (stream, description) in tape.header.streams.enumerated() {
            let own = tape.header.instrument(ofStream: stream)
            guard let instrument = indexes[Identity(own)] else { continue }
            let scale = Scale(own, to: instruments[instrument])
            let segment = TapeList.Segment(tape: number, stream: stream, scale: scale)
            let identity = StreamIdentity(
                instrument: instrument, kind: description.schema.kind,
                intervalNs: description.intervalNs)
            guard let index = streamIndexes[identity] else {
                streamIndexes[identity] = streams.count
                streams.append(
                    TapeList.Stream(
                        instrument: instrument, schema: description.schema,
                        intervalNs: description.intervalNs, segments: [segment]))
                ends.append(tape.visibleTimes(ofStream: stream)?.upperBound ?? .min)
                continue
            }
            try extend(index, by: segment, description, tape)
        }
    }

    private typealias Scale = TapeList.Scale

    private mutating func extend(
        _ index: Int, by segment: TapeList.Segment, _ description: StreamDescription,
        _ tape: TapeFile
    ) throws(TapeError) {
        let stream = streams[index]
        let name =
            "\(description.schema.kind.rawValue) of \(instruments[stream.instrument].symbol)"
        guard stream.schema == description.schema else {
            throw .inconsistentList(
                path: tape.path, problem: "\(name) have other columns than before")
        }
        if let times = tape.visibleTimes(ofStream: segment.stream) {
            guard times.lowerBound >= ends[index] else {
                throw .inconsistentList(
                    path: tape.path,
                    problem: "\(name) begin at \(Timestamp(nanoseconds: times.lowerBound)), "
                        + "before they ended at \(Timestamp(nanoseconds: ends[index]))")
            }
            ends[index] = times.upperBound
        }
        streams[index] = TapeList.Stream(
            instrument: stream.instrument, schema: stream.schema, intervalNs: stream.intervalNs,
            segments: stream.segments + [segment])
    }
}

extension TapeList.Scale {
    fileprivate init(_ own: Instrument, to merged: Instrument) {
        price = FixedPoint.powerOfTen(merged.priceDecimals - own.priceDecimals)
        size = FixedPoint.powerOfTen(merged.sizeDecimals - own.sizeDecimals)
        quote = FixedPoint.powerOfTen(merged.quoteDecimals - own.quoteDecimals)
    }
}

extension TapeFile {
    /// When the first row of an instrument becomes visible; the largest time if there is none.
    fileprivate func startNs(_ instrument: Int) -> Int64 {
        header.streams.indices
            .filter { header.streams[$0].instrument == instrument }
            .compactMap { visibleTimes(ofStream: $0)?.lowerBound }
            .min() ?? .max
    }
}

extension Instrument {
    /// This instrument, and from `startNs` on what `later` says of it, in the finer units of the
    /// two; nil when a tick or lot would not fit them.
    fileprivate func continued(by later: Instrument, fromNs startNs: Int64) -> Instrument? {
        let price = max(priceDecimals, later.priceDecimals)
        let size = max(sizeDecimals, later.sizeDecimals)
        guard let own = spans(priceDecimals: price, sizeDecimals: size),
            let others = later.spans(priceDecimals: price, sizeDecimals: size)
        else { return nil }
        var merged = own
        for span in others {
            guard let last = merged.last else { return nil }
            let start = max(span.startNs, startNs)
            let isSame = (span.tickUnits, span.lotUnits) == (last.tickUnits, last.lotUnits)
            if isSame || start <= last.startNs { continue }
            merged.append(
                ValiditySpan(
                    startNs: start, tickUnits: span.tickUnits, lotUnits: span.lotUnits))
        }
        return Instrument(
            venue: venue, id: id, symbol: symbol, kind: kind, priceDecimals: price,
            sizeDecimals: size, quoteDecimals: max(quoteDecimals, later.quoteDecimals),
            spans: merged)
    }

    private func spans(priceDecimals: Int, sizeDecimals: Int) -> [ValiditySpan]? {
        var rescaled: [ValiditySpan] = []
        for span in spans {
            let (tick, tickOverflow) = span.tickUnits.multipliedReportingOverflow(
                by: FixedPoint.powerOfTen(priceDecimals - self.priceDecimals))
            let (lot, lotOverflow) = span.lotUnits.multipliedReportingOverflow(
                by: FixedPoint.powerOfTen(sizeDecimals - self.sizeDecimals))
            guard !tickOverflow, !lotOverflow else { return nil }
            rescaled.append(ValiditySpan(startNs: span.startNs, tickUnits: tick, lotUnits: lot))
        }
        return rescaled
    }
}
