package import JSON
package import Scenarios

/// The report of a stress test that nobody played, as `tapedeck stress` would have written it.
package struct MadeUpStressTest {
    package var schema = "tapedeck.stress/1"
    package var verdict = "pass"
    package var reasons: [String] = []
    package var lost: JSONValue = 0.01
    package var fromNs: Int64
    package var toNs: Int64
    package var injections: [Injection]
    /// Digests by symbol.
    package var candidates: [(symbol: String, digest: String)]

    /// Of what preflight asks for, at the sizes that it asks for.
    package init(
        fromNs: Int64, toNs: Int64, candidates: [(symbol: String, digest: String)],
        injections: [Injection] = [
            Injection(.flashCrash, start: .after(0)), Injection(.halvingStep, start: .after(0)),
        ]
    ) {
        self.fromNs = fromNs
        self.toNs = toNs
        self.candidates = candidates
        self.injections = injections
    }

    package var document: JSONValue {
        [
            "schema": .string(schema), "verdict": .string(verdict),
            "reasons": .array(reasons.map { .string($0) }),
            "window": ["from_ns": .integer(fromNs), "to_ns": .integer(toNs)],
            "injections": .array(injections.map(\.document)),
            "candidates": .array(
                candidates.map {
                    [
                        "symbol": .string($0.symbol), "model": "model", "version": 1,
                        "digest": .string($0.digest),
                    ]
                }),
            "f1": [
                "whole": ["pooled": ["lost": ["value": lost]]],
                "injections": .array(injections.map { _ in ["pooled": ["lost": ["value": lost]]] }),
            ],
        ]
    }

    package var text: [UInt8] { Array(document.text().utf8) }
}
