import Kernel
import Market

/// Tells how far a command is: a bar with rate and time left on a terminal, plain lines otherwise.
struct Progress {
    private static let redrawNs: Int64 = 100_000_000
    private static let lineNs: Int64 = 5_000_000_000

    private let label: String
    /// What is counted, in the plural: `rows`.
    private let unit: String
    private let isQuiet: Bool
    private let startNs = Console.nowNs()
    private var shownNs: Int64
    private var hasBar = false

    init(_ label: String, unit: String, isQuiet: Bool) {
        self.label = label
        self.unit = unit
        self.isQuiet = isQuiet
        shownNs = startNs
    }

    /// Shows `count`, unless it showed something a moment ago. `fraction` is what is done of all
    /// there is, where that is known.
    mutating func update(count: Int, fraction: Double?) {
        update(fraction: fraction) { [unit] seconds in
            "  \(Units.count(count)) \(unit)"
                + "  \(Units.short(Double(count) / seconds)) \(unit)/s"
        }
    }

    /// Shows how far a run is in market time, and how much faster than the market it goes.
    mutating func update(_ line: LineProgress) {
        let doneNs = Double(line.marketNs - line.startNs)
        let fraction = doneNs / Double(max(line.endNs - line.startNs, 1))
        update(fraction: fraction) { [unit] seconds in
            let minute = line.marketNs - line.marketNs % Timestamp.minuteNs
            // A date and a time to the minute are what a person follows.
            return "  \(String("\(Timestamp(nanoseconds: minute))".prefix(16)))"
                + "  \(Units.short(Double(line.eventCount) / seconds)) \(unit)/s"
                + "  \(Units.short(doneNs / 1e9 / seconds)) x real time"
        }
    }

    /// Shows what `middle` makes of the seconds since the start, unless it is too soon.
    private mutating func update(fraction: Double?, middle: (_ seconds: Double) -> String) {
        if isQuiet { return }
        let nowNs = Console.nowNs()
        guard nowNs - shownNs >= (Console.isWatched ? Self.redrawNs : Self.lineNs) else { return }
        shownNs = nowNs
        let seconds = Double(nowNs - startNs) / 1e9
        var text = label
        if Console.isWatched, let fraction { text += " " + bar(fraction) }
        if let fraction { text += " \(Int(min(max(fraction, 0), 1) * 100)) %" }
        text += middle(seconds)
        if let fraction, fraction > 0.01 {
            text += "  \(Units.clock(seconds * (1 - fraction) / fraction)) left"
        }
        Console.raw(Console.isWatched ? "\r\u{1B}[K" + text : text + "\n")
        hasBar = Console.isWatched
    }

    /// Takes the bar away, so that results stand alone.
    mutating func finish() {
        if hasBar { Console.raw("\r\u{1B}[K") }
        hasBar = false
    }

    private func bar(_ fraction: Double) -> String {
        let width = 24
        let filled = Int(Double(width) * min(max(fraction, 0), 1))
        return "[" + String(repeating: "#", count: filled)
            + String(repeating: ".", count: width - filled) + "]"
    }
}
