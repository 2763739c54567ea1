import Features
import Files
import JSON
import Market
import Scenarios
import Tape

/// The names of an export's files, and `columns.json`, which says what they hold.
struct FeatureManifest: Sendable {
    static let name = "columns.json"
    static let timestampsName = "timestamps.npy"
    static let configName = "enrichment_config.json"
    /// What `columns.json` begins with; tells a folder of ours from one that is not.
    static let opening = "{\n  \"format\": \"tapedeck-features\","
    /// Raised when a reader of the old one would misread the new one.
    static let schemaVersion = 1

    private static let featuresSuffix = ".features.npy"
    private static let labelsSuffix = ".labels.npy"

    let plan: RunPlan
    /// The instruments that have rows, in the order of their names.
    let instruments: [Instrument]
    let columns: [FeatureColumn]

    init(_ plan: RunPlan) {
        self.plan = plan
        instruments = plan.symbols.filter(\.hasRows).map(\.instrument)
        columns = plan.config.columns
    }

    var configText: String { plan.config.text }
    var hasLabels: Bool { plan.scenario.strategy != nil }

    func featuresName(_ symbol: Int) -> String {
        Self.fileName(instruments[symbol].symbol) + Self.featuresSuffix
    }

    func labelsName(_ symbol: Int) -> String {
        Self.fileName(instruments[symbol].symbol) + Self.labelsSuffix
    }

    /// All files of the export, `columns.json` last: where it is there, so are the others.
    var names: [String] {
        var names = [Self.timestampsName, Self.configName]
        names += instruments.indices.map(featuresName)
        if hasLabels { names += instruments.indices.map(labelsName) }
        return names + [Self.name]
    }

    /// Whether an export may hold a file of this name.
    static func isOurs(_ name: String) -> Bool {
        [Self.name, timestampsName, configName].contains(name) || name.hasSuffix(featuresSuffix)
            || name.hasSuffix(labelsSuffix)
    }

    /// A symbol as a file's name: what is not plain is percent-encoded, so no two symbols share
    /// one.
    static func fileName(_ symbol: String) -> String {
        var name = ""
        for (index, byte) in symbol.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            // A dot in front would hide the file.
            case UInt8(ascii: ".") where index > 0: name += "."
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                name += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return name
    }

    /// The content of `columns.json`.
    func document(rowCount: Int, isComplete: Bool, digest: RowDigest) -> JSONValue {
        let schedule = plan.schedule
        let symbolDigests = digest.symbolDigests
        precondition(symbolDigests.count == instruments.count, "the digest is of other symbols")
        let start = Timestamp(nanoseconds: schedule.firstWindowCloseNs - schedule.barNs)
        return [
            "format": "tapedeck-features",
            "schema_version": .integer(Int64(Self.schemaVersion)),
            "is_complete": .bool(isComplete),
            "columns": .array(
                columns.map {
                    [
                        "name": .string($0.name), "family": .string($0.family.rawValue),
                        "price_scaled": .bool($0.isPriceScaled),
                    ]
                }),
            "symbols": .array(
                instruments.indices.map { index in
                    symbolDocument(index, rowCount, symbolDigests[index])
                }),
            "timestamps": .string(Self.timestampsName),
            "enrichment_config": [
                "file": .string(Self.configName), "digest": "\(plan.config.digest)",
            ],
            "tapes": .array(
                plan.list.tapes.map { tape in
                    let name = tape.path.split(separator: "/").last.map(String.init)
                    return [
                        "name": .string(name ?? tape.path),
                        "content_digest": tape.contentDigest.map { "\($0)" } ?? nil,
                    ]
                }),
            "window": [
                "from": "\(start)",
                "until": "\(Timestamp(nanoseconds: schedule.lastCloseNs))",
            ],
            "bar_ns": .integer(schedule.barNs),
            "strategy": plan.scenario.strategy?.document ?? nil,
            "rows_digest": "\(digest.total)",
            "labels_digest": hasLabels ? "\(digest.labelTotal)" : nil,
        ]
    }

    private func symbolDocument(_ index: Int, _ rowCount: Int, _ digest: Digest) -> JSONValue {
        let instrument = instruments[index]
        return [
            "symbol": .string(instrument.symbol), "venue": .string(instrument.venue),
            "id": .string(instrument.id), "kind": .string(instrument.kind.rawValue),
            "rows": JSONValue(rowCount), "features": .string(featuresName(index)),
            "labels": hasLabels ? .string(labelsName(index)) : nil,
            "rows_digest": "\(digest)",
        ]
    }
}

extension Strategy {
    /// What the labels were made by.
    fileprivate var document: JSONValue {
        [
            "stop_ppm": .integer(stopPpm), "target_ppm": .integer(targetPpm),
            "horizon_ns": .integer(horizonNs),
        ]
    }
}
