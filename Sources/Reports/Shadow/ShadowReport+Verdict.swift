import Statistics

extension ShadowReport {
    /// What the paired difference lets somebody say, and no more. Shadow decides nothing.
    package enum Verdict: String, Equatable, Sendable {
        /// The interval of candidate less champion lies above zero.
        case above
        case below
        /// The interval holds zero.
        case open
        /// There is no difference, or no interval of it.
        case undefined
        case noCandidate = "no_candidate"

        init(_ figures: RunFigures) {
            guard let comparison = figures.total.comparison else {
                self = .noCandidate
                return
            }
            guard let interval = comparison.expectancyDifference.interval else {
                self = .undefined
                return
            }
            self = interval.low > 0 ? .above : interval.high < 0 ? .below : .open
        }

        /// The verdict in a few words.
        package var title: String {
            switch self {
            case .above: "The candidate earned more on paper than the champion"
            case .below: "The candidate earned less on paper than the champion"
            case .open: "Shadow does not tell candidate and champion apart"
            case .undefined: "There is too little to compare"
            case .noCandidate: "The champion alone was replayed"
            }
        }

        /// Who reads it and what for.
        package var advice: String {
            switch self {
            case .above, .open:
                "Nothing is promoted by a replay in shadow: it has no gates, no margin and no "
                    + "sign-off. A canary measures the candidate where it trades."
            case .below:
                "A canary would begin behind. Look at costs and disagreement first; nothing is "
                    + "promoted by a replay in shadow."
            case .undefined:
                "Replay a longer window, or see why there are no trades: thresholds, caps and "
                    + "data quality are below."
            case .noCandidate:
                "Name a candidate in the scenario's `models` to compare it on the same bars."
            }
        }
    }
}
