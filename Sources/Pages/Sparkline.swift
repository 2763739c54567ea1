/// A row of bars, one character a value, from the lowest to the highest.
package enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// `values` in order; one that is nil or not finite is a blank.
    ///
    /// - Parameter countMax: more values than this are put together by their means, so that a month
    ///   fits a line.
    package static func text(_ values: [Double?], countMax: Int = .max) -> String {
        let values = pooled(values.map { $0.flatMap { $0.isFinite ? $0 : nil } }, countMax)
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

    private static func pooled(_ values: [Double?], _ countMax: Int) -> [Double?] {
        guard values.count > countMax, countMax > 0 else { return values }
        return (0..<countMax).map { index in
            let group = values[
                index * values.count / countMax..<(index + 1) * values.count / countMax]
            let known = group.compactMap(\.self)
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }
}
