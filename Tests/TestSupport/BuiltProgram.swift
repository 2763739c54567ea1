internal import Glibc

/// The program that was built along with the tests, run as a process of its own: other hash seeds,
/// another environment.
package enum BuiltProgram {
    package struct Outcome: Sendable {
        package let status: Int32
        package let output: String
    }

    #if DEBUG
        private static let configuration = "debug"
    #else
        private static let configuration = "release"
    #endif

    private static let path = SharedData.packageRoot + "/.build/\(configuration)/tapedeck"

    /// False where tests are built into a folder of their own, as sanitizers are.
    package static var isThere: Bool { unsafe access(path, X_OK) == 0 }

    /// Runs `tapedeck` in the package's folder and returns what it wrote to standard output.
    package static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) -> Outcome {
        let assignments = environment.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }
        let words = ["env"] + assignments + [path] + arguments.map { "'\($0)'" }
        let command = "cd '\(SharedData.packageRoot)' && \(words.joined(separator: " "))"
        guard let pipe = unsafe popen(command, "r") else { return Outcome(status: -1, output: "") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        let status = unsafe pclose(pipe)
        return Outcome(
            status: status >> 8 & 0xFF, output: String(decoding: bytes, as: UTF8.self))
    }
}
