internal import Glibc
package import Testing

/// One try of a property that must hold for every seed. A failure prints it, and the line that it
/// prints runs it again.
package struct Trial: Sendable, CustomTestStringConvertible {
    package let scenario: String
    package let seed: UInt64

    /// `count` trials with fixed seeds, or the one that `TAPEDECK_SEED` asks for.
    package static func trials(_ count: Int, of scenario: String) -> [Trial] {
        if let text = unsafe getenv("TAPEDECK_SEED"),
            let seed = unsafe UInt64(String(cString: text))
        {
            return [Trial(scenario: scenario, seed: seed)]
        }
        return (1...count).map { Trial(scenario: scenario, seed: UInt64($0)) }
    }

    package var generator: SeededGenerator { SeededGenerator(seed: seed) }

    package var testDescription: String { "\(scenario), seed \(seed)" }

    /// What to add to an expectation: where it failed, and how to see it again.
    package func note(_ difference: String?) -> Comment {
        "\(scenario), seed \(seed): \(difference ?? "equal"); again: TAPEDECK_SEED=\(seed) swift test"
    }
}
