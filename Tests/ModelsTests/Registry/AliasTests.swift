import Features
import Files
import JSON
import Market
import Models
import TestSupport
import Testing

@Suite("An alias")
struct AliasTests {
    private let folder = TemporaryFolder()
    private let name = TestModel.name
    private var registry: ModelRegistry { ModelRegistry(folder.path) }

    private func flip(
        _ alias: ModelAlias, to version: Int, _ expecting: AliasExpectation
    ) throws {
        try registry.flip(
            alias, of: name, to: version, expecting: expecting, by: "anna", why: "test",
            atNs: 1_750_000_000_000_000_000)
    }

    private func addVersions(_ count: Int) throws {
        for leaf in 1...count { try registry.add(TestModel.files(leaf: Double(leaf)), as: name) }
    }

    @Test("is set by whoever knows what it is, and tells who, when, from, to and why")
    func flips() throws {
        try addVersions(2)
        #expect(try registry.alias(.champion, of: name) == nil)
        try flip(.champion, to: 1, .epoch(0))
        try flip(.candidate, to: 2, .epoch(0))
        try flip(.champion, to: 2, .version(1))
        try flip(.champion, to: 1, .epoch(2))
        let digests = try [1, 2].map { try registry.artifact(name, $0).digest }
        let state = try #require(try registry.alias(.champion, of: name))
        #expect((state.version, state.epoch, state.digest) == (1, 3, digests[0]))
        #expect(try registry.alias(.candidate, of: name)?.version == 2)
        let history = try registry.history(of: name)
        #expect(history.map(\.from) == [nil, nil, 1, 2])
        #expect(history.map(\.to) == [1, 2, 2, 1])
        #expect(history.map(\.epoch) == [1, 1, 2, 3])
        #expect(history.map(\.digest) == [1, 2, 2, 1].map { digests[$0 - 1] })
        #expect(history.allSatisfy { $0.by == "anna" && $0.why == "test" })
        #expect(history.allSatisfy { $0.atNs == 1_750_000_000_000_000_000 })
        #expect(try registry.verify().isEmpty)
    }

