internal import Glibc

/// Other programs, for what they cost.
enum Subprocess {
    /// Runs a program found on the path, its output thrown away, and returns its exit status; -1
    /// when it could not be started or died.
    static func run(_ words: [String]) -> Int32 {
        status(words, [:], output: nil)
    }

    /// Begins a program and kills it with SIGKILL as soon as `isDue` says so; false when it was over
    /// before, or could not be started.
    static func kill(_ words: [String], when isDue: () -> Bool) -> Bool {
        guard let child = start(words, [:], output: nil) else { return false }
        var status: Int32 = 0
        var isKilled = false
        // A process that was killed is still waited for, or it would stay as a zombie.
        while true {
            let ended = unsafe waitpid(child, &status, isKilled ? 0 : WNOHANG)
            if ended == child { return status & 0x7F == SIGKILL }
            guard ended == 0 || errno == EINTR else { return false }
            if !isKilled, isDue() {
                Glibc.kill(child, SIGKILL)
                isKilled = true
            } else if !isKilled {
                usleep(2_000)
            }
        }
    }

    /// What a program prints, for as long as that is little; nil when it fails.
    static func output(_ words: [String], environment: [String: String]) -> String? {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        let status = status(words, environment, output: ends[1])
        close(ends[1])
        // A pipe holds 64 kB, so the program can end before anybody reads.
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(ends[0], &bytes, bytes.count)
        guard status == 0, count >= 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func status(
        _ words: [String], _ changes: [String: String], output: Int32?
    ) -> Int32 {
        guard let child = start(words, changes, output: output) else { return -1 }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }

    /// Starts a program found on the path; nil when it could not be.
    ///
    /// - Parameters:
    ///   - changes: variables of the environment that are other than this program's.
    ///   - output: what takes the standard output; nil throws it away.
    private static func start(
        _ words: [String], _ changes: [String: String], output: Int32?
    ) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
        }
        if let output {
            unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        }
        let arguments = unsafe texts(words)
        let environment = unsafe texts(environment(changes))
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        var child = pid_t()
        guard
            unsafe posix_spawnp(&child, words[0], &actions, nil, arguments, environment) == 0
        else { return nil }
        return child
    }

    /// This program's environment with `changes`.
    private static func environment(_ changes: [String: String]) -> [String] {
        var variables: [String] = []
        var next = unsafe environ
        while let variable = unsafe next.pointee {
            variables.append(unsafe String(cString: variable))
            unsafe next += 1
        }
        variables.removeAll { variable in
            changes.keys.contains { variable.hasPrefix($0 + "=") }
        }
        return variables + changes.map { "\($0)=\($1)" }.sorted()
    }

    /// C strings and the nil that ends them; the caller frees them.
    private static func texts(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }
}
