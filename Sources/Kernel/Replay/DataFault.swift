import Market

/// Whether a symbol's books can be decided by: R3, as the model stage applies it.
package struct DataFault: Equatable, Sendable {
    private static let secondsMax = 300.0
    private static let nanShareMax = 0.2
    private static let cleanNs = 5 * Timestamp.minuteNs

    package private(set) var isOn = false
    /// The last evaluation tick at which the book was too old.
    private var staleNs = Int64.min

    package init() {}

    /// Looks at the age of the last book at an evaluation tick.
    package mutating func see(seconds: Double, atNs: Int64) {
        if seconds > Self.secondsMax { staleNs = atNs }
    }

    /// Looks at a bar tick, which is an evaluation tick that was seen.
    ///
    /// - Parameter nanShare: of the row's columns that read books; nil where the bar is missing.
    package mutating func close(nanShare: Double?, atNs: Int64) {
        let isFaulty = staleNs == atNs || (nanShare ?? 0) > Self.nanShareMax
        if isFaulty {
            isOn = true
        } else if isOn {
            // A missing bar is not a clean one.
            isOn = nanShare == nil || staleNs > atNs - Self.cleanNs
        }
    }
}

extension DataFault: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(isOn)
        state.add(staleNs)
    }
}
