/// What the limits of a difference say about a margin that was fixed beforehand.
package enum MarginConclusion: String, CaseIterable, Sendable {
    case superior
    case nonInferior = "non_inferior"
    case inferior
    case equivalent
    /// More observations may tell.
    case open
    /// There are to be no more observations, and these do not tell.
    case inconclusive

    /// - Parameters:
    ///   - lower: The one-sided lower limit of the difference, nil where there is none yet.
    ///   - upper: The one-sided upper limit.
    ///   - margin: Above or at zero; a difference of less is as good as none.
    package init(lower: Double?, upper: Double?, margin: Double, isBudgetSpent: Bool = false) {
        precondition(margin >= 0, "a margin is a size")
        // An equivalent candidate is not inferior either: the narrower claim is the one to make.
        if let lower, lower > 0 {
            self = .superior
        } else if let upper, upper < -margin {
            self = .inferior
        } else if let lower, let upper, lower > -margin, upper < margin {
            self = .equivalent
        } else if let lower, lower > -margin {
            self = .nonInferior
        } else {
            self = isBudgetSpent ? .inconclusive : .open
        }
    }

    /// Whether the lower limit lies above -margin.
    package var isNonInferior: Bool {
        switch self {
        case .superior, .nonInferior, .equivalent: true
        case .inferior, .open, .inconclusive: false
        }
    }
}
