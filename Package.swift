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
        system("CSQLite", pkgConfig: "sqlite3"),
        system("CPostgres", pkgConfig: "libpq"),
        system("CCurl", pkgConfig: "libcurl"),
        .target(name: "CXGBoost", path: "Sources/System/CXGBoost"),
        .target(name: "BoostMath", path: "Sources/System/BoostMath"),
        .target(name: "FixedLanes", path: "Sources/System/FixedLanes"),
        .target(name: "AllocationCounter", path: "Sources/System/AllocationCounter"),

        layer("JSON"),
        layer("Numerics"),
        layer("Files", "CCrypto"),
        layer("Market"),
        layer("Statistics", "Numerics", "BoostMath"),
        layer("Tape", "Market", "JSON", "Numerics", "Files", "CZstd", "CArchive"),
        layer("Features", "Market", "JSON", "Numerics", "FixedLanes"),
        layer(
            "Models", "JSON", "Numerics", "Files", "Market", "Statistics", "Features", "CXGBoost"),
        // Models to and from a server.
        layer("Exchange", "JSON", "Files", "Models", "CCurl"),
        layer("Scenarios", "Market", "JSON", "Numerics", "Features", "Models"),
        layer("Desk", "Market", "Features", "Scenarios"),
        layer(
            "Rollout", "Market", "JSON", "Numerics", "Files", "Statistics", "Features", "Models",
            "Scenarios"),
        layer("Journal", "JSON", "Files", "Market", "CSQLite", "CPostgres"),
        // SVG figures, HTML and Markdown: text in, text out.
        layer("Pages"),
        layer(
            "Reports", "JSON", "Market", "Numerics", "Files", "Statistics", "Features", "Models",
            "Scenarios", "Rollout", "Journal", "Pages"),
        layer(
            "Kernel", "Market", "JSON", "Numerics", "Files", "Statistics", "Tape", "Features",
            "Models", "Scenarios", "Desk", "Rollout", "Journal"),
        .executableTarget(
            name: "tapedeck",
            dependencies: [
                "JSON", "Numerics", "Files", "Market", "Statistics", "Tape", "Features", "Models",
                "Exchange", "Scenarios", "Desk", "Rollout", "Journal", "Pages", "Reports", "Kernel",
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport",
            dependencies: [
                "Market", "JSON", "Numerics", "Files", "Tape", "Features", "Models", "Scenarios",
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests("JSONTests", "JSON"),
        tests("NumericsTests", "Numerics"),
        tests("MarketTests", "Market"),
        tests("StatisticsTests", "JSON", "Numerics", "Files", "Statistics"),
        tests("TapeTests", "Market", "JSON", "Numerics", "Files", "Tape"),
        tests("FeaturesTests", "Market", "JSON", "Numerics", "Features"),
        tests(
            "ModelsTests", "Market", "JSON", "Numerics", "Files", "Statistics", "Features",
            "Models"),
        tests("ExchangeTests", "JSON", "Files", "Models", "Exchange"),
        tests("ScenariosTests", "Market", "JSON", "Features", "Models", "Scenarios"),
        tests("DeskTests", "Market", "JSON", "Numerics", "Features", "Scenarios", "Desk"),
        tests(
            "RolloutTests", "Market", "JSON", "Numerics", "Files", "Statistics", "Features",
            "Models", "Scenarios", "Rollout"),
        tests("JournalTests", "Market", "JSON", "Files", "Journal"),
        tests("PagesTests", "Pages"),
        tests(
            "ReportsTests", "JSON", "Market", "Numerics", "Files", "Statistics", "Scenarios",
            "Rollout", "Journal", "Pages", "Reports"),
        tests(
            "KernelTests", "Market", "JSON", "Numerics", "Files", "Statistics", "Tape", "Features",
            "Models", "Scenarios", "Desk", "Rollout", "Journal", "Kernel"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Sanitizers watch what runs on several cores, or what reads bytes; compiling anything else for them
// would take minutes.
if let sanitizer = Context.environment["TAPEDECK_SANITIZE"] {
    let watched =
        sanitizer == "thread"
        ? ["TapeTests", "ModelsTests", "KernelTests"] : ["JSONTests", "TapeTests", "ModelsTests"]
    var needed = Set(watched)
    var unseen = watched
    while let name = unseen.popLast() {
        for dependency in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
            guard case .byNameItem(let other, _) = dependency else { continue }
            if needed.insert(other).inserted { unseen.append(other) }
        }
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products = []
}

// libFuzzer instruments what it drives, so the fuzzers build only where `scripts/fuzz` asks for them.
if Context.environment["TAPEDECK_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz", dependencies: ["CFuzzer", "JSON", "Market", "Files", "Tape", "Models"],
            path: "Tests/Fuzz",
            exclude: ["CFuzzer", "Seeds"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
}
