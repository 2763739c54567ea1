internal import JSON
internal import Market

/// What the survey has learned of each stream, before the tape's order is chosen.
struct StreamTable: Sendable {
    struct Entry: Sendable {
        var survey: StreamSurvey
        var monitor: StreamMonitor
    }

    private(set) var entries: [StreamSlot: Entry] = [:]

    mutating func add(_ row: ImportedRow, to slot: StreamSlot) {
        entries[
            slot, default: Entry(survey: StreamSurvey(kind: slot.kind), monitor: StreamMonitor())
        ].survey.add(row)
    }

    /// The stream's rows have all been seen.
    mutating func settle(_ slot: StreamSlot, _ monitor: StreamMonitor) {
        entries[slot]?.monitor = monitor
    }

    /// A stream that exists though no row of it may follow.
    mutating func declare(_ stream: DeclaredStream, of instrument: Int) {
        let slot = StreamSlot(instrument: instrument, kind: stream.kind)
        guard entries[slot] == nil else { return }
        entries[slot] = Entry(
            survey: StreamSurvey(kind: stream.kind, declaredLevels: stream.levels),
            monitor: StreamMonitor(intervalNs: stream.intervalNs))
    }
}

/// The tape that an import makes: its instruments with their scales, its streams, in their order.
struct TapeLayout: Sendable {
    let instruments: [Instrument]
    let streams: [StreamDescription]
    let ledger: [StreamLedger]
    /// Where each stream of the survey went.
    let indices: [StreamSlot: Int]

    /// Instruments stand by symbol, then venue and id; streams as events count at one instant.
    init(
        _ plan: ImportPlan, _ table: InstrumentTable, _ streams: StreamTable
    ) throws(ImportError) {
        let order = table.all.indices
            .filter { index in
                StreamKind.allCases.contains { kind in
                    streams.entries[StreamSlot(instrument: index, kind: kind)] != nil
                }
            }
            .sorted { Self.key(table.all[$0]) < Self.key(table.all[$1]) }
        var instruments: [Instrument] = []
        var descriptions: [StreamDescription] = []
        var ledger: [StreamLedger] = []
        var indices: [StreamSlot: Int] = [:]
        for planned in order {
            let slots = StreamKind.allCases.map { StreamSlot(instrument: planned, kind: $0) }
            let own = slots.compactMap { streams.entries[$0] }
            for slot in slots {
                guard let entry = streams.entries[slot] else { continue }
                indices[slot] = descriptions.count
                descriptions.append(
                    StreamDescription(
                        instrument: instruments.count, schema: entry.survey.schema,
                        intervalNs: entry.monitor.intervalNs))
                ledger.append(StreamLedger(table.all[planned], entry.survey, entry.monitor))
            }
            instruments.append(try Self.instrument(table.all[planned], own, plan))
        }
        self.instruments = instruments
        self.streams = descriptions
        self.ledger = ledger
        self.indices = indices
    }

    var rowCounts: [Int] { ledger.map(\.rows) }

    func header(provenance: JSONValue) -> TapeHeader {
        TapeHeader(instruments: instruments, streams: streams, provenance: provenance)
    }

    private static func key(_ instrument: PlannedInstrument) -> (String, String, String) {
        (instrument.symbol, instrument.identity.venue, instrument.identity.id)
    }

    // MARK: - Scales

    /// Cash has at least this many decimals where they fit: costs are charged in it.
    private static let cashDecimals = 8

    private static func instrument(
        _ planned: PlannedInstrument, _ entries: [StreamTable.Entry], _ plan: ImportPlan
    ) throws(ImportError) -> Instrument {
        var price = ValueExtent()
        var size = ValueExtent()
        var quote = ValueExtent()
        for entry in entries {
            price.formUnion(entry.survey.price)
            size.formUnion(entry.survey.size)
            quote.formUnion(entry.survey.quote)
        }
        let priceDecimals = plan.priceDecimals ?? price.decimals
        let sizeDecimals = plan.sizeDecimals ?? size.decimals
        var quoteDecimals = plan.quoteDecimals ?? max(quote.decimals, cashDecimals)
        if plan.quoteDecimals == nil, quote.misfit(decimals: quoteDecimals) != nil {
            quoteDecimals = quote.decimals
        }
        for (extent, decimals, unit) in [
            (price, priceDecimals, "price"), (size, sizeDecimals, "size"),
            (quote, quoteDecimals, "cash amount"),
        ] {
            guard let value = extent.misfit(decimals: decimals) else { continue }
            throw .scale(
                symbol: planned.symbol, unit: unit, value: value.text, decimals: decimals)
        }
        let firstNs = entries.compactMap { entry in
            entry.monitor.firstEventNs.map { $0 - entry.monitor.intervalNs }
        }.min()
        return Instrument(
            venue: planned.identity.venue, id: planned.identity.id, symbol: planned.symbol,
            kind: planned.kind, priceDecimals: priceDecimals, sizeDecimals: sizeDecimals,
            quoteDecimals: quoteDecimals,
            spans: [
                ValiditySpan(
                    startNs: firstNs ?? 0,
                    tickUnits: try units(plan.tick, decimals: priceDecimals, "tick"),
                    lotUnits: try units(plan.lot, decimals: sizeDecimals, "lot"))
            ])
    }

    private static func units(
        _ value: Decimal?, decimals: Int, _ field: String
    ) throws(ImportError) -> Int64 {
        guard let value else { return 1 }
        guard let units = value.units(decimals: decimals), units > 0 else {
            throw .plan(
                field: field, value: value.text,
                advice: "it must be a positive multiple of 10^-\(decimals), the finest that the "
                    + "data have; give a finer scale if need be")
        }
        return units
    }
}
