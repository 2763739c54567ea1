package import Files
package import JSON
import Market
package import Models
package import Rollout
package import Scenarios
package import Tape

/// Why a run cannot start: all that is wrong with its scenario, and with the tapes for it.
package struct StartUpError: Error, Equatable {
    package let file: String
    /// At least one.
    package let problems: [StartUpProblem]

    package init(file: String, problems: [StartUpProblem]) {
        precondition(!problems.isEmpty, "an error has a reason")
        self.file = file
        self.problems = problems
    }
}

extension StartUpError: CustomStringConvertible {
    /// One line for each problem.
    package var description: String {
        problems.map { "\(file): \($0)" }.joined(separator: "\n")
    }
}

/// One thing that keeps a run from starting.
package enum StartUpProblem: Equatable, Sendable {
    case unreadable(TextFileError)
    case refused(JSONError)
    case tape(TapeError, at: ScenarioDocument.Place)
    case mismatch(TapeMismatch, at: ScenarioDocument.Place)
    /// A key that this kind of run cannot do without.
    case absent(String, RunPurpose)
    /// A tape without an index has no digest that could name the run.
    case unfinishedTape(String)
    case registry(RegistryError)
    case noAlias(ModelAlias, model: ModelName, registry: String)
    /// A model that was made for other features than the run's.
    case contract(model: ModelName, version: Int, [ContractMismatch])
    /// What the version holds is not what it held when the alias was set to it.
    case changedModel(ModelName, version: Int, ModelAlias)
    /// The run that goes on began without this part.
    case unpinned(part: String)
    /// A file that a rollout starts from.
    case unreadableInput(String, TextFileError)
    case plan(path: String, JSONError)
    case training(TrainingEvidenceError)
    /// A stress test's report that is none.
    case stress(path: String, JSONError)
    /// A command for a time that is not of the run.
    case strayCommand(atNs: Int64, run: ClosedRange<Int64>)
    /// A command for a symbol or a role that the run does not have.
    case impossibleCommand(symbol: String, role: String)
}

/// Where a scenario asks for what its tapes do not have.
package enum TapeMismatch: Equatable, Sendable {
    case unknownSymbol(String, nearest: String?, known: [String])
    case missingBTC(String, nearest: String?)
    case ambiguousSymbol(String, venues: [String])
    case noCandles(String)
    case noCandlesAtAll
    /// Event times that lie outside 1970 to 2199.
    case impossibleTimes(String)
    case unevenBar(String, candleNs: Int64)
    /// Candles become visible only after the tick of the bar that they close.
    case lateCandles(String, feedNs: Int64)
    /// No bar lies in the window and on the tapes, which hold candles of this span.
    case noBars(tapes: ClosedRange<Int64>)
    case noBarsOfSymbol(String, candles: ClosedRange<Int64>)
    case noBooks(String)
    case shallowBooks(String, levels: Int)
    case lowCoverage(String, held: Int, bars: Int)
    case noTrades(String)
    /// Orders are to be filled on books that are not there.
    case noBooksToFill(String)
    /// A perpetual whose funding is unknown: it is never taken as zero.
    case noFunding(String)
    /// A perpetual of which the tapes do not tell how often funding is due.
    case unclearFunding(String)
    /// Orders expire before the next candle opens, so none would ever be filled.
    case shortLivedOrders(String, candleNs: Int64)
    case unknownSides(String, count: Int)
    /// An injection names a symbol that the run does not have.
    case injectionElsewhere(String, run: [String])
    /// An injection begins outside the run.
    case strayInjection(atNs: Int64, run: ClosedRange<Int64>)
    /// Nothing in the run has what an injection changes.
    case idleInjection(InjectionKind, needs: String)
}

// MARK: - Text

extension StartUpProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .refused(let error): error.description
        case .tape(let error, let place): "\(place.text): \(error)"
        case .mismatch(let mismatch, let place): "\(place.text): \(mismatch)"
        case .absent(let key, let purpose): "`\(key)` is missing, and \(purpose) needs it; add it"
        case .unfinishedTape(let path):
            "\(path): has no index, so nothing names its content; make a whole tape of it with "
                + "`tapedeck tape slice`"
        case .registry(let error): error.description
        case .noAlias(let alias, let model, let registry):
            "\(registry): \(model) has no alias `\(alias.rawValue)`; train with `tapedeck train`, or set it "
                + "with `tapedeck model alias`"
        case .contract(let model, let version, let mismatches):
            "\(model) version \(version) does not fit the run's features: "
                + mismatches.map(\.description).joined(separator: "; ")
        case .changedModel(let model, let version, let alias):
            "\(model) version \(version) is not what it was when `\(alias.rawValue)` was set to it; "
                + "look at it with `tapedeck model verify`"
        case .unpinned(let part):
            "the run to go on with began without a \(part): its scenario was changed since; start "
                + "a new run of it"
        case .unreadableInput(let path, let error): "\(path): \(error)"
        case .plan(let path, let error), .stress(let path, let error): "\(path): \(error)"
        case .training(let error): error.description
        case .strayCommand(let atNs, let run):
            "commands: \(Timestamp(nanoseconds: atNs)) lies outside the run, which goes from "
                + "\(Timestamp(nanoseconds: run.lowerBound)) to "
                + "\(Timestamp(nanoseconds: run.upperBound))"
        case .impossibleCommand(let symbol, let role):
            "commands: the run serves no \(role) for \(symbol)"
        }
    }
}

