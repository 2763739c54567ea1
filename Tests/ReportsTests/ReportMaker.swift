import Files
import JSON
import Journal
import Reports
import Testing

/// What tests of reports share: a record to make them of, and a look into what they show.
enum ReportMaker {
    static let scenario = """
        {"window":null,"bar_ns":900000000000,"strategy":{"stop_ppm":5000,"target_ppm":10000,\
        "horizon_ns":14400000000000},"latencies":{"feed_ns":0,"bar_delay_ns":250000000,\
        "compute_ns":0,"order_ns":0},"seed":7,"models":{"has_candidate":true},\
        "execution":{"fills":"book","costs":"ladder","cost_ppm":1000,"spread_ppm":0,\
        "sizing":"notional_micros","size":1000000000,"symbol_cap_micros":500000000,\
        "total_cap_micros":1000000000,"order_time_to_live_ns":60000000000},"commands":[]}
        """

    static func record() throws -> RunRecord {
        let digest = try #require(Digest(hexadecimal: String(repeating: "ab", count: 32)))
        return RunRecord(
            inputs: [
                RunRecord.Input(kind: "tape", name: "/home/anna/tapes/march.tape", digest: digest)
            ], resultsVersion: 2, scenario: scenario)
    }

    static func provenance() throws -> RunProvenance {
        let record = try record()
        return RunProvenance(
            record, try RecordedScenario(record.scenario), rowCount: 12, footer: "seal",
            state: nil)
    }

    /// The numbers that a page shows with the places in the document that it says they come from.
    static func numbers(in html: String) -> [(key: String, value: Double)] {
        html.split(separator: "<data value=\"").dropFirst().compactMap { piece in
            let parts = piece.split(separator: "\"", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, parts[1] == " data-key=", let value = Double(parts[0]) else {
                return nil
            }
            return (String(parts[2]), value)
        }
    }

    /// The number at a path of members and indices joined by dots. A member's name may hold dots.
    static func number(_ key: String, in document: JSONValue) -> Double? {
        if key.isEmpty {
            switch document {
            case .integer(let value): return Double(value)
            case .number(let value): return value
            default: return nil
            }
        }
        switch document {
        case .array(let elements):
            let parts = key.split(separator: ".", maxSplits: 1)
            guard let index = Int(parts[0]), elements.indices.contains(index) else { return nil }
            return number(parts.count > 1 ? String(parts[1]) : "", in: elements[index])
        case .object(let members):
            for member in members {
                if key == member.key { return number("", in: member.value) }
                guard key.hasPrefix(member.key + ".") else { continue }
                let rest = String(key.dropFirst(member.key.count + 1))
                if let found = number(rest, in: member.value) { return found }
            }
            return nil
        default: return nil
        }
    }
}
