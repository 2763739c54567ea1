import JSON
import Market
import Tape

extension CommandSpec {
    static let tapeImport = CommandSpec(
        name: "tape import",
        summary: "Turns recorded market data into one tape, and accounts for every row.",
        positional: Positional(
            name: "FILE",
            help: "recorded data, plain or in zip, gzip or zstd; several become one tape",
            count: 1...Int.max),
        options: [.output] + what + how + [.json, .quiet],
        examples: [
            "tapedeck tape import BTCUSDT-1m-2025-01.zip BTCUSDT-1m-2025-02.zip -o btc.tape",
            "tapedeck tape import recorded.jsonl.zst -o books.tape --sample 1s --clock-offset 1.27s",
            "tapedeck tape import candles/*.csv -o candles.tape --interval 5m --venue binance",
            "tapedeck tape import my.csv -o my.tape --format csv --map t=event_time:ms --map "
                + "p=price --map q=size --symbol BTCUSD",
        ],
        run: { arguments in
            let plan = try ImportPlan(arguments)
            var progress = Progress("import", unit: "rows", isQuiet: arguments.has("--quiet"))
            defer { progress.finish() }
            let ledger = try Importer.run(plan) { state in
                progress.update(count: state.rows, fraction: state.fraction)
                return !Interrupt.isRequested
            }
            progress.finish()
            try Console.output(report(ledger, isJSON: arguments.has("--json")))
            return .done
        })

    /// Options that say what the files hold.
    private static let what = [
        Option(
            name: "--format", value: "NAME",
            help: "\(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")); told by "
                + "content and name by default"),
        Option(name: "--symbol", value: "NAME", help: "where the files do not say"),
        Option(name: "--venue", value: "NAME", help: "where the files do not say"),
        Option(name: "--kind", value: "KIND", help: "spot or perpetual, where files do not say"),
        Option(
            name: "--interval", value: "TIME",
            help: "of candles or between funding prints, such as 5m or 8h, where files do not say"),
        Option(
            name: "--map", value: "COLUMN=FIELD", isRepeated: true,
            help: "what a column of a CSV holds; a time may end in :s, :ms, :us or :ns"),
        Option(
            name: "--mapping", value: "FILE",
            help: "the same for all columns, in JSON5: { columns: { \"ts\": \"event_time:ms\" } }"),
        Option(
            name: "--tick", value: "SIZE",
            help: "the price step; one unit of the finest price by default"),
        Option(
            name: "--lot", value: "SIZE",
            help: "the size step; one unit of the finest size by default"),
        Option(name: "--price-decimals", value: "N", help: "of the tape; the data's by default"),
        Option(name: "--size-decimals", value: "N", help: "of the tape; the data's by default"),
        Option(name: "--quote-decimals", value: "N", help: "of the tape; the data's by default"),
    ]

    /// Options that say what to make of it.
    private static let how = [
        Option(
            name: "--stream", value: "KIND", isRepeated: true,
            help: "take only candles, trades, books or funding; may be given again"),
        Option(name: "--levels", value: "N", help: "book levels to keep; 10 by default"),
        Option(
            name: "--sample", value: "TIME",
            help: "books of recorded streams at multiples of TIME, not at every change"),
        Option(
            name: "--best-quotes", help: "make books of one level of best bid and offer messages"),
        Option(
            name: "--clock-offset", value: "TIME",
            help: "add to receive times, where the recorder's clock was off: 1.27s or -300ms"),
        Option(
            name: "--skip-bad",
            help: "set bad rows apart in FILE.quarantine and count them, instead of stopping"),
    ]

    private static func report(_ ledger: ImportLedger, isJSON: Bool) -> String {
        guard let summary = ledger.summary else { return "" }
        var report = TapeReport(summary)
        if isJSON {
            report.ledger = ledger.asJSON
            return report.text(isJSON: true)
        }
        return ledger.asText.joined(separator: "\n") + "\n" + report.text(isJSON: false)
    }
}

extension ImportPlan {
    /// The plan that a command line describes; what it says of sources holds for all of them.
    fileprivate init(_ arguments: Arguments) throws {
        let decimals = 0...FixedPoint.decimalsMax
        let common = try ImportSource(common: arguments)
        let sources = arguments.positionals.map { path in
            var source = common
            source.path = path
            return source
        }
        self.init(sources: sources, outputPath: arguments.value("--output") ?? "")
        skipsBadRows = arguments.has("--skip-bad")
        priceDecimals = try arguments.integer("--price-decimals", in: decimals)
        sizeDecimals = try arguments.integer("--size-decimals", in: decimals)
        quoteDecimals = try arguments.integer("--quote-decimals", in: decimals)
        tick = try arguments.positiveDecimal("--tick")
        lot = try arguments.positiveDecimal("--lot")
    }
}

extension ImportSource {
    fileprivate init(common arguments: Arguments) throws {
        self.init(path: "")
        format = try arguments.choice("--format", ImportFormat.self)
        symbol = arguments.value("--symbol")
        venue = arguments.value("--venue")
        kind = try arguments.choice("--kind", Instrument.Kind.self)
        intervalNs = try arguments.durationNs("--interval")
        sampleNs = try arguments.durationNs("--sample")
        clockOffsetNs = try arguments.durationNs("--clock-offset") ?? 0
        usesBestQuotes = arguments.has("--best-quotes")
        levels = try arguments.integer("--levels", in: 1...StreamSchema.levelsMax) ?? levels
        if arguments.has("--stream") {
            streams = Set(try arguments.choices("--stream", StreamKind.self))
        }
        mapping = try Self.mapping(arguments)
    }

    private static func mapping(_ arguments: Arguments) throws -> ColumnMapping? {
        if let path = arguments.value("--mapping") {
            guard !arguments.has("--map") else {
                throw UsageError.badMapping("give --map or --mapping, not both")
            }
            return try ColumnMapping(path: path)
        }
        guard arguments.has("--map") else { return nil }
        do {
            return try ColumnMapping(pairs: arguments.all("--map"))
        } catch {
            throw UsageError.badMapping("\(error)")
        }
    }
}

extension ImportProgress {
    /// Done of both readings of the sources.
    fileprivate var fraction: Double {
        let share = Double(bytesDone) / Double(max(bytesTotal, 1))
        return phase == .survey ? share / 2 : 0.5 + share / 2
    }
}
