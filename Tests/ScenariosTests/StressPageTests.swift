import Market
import Scenarios
import TestSupport
import Testing

@Suite("The page of stress")
struct StressPageTests {
    private static let rows = String(
        decoding: TestFile.read(SharedData.packageRoot + "/docs/stress.md"), as: UTF8.self
    ).split(separator: "\n").filter { $0.hasPrefix("| `") }

    @Test("has a row for each parameter: its values, its default and where it does nothing")
    func parameters() {
        let fields = InjectionKind.allCases.flatMap { kind in
            kind.fields.map { (kind, $0) }
        }
        for (kind, field) in fields {
            let range =
                "\(field.text(field.range.lowerBound)) to "
                + field.text(field.range.upperBound)
            let zero = field.zero.map { " \(field.text($0))" } ?? ""
            let row =
                "| `\(kind.rawValue)` | `\(field.parameter.rawValue)` | \(range) "
                + "| \(field.text(field.standard)) |\(zero) | "
            #expect(Self.rows.filter { $0.hasPrefix(row) }.count == 1, "no row: \(row)")
        }
        let told = Self.rows.filter { row in
            InjectionKind.allCases.contains { row.hasPrefix("| `\($0.rawValue)` | `") }
        }
        #expect(told.count == fields.count)
    }

    @Test("says of each kind what it does to which streams")
    func kinds() {
        for kind in InjectionKind.allCases {
            let told = Self.rows.filter { $0.hasPrefix("| `\(kind.rawValue)` | ") }
            #expect(told.count == kind.fields.count + 1, "\(kind)")
        }
    }
}

extension InjectionKind.Field {
    fileprivate func text(_ value: Int64) -> String {
        switch unit {
        case .millionths: FixedPoint.text(value, decimals: 6)
        case .nanoseconds:
            value < 0 ? "-" + TimeSpan.text(-value) : TimeSpan.text(value)
        }
    }
}