extension ScenarioDocument.Place {
    fileprivate var text: String {
        (file.map { "\($0): " } ?? "") + "line \(line), column \(column): \(path)"
            + (value.map { ": \($0)" } ?? "")
    }
}

extension TapeMismatch: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownSymbol(let symbol, let nearest, let known):
            "\(symbol) is not on the tapes; "
                + (nearest.map { "did you mean \($0)?" } ?? "they have \(Self.some(known))")
        case .missingBTC(let symbol, let nearest):
            "BTC is missing: \(symbol) is not on the tapes; "
                + (nearest.map { "did you mean \($0)?" } ?? "add its tape or leave `btc` out")
        case .ambiguousSymbol(let symbol, let venues):
            "\(symbol) is an instrument of several venues (\(venues.joined(separator: ", "))); "
                + "use tapes of one of them"
        case .noCandles(let symbol):
            "\(symbol) has no candles on the tapes, and bars are made of them; import some"
        case .noCandlesAtAll: "nothing on the tapes has candles, and bars are made of them"
        case .impossibleTimes(let symbol):
            "candles of \(symbol) lie outside the years 1970 to 2199; import them again"
        case .unevenBar(let symbol, let candleNs):
            "a bar must be a whole number of the finest candles of \(symbol), "
                + "\(TimeSpan.text(candleNs)) long"
        case .lateCandles(let symbol, let feedNs):
            "candles of \(symbol) become visible \(TimeSpan.text(feedNs)) after their close, "
                + "later than their bar's tick; make it at least as long as `feed`"
        case .noBars(let tapes): "no bar lies on the tapes, which hold \(Self.span(tapes))"
        case .noBarsOfSymbol(let symbol, let candles):
            "no bar of \(symbol) lies in the window; its candles are of \(Self.span(candles))"
        case .noBooks(let symbol):
            "\(symbol) has no books on the tapes; leave the symbol or `l2` out"
        case .shallowBooks(let symbol, let levels):
            "books of \(symbol) have \(levels) levels, and 5 are needed; import more of them"
        case .lowCoverage(let symbol, let held, let bars):
            "\(held) of \(bars) bars of \(symbol) hold a book, and 95 % must; "
                + "choose another window or leave the symbol out"
        case .noBooksToFill(let symbol):
            "\(symbol) has no books on the tapes to fill orders on; use `fills: \"candles\"`"
        case .noFunding(let symbol):
            "\(symbol) is a perpetual without funding on the tapes; import its funding rates"
        case .unclearFunding(let symbol):
            "one funding print of \(symbol) does not tell how often funding is due; import more of them"
        case .shortLivedOrders(let symbol, let candleNs):
            "orders for \(symbol) wait for the next candle of \(TimeSpan.text(candleNs)) to open and "
                + "expire before; make it at least as long as a candle"
        case .injectionElsewhere(let symbol, let run):
            "\(symbol) is no symbol of the run, which has \(Self.some(run))"
        case .strayInjection(let atNs, let run):
            "\(Timestamp(nanoseconds: atNs)) lies outside the run, which goes from \(Self.span(run))"
        case .idleInjection(let kind, let needs):
            "\(kind.rawValue) changes nothing here: no symbol that it is for has \(needs); "
                + "remove it"
        case .noTrades(let symbol):
            "\(symbol) has no trades on the tapes, and this set needs them; use the set `min`"
        case .unknownSides(let symbol, let count):
            "\(count) trades of \(symbol) in the window have no known side, and this set needs "
                + "it; use the set `min`"
        }
    }

    private static func some(_ symbols: [String]) -> String {
        symbols.prefix(8).joined(separator: ", ") + (symbols.count > 8 ? ", ..." : "")
    }

    private static func span(_ times: ClosedRange<Int64>) -> String {
        "\(Timestamp(nanoseconds: times.lowerBound)) to \(Timestamp(nanoseconds: times.upperBound))"
    }
}

extension RunPurpose: CustomStringConvertible {
    package var description: String {
        switch self {
        case .features: "making features"
        case .training: "training"
        case .replay: "a replay"
        }
    }
}
