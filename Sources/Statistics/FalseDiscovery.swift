/// Benjamini and Hochberg's step-up adjustment of the p-values of one family (1995).
package enum FalseDiscovery {
    /// The adjusted p-values, in the order given, rounded by ``Probability/rounded(_:)``.
    ///
    /// - Parameters:
    ///   - pValues: Nil, or NaN, for a test that is missing or undefined: it keeps its seat with 1.
    ///   - familySize: How many tests were registered beforehand, at least as many as given.
    package static func adjusted(_ pValues: [Double?], familySize: Int) -> [Double] {
        precondition(familySize >= pValues.count, "tests beyond the registered family")
        let known = pValues.map { value in
            guard let value, !value.isNaN else { return 1.0 }
            return value
        }
        let order = known.indices.sorted { (known[$0], $0) < (known[$1], $1) }
        var adjusted = known
        var least = 1.0
        for (position, index) in order.enumerated().reversed() {
            // The quotient is exactly 1 for the last one, so none falls below its own p-value.
            least = min(least, known[index] * (Double(familySize) / Double(position + 1)))
            adjusted[index] = Probability.rounded(least)
        }
        return adjusted
    }
}
