import Kernel
import TestSupport

/// Runs that tests start from.
enum TestPlan {
    /// The committed tape of two hours, with every family of features.
    static func golden() async throws -> RunPlan {
        try await StartUp.plan(scenarioPath: SharedData.packageRoot + "/scenarios/golden.json5")
    }
}
