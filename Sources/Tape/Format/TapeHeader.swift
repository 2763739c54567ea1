package import JSON
package import Market

/// What a tape says of itself before its first row: who trades on it and what was recorded.
package struct TapeHeader: Equatable, Sendable {
    package static let version = 1
    package static let instrumentsMax = 65_536
    package static let streamsMax = 4 * instrumentsMax
    /// Of the header's frame, and of the trailer's.
    static let sizeMax = 64 << 20

    package let instruments: [Instrument]
    package let streams: [StreamDescription]
    /// Where the rows come from: free text for people, outside the content's digest.
    package let provenance: JSONValue

    package init(
        instruments: [Instrument], streams: [StreamDescription], provenance: JSONValue
    ) {
        precondition(streams.allSatisfy { instruments.indices.contains($0.instrument) })
        self.instruments = instruments
        self.streams = streams
        self.provenance = provenance
    }

    package func instrument(ofStream stream: Int) -> Instrument {
        instruments[streams[stream].instrument]
    }
}

/// One stream of one instrument.
package struct StreamDescription: Equatable, Sendable {
    /// Index into the header's instruments.
    package let instrument: Int
    package let schema: StreamSchema
    /// The length of a candle; 0 for other kinds.
    package let intervalNs: Int64

    package init(instrument: Int, schema: StreamSchema, intervalNs: Int64 = 0) {
        precondition((schema.kind == .candles) == (intervalNs > 0), "candles have a length")
        self.instrument = instrument
        self.schema = schema
        self.intervalNs = intervalNs
    }
}

// MARK: - Bytes

extension TapeHeader {
    /// Version, required and ignorable features, then a JSON document.
    func encoded() -> [UInt8] {
        var payload: [UInt8] = []
        payload.append(littleEndian: UInt16(Self.version))
        payload.append(littleEndian: UInt32(0))
        payload.append(littleEndian: UInt32(0))
        payload += Array(
            JSONValue.object([
                JSONMember("instruments", contentDocument["instruments"] ?? .null),
                JSONMember("streams", contentDocument["streams"] ?? .null),
                JSONMember("provenance", provenance),
            ]).text().utf8)
        return CheckedFrame.encode(.header, payload: payload)
    }

    /// The part of the header that the content's digest covers.
    var contentDocument: JSONValue {
        [
            "instruments": .array(instruments.map(\.document)),
            "streams": .array(streams.map(\.document)),
        ]
    }

    /// Reads a header's frame; `path` is for the error's text.
    init(frame bytes: [UInt8], path: String) throws(TapeError) {
        guard let payload = CheckedFrame.decode(.header, bytes) else {
            throw .corrupt(
                path: path, offset: 0, field: "header", problem: "its checksum does not match")
        }
        var reader = ByteReader(bytes, in: payload.indices)
        guard let version: UInt16 = reader.integer(), let required: UInt32 = reader.integer(),
            let _: UInt32 = reader.integer(), let text = reader.take(reader.remaining)
        else {
            throw .corrupt(path: path, offset: 0, field: "header", problem: "is too short")
        }
        guard version == Self.version else {
            throw .newerVersion(path: path, version: Int(version), supported: Self.version)
        }
        guard required == 0 else { throw .unknownFeature(path: path, flags: required) }
        do throws(JSONError) {
            try self.init(
                JSONNode.parse(Array(text), sizeMax: Self.sizeMax, depthMax: 16))
        } catch {
            throw .corrupt(path: path, offset: 0, field: "header", problem: "\(error)")
        }
    }

    private init(_ node: JSONNode) throws(JSONError) {
        var fields = try JSONFields(node)
        var instruments: [Instrument] = []
        let list = try fields.required("instruments").array(count: 0...Self.instrumentsMax)
        for field in list { try instruments.append(Instrument(document: field)) }
        var streams: [StreamDescription] = []
        for field in try fields.required("streams").array(count: 0...Self.streamsMax) {
            try streams.append(
                StreamDescription(document: field, instrumentCount: instruments.count))
        }
        let provenance = try fields.required("provenance").node.value
        try fields.finish()
        self.init(instruments: instruments, streams: streams, provenance: provenance)
    }
}

extension Instrument {
    private static let spansMax = 10_000

