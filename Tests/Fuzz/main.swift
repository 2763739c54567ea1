// One fuzzing process: `Fuzz TARGET [libFuzzer's options] CORPUS`; see scripts/fuzz.

internal import CFuzzer
internal import Glibc
import JSON
import Tape

private let name = CommandLine.arguments.dropFirst().first ?? ""
private let targets = ["tape", "recipe", "booster"] + ImportFuzzing.targets

switch name {
case "--targets":
    print(targets.joined(separator: "\n"))
case "tape":
    unsafe drive { start, count in
        TapeReaderFuzzing.run(unsafe bytes(start, count))
        return 0
    }
case "recipe":
    unsafe drive { start, count in
        RecipeFuzzing.run(unsafe bytes(start, count))
        return 0
    }
case "booster":
    unsafe drive { start, count in
        BoosterFuzzing.run(unsafe bytes(start, count))
        return 0
    }
case _ where targets.contains(name):
    unsafe drive { start, count in
        ImportFuzzing.run(target: name, bytes: unsafe bytes(start, count))
        return 0
    }
default:
    print("no fuzz target is called '\(name)'; there are \(targets.joined(separator: ", "))")
    exit(2)
}

private func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: start, count: count))
}

/// Runs libFuzzer with the arguments after the target's name; it ends the process.
private func drive(_ oneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32) {
    var count = CommandLine.argc - 1
    let arguments = unsafe CommandLine.unsafeArgv + 1
    unsafe arguments.withMemoryRebound(
        to: UnsafeMutablePointer<CChar>?.self, capacity: Int(count)
    ) { start in
        var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe start
        exit(unsafe LLVMFuzzerRunDriver(&count, &pointer, oneInput))
    }
}
