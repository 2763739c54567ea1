// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// A Debian library behind a module map and a shim, nothing else.
func system(_ name: String, pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig)
}

func layer(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], exclude: [],
        swiftSettings: strict)
}

// Targets stand in the order data flows; each imports only those above it.
let package = Package(
    name: "tapedeck",
    products: [
        .executable(name: "tapedeck", targets: ["tapedeck"]),
        // Preloaded by `tapedeck bench features`, linked by nothing.
        .library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"]),
    ],
    targets: [
        system("CZstd", pkgConfig: "libzstd"),
        system("CArchive", pkgConfig: "libarchive"),
        system("CCrypto", pkgConfig: "libcrypto"),
        .target(name: "FixedLanes", path: "Sources/System/FixedLanes"),
        .target(name: "AllocationCounter", path: "Sources/System/AllocationCounter"),

        layer("JSON"),
        layer("Numerics"),
        layer("Market"),
        layer("Statistics"),
        layer("Tape", "Market", "JSON", "Numerics", "CZstd", "CArchive", "CCrypto"),
        layer("Features", "Market", "JSON", "Numerics", "FixedLanes"),
        layer("Scenarios", "Market", "JSON", "Features"),
        layer("Kernel", "Market", "JSON", "Tape", "Features", "Scenarios"),
        .executableTarget(
            name: "tapedeck",
            dependencies: [
                "JSON", "Numerics", "Market", "Statistics", "Tape", "Features", "Scenarios",
                "Kernel",
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport",
            dependencies: [
                "Market", "JSON", "Numerics", "Tape", "Features", "Scenarios", "Kernel",
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests("JSONTests", "JSON"),
        tests("NumericsTests", "Numerics"),
        tests("MarketTests", "Market"),
        tests("StatisticsTests", "Statistics"),
        tests("TapeTests", "Market", "JSON", "Numerics", "Tape"),
        tests("FeaturesTests", "Market", "JSON", "Numerics", "Features"),
        tests("ScenariosTests", "Market", "JSON", "Features", "Scenarios"),
        tests(
            "KernelTests", "Market", "JSON", "Numerics", "Tape", "Features", "Scenarios", "Kernel"),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer instruments what it drives, so the fuzzers build only where `scripts/fuzz` asks for them.
if Context.environment["TAPEDECK_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz", dependencies: ["CFuzzer", "JSON", "Market", "Tape"], path: "Tests/Fuzz",
            exclude: ["CFuzzer", "Seeds"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
}
