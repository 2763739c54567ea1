/// A row of bars, one character a value, from the lowest to the highest.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// `values` in order; a nil, where nothing is known, is a blank.
    static func text(_ values: [Double?]) -> String {
        let known = values.compactMap(\.self)
        guard let low = known.min(), let high = known.max() else { return "" }
        return String(
            values.map { value -> Character in
                guard let value else { return " " }
                guard high > low else { return bars[0] }
                let step = (value - low) / (high - low) * Double(bars.count - 1)
                return bars[Int(step.rounded())]
            })
    }
}
