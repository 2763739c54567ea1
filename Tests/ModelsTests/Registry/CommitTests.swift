import Features
import Files
import Models
import TestSupport
import Testing

@Suite struct `A rollout's commit` {
    private let folder = TemporaryFolder()
    private let name = TestModel.name
    private var registry: ModelRegistry { ModelRegistry(folder.path) }
    private let atNs: Int64 = 1_750_000_000_000_000_000

    private static var books: EnrichmentConfig {
        TestModel.config { $0.l2 = FeatureFamilies.L2() }
    }

    /// Version 1, without books, is champion; version 2, with books, wants to be.
    private func rollout() throws -> AliasCommit {
        try registry.add(TestModel.files(), as: name)
        try registry.add(TestModel.files(Self.books), as: name)
        try flip(.champion, to: 1, .epoch(0))
        try flip(.candidate, to: 2, .epoch(0))
        return try commit(champion: 1, candidate: 2)
    }

    private func commit(champion: Int, candidate: Int) throws -> AliasCommit {
        var epochs: [ModelAlias: Int] = [:]
        for alias in ModelAlias.allCases {
            epochs[alias] = try registry.alias(alias, of: name)?.epoch
        }
        return AliasCommit(
            champion: .init(
                number: champion, digest: try registry.artifact(name, champion).digest),
            candidate: .init(
                number: candidate, digest: try registry.artifact(name, candidate).digest),
            epochs: epochs)
    }

    private func flip(
        _ alias: ModelAlias, to version: Int, _ expecting: AliasExpectation
    ) throws {
        try registry.flip(
            alias, of: name, to: version, expecting: expecting, by: "anna", why: "test",
            atNs: atNs)
    }

    @discardableResult
    private func make(_ commit: AliasCommit, why: String = "rollout a") throws -> [AliasFlip] {
        try registry.commit(commit, of: name, by: "anna", why: why, atNs: atNs)
    }

    private var historyPath: String { folder.file("\(name)/aliases.jsonl") }

    @Test func `makes the candidate champion and the champion its fallback`() throws {
        let commit = try rollout()
        let flips = try make(commit)
        #expect(flips.map(\.alias) == [.championNoL2, .champion])
        #expect(flips.map(\.from) == [nil, 1])
        #expect(flips.map(\.to) == [1, 2])
        #expect(flips.map(\.following) == [1, 0])
        #expect(try registry.alias(.champion, of: name)?.version == 2)
        #expect(try registry.alias(.championNoL2, of: name)?.version == 1)
        #expect(try registry.verify().isEmpty)
        #expect(try registry.history(of: name).suffix(2) == flips[...])
    }

    @Test func `is made once, however often it is asked for`() throws {
        let commit = try rollout()
        let flips = try make(commit)
        let bytes = TestFile.read(historyPath)
        #expect(try make(commit) == flips)
        #expect(TestFile.read(historyPath) == bytes)
        // Another rollout that began when this one did has lost.
        #expect(
            throws: RegistryError.lost(
                name, .champion, expected: .epoch(1),
                found: try registry.alias(.champion, of: name))
        ) { try make(commit, why: "rollout b") }
    }

    @Test func `that a crash has cut anywhere did not happen, and is made whole`() throws {
        let commit = try rollout()
        let before = TestFile.read(historyPath)
        let flips = try make(commit)
        let after = TestFile.read(historyPath)
        for size in before.count..<after.count {
            TestFile.write(Array(after[..<size]), to: historyPath)
            #expect(try registry.alias(.champion, of: name)?.version == 1, "\(size)")
            #expect(try registry.alias(.championNoL2, of: name) == nil, "\(size)")
            #expect(try make(commit) == flips)
            #expect(TestFile.read(historyPath) == after)
        }
    }

    @Test func `changes nothing where an alias was set meanwhile`() throws {
        let commit = try rollout()
        try flip(.championNoL2, to: 1, .epoch(0))
        try registry.add(TestModel.files(leaf: 7), as: name)
        try flip(.championNoL2, to: 3, .epoch(1))
        let bytes = TestFile.read(historyPath)
        let state = try registry.alias(.championNoL2, of: name)
        #expect(
            throws: RegistryError.lost(name, .championNoL2, expected: .epoch(0), found: state)
        ) { try make(commit) }
        try flip(.champion, to: 3, .epoch(1))
        try flip(.champion, to: 1, .epoch(2))
        #expect(throws: RegistryError.self) { try make(commit) }
        #expect(TestFile.read(historyPath).starts(with: bytes))
        #expect(try registry.alias(.champion, of: name)?.epoch == 3)
    }

    @Test func `leaves a fallback that is right as it is`() throws {
        _ = try rollout()
        try flip(.championNoL2, to: 1, .epoch(0))
        let flips = try make(try commit(champion: 1, candidate: 2))
        #expect(flips.map(\.alias) == [.champion])
        #expect(try registry.alias(.championNoL2, of: name)?.epoch == 1)
    }

    @Test func `keeps the declared fallback where the champion reads the family too`() throws {
        _ = try rollout()
        try registry.add(TestModel.files(Self.books, leaf: 9), as: name)
        try flip(.championNoL2, to: 1, .epoch(0))
        try flip(.champion, to: 2, .epoch(1))
        let flips = try make(try commit(champion: 2, candidate: 3))
        #expect(flips.map(\.alias) == [.champion])
        #expect(try registry.alias(.championNoL2, of: name)?.version == 1)
    }

    @Test func `refuses a model as its own fallback, and one that was changed`() throws {
        var commit = try rollout()
        let digests = (commit.champion.digest, commit.candidate.digest)
        commit.candidate = commit.champion
        #expect(throws: RegistryError.ownFallback(name, version: 1, .champion)) {
            try make(commit)
        }
        commit.candidate = .init(number: 2, digest: digests.0)
        commit.champion.digest = digests.1
        #expect(throws: RegistryError.changed(name, version: 2)) { try make(commit) }
        #expect(try registry.alias(.champion, of: name)?.version == 1)
        let booster = folder.file("\(name)/versions/2/booster.json")
        TestFile.write(TestFile.read(booster) + [10], to: booster)
        let sound = AliasCommit(
            champion: .init(number: 1, digest: digests.0),
            candidate: .init(number: 2, digest: digests.1), epochs: [.champion: 1])
        #expect(throws: RegistryError.self) { try make(sound) }
        #expect(try registry.alias(.champion, of: name)?.version == 1)
    }
}
