internal import Market

/// The unit in which a file counts time since 1970.
package enum TimeUnit: String, Sendable, CaseIterable {
    case seconds = "s", milliseconds = "ms", microseconds = "us", nanoseconds = "ns"

    var nanoseconds: Int64 {
        switch self {
        case .seconds: 1_000_000_000
        case .milliseconds: 1_000_000
        case .microseconds: 1_000
        case .nanoseconds: 1
        }
    }

    /// Tells the unit by magnitude. The bounds lie in 1973 for each unit, and a unit's largest
    /// values, in the year 5138, are the next one's 1973: no market fits both.
    init?(magnitudeOf value: Int64) {
        switch value {
        case 100_000_000..<100_000_000_000: self = .seconds
        case 100_000_000_000..<100_000_000_000_000: self = .milliseconds
        case 100_000_000_000_000..<100_000_000_000_000_000: self = .microseconds
        case 100_000_000_000_000_000...: self = .nanoseconds
        default: return nil
        }
    }
}

/// Reads a file's times: the first one tells the unit, the others must agree.
struct TimeReader: Sendable {
    /// The year 2200: sums of a time and any interval stay inside an `Int64`.
    static let latestNs: Int64 = 7_258_118_400 * Timestamp.secondNs

    private(set) var unit: TimeUnit?
    private let isFixed: Bool

    init(unit: TimeUnit? = nil) {
        self.unit = unit
        isFixed = unit != nil
    }

    mutating func beginFile() {
        if !isFixed { unit = nil }
    }

    mutating func nanoseconds(
        _ value: Int64, _ field: String
    ) throws(RowFault) -> Int64 {
        guard let found = TimeUnit(magnitudeOf: value) else {
            throw RowFault(.badTime, field: field, value: "\(value)")
        }
        if let unit, unit != found {
            throw RowFault(
                .timeUnitChanged, field: field, value: "\(value)",
                advice: "the file counts \(unit.rawValue) elsewhere; cut it where the unit changes")
        }
        unit = found
        let (product, overflow) = value.multipliedReportingOverflow(by: found.nanoseconds)
        guard !overflow, product < Self.latestNs else {
            throw RowFault(.badTime, field: field, value: "\(value)")
        }
        return product
    }

    mutating func nanoseconds(
        _ index: Int, in fields: CSVFields, of line: Span<UInt8>, _ name: String
    ) throws(RowFault) -> Int64 {
        let bytes = line.extracting(fields[index])
        guard let value = Int64(digits: bytes) else {
            throw RowFault(.badTime, field: name, bytes: bytes)
        }
        return try nanoseconds(value, name)
    }
}
