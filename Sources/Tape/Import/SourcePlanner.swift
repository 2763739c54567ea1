internal import Market

/// Looks at the beginning of each source: what it is, of which instrument, and from when.
struct SourcePlanner {
    /// Records that are read to learn a source's instrument and first time.
    private static let recordsMax = 20_000

    let skipsBadRows: Bool

    /// A source with what its beginning tells.
    struct Probe {
        var chain: SourceChain
        var firstTimeNs: Int64
        var instruments: [PlannedInstrument]
    }

    /// The sources in order of their first times, those that go on from one another joined.
    func chains(of sources: [ImportSource]) throws(ImportError) -> [Probe] {
        var probes: [Probe] = []
        for source in sources { probes.append(try probe(source)) }
        probes.sort { ($0.firstTimeNs, $0.chain.paths[0]) < ($1.firstTimeNs, $1.chain.paths[0]) }
        var joined: [Probe] = []
        for probe in probes {
            if probe.chain.isChained,
                let index = joined.firstIndex(where: { $0.isContinued(by: probe) })
            {
                joined[index].chain.paths += probe.chain.paths
            } else {
                joined.append(probe)
            }
        }
        return joined
    }

    private func probe(_ source: ImportSource) throws(ImportError) -> Probe {
        var chain = try chain(of: source)
        if chain.format == .csv, chain.options.intervalNs == nil,
            let mapping = chain.mapping, try GenericCSVParser.kind(of: mapping) == .candles
        {
            chain = chain.with(intervalNs: try guessInterval(of: chain))
        }
        let cursor = try SourceCursor(chain, quarantine: lookAhead)
        var firstTimeNs: Int64?
        var count = 0
        while count < Self.recordsMax, firstTimeNs == nil || !isNamed(cursor.parser) {
            guard try cursor.readRecord() else { break }
            firstTimeNs = firstTimeNs ?? cursor.parser.lastRecordTimeNs ?? cursor.firstRowTimeNs
            count += 1
        }
        firstTimeNs = firstTimeNs ?? cursor.firstRowTimeNs
        var instruments: [PlannedInstrument] = []
        for found in cursor.parser.instruments {
            instruments.append(try PlannedInstrument(found, source, chain))
        }
        return Probe(chain: chain, firstTimeNs: firstTimeNs ?? .min, instruments: instruments)
    }

    private func isNamed(_ parser: any RecordParser) -> Bool {
        parser.instruments.first?.symbol != nil
    }

    /// While sources are only looked at, their bad rows are not set apart yet.
    private var lookAhead: Quarantine {
        Quarantine(path: "", policy: skipsBadRows ? .skipAgain : .stop)
    }

    // MARK: - One source

    private func chain(of source: ImportSource) throws(ImportError) -> SourceChain {
        let name = SourceName(path: source.path)
        var head = [UInt8](repeating: 0, count: FormatDetection.headSize)
        var reader = try ArchiveReader(path: source.path)
        var filled = 0
        while filled < head.count {
            let count = try reader.read(into: &head, from: filled)
            if count == 0 { break }
            filled += count
        }
        guard filled > 0 else { throw .file(path: source.path, .empty) }
        head.removeLast(head.count - filled)
        let header = FormatDetection.fields(of: FormatDetection.firstLine(of: head.span))
        let format: ImportFormat
        if let given = source.format {
            format = given
        } else {
            format = try FormatDetection.format(
                path: source.path, head: head.span, hasMapping: source.mapping != nil)
        }
        var mapping = source.mapping
        if format == .csv, mapping == nil { mapping = try inferred(header, source.path) }
        let layout = TardisLayout(header: header)
        if format == .tardis, layout == nil {
            throw .file(
                path: source.path,
                .badHeader(
                    field: "header", value: clippedText(head.span),
                    advice: "it is none of Tardis' layouts that can be imported"))
        }
        return SourceChain(
            paths: [source.path], format: format,
            options: options(of: source, name, format),
            instrument: SourceInstrument(
                id: source.symbol ?? name.symbol, symbol: source.symbol ?? name.symbol,
                kind: source.kind ?? name.kind),
            isCoinMargined: name.isCoinMargined, mapping: mapping,
            tardisLayout: format == .tardis ? layout : nil)
    }

