/// Finds what somebody probably meant to type.
package enum Spelling {
    /// The candidate fewest edits away from `word`, the earlier one of two equals; nil when even
    /// that one would have to change in more than a third of its letters.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let letters = Array(word.utf8.prefix(lengthMax))
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.utf8.prefix(lengthMax))
            let distance = distance(letters, other)
            guard distance <= max(1, max(letters.count, other.count) / 3) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// Longer words are compared by their beginnings, which bounds the work.
    private static let lengthMax = 64

    /// Insertions, deletions, replacements and swaps of neighbours, each counted as one, ignoring
    /// the case of ASCII letters (optimal string alignment).
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                let isSame = folded(a[i]) == folded(b[j])
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (isSame ? 0 : 1))
                if i > 0, j > 0, folded(a[i]) == folded(b[j - 1]), folded(a[i - 1]) == folded(b[j])
                {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (65...90).contains(byte) ? byte + 32 : byte
    }
}
