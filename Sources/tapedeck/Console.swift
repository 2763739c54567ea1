internal import Glibc

/// Standard output for results, standard error for everything else.
enum Console {
    /// Writes a result. Unlike `print` it notices a full disk.
    static func output(_ text: String) throws(ConsoleError) {
        try output(Array(text.utf8))
    }

    static func output(_ bytes: [UInt8]) throws(ConsoleError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(
                    STDOUT_FILENO, buffer.baseAddress?.advanced(by: written),
                    buffer.count - written)
            }
            if count < 0, errno != EINTR { throw .cannotWrite(errno: errno) }
            written += max(count, 0)
        }
    }

    /// Writes a line about the run, for a person. Nobody is left to be told when this fails.
    static func note(_ text: String) {
        raw(text + "\n")
    }

    static func error(_ text: String) {
        note(Paint.error.red("error:") + " " + text)
    }

    /// Writes to standard error as it is.
    static func raw(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { buffer in
            unsafe write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }

    /// Whether somebody watches standard error on a terminal that can redraw a line.
    static let isWatched =
        isatty(STDERR_FILENO) == 1 && environment("TERM").map { $0 != "dumb" } ?? false

    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Nanoseconds of the monotonic clock: for progress, never for a result.
    static func nowNs() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

enum ConsoleError: Error, Equatable {
    case cannotWrite(errno: Int32)
}

/// Colour, for a terminal whose user did not set `NO_COLOR`.
struct Paint: Sendable {
    static let output = Paint(descriptor: STDOUT_FILENO)
    static let error = Paint(descriptor: STDERR_FILENO)

    private let isOn: Bool

    private init(descriptor: Int32) {
        let isRefused = Console.environment("NO_COLOR").map { !$0.isEmpty } ?? false
        isOn = !isRefused && isatty(descriptor) == 1
    }

    func red(_ text: String) -> String { painted(text, "31") }
    func green(_ text: String) -> String { painted(text, "32") }

    private func painted(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Ends the process; output is written unbuffered, so nothing is lost.
func finish(with code: ExitCode) -> Never {
    exit(code.rawValue)
}
