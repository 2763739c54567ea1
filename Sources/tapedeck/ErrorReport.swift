import Exchange
import Files
internal import Glibc
import JSON
import Journal
import Kernel
import Models
import Reports
import Rollout
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
        case let error as RecipeError:
            text = error.description
            code = Self.code(error)
        case let error as StartUpError:
            text = error.description
            code = Self.code(error)
        case ImportError.interrupted:
            text = Interrupted.text
            code = .interrupted
        case let error as ImportError:
            text = error.description
            code = Self.code(error)
        case let error as UnexpectedContent:
            text =
                "\(error.path): holds content \(error.digest), expected \(error.expected); "
                + "removed: this program or this recipe is another than the digest was made with"
            code = .checkFailed
        case let error as ModelError:
            text = error.description
            code = Self.code(error)
        case let error as RegistryError:
            text = error.description
            code = Self.code(error)
        case let error as MLflowError:
            (text, code) = Self.report(error)
        case let error as HTTPError:
            (text, code) = Self.report(.http(error))
        case let error as OutputError:
            text = error.description
            code = .environment
        case let error as ReplayProcessError:
            text = error.description
            code = .environment
        case let error as JournalError:
            text = error.description
            code = Self.code(error)
        case let error as RolloutHistoryError:
            text = error.description
            code = .checkFailed
        case let error as RolloutCommandError:
            text = error.description
            code = .badInput
        case let error as ReportRefusal:
            text = error.description
            code = error.code
        case let error as CharacteristicsError:
            text = error.description
            code = .badInput
        case TrainingError.cancelled:
            text = Interrupted.text
            code = .interrupted
        case let error as XGBoostError:
            text = error.description
            code = .environment
        case is Interrupted:
            text = Interrupted.text
            code = .interrupted
        default:
            text = "\(error)"
            code = .badInput
        }
    }

    private static func code(_ error: TapeError) -> ExitCode {
        guard case .system(_, let operation, let errorNumber) = error else { return .badInput }
        return operation == "create" ? .environment : code(errorNumber)
    }

    private static func code(_ error: ImportError) -> ExitCode {
        switch error {
        case .tape(let error): code(error)
        case .output: .environment
        case .file(_, .unreadable(let errorNumber)): code(errorNumber)
        case .file, .row, .plan, .overlap, .scale: .badInput
        case .interrupted: .interrupted
        }
    }

    private static func code(_ error: RecipeError) -> ExitCode {
        guard case .unreadable(_, let errorNumber) = error else { return .badInput }
        return code(errorNumber)
    }

    private static func code(_ error: ModelError) -> ExitCode {
        switch error {
        case .unreadable(_, .unreadable(let errorNumber)): code(errorNumber)
        case .output: .environment
        case .unreadable(_, .tooLarge), .missing, .extra, .badSum, .changed, .document, .booster,
            .reference:
            .badInput
        }
    }

    private static func code(_ error: RegistryError) -> ExitCode {
        switch error {
        case .model(let error): code(error)
        case .lost, .unchanged, .noFallback, .unfitFallback, .ownFallback, .changed,
            .sameCalibration:
            .checkFailed
        case .output: .environment
        case .absent, .noModel, .noVersion, .contract, .history: .badInput
        }
    }

    private static func report(_ error: MLflowError) -> (String, ExitCode) {
        switch error {
        case .http(.interrupted): (Interrupted.text, .interrupted)
        case .http(let failure): (error.description, code(failure))
        case .registry(let failure): (error.description, code(failure))
        case .output: (error.description, .environment)
        case .badAnswer, .noModel, .noVersion, .noAlias, .unproxied, .untagged, .badTag,
            .changedTag, .stranger, .missing, .wrongSize, .tooLarge, .changed, .otherModel,
            .unfit:
            (error.description, .badInput)
        }
    }

    /// A server that cannot be reached, fails or wants other credentials is the environment's.
    private static func code(_ error: HTTPError) -> ExitCode {
        switch error {
        case .failed: .environment
        case .refused(_, let status, _):
            [401, 403, 407, 408, 429].contains(status) || status >= 500
                ? .environment : .badInput
        case .redirected, .tooLarge: .badInput
        case .interrupted: .interrupted
        }
    }

    /// A scenario's mistakes are the caller's, even where the machine has one of its own.
    private static func code(_ error: StartUpError) -> ExitCode {
        let codes = error.problems.map { problem -> ExitCode in
            switch problem {
            case .unreadable(.unreadable(let errorNumber)),
                .unreadableInput(_, .unreadable(let errorNumber)):
                code(errorNumber)
            case .tape(let error, _): code(error)
            case .registry(let error): code(error)
            case .unreadable(.tooLarge), .unreadableInput(_, .tooLarge), .refused, .mismatch,
                .absent, .unfinishedTape, .noAlias, .contract, .impossibleCommand, .changedModel,
                .strayCommand, .unpinned, .plan, .training, .stress:
                .badInput
            }
        }
        return codes.allSatisfy { $0 == .environment } ? .environment : .badInput
    }

    private static func code(_ error: JournalError) -> ExitCode {
        switch error {
        case .cannotOpen, .locked, .outpaced, .busy, .diskFull, .disconnected, .unreachable:
            .environment
        case .missing, .notAJournal, .newerSchema, .refused, .noSuchRun, .ambiguousRun,
            .noRunSelected, .ended:
            .badInput
        case .damaged, .missingRow, .diverged: .checkFailed
        }
    }

    /// Naming an input that is not there, or a folder, is a mistake of the caller's; everything
    /// else that the system refuses is the machine's.
    private static func code(_ errorNumber: Int32) -> ExitCode {
        [ENOENT, ENOTDIR, EISDIR, EINVAL].contains(errorNumber) ? .badInput : .environment
    }
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
        case .ambiguous(let name, let choices):
            "`\(name)` is required, because there are several: \(choices.joined(separator: ", "))"
        case .missingValue(let name, let value): "`\(name)` needs a value: `\(name) \(value)`"
        case .unexpectedValue(let name): "`\(name)` takes no value"
        case .repeatedOption(let name): "`\(name)` is given twice; give it once"
        case .missingPositional(let name): "\(name) is missing; --help shows the usage"
        case .unexpectedPositional(let word): "`\(word)` is one argument too many"
        case .badValue(let name, let value, let expected):
            "\(name) is `\(value)`; expected \(expected)"
        case .nothingToDo(let options):
            "at least one of \(options.map { "`\($0)`" }.joined(separator: ", ")) is required"
        case .orphaned(let name, let other): "`\(name)` means something only with `\(other)`"
        case .badMapping(let problem): problem
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