    private func inferred(
        _ header: [String], _ path: String
    ) throws(ImportError) -> ColumnMapping {
        do {
            return try ColumnMapping.inferred(header: header)
        } catch .plan(let field, let value, let advice) {
            throw .file(path: path, .badHeader(field: field, value: value, advice: advice))
        }
    }

    private func options(
        of source: ImportSource, _ name: SourceName, _ format: ImportFormat
    ) -> ParserOptions {
        var options = ParserOptions()
        options.symbol = source.symbol
        options.intervalNs = source.intervalNs
        if format == .binanceKlines, options.intervalNs == nil {
            options.intervalNs = name.intervalNs
        }
        options.levels = source.levels
        options.streams = source.streams
        options.clockOffsetNs = source.clockOffsetNs
        options.sampleNs = source.sampleNs
        options.usesBestQuotes = source.usesBestQuotes
        return options
    }

    /// The smallest step between candles, where no one says what it is.
    private func guessInterval(of chain: SourceChain) throws(ImportError) -> Int64 {
        let cursor = try SourceCursor(chain.with(intervalNs: 1), quarantine: lookAhead)
        var last: Int64?
        var smallest = Int64.max
        for _ in 0..<Self.recordsMax {
            guard let row = try cursor.next() else { break }
            if let last, row.eventTimeNs > last {
                smallest = min(smallest, row.eventTimeNs - last)
            }
            last = row.eventTimeNs
        }
        guard smallest < .max else {
            throw .file(
                path: chain.paths[0],
                .badHeader(
                    field: "interval", value: "",
                    advice: "a single candle does not tell its interval: give --interval"))
        }
        return smallest
    }
}

extension SourceChain {
    func with(intervalNs: Int64) -> SourceChain {
        var options = options
        options.intervalNs = intervalNs
        return SourceChain(
            paths: paths, format: format, options: options, instrument: instrument,
            isCoinMargined: isCoinMargined, mapping: mapping, tardisLayout: tardisLayout)
    }
}

extension SourcePlanner.Probe {
    /// Whether `next` is another file of the same recording.
    fileprivate func isContinued(by next: Self) -> Bool {
        chain.format == next.chain.format && chain.options == next.chain.options
            && chain.tardisLayout == next.chain.tardisLayout
            && instruments.map(\.identity) == next.instruments.map(\.identity)
    }
}

/// An instrument as a source and its user name it.
struct PlannedInstrument: Equatable, Sendable {
    struct Identity: Hashable, Sendable {
        var venue: String
        var id: String
    }

    let identity: Identity
    let symbol: String
    var kind: Instrument.Kind
    /// Nobody said what kind it is; the format's usual one was taken.
    var isKindAssumed: Bool

    init(
        _ found: SourceInstrument, _ source: ImportSource, _ chain: SourceChain
    ) throws(ImportError) {
        guard let symbol = found.symbol ?? source.symbol ?? chain.instrument.symbol else {
            throw .plan(
                field: "symbol", value: source.path,
                advice: "neither the file nor its name tells the symbol; give --symbol")
        }
        let known = source.kind ?? found.kind ?? chain.instrument.kind
        kind = known ?? chain.format.usualKind
        isKindAssumed = known == nil
        self.symbol = symbol
        identity = Identity(
            venue: source.venue ?? found.venue ?? chain.format.usualVenue(kind) ?? "unknown",
            id: found.id ?? symbol)
    }

    /// What is said beats what is assumed; two sources that say different things are an error.
    mutating func merge(_ other: PlannedInstrument) throws(ImportError) {
        if other.isKindAssumed || kind == other.kind { return }
        guard isKindAssumed else {
            throw .plan(
                field: "kind of \(symbol)", value: "\(kind.rawValue) and \(other.kind.rawValue)",
                advice: "two sources disagree; give --kind, or --venue to keep them apart")
        }
        kind = other.kind
        isKindAssumed = false
    }
}
