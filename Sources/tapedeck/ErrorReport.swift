internal import Glibc
import JSON
import Tape

/// The one place where an error becomes text and an exit code.
struct ErrorReport {
    let text: String
    let code: ExitCode

    init(_ error: any Error) {
        switch error {
        case let error as UsageError:
            text = error.text
            code = .usage
        case let error as TapeError:
            text = error.description
            code = Self.code(error)
        case let error as ConsoleError:
            text = error.text
            code = .environment
        case let error as InputError:
            text = "\(error.path), \(error.problem)"
            code = .badInput
        case is Interrupted:
            text = "interrupted; nothing half written was left"
            code = .interrupted
        default:
            text = "\(error)"
            code = .badInput
        }
    }

    private static func code(_ error: TapeError) -> ExitCode {
        guard case .system(_, let operation, let errorNumber) = error else { return .badInput }
        // Naming an input that is not there, or a folder, is a mistake of the caller's.
        let isNamedWrongly = [ENOENT, ENOTDIR, EISDIR, EINVAL].contains(errorNumber)
        return isNamedWrongly && operation != "create" ? .badInput : .environment
    }
}

/// A document that the user wrote, and what is wrong with it.
struct InputError: Error, Equatable {
    let path: String
    let problem: JSONError
}

extension UsageError {
    fileprivate var text: String {
        switch self {
        case .noCommand: "which command? `tapedeck --help` lists them"
        case .unknownCommand(let name, let nearest):
            "there is no command `\(name)`; "
                + (nearest.map { "did you mean `\($0)`?" } ?? "`tapedeck --help` lists them")
        case .unknownOption(let name, let nearest):
            "there is no option `\(name)` here; "
                + (nearest.map { "did you mean `\($0)`?" } ?? "--help lists them")
        case .missingOption(let name, let value): "`\(name) \(value)` is required"
        case .missingValue(let name, let value): "`\(name)` needs a value: `\(name) \(value)`"
        case .unexpectedValue(let name): "`\(name)` takes no value"
        case .repeatedOption(let name): "`\(name)` is given twice; give it once"
        case .missingPositional(let name): "\(name) is missing; --help shows the usage"
        case .unexpectedPositional(let word): "`\(word)` is one argument too many"
        case .badValue(let name, let value, let expected):
            "\(name) is `\(value)`; expected \(expected)"
        }
    }
}

extension ConsoleError {
    fileprivate var text: String {
        switch self {
        case .cannotWrite(let errorNumber):
            "cannot write to standard output: "
                + (unsafe strerror(errorNumber).map { unsafe String(cString: $0) } ?? "error")
        }
    }
}