    fileprivate var document: JSONValue {
        [
            "venue": .string(venue), "id": .string(id), "symbol": .string(symbol),
            "kind": .string(kind.rawValue),
            "price_decimals": JSONValue(priceDecimals), "size_decimals": JSONValue(sizeDecimals),
            "quote_decimals": JSONValue(quoteDecimals),
            "spans": .array(
                spans.map {
                    [
                        "start_ns": .integer($0.startNs), "tick": .integer($0.tickUnits),
                        "lot": .integer($0.lotUnits),
                    ]
                }),
        ]
    }

    fileprivate init(document field: JSONField) throws(JSONError) {
        var fields = try field.object()
        let decimals = 0...FixedPoint.decimalsMax
        var spans: [ValiditySpan] = []
        let venue = try fields.string("venue")
        let id = try fields.string("id")
        let symbol = try fields.string("symbol")
        let kind = try fields.required("kind").choice(Kind.self)
        let priceDecimals = try fields.integer("price_decimals", in: decimals)
        let sizeDecimals = try fields.integer("size_decimals", in: decimals)
        let quoteDecimals = try fields.integer("quote_decimals", in: decimals)
        for field in try fields.required("spans").array(count: 1...Self.spansMax) {
            var span = try field.object()
            let start = try span.integer("start_ns", in: Int64.min...Int64.max)
            let tick = try span.integer("tick", in: 1...Int64.max)
            let lot = try span.integer("lot", in: 1...Int64.max)
            try span.finish()
            if let last = spans.last, start <= last.startNs {
                throw field.refusal("the spans must stand in the order of their times")
            }
            spans.append(ValiditySpan(startNs: start, tickUnits: tick, lotUnits: lot))
        }
        try fields.finish()
        self.init(
            venue: venue, id: id, symbol: symbol, kind: kind, priceDecimals: priceDecimals,
            sizeDecimals: sizeDecimals, quoteDecimals: quoteDecimals, spans: spans)
    }
}

extension StreamDescription {
    fileprivate var document: JSONValue {
        [
            "instrument": JSONValue(instrument), "kind": .string(schema.kind.rawValue),
            "interval_ns": .integer(intervalNs),
            "groups": .array(
                schema.groups.map { group in
                    .array(schema.columns[group].map { .string($0.name) })
                }),
        ]
    }

    fileprivate init(document field: JSONField, instrumentCount: Int) throws(JSONError) {
        var fields = try field.object()
        let instrument = try fields.required("instrument")
        let index = try instrument.integer(in: 0...Int.max)
        guard index < instrumentCount else {
            throw instrument.refusal("there are \(instrumentCount) instruments")
        }
        let kind = try fields.required("kind").choice(StreamKind.self)
        let interval = try fields.required("interval_ns")
        let intervalNs = try interval.integer(in: 0...Int64.max)
        guard (kind == .candles) == (intervalNs > 0) else {
            throw interval.refusal("candles, and only candles, have an interval")
        }
        let groups = try fields.required("groups")
        var names: [[String]] = []
        for group in try groups.array(count: 1...FrameLayout.columnsMax) {
            var columns: [String] = []
            for name in try group.array(count: 1...FrameLayout.columnsMax) {
                try columns.append(name.string())
            }
            names.append(columns)
        }
        try fields.finish()
        guard let schema = StreamSchema(kind: kind, columnNames: names) else {
            throw groups.refusal("no \(kind.rawValue) stream has these columns in this order")
        }
        self.init(instrument: index, schema: schema, intervalNs: intervalNs)
    }
}

extension StreamSchema {
    /// The schema whose groups have exactly these columns; nil when there is none.
    fileprivate init?(kind: StreamKind, columnNames groups: [[String]]) {
        let names = Set(groups.joined())
        var extras: Extras = []
        if names.contains(Column.receiveTime.name) { extras.insert(.receiveTime) }
        if names.contains(Column.tradeID.name) || names.contains(Column.updateID.name) {
            extras.insert(.identifiers)
        }
        if names.contains(Column.quoteVolume.name) { extras.insert(.quoteVolume) }
        if names.contains(Column.tradeCount.name) { extras.insert(.takerFlow) }
        let levels = (0..<Self.levelsMax).prefix { names.contains(Column.bidPrice($0).name) }.count
        guard extras.isSubset(of: Self.extrasAllowed(kind)) else { return nil }
        switch kind {
        case .candles: self = .candles(extras: extras)
        case .trades: self = .trades(extras: extras)
        case .funding: self = .funding(extras: extras)
        case .books:
            guard levels > 0 else { return nil }
            self = .books(levels: levels, extras: extras)
        }
        guard self.groups.map({ columns[$0].map(\.name) }) == groups else { return nil }
    }
}
