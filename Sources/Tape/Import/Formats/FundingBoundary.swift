internal import Market

/// Venues report funding some milliseconds after the boundary that it belongs to.
enum FundingBoundary {
    /// Prints up to this far from a whole hour belong to it; recorded ones are 1 to 50 ms off.
    static let toleranceNs = 30 * Timestamp.secondNs

    /// The whole hour that `timeNs` belongs to, or the time itself when none is near.
    static func snapped(_ timeNs: Int64) -> Int64 {
        let afterNs = timeNs % Timestamp.hourNs
        if afterNs >= 0, afterNs <= toleranceNs { return timeNs - afterNs }
        let beforeNs = Timestamp.hourNs - afterNs
        guard beforeNs <= toleranceNs else { return timeNs }
        let (boundary, overflow) = timeNs.addingReportingOverflow(beforeNs)
        return overflow ? timeNs : boundary
    }
}
