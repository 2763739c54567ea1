import Glibc
import Kernel
import TestSupport

/// Runs that tests start from.
enum TestPlan {
    /// The committed tape of two hours, with every family of features.
    static func golden() async throws -> RunPlan {
        try await StartUp.plan(scenarioPath: SharedData.packageRoot + "/scenarios/golden.json5")
    }

    /// Three days with every family of features as it is by default, and all their rows. Made once
    /// for all tests of the process.
    static func threeDays(_ market: ThreeDayMarket) async throws -> Played {
        switch market {
        case .punctual: try await punctual.value
        case .delayed: try await delayed.value
        }
    }

    /// A run and what it gives on one lane.
    struct Played: Sendable {
        let plan: RunPlan
        let rows: CollectedRows

        fileprivate init(_ market: ThreeDayMarket) async throws {
            plan = try await market.plan(in: folder)
            rows = try await CollectedRows(plan, LineOptions(lanes: 1))
        }
    }

    private static let punctual = Task { try await Played(.punctual) }
    private static let delayed = Task { try await Played(.delayed) }

    /// Lasts as long as the process: a plan opens its tapes anew whenever it runs.
    private static let folder: TemporaryFolder = {
        atexit { TestPlan.folder.remove() }
        return TemporaryFolder()
    }()
}
