/// How fast a run goes through market time. It decides when a slice is released and nothing else.
package enum Speed: Equatable, Sendable {
    /// As fast as the machine can.
    case max
    /// So many seconds of the market in a second of the clock.
    case times(Int)

    /// At this speed a year of the market takes half a minute, which no pace is needed for.
    package static let timesMax = 1_000_000

    /// Reads `max`, `1x`, `3600x`; nil for anything else.
    package init?(_ text: String) {
        if text == "max" {
            self = .max
            return
        }
        guard text.utf8.last == UInt8(ascii: "x"),
            text.utf8.dropLast().allSatisfy({ (48...57).contains($0) }),
            let times = Int(text.dropLast()), (1...Self.timesMax).contains(times)
        else { return nil }
        self = .times(times)
    }
}

extension Speed: CustomStringConvertible {
    package var description: String {
        switch self {
        case .max: "max"
        case .times(let times): "\(times)x"
        }
    }
}
