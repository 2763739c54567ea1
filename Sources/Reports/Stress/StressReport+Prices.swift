package import Market

extension StressReport {
    /// The price path of one symbol in both worlds, at equal distances of time.
    package enum Prices: Equatable, Sendable {
        /// Closes of candles.
        case read(symbol: String, [Point])
        /// In words: why there are none.
        case absent(String)

        package struct Point: Equatable, Sendable {
            package let atNs: Int64
            /// Nil where nothing was quoted in that world.
            package let stressed: Double?
            package let unstressed: Double?

            package init(atNs: Int64, stressed: Double?, unstressed: Double?) {
                self.atNs = atNs
                self.stressed = stressed
                self.unstressed = unstressed
            }
        }
    }

    /// What the figure shows: the bars that are scored for an injection and a sixth more on each
    /// side, within the run.
    package static func shown(_ spans: [Span], in window: TimeRange) -> TimeRange {
        guard let from = spans.map(\.startNs).min(), let to = spans.map(\.scoredToNs).max() else {
            return window
        }
        let marginNs = (to - from) / 6
        let startNs = max(from - marginNs, window.startNs)
        return TimeRange(
            startNs: startNs, endNs: max(min(to + marginNs, window.endNs), startNs + 1))
    }
}
