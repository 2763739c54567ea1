import Features
import Kernel
import Tape
import TestSupport
import Testing

@Suite("The digest of feature rows")
struct RowDigestTests {
    @Test("is the same however the rows were cut into slices")
    func slicing() {
        var whole = RowDigest(symbols: ["A", "B"], configText: "{}")
        whole.append([rows(0..<40, seed: 1), rows(0..<40, seed: 2)])
        var generator = SeededGenerator(seed: 7)
        var cut = RowDigest(symbols: ["A", "B"], configText: "{}")
        var start = 0
        while start < 40 {
            let end = min(40, start + Int.random(in: 0...5, using: &generator))
            cut.append([rows(start..<end, seed: 1), rows(start..<end, seed: 2)])
            start = end
        }
        #expect(cut.total == whole.total)
        #expect(cut.symbolDigests == whole.symbolDigests)
    }

    @Test("changes with a bit of a value, a close, a name, the configuration, the symbols' order")
    func sensitivity() {
        let base = digest(["A", "B"], "{}") { _ in }
        #expect(base == digest(["A", "B"], "{}") { _ in })
        let others = [
            digest(["A", "B"], "{}") { $0.values[5] = $0.values[5].nextUp },
            digest(["A", "B"], "{}") { $0.closeNs[2] += 1 },
            digest(["A", "C"], "{}") { _ in }, digest(["AB", ""], "{}") { _ in },
            digest(["B", "A"], "{}") { _ in }, digest(["A", "B"], "{ }") { _ in },
        ]
        #expect(Set(others + [base]).count == others.count + 1)
    }

    @Test("leaves out labels, which have one of their own")
    func labels() {
        var with = RowDigest(symbols: ["A"], configText: "")
        var part = rows(0..<3, seed: 1)
        var without = with
        without.append([part])
        part.labels = [1, 0, -1]
        with.append([part])
        #expect(with.total == without.total)
        #expect(with.labelTotal != without.labelTotal)
    }

    @Test("of a known row is a known one")
    func known() {
        var digest = RowDigest(symbols: ["A"], configText: "")
        var part = FeatureRows()
        part.closeNs = [900]
        part.values = [1, .nan]
        digest.append([part])
        // hashlib.sha256(struct.pack("<qdd", 900, 1, nan)).hexdigest()
        #expect(
            "\(digest.symbolDigests[0])"
                == "0bf39eea2dfc56443f280e7c9a144f0746c2e828a5316c560896ffd73f954f8d")
    }

    private func digest(
        _ symbols: [String], _ config: String, change: (inout FeatureRows) -> Void
    ) -> String {
        var digest = RowDigest(symbols: symbols, configText: config)
        var first = rows(0..<4, seed: 1)
        change(&first)
        digest.append([first, rows(0..<4, seed: 2)])
        return "\(digest.total)"
    }

    private func rows(_ range: Range<Int>, seed: Int) -> FeatureRows {
        var rows = FeatureRows()
        rows.closeNs = range.map { Int64($0) * 900 }
        rows.tickNs = rows.closeNs
        rows.values = range.flatMap { [Double($0 * seed), .nan, Double($0) / 3] }
        return rows
    }
}
