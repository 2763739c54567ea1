import Market

/// Why a run cannot be played to its end.
package enum DeskError: Error, Equatable, CustomStringConvertible {
    /// A perpetual was held when funding was due, and the tape does not say how much.
    case missingFunding(symbol: String, boundaryNs: Int64)

    package var description: String {
        switch self {
        case .missingFunding(let symbol, let boundaryNs):
            "\(symbol): a position was held at \(Timestamp(nanoseconds: boundaryNs)), when funding was "
                + "due, and the tape has no print of it: add it to the tape, or trade elsewhere"
        }
    }
}
