import Features
import JSON
import Kernel
import Market
import Scenarios

/// What `tapedeck features` says of a run's rows. Nothing in it depends on the machine.
struct FeaturesReport {
    let path: String
    let plan: RunPlan
    let tally: FeatureTally
    /// One for each of the tally's symbols.
    let summaries: [SymbolSummary]
    let rows: FeatureCollector.Result
    let isComplete: Bool
    let eventCount: Int
    /// The folder that was written; nil for none.
    let output: String?
    let description: FeaturesDescription?

    private var hasLabels: Bool { plan.scenario.strategy != nil }

    var text: String {
        var text = "\(path): \(Units.count(tally.rowCount)) rows of \(tally.symbols.count) symbols"
        text += ", \(tally.columns.count) columns, \(Units.count(eventCount)) events"
        if let closesNs = rows.closesNs {
            text += ", bars closing \(Timestamp(nanoseconds: closesNs.lowerBound))"
            text += " to \(Timestamp(nanoseconds: closesNs.upperBound))"
        }
        text += "\n"
        if !isComplete { text += "  \(Paint.output.red("interrupted")): rows are missing\n" }
        if let output { text += "  written to \(output)\n" }
        text += "  rows    \(rows.digest.total)\n"
        if hasLabels { text += "  labels  \(rows.digest.labelTotal)\n" }
        text += "  config  \(plan.config.digest)\n\n"
        text += symbolTable + "\n" + familyTable + irregularityLines
        if let description { text += "\n" + description.text }
        return text
    }

    private var symbolTable: String {
        var table = Table(
            ("symbol", .left), ("rows", .right), ("warm-up rows", .right), ("% lost", .right))
        for symbol in tally.symbols {
            table.add(
                symbol.name, Units.count(symbol.counts.rowCount),
                Units.count(symbol.warmUpRows),
                Units.percent(symbol.warmUpRows, of: symbol.counts.rowCount))
        }
        return table.text
    }

    /// A line for each symbol whose streams lacked or held something amiss.
    private var irregularityLines: String {
        let lines = zip(tally.symbols, summaries).compactMap { symbol, summary -> String? in
            let met = summary.irregularities.filter { $0.count > 0 }
            guard !met.isEmpty else { return nil }
            let words = met.map { "\(Units.count($0.count)) \($0.name)" }
            return "  \(symbol.name): \(words.joined(separator: ", "))\n"
        }
        return lines.isEmpty ? "" : "\n" + lines.joined()
    }

    private var familyTable: String {
        var table = Table(
            ("family", .left), ("columns", .right), ("NaN", .right), ("% NaN", .right))
        for family in tally.families {
            let nanCount = tally.nanCount(of: family)
            table.add(
                family.rawValue, "\(tally.columnCount(of: family))", Units.count(nanCount),
                Units.percent(nanCount, of: tally.columnCount(of: family) * tally.rowCount))
        }
        return table.text
    }

    var document: JSONValue {
        var members = [
            JSONMember("scenario", .string(path)),
            JSONMember("is_complete", .bool(isComplete)),
            JSONMember("output", output.map { .string($0) } ?? nil),
            JSONMember("rows", JSONValue(tally.rowCount)),
            JSONMember("events", JSONValue(eventCount)),
            JSONMember("columns", .array(tally.columns.map { .string($0.name) })),
            JSONMember("first_close", Self.time(rows.closesNs?.lowerBound)),
            JSONMember("last_close", Self.time(rows.closesNs?.upperBound)),
            JSONMember("rows_digest", "\(rows.digest.total)"),
            JSONMember("labels_digest", hasLabels ? "\(rows.digest.labelTotal)" : nil),
            JSONMember("enrichment_config_digest", "\(plan.config.digest)"),
            JSONMember("symbols", .array(tally.symbols.indices.map(symbolDocument))),
            JSONMember("families", .array(tally.families.map(familyDocument))),
        ]
        if let description {
            members.append(JSONMember("description", description.document))
        }
        return .object(members)
    }

    private static func time(_ timeNs: Int64?) -> JSONValue {
        timeNs.map { "\(Timestamp(nanoseconds: $0))" } ?? nil
    }

    private func symbolDocument(_ index: Int) -> JSONValue {
        let symbol = tally.symbols[index]
        return [
            "symbol": .string(symbol.name), "rows": JSONValue(symbol.counts.rowCount),
            "warmup_rows": JSONValue(symbol.warmUpRows),
            "warmup_rows_by_family": .object(
                tally.families.map {
                    JSONMember($0.rawValue, JSONValue(tally.warmUpRows(of: $0, symbol: index)))
                }),
            "nan": .object(
                zip(tally.columns, symbol.counts.nanCounts).map {
                    JSONMember($0.name, JSONValue($1))
                }),
            "irregularities": .object(
                summaries[index].irregularities.map { JSONMember($0.name, JSONValue($0.count)) }),
            "rows_digest": "\(rows.digest.symbolDigests[index])",
        ]
    }

    private func familyDocument(_ family: FeatureColumn.Family) -> JSONValue {
        [
            "family": .string(family.rawValue),
            "columns": JSONValue(tally.columnCount(of: family)),
            "nan": JSONValue(tally.nanCount(of: family)),
        ]
    }
}
