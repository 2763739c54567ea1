package import JSON
import Statistics

extension CanaryReport {
    /// The whole report, each number once; docs/schemas/canary-report.schema.json describes it.
    package var document: JSONValue {
        [
            "schema": .string(Self.schema),
            "banner": banner.document,
            "gates": gates.document,
            "provenance": provenance.document,
            "sample": sample.document,
            "headline": headline.document,
            "line": line.document,
            "equity": equity.document,
            "forest": forest.document,
            "disagreement": disagreement.document,
            "calibration": calibration.document,
            "drift": drift.document,
            "quality": quality.document,
            "leakage": leakage.document,
            "multiplicity": multiplicity.document,
            "sensitivity": sensitivity.document,
            "incidents": incidents.document,
            "readiness": readiness.document,
            "sign_off": signOff.document,
        ]
    }
}

extension CanaryReport.Span {
    var document: JSONValue { ["from_ns": .integer(fromNs), "to_ns": .integer(toNs)] }
}

extension CanaryReport.Presence {
    /// Null where it is there, else why it is not.
    var document: JSONValue {
        switch self {
        case .present: nil
        case .absent(let reason): .string(reason)
        }
    }
}

extension Figure {
    /// `value` or null with its `reason`, and the `n` behind it.
    var reportDocument: JSONValue {
        [
            "value": .optional(value), "n": JSONValue(n),
            "interval": interval?.reportDocument ?? nil,
            "reason": .optional(reason?.text),
        ]
    }
}

extension Interval {
    var reportDocument: JSONValue {
        let (name, length): (String, Double?) =
            switch method {
            case .studentT: ("student_t", nil)
            case .bca: ("bca", nil)
            case .percentile: ("percentile", nil)
            case .stationaryBlocks(let length): ("stationary_blocks", length)
            case .confidenceSequence: ("confidence_sequence", nil)
            }
        return [
            "low": .number(low), "high": .number(high), "method": .string(name),
            "block_length": .optional(length),
        ]
    }
}

extension JSONValue {
    static func optional(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? nil }
    static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? nil }
    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
    static func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
}
