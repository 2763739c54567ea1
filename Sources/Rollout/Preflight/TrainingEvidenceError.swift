/// Why what training left behind cannot be read. Lines count from 1, the heading being the first.
package enum TrainingEvidenceError: Error, Equatable {
    case heading(file: String, found: String, expected: String)
    case fieldCount(file: String, line: Int, found: Int, expected: Int)
    case value(file: String, line: Int, field: String, value: String, needed: String)
    /// A cell or block that stands where another one belongs, or twice.
    case order(file: String, line: Int, problem: String)
    /// The two files are of different trainings.
    case mismatch(file: String, line: Int, problem: String)
    case missing(file: String, symbol: String, role: String)
}

extension TrainingEvidenceError: CustomStringConvertible {
    package var description: String {
        let again = "; `tapedeck train` writes cells.csv and blocks.csv together, run it again"
        return switch self {
        case .heading(let file, let found, let expected):
            "\(file):1: the heading is \"\(found)\", not \"\(expected)\"\(again)"
        case .fieldCount(let file, let line, let found, let expected):
            "\(file):\(line): \(found) fields where there are \(expected)\(again)"
        case .value(let file, let line, let field, let value, let needed):
            "\(file):\(line): `\(field)` is \"\(value)\" and has to be \(needed)\(again)"
        case .order(let file, let line, let problem),
            .mismatch(let file, let line, let problem):
            "\(file):\(line): \(problem)\(again)"
        case .missing(let file, let symbol, let role):
            "\(file): no cell of \(symbol) by the \(role); train a scenario that names the symbol"
                + " and has both recipes"
        }
    }
}
