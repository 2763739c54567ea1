internal import Glibc

/// How often this process takes memory, where a library that counts was loaded before all others.
///
/// The program itself does not count. `measure` starts it once more with the library, which is
/// built beside it.
enum AllocationCount {
    private static let library = "libAllocationCounter.so"
    /// Set in the process that counts, so that it knows what it was started for.
    private static let variable = "TAPEDECK_COUNT_ALLOCATIONS"

    static var isWanted: Bool { Console.environment(variable) != nil }

    /// Since the process started; nil where nobody counts.
    static var now: Int? {
        typealias Count = @convention(c) () -> UInt
        guard let symbol = unsafe dlsym(nil, "tapedeck_allocation_count") else { return nil }
        return unsafe Int(unsafeBitCast(symbol, to: Count.self)())
    }

    /// What this program prints when it is run with `words` and counts; nil where the library is
    /// missing.
    static func measure(_ words: [String]) -> String? {
        guard let program, let cut = program.lastIndex(of: "/") else { return nil }
        let path = String(program[...cut]) + library
        guard SystemText.exists(path) else { return nil }
        return Subprocess.output(
            [program] + words, environment: ["LD_PRELOAD": path, variable: "1"])
    }

    /// The file of the running program.
    private static var program: String? {
        guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
