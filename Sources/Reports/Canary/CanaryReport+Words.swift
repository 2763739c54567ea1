import Files
import Market
import Pages
import Rollout
import Statistics

// How the report's own terms read on a page and in a terminal.

extension Digest {
    /// Enough of it to tell it from others.
    var short: String { String(description.prefix(12)) }
}

extension CanaryReport.Banner.Verdict {
    var word: String {
        switch self {
        case .pass: "PASS"
        case .inconclusive: "INCONCLUSIVE"
        case .short: "SHORT OF DATA"
        case .fail: "FAIL"
        case .rollback: "ROLLBACK"
        case .abandon: "ABANDON"
        case .invalid: "INVALID"
        case .notLookedAt: "NOT LOOKED AT YET"
        }
    }

    var tone: Tone {
        switch self {
        case .pass: .pass
        case .inconclusive, .short, .notLookedAt: .wait
        case .fail, .rollback, .abandon, .invalid: .fail
        }
    }
}

extension Verdict {
    var tone: Tone {
        switch self {
        case .pass: .pass
        case .inconclusive, .short: .wait
        case .fail, .rollback, .invalid: .fail
        }
    }

    var badge: Phrase { .badge(rawValue, tone) }
}

extension CanaryReport.Gates.Status {
    /// A gate without data is no pass, and does not look like one.
    var tone: Tone {
        switch self {
        case .pass: .pass
        case .inconclusive, .short: .wait
        case .fail, .rollback, .invalid: .fail
        case .noData, .waived, .dryRun: .neutral
        }
    }

    var word: String { rawValue.replacing("_", with: " ") }
}

extension GateKind {
    /// How estimates and thresholds of the gate are written.
    var format: NumberFormat {
        switch bound.unit {
        case "seconds": .fixed(1, unit: "s")
        case "share": .percent(1)
        case "net_return": .basisPointsOfFraction(1)
        case "equity": .percent(2)
        case "p": .significant(2)
        case "f1", "ece", "cohens_d": .fixed(3)
        case "sortino": .fixed(2)
        default: .count
        }
    }

    /// `at least`, before a threshold.
    var sideWords: String {
        switch bound.side {
        case .below: "below"
        case .atMost: "at most"
        case .atLeast: "at least"
        }
    }
}

extension CanaryReport.Headline.Metric {
    var words: String {
        switch self {
        case .expectancy: "Net expectancy per trade"
        case .perDay: "Net return per day"
        case .hitRate: "Hit rate"
        case .f1Buy: "F1, buy"
        case .precisionBuy: "Precision, buy"
        case .recallBuy: "Recall, buy"
        case .precisionHold: "Precision, hold"
        case .recallHold: "Recall, hold"
        case .sortino: "Sortino ratio"
        case .maxDrawdown: "Largest drawdown"
        case .trades: "Trades"
        case .turnover: "Turnover"
        case .fees: "Fees, quote currency"
        case .exposure: "Exposure"
        }
    }

    var format: NumberFormat {
        if self == .maxDrawdown { return .percent(2) }
        switch unit {
        case .fraction: return .basisPointsOfFraction(1)
        case .share: return .percent(1)
        case .ratio: return .fixed(2)
        case .count: return .count
        case .quote: return .fixed(2)
        }
    }

    /// Of a difference: shares differ by percentage points.
    var differenceFormat: NumberFormat {
        if self == .maxDrawdown { return .percentagePoints(2).signed }
        return unit == .share ? .percentagePoints(1).signed : format.signed
    }
}

extension CanaryReport.Span {
    /// `2025-03-01 00:00 to 2025-03-08 00:00 UTC`
    var words: String { "\(UTC.minute(fromNs)) to \(UTC.minute(toNs)) UTC" }
}

/// A length of market time in days.
func days(_ ns: Int64) -> Double {
    Double(ns) / Double(Timestamp.dayNs)
}

extension Phrase {
    /// `[low, high]`, or a dash where the figure has no interval.
    static func limits(_ figure: Figure, _ format: NumberFormat, key: String) -> Phrase {
        .interval(figure, format, key: key)
            ?? .missing(figure.reason?.text ?? "none is defined", key: key + ".interval")
    }

    /// `[low, high]` of an interval that stands for itself.
    static func limits(_ interval: Interval, _ format: NumberFormat, key: String) -> Phrase {
        let low = Phrase.number(interval.low, format.bare, key: key + ".low")
        let high = Phrase.number(interval.high, format.bare, key: key + ".high")
        return "[\(low), \(high)]"
    }

    /// A number that may be unknown.
    static func optional(
        _ value: Double?, _ format: NumberFormat, key: String, reason: String
    ) -> Phrase {
        value.map { .number($0, format, key: key) } ?? .missing(reason, key: key)
    }
}

extension CanaryReport.PairedLine {
    /// How sure its limits are, at all looks together.
    var level: String { NumberFormat.percent(1).text(1 - alpha) }
}
