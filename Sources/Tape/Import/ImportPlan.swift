package import Market

/// One file, or several of one stream, and what its user knows about it.
package struct ImportSource: Equatable, Sendable {
    package var path: String
    /// Nil: told by the file's first bytes, header and name.
    package var format: ImportFormat?
    package var symbol: String?
    package var venue: String?
    package var kind: Instrument.Kind?
    /// Needed for candles whose format does not tell; for funding, the time between prints.
    package var intervalNs: Int64?
    package var mapping: ColumnMapping?
    /// Streams to take from a source that holds several.
    package var streams = Set(StreamKind.allCases)
    /// Book levels to keep; a source that records fewer decides.
    package var levels = 10
    /// Added to receive times.
    package var clockOffsetNs: Int64 = 0
    /// Books of recorded streams at multiples of this in receive time, not at every message.
    package var sampleNs: Int64?
    /// Takes best bid and offer messages as books of one level.
    package var usesBestQuotes = false

    package init(path: String) {
        self.path = path
    }
}

/// What to import, and where to.
package struct ImportPlan: Equatable, Sendable {
    package var sources: [ImportSource]
    package var outputPath: String
    /// Sets bad rows apart, in ``quarantinePath``, instead of stopping at the first one.
    package var skipsBadRows = false
    /// Scales of all instruments; nil takes the finest that the data have.
    package var priceDecimals: Int?
    package var sizeDecimals: Int?
    package var quoteDecimals: Int?
    /// Tick and lot as decimals; nil takes one unit of the scale.
    package var tick: Decimal?
    package var lot: Decimal?
    package var compressionLevel: Int?

    package init(sources: [ImportSource], outputPath: String) {
        self.sources = sources
        self.outputPath = outputPath
    }

    /// Where bad rows go, verbatim, each with its reason and line.
    package var quarantinePath: String { outputPath + ".quarantine" }

    /// Refuses orphaned and impossible settings before any file is read.
    func validate() throws(ImportError) {
        guard !sources.isEmpty else {
            throw .plan(field: "sources", value: "", advice: "name at least one file")
        }
        for decimals in [priceDecimals, sizeDecimals, quoteDecimals] {
            if let decimals, !(0...FixedPoint.decimalsMax).contains(decimals) {
                throw .plan(field: "decimals", value: "\(decimals)", advice: "give 0 to 18")
            }
        }
        for source in sources {
            guard (1...StreamSchema.levelsMax).contains(source.levels) else {
                throw .plan(
                    field: "levels", value: "\(source.levels)",
                    advice: "give 1 to \(StreamSchema.levelsMax)")
            }
            guard abs(source.clockOffsetNs.clamped) <= Timestamp.dayNs else {
                throw .plan(
                    field: "clock offset", value: "\(source.clockOffsetNs) ns",
                    advice: "give less than a day")
            }
            for span in [source.intervalNs, source.sampleNs] {
                guard let span, !(1_000_000...366 * Timestamp.dayNs).contains(span) else {
                    continue
                }
                throw .plan(
                    field: "interval", value: "\(span) ns", advice: "give 1 ms to a year")
            }
        }
    }
}

extension Int64 {
    /// The value, but not the one whose magnitude does not fit.
    fileprivate var clamped: Int64 { Swift.max(self, -Int64.max) }
}
