package import JSON

/// Which line of a history is wrong, and why.
package struct AliasHistoryError: Error, Equatable {
    /// Counted from 1.
    package let line: Int
    package let problem: AliasHistoryProblem
}

/// What can be wrong with a line of a history.
package enum AliasHistoryProblem: Error, Equatable {
    case unreadable(JSONError)
    /// The line, or one before it, is not what was written.
    case changed
    /// The flip does not start from where the alias pointed.
    case outOfOrder
}

extension AliasHistoryError: CustomStringConvertible {
    package var description: String {
        let reason =
            switch problem {
            case .unreadable(let error): "\(error.problem)"
            case .changed: "its hash does not fit it and the lines before it"
            case .outOfOrder: "it does not start from where the alias pointed"
            }
        return "line \(line): \(reason); the history was edited: take it from its backup"
    }
}
