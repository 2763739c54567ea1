package import Files
import JSON

extension RolloutSetup {
    /// Whether there is nothing to roll out: the candidate is the champion on every symbol.
    package var isIdentical: Bool {
        symbols.allSatisfy { $0.candidate.digest == $0.champion.digest }
    }

    /// Names the rollout in the ids of its events: what is rolled out, in place of what, by which
    /// plan, from which market time on and at which attempt. Commands are no part of it, so that
    /// given by hand or by a script they lead to the same log.
    package var rollout: Digest {
        let models: [JSONValue] = symbols.map {
            [
                .string($0.name), .string($0.champion.digest.description),
                .string($0.candidate.digest.description),
            ]
        }
        let parts: JSONValue = [
            .array(models), .string(planDigest.description), JSONValue(attempt), .integer(startNs),
            .integer(barNs), .string(String(seed)),
        ]
        return .sha256(of: parts.text())
    }
}
