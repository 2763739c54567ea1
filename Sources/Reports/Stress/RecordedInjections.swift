import JSON
import Market
import Scenarios

/// What a stressed run's record says of its injections: which they are, whom they are for and when.
struct RecordedInjections: Equatable {
    let injections: [Injection]
    /// Bars for which what an injection did may still stand in a feature: the longest purge, and
    /// the longest window of a feature after it.
    private let memoryBars: Int
    private let btc: String?

    /// The longest window of a feature, in bars.
    private static let windowBars = 96

    /// - Parameter text: the canonical text that the run's record holds.
    init(_ text: String) throws(JSONError) {
        var fields = try JSONFields(JSONNode.parse(text))
        var injections: [Injection] = []
        for field in try fields.optional("injections")?.array() ?? [] {
            injections.append(try Injection(recorded: field))
        }
        self.injections = injections
        var families = try fields.object("features")
        var purges: [Int] = [0]
        var btc: String?
        for name in ["btc", "l2"] {
            let family = try families.required(name)
            guard family.node.content != .null else { continue }
            var member = try family.object()
            purges.append(try member.integer("purge_bars", in: 0...Int.max))
            if name == "btc" { btc = try member.string("symbol") }
        }
        self.btc = btc
        memoryBars = (purges.max() ?? 0) + Self.windowBars
    }

    /// What each symbol that was traded meets of each injection, in the order of both.
    func spans(
        of symbols: [String], in window: TimeRange, _ facts: ScenarioFacts
    ) -> [StressReport.Span] {
        // A BTC that is read for the others' sake alone may lead them.
        let known = (symbols + (btc.map { symbols.contains($0) ? [] : [$0] } ?? [])).sorted()
        var spans: [StressReport.Span] = []
        for (number, injection) in injections.enumerated() {
            let startNs =
                switch injection.start {
                case .at(let timeNs): timeNs
                case .after(let spanNs): window.startNs + spanNs
                }
            let met = Array(met(by: injection, known).enumerated())
            for (rank, name) in met.sorted(by: { $0.element < $1.element })
            where symbols.contains(name) {
                let placed = PlacedInjection(
                    injection, number: number, startNs: startNs, isFollower: rank > 0)
                // A step is over once it is taken; what it did to features is not.
                let endNs = placed.endNs == .max ? placed.startNs : placed.endNs
                spans.append(
                    StressReport.Span(
                        injection: number, symbol: name, startNs: placed.startNs, endNs: endNs,
                        scoredToNs: endNs + Int64(memoryBars) * facts.barNs + facts.horizonNs))
            }
        }
        return spans
    }

    /// Names of the symbols that an injection is for, the one that leads first.
    private func met(by injection: Injection, _ names: [String]) -> [String] {
        if let symbols = injection.symbols { return symbols }
        guard injection.kind == .correlatedCrash,
            let leader = names.first(where: { $0.hasPrefix("BTC") }) ?? names.first
        else { return names }
        return [leader] + names.filter { $0 != leader }
    }
}

extension Injection {
    /// Reads what ``Injection/document`` wrote.
    fileprivate init(recorded field: JSONField) throws(JSONError) {
        var fields = try field.object()
        let kind = try fields.choice("kind", InjectionKind.self)
        let start: Start
        if let at = fields.optional("at_ns") {
            start = .at(try at.integer(in: Int64.min...Int64.max))
        } else {
            start = .after(try fields.integer("after_ns", in: 0...Int64.max))
        }
        var symbols: [String]?
        let named = try fields.required("symbols")
        if named.node.content != .null {
            var names: [String] = []
            for name in try named.array() { names.append(try name.string()) }
            symbols = names
        }
        self.init(kind, start: start, symbols: symbols)
        for each in kind.fields {
            let unit = each.unit == .millionths ? "ppm" : "ns"
            self[each.parameter] = try fields.integer(
                "\(each.parameter.rawValue)_\(unit)", in: each.range)
        }
    }
}
