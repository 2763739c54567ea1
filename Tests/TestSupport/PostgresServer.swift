private import Glibc
package import Testing

/// A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder, reached through a
/// socket there, without any wish to survive a power cut.
package final class PostgresServer: Sendable {
    private static let programs = "/usr/lib/postgresql/15/bin/"

    /// Whether it is installed: `.enabled(if: PostgresServer.isInstalled, PostgresServer.hint)`.
    package static var isInstalled: Bool { unsafe access(programs + "postgres", X_OK) == 0 }

    package static let hint: Comment = "PostgreSQL 15 is not installed"

    /// One for all suites that leave it running.
    package static let shared: PostgresServer = {
        let server = PostgresServer()
        atexit {
            PostgresServer.shared.stop()
            PostgresServer.shared.folder.remove()
        }
        return server
    }()

    private let folder = TemporaryFolder()

    package init() {
        // The server refuses to run as root.
        if getuid() == 0, let user = unsafe getpwnam("nobody") {
            let (uid, gid) = unsafe (user.pointee.pw_uid, user.pointee.pw_gid)
            unsafe chown(folder.path, uid, gid)
        }
        let status = Self.run([
            Self.programs + "initdb", "-D", data, "-U", "tapedeck", "-A", "trust", "-N", "-E",
            "UTF8",
            "--locale=C",
        ])
        precondition(status == 0, "initdb ended with \(status)")
        start()
    }

    deinit { stop() }

    private var data: String { folder.file("data") }

    package func start() {
        let settings =
            "-c listen_addresses='' -c unix_socket_directories=\(folder.path) -c fsync=off"
            + " -c full_page_writes=off -c max_connections=50 -c shared_buffers=16MB"
        let status = control(["start", "-o", settings, "-l", folder.file("log")])
        precondition(status == 0, "the server did not start: see its log in \(folder.path)")
    }

    /// Ends every session at once, as a crash does.
    package func stop() {
        _ = control(["stop", "-m", "immediate"])
    }

    package func restart() {
        stop()
        start()
    }

    /// A journal's location in a schema of its own.
    package func location(schema: String) -> String {
        "postgresql://tapedeck@/postgres?host=\(folder.path)&options=-csearch_path%3D\(schema)"
    }

    private func control(_ words: [String]) -> Int32 {
        Self.run([Self.programs + "pg_ctl", "-D", data, "-w"] + words)
    }

    /// Runs a program of the server's as a user that it accepts.
    private static func run(_ words: [String]) -> Int32 {
        let words =
            getuid() == 0
            ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] + words : words
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child = pid_t()
        guard unsafe posix_spawnp(&child, words[0], &actions, nil, arguments, environ) == 0
        else { return -1 }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }
}
