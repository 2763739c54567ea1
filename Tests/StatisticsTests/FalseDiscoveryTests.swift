import JSON
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("Benjamini and Hochberg's adjustment")
struct FalseDiscoveryTests {
    @Test("golden 2.10")
    func golden() {
        let adjusted = FalseDiscovery.adjusted([0.01, 0.04, 0.03, 0.005, 0.2], familySize: 5)
        let expected = [0.025, 0.05, 0.05, 0.025, 0.2]
        #expect(adjusted == expected)
    }

    @Test("keeps the seat of a missing test with p = 1, and spoils no other")
    func missing() {
        let known = FalseDiscovery.adjusted([0.01, 1, 0.03, 1], familySize: 4)
        #expect(FalseDiscovery.adjusted([0.01, nil, 0.03, .nan], familySize: 4) == known)
        let named = FalseDiscovery.adjusted([0.01, 0.03], familySize: 4)
        #expect(named == [known[0], known[2]])
        #expect(FalseDiscovery.adjusted([nil], familySize: 3) == [1])
        #expect(FalseDiscovery.adjusted([], familySize: 3) == [])
    }

    @Test("keeps the order of the p-values and never lowers one")
    func monotone() {
        var random = RandomStream(seed: 1, "family")
        for _ in 0..<100 {
            let p = (0..<20).map { _ in (random.uniform() * 50).rounded() / 50 }
            let adjusted = FalseDiscovery.adjusted(p, familySize: 20)
            let isBounded = zip(p, adjusted).allSatisfy { $0 <= $1 && $1 <= 1 }
            #expect(isBounded)
            let inOrder = p.indices.sorted { p[$0] < p[$1] }.map { adjusted[$0] }
            #expect(inOrder == adjusted.sorted())
            let turned = FalseDiscovery.adjusted(p.reversed(), familySize: 20)
            #expect(Array(turned.reversed()) == adjusted)
        }
    }

    @Test(
        "equals the reference", .enabled(if: SharedData.isPresent, SharedData.hint),
        arguments: ["five", "ties", "one", "random25"])
    func fixture(name: String) throws {
        let reference = try Fixture("stats").root.at("benjamini_hochberg", name)
        let p = try reference.at("p").doubles
        let expected = try reference.at("adjusted").doubles
        let adjusted = FalseDiscovery.adjusted(p, familySize: p.count)
        let isEqual = zip(adjusted, expected).allSatisfy { isNear($0, $1) }
        #expect(isEqual && adjusted.count == expected.count)
        let rejected = try reference.at("reject_at_0.05").elements.map { $0 == .bool(true) }
        #expect(adjusted.map { $0 <= 0.05 } == rejected)
    }
}
