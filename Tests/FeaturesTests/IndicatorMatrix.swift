import Features
import Market

/// The baseline columns over a run of slots, as tests want to read them: by name.
struct IndicatorMatrix {
    static let names = FeatureFamilies().columns.map(\.name)
    /// What the interactions are called.
    static let interactionNames: [String] = {
        var families = FeatureFamilies()
        families.hasBaseline = false
        families.hasInteractions = true
        return families.columns.map(\.name)
    }()

    /// A row for each slot; NaN where the bar is missing.
    private(set) var rows: [[Double]] = []
    private(set) var bandMiddle: [Double] = []
    private(set) var indicators = BaselineIndicators()

    init(_ slots: [Bar?]) {
        for slot in slots { push(slot) }
    }

    mutating func push(_ slot: Bar?) {
        var row: [Double] = []
        if let bar = slot {
            indicators.push(bar, into: &row)
            bandMiddle.append(indicators.bandMiddle)
        } else {
            indicators.pushMissing()
            row = [Double](repeating: .nan, count: Self.names.count)
            bandMiddle.append(.nan)
        }
        rows.append(row)
    }

    subscript(_ name: String) -> [Double] {
        guard let index = Self.names.firstIndex(of: name) else {
            fatalError("there is no column \(name)")
        }
        return rows.map { $0[index] }
    }

    /// A bar that closes `slot` quarters of an hour after the epoch.
    static func bar(
        _ slot: Int, high: Double? = nil, low: Double? = nil, close: Double, volume: Double = 1
    ) -> Bar {
        Bar(
            closeNs: Int64(slot) * 15 * Timestamp.minuteNs, open: close, high: high ?? close,
            low: low ?? close, close: close, volume: volume)
    }
}
