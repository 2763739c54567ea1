import Files
import Journal
import Testing

@Suite struct `The chain of a run's rows` {
    private static func event(_ name: String, _ detail: String, atNs: Int64 = 1) -> JournalRow {
        JournalRow(.events, atNs: atNs, [.null, .text(name), .text(detail)])
    }

    private static func tip(_ rows: [JournalRow]) -> Digest {
        var chain = JournalChain()
        for row in rows { _ = chain.advance(row) }
        return chain.tip
    }

    /// Computed from the documentation by another program.
    @Test func `has the hashes that it has always had`() {
        var chain = JournalChain()
        #expect(
            "\(chain.tip)" == "8c75e119eb9efd069a574e5bf3e3d44129e83a081b2d7f0d5d184364dc61bf70")
        _ = chain.advance(Self.event("ab", "é"))
        _ = chain.advance(JournalRow(.commands, atNs: 2, ["hold", .null, "ada", "look", ""]))
        _ = chain.advance(JournalRow(.quality, atNs: 3, ["s", "n", -7, .null]))
        let footer = JournalFooter(identity: JournalSample.digest("tape"), chain)
        #expect(
            "\(chain.tip)" == "098b539e05315f7b55661bd4253f606268f458232169fa8ee04fa03a6d939ce0")
        #expect(
            "\(chain.commands)"
                == "55d81de7967c00fb683819e68c872040fa62e13cbf965c56e4c7b6ab2351a180")
        #expect(
            "\(footer.hash)" == "1ed2c59a303786fafe4d1a0e3b4c71b75d0d441ada9c7bb78c98a379393ae219")
    }

    @Test func `tells rows apart whose values run together`() {
        let rows = [
            Self.event("ab", "c"), Self.event("a", "bc"), Self.event("abc", ""),
            Self.event("ab", "c", atNs: 2),
            JournalRow(.events, atNs: 1, ["", "ab", "c"]),
            JournalRow(.alerts, atNs: 1, ["ab", "c", "", .null, .null, .null, .null, .null, ""]),
            JournalRow(.days, atNs: 1, ["ab"]),
            JournalRow(.days, atNs: 1, ["1"]),
            JournalRow(.quality, atNs: 1, ["", "", 1, .null]),
            JournalRow(.quality, atNs: 1, ["", "", 1, 0]),
        ]
        #expect(Set(rows.map { Self.tip([$0]) }).count == rows.count)
    }

    @Test func `depends on the order of rows and on each of them`() {
        let rows = JournalSample.rows(count: 30)
        var tips = Set([Self.tip(rows)])
        for index in rows.indices {
            var others = rows
            others.remove(at: index)
            tips.insert(Self.tip(others))
        }
        for index in rows.indices.dropLast() {
            var others = rows
            others.swapAt(index, index + 1)
            tips.insert(Self.tip(others))
        }
        #expect(tips.count == 60)
    }

    @Test func `digests commands by themselves`() {
        let command = JournalRow(.commands, atNs: 1, ["hold", .null, "ada", "look", ""])
        var without = JournalChain()
        var with = JournalChain()
        let none = without.commands
        _ = without.advance(Self.event("a", "b"))
        #expect(without.commands == none)
        _ = with.advance(command)
        let alone = with.commands
        #expect(alone != none)
        var among = JournalChain()
        for row in [Self.event("a", "b"), command, Self.event("c", "d")] { _ = among.advance(row) }
        #expect(among.commands == alone)
        #expect(among.tip != with.tip)
    }
}

@Suite struct `A run's identity` {
    private static func record(
        kind: String = "tape", name: String = "a.tape", digest: String = "a", version: Int = 1,
        scenario: String = "{}"
    ) -> RunRecord {
        RunRecord(
            inputs: [.init(kind: kind, name: name, digest: JournalSample.digest(digest))],
            resultsVersion: version, scenario: scenario)
    }

    @Test func `changes with every input, and not with where it lies`() {
        let records = [
            Self.record(), Self.record(kind: "model"), Self.record(digest: "b"),
            Self.record(version: 2), Self.record(scenario: "{ }"),
            RunRecord(inputs: [], resultsVersion: 1, scenario: "{}"),
        ]
        #expect(Set(records.map(\.identity)).count == records.count)
        #expect(Self.record(name: "elsewhere/a.tape").identity == Self.record().identity)
    }
}
