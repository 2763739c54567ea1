// One fuzzing process: `Fuzz TARGET [libFuzzer's options] CORPUS`; see scripts/fuzz.

internal import CFuzzer
internal import Glibc

switch CommandLine.arguments.dropFirst().first {
case "tape":
    unsafe drive { start, count in
        TapeReaderFuzzing.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
case let name:
    print("no fuzz target is called \(name ?? "")")
    exit(2)
}

/// Runs libFuzzer with the arguments after the target's name; it ends the process.
func drive(_ oneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32) {
    var count = CommandLine.argc - 1
    let arguments = unsafe CommandLine.unsafeArgv + 1
    unsafe arguments.withMemoryRebound(
        to: UnsafeMutablePointer<CChar>?.self, capacity: Int(count)
    ) { start in
        var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe start
        exit(unsafe LLVMFuzzerRunDriver(&count, &pointer, oneInput))
    }
}
