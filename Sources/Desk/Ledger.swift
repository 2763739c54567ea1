/// The books that the desk keeps for each symbol. The first two are counterfactual: what the
/// champion, and the candidate, would have earned alone. The third is what the stage routes.
package enum Ledger: Int, CaseIterable, Sendable {
    case champion, candidate, acted

    package var name: String {
        switch self {
        case .champion: "champion"
        case .candidate: "candidate"
        case .acted: "acted"
        }
    }
}

/// Whose decisions a ledger follows.
package enum Role: Int, CaseIterable, Sendable {
    case champion, candidate

    package var name: String { self == .champion ? "champion" : "candidate" }
}
