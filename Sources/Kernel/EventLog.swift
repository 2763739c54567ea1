package import Files
internal import Glibc
import Market
internal import Synchronization

/// Something that happened in a run, worth a line: `event=NAME at=… key=value …`.
///
/// A line holds no time of the clock, so equal runs write equal lines.
package struct LogEvent: Equatable, Sendable {
    package enum Level: Sendable {
        /// For a person who watches.
        case notice
        /// For whoever looks into it later.
        case detail
    }

    package enum Value: Equatable, Sendable {
        case text(String)
        case integer(Int)
        case number(Double)
    }

    package struct Field: Equatable, Sendable {
        package let key: String
        package let value: Value

        package init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    package let name: String
    package let level: Level
    /// Market time; nil for what belongs to no instant of it.
    package let atNs: Int64?
    package let fields: [Field]

    package init(_ name: String, _ level: Level, atNs: Int64? = nil, _ fields: [Field] = []) {
        self.name = name
        self.level = level
        self.atNs = atNs
        self.fields = fields
    }

    /// The event's line, without an end.
    package var line: String {
        var line = "event=" + name
        if let atNs { line += " at=\(Timestamp(nanoseconds: atNs))" }
        for field in fields { line += " \(field.key)=\(field.value.text)" }
        return line
    }
}

extension LogEvent.Value {
    fileprivate var text: String {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): value.shortestDecimal
        case .text(let value): Self.needsQuotes(value) ? Self.quoted(value) : value
        }
    }

    private static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || text.unicodeScalars.contains {
                $0.value <= 0x20 || $0.value == 0x7F || ["\"", "=", "\\"].contains($0)
            }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u00" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// Takes a run's events: notices go to a person, and everything to a file where there is one.
package final class EventLog: Sendable {
    private let path: String?
    private let notice: @Sendable (String) -> Void
    private let state: Mutex<State>

    fileprivate struct State {
        var descriptor: Int32?
        var failure: OutputError?
    }

    /// - Parameters:
    ///   - path: a file to make, or nil for none.
    ///   - notice: takes the line of each notice.
    package init(
        path: String? = nil, notice: @escaping @Sendable (String) -> Void
    ) throws(OutputError) {
        self.path = path
        self.notice = notice
        var descriptor: Int32?
        if let path {
            let opened = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard opened >= 0 else {
                throw .system(path: path, operation: "create", errorNumber: errno)
            }
            descriptor = opened
        }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit {
        if let descriptor = state.withLock({ $0.descriptor }) { Glibc.close(descriptor) }
    }

    /// Writes the event. What goes wrong with the file is told by ``close()``.
    package func write(_ event: LogEvent) {
        let line = event.line
        if event.level == .notice { notice(line) }
        state.withLock { $0.write(line + "\n", path ?? "") }
    }

    /// Ends the file and throws the first thing that went wrong with it.
    package func close() throws(OutputError) {
        let failure = state.withLock { state in
            if let descriptor = state.descriptor, Glibc.close(descriptor) != 0 {
                state.fail(path ?? "", "close")
            }
            state.descriptor = nil
            return state.failure
        }
        if let failure { throw failure }
    }
}

extension EventLog.State {
    fileprivate mutating func write(_ text: String, _ path: String) {
        guard let descriptor, failure == nil else { return }
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return fail(path, "write")
            }
            written += count
        }
    }

    fileprivate mutating func fail(_ path: String, _ operation: String) {
        if failure == nil {
            failure = .system(path: path, operation: operation, errorNumber: errno)
        }
    }
}
