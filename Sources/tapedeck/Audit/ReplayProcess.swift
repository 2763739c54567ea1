import Files
internal import Glibc
import Journal
import Kernel

/// This program once more, replaying a scenario.
enum ReplayProcess {
    static let audit = AuditProcess(
        replay: { scenario, journal in
            let status = Subprocess.run(words(scenario, journal))
            guard status == 0 else { throw ReplayProcessError.failed(status: status) }
        },
        kill: { scenario, journal, isDue in
            Subprocess.kill(words(scenario, journal), when: isDue)
        })

    private static func words(_ scenario: String, _ journal: String) -> [String] {
        ["/proc/self/exe", "replay", scenario, "--journal", journal, "--quiet"]
    }
}

/// The program did not replay what this process has just replayed.
enum ReplayProcessError: Error, Equatable, CustomStringConvertible {
    case failed(status: Int32)

    var description: String {
        switch self {
        case .failed(let status):
            "another process could not replay the scenario: exit status \(status)"
        }
    }
}

/// Folders for the journals of an audit.
enum TemporaryJournals {
    /// Makes a folder that nobody else has.
    static func make() throws(OutputError) -> String {
        let parent = Console.environment("TMPDIR") ?? "/tmp"
        var template = Array((parent + "/tapedeck-audit-XXXXXX").utf8CString)
        guard let made = unsafe mkdtemp(&template) else {
            throw .system(path: parent, operation: "create a folder in", errorNumber: errno)
        }
        return unsafe String(cString: made)
    }

    /// Removes it with all that is in it.
    static func remove(_ path: String) {
        do throws(OutputError) {
            OutputFolder.remove(path, holding: try OutputFolder.names(path) ?? [])
        } catch {
            // Whoever empties the place of temporary files will find it.
        }
    }
}
