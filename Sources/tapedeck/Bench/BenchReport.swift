internal import Glibc
import JSON
import Market

/// Figures of one benchmark, each with its unit and what it is meant to reach.
struct BenchReport {
    struct Figure {
        let name: String
        let value: Double
        let unit: String
        /// Nil where the figure is for information.
        let aim: String?

        /// Whole numbers from 1,000 on, three decimals below.
        var rounded: String {
            if value >= 1000 { return Units.count(Int(value.rounded())) }
            let thousandths = Int((value * 1000).rounded())
            return FixedPoint.text(Int64(thousandths), decimals: 3)
        }
    }

    let bench: String
    private(set) var figures: [Figure] = []

    init(bench: String) {
        self.bench = bench
    }

    mutating func add(_ name: String, _ value: Double, _ unit: String, aim: String? = nil) {
        figures.append(Figure(name: name, value: value, unit: unit, aim: aim))
    }

    var document: JSONValue {
        [
            "bench": .string(bench), "commit": .string(Self.commit),
            "machine": .string(Self.machine),
            "figures": .object(
                figures.map { figure in
                    JSONMember(
                        figure.name,
                        [
                            "value": .number(figure.value), "unit": .string(figure.unit),
                            "aim": figure.aim.map { .string($0) } ?? nil,
                        ])
                }),
        ]
    }

    func text(isJSON: Bool) -> String {
        if isJSON { return document.text(pretty: true) + "\n" }
        var table = Table(
            ("figure", .left), ("value", .right), ("unit", .left), ("aim", .left))
        for figure in figures {
            table.add(figure.name, figure.rounded, figure.unit, figure.aim ?? "")
        }
        return table.text
    }

    /// The commit that is checked out in the current folder; empty when there is none.
    private static var commit: String {
        guard let head = firstLine(".git/HEAD") else { return "" }
        guard head.hasPrefix("ref: ") else { return head }
        return firstLine(".git/" + head.dropFirst(5)) ?? ""
    }

    private static var machine: String {
        let model = SystemText.lines("/proc/cpuinfo")
            .first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { String($0.drop { $0 == " " }) }
        return "\(model ?? "unknown processor"), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores"
    }

    private static func firstLine(_ path: String) -> String? { SystemText.lines(path).first }
}

/// Small files of the system.
enum SystemText {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Makes the last folder of a file's path, unless it is there.
    static func makeFolder(of path: String) {
        guard let cut = path.lastIndex(of: "/") else { return }
        // Where this fails, so does creating the file, whose error names the path.
        _ = unsafe mkdir(String(path[..<cut]), 0o755)
    }

    /// The lines of the first 64 KiB; none when the file cannot be read.
    static func lines(_ path: String) -> [String] {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}

/// Numbers of the running process.
enum Measure {
    static func median(_ values: [Double]) -> Double {
        precondition(!values.isEmpty)
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try body()
        return (clock.now - start).seconds
    }

    /// Work of all cores for this process so far; other processes, which make a run take longer, do
    /// not count.
    static var processorSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The most memory that the process has held so far.
    static var peakMegabytes: Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