    @Test("stays as it is where the caller was wrong about it")
    func lost() throws {
        try addVersions(3)
        try flip(.champion, to: 1, .epoch(0))
        try flip(.champion, to: 2, .epoch(1))
        try flip(.champion, to: 1, .epoch(2))
        let state = try registry.alias(.champion, of: name)
        let before = try registry.history(of: name)
        // There and back: the version is the one expected, the epoch is not.
        for expecting: AliasExpectation in [.epoch(0), .epoch(1), .epoch(4), .version(2)] {
            #expect(
                throws: RegistryError.lost(
                    name, .champion, expected: expecting, found: state)
            ) { try flip(.champion, to: 3, expecting) }
        }
        #expect(throws: RegistryError.unchanged(name, .champion, version: 1)) {
            try flip(.champion, to: 1, .epoch(3))
        }
        #expect(throws: RegistryError.noVersion(name, 9, known: [1, 2, 3])) {
            try flip(.champion, to: 9, .epoch(3))
        }
        #expect(try registry.history(of: name) == before)
    }

    @Test("does not point to a version that is damaged")
    func damaged() throws {
        try addVersions(1)
        let booster = folder.file("\(name)/versions/1/booster.json")
        TestFile.write(TestFile.read(booster) + [10], to: booster)
        #expect(throws: RegistryError.self) { try flip(.candidate, to: 1, .epoch(0)) }
        #expect(try registry.history(of: name).isEmpty)
    }

    @Test("of a champion needs a fallback for each family that may fail")
    func fallbacks() throws {
        let families: [(ModelAlias, FeatureColumn.Family, (inout FeatureFamilies) -> Void)] = [
            (.championNoL2, .l2, { $0.l2 = FeatureFamilies.L2() }),
            (.championBTCBlind, .btc, { $0.btc = FeatureFamilies.BTC() }),
            (.championPreTrack12, .fracDiff, { $0.fracDiff = FeatureFamilies.FracDiff() }),
        ]
        try registry.add(TestModel.files(), as: name)
        for (index, (alias, family, change)) in families.enumerated() {
            let version = try registry.add(
                TestModel.files(TestModel.config(change)), as: name)
            let epoch = AliasExpectation.epoch(index)
            #expect(
                throws: RegistryError.noFallback(name, version: version, alias, family)
            ) { try flip(.champion, to: version, epoch) }
            #expect(
                throws: RegistryError.unfitFallback(name, version: version, alias, family)
            ) { try flip(alias, to: version, .epoch(0)) }
            // A candidate may be anything.
            try flip(.candidate, to: version, .epoch(index))
            try flip(alias, to: 1, .epoch(0))
            try flip(.champion, to: version, epoch)
        }
        let all = try registry.add(
            TestModel.files(TestModel.config { for family in families { family.2(&$0) } }),
            as: name)
        try flip(.champion, to: all, .epoch(3))
        #expect(try registry.verify().isEmpty)
    }

    @Test("is as before a flip or as after it, wherever its writer died", .tags(.bytes))
    func crashes() throws {
        try addVersions(2)
        let path = folder.file("\(name)/aliases.jsonl")
        try flip(.champion, to: 1, .epoch(0))
        let before = TestFile.read(path)
        try flip(.champion, to: 2, .epoch(1))
        let after = TestFile.read(path)
        #expect(after.starts(with: before))
        for size in before.count...after.count {
            TestFile.write(Array(after[..<size]), to: path)
            let isDone = size == after.count
            #expect(try registry.alias(.champion, of: name)?.version == (isDone ? 2 : 1))
            let isTorn = size != before.count && !isDone
            #expect(try registry.verify().count == (isTorn ? 1 : 0))
            #expect(try registry.verify().allSatisfy { !$0.isFailure })
            if isDone { continue }
            // The next flip takes the place of what was torn.
            try flip(.champion, to: 2, .epoch(1))
            let isEqual = TestFile.read(path) == after
            #expect(isEqual, "after a crash at byte \(size)")
        }
    }

    @Test("with a history that was edited is not trusted, whatever was edited", .tags(.bytes))
    func edited() throws {
        try addVersions(2)
        let path = folder.file("\(name)/aliases.jsonl")
        for (index, version) in [1, 2, 1].enumerated() {
            try flip(.champion, to: version, .epoch(index))
        }
        let bytes = TestFile.read(path)
        // All but the last newline, without which the last flip did not happen.
        for index in 0..<(bytes.count - 1) {
            var edited = bytes
            edited[index] ^= 1
            TestFile.write(edited, to: path)
            #expect(throws: RegistryError.self, "byte \(index)") {
                try registry.alias(.champion, of: name)
            }
            #expect(throws: RegistryError.self) { try flip(.champion, to: 2, .epoch(3)) }
        }
        let lines = bytes.split(separator: 10).map { Array($0) + [10] }
        let cuts = [
            lines[1] + lines[2], lines[0] + lines[2], lines[1] + lines[0] + lines[2],
            lines[0] + lines[0] + lines[1] + lines[2],
        ]
        for cut in cuts {
            TestFile.write(cut, to: path)
            #expect(throws: RegistryError.self) { try registry.history(of: name) }
            #expect(try registry.verify().contains { $0.isFailure })
        }
        TestFile.write(bytes, to: path)
        #expect(try registry.history(of: name).count == 3)
        // A history is one model's own.
        let other = try #require(ModelName("CVNTrade_XGBoost_ETHUSDC_SL0.5_TP1_H4"))
        for leaf in [1.0, 2.0] { try registry.add(TestModel.files(leaf: leaf), as: other) }
        TestFile.write(bytes, to: folder.file("\(other)/aliases.jsonl"))
        #expect(throws: RegistryError.self) { try registry.history(of: other) }
    }

    @Test("is set by exactly one of many at each epoch", .tags(.concurrency))
    func race() async throws {
        try addVersions(2)
        let (registry, name) = (registry, name)
        for epoch in 0..<5 {
            let target = epoch % 2 + 1
            let wins = await withTaskGroup(of: Bool.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        do throws(RegistryError) {
                            try registry.flip(
                                .champion, of: name, to: target, expecting: .epoch(epoch),
                                by: "task \(task)", why: "race", atNs: 0)
                            return true
                        } catch {
                            if case .lost = error { return false }
                            Issue.record(error)
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
        }
        #expect(try registry.history(of: name).map(\.epoch) == Array(1...5))
    }
}
