import Market
import Reports
import Scenarios

/// The one parameter of a scenario's injections that a sweep moves.
struct GridParameter {
    /// Which of the scenario's injections.
    let injection: Int
    let kind: InjectionKind
    let field: InjectionKind.Field
    let range: ClosedRange<Int64>

    var name: String { "\(kind.rawValue).\(field.parameter.rawValue)" }

    /// - Parameter text: `depth=0.05..0.6`, `feedGap.lasting=0m..4h`.
    init(_ text: String, _ injections: [Injection]) throws {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw Self.misspelt(text) }
        let words = parts[0].split(separator: ".", maxSplits: 1).map(String.init)
        let name = words.last ?? ""
        let having = injections.enumerated().filter { _, injection in
            (words.count == 1 || injection.kind.rawValue == words[0])
                && injection.kind.fields.contains { $0.parameter.rawValue == name }
        }
        guard let (number, injection) = having.first,
            let parameter = InjectionParameter(rawValue: name),
            let field = injection.kind.field(parameter)
        else {
            throw StressError.noParameter(parts[0], parameters: Self.all(injections))
        }
        guard having.count == 1 else {
            throw StressError.severalHave(
                name, kinds: having.map(\.element.kind.rawValue))
        }
        let ends = Self.ends(parts[1]).map { field.unit.value($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], low < high else {
            throw Self.misspelt(text)
        }
        guard field.range.contains(low), field.range.contains(high) else {
            let (least, most) = (field.range.lowerBound, field.range.upperBound)
            throw UsageError.badValue(
                "--grid", text,
                expected: "a range within \(field.unit.text(least))..\(field.unit.text(most))")
        }
        self.injection = number
        kind = injection.kind
        self.field = field
        range = low...high
    }

    /// The injections with the parameter at a value.
    func set(_ value: Int64, in injections: [Injection]) -> [Injection] {
        var injections = injections
        injections[injection][field.parameter] = value
        return injections
    }

    private static func misspelt(_ text: String) -> UsageError {
        .badValue(
            "--grid", text,
            expected: "a parameter and a range from low to high, such as depth=0.05..0.6 or "
                + "feedGap.lasting=0m..4h")
    }

    /// `0.05..0.6` in two.
    private static func ends(_ text: String) -> [String] {
        let bytes = Array(text)
        for index in bytes.indices.dropFirst() where index + 1 < bytes.count {
            if bytes[index] == ".", bytes[index + 1] == "." {
                return [String(bytes[..<index]), String(bytes[(index + 2)...])]
            }
        }
        return []
    }

    private static func all(_ injections: [Injection]) -> [String] {
        var names: [String] = []
        for injection in injections {
            for field in injection.kind.fields {
                let name = "\(injection.kind.rawValue).\(field.parameter.rawValue)"
                if !names.contains(name) { names.append(name) }
            }
        }
        return names
    }
}

extension InjectionParameter.Unit {
    /// Nil for a text that is no value of the unit.
    fileprivate func value(_ text: String) -> Int64? {
        switch self {
        case .nanoseconds: return TimeSpan.nanoseconds(text)
        case .millionths:
            guard let decimal = Decimal(text), decimal.decimals <= 6 else { return nil }
            let scale = FixedPoint.powerOfTen(6 - decimal.decimals)
            let (value, overflows) = decimal.mantissa.multipliedReportingOverflow(by: scale)
            return overflows ? nil : value
        }
    }
}
