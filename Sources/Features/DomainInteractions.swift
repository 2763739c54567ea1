/// Products of baseline columns that a tree would need many splits to find.
package enum DomainInteractions {
    /// Appends the values of ``FeatureFamilies/interactionColumns``, in order, from the baseline
    /// values that stand in `row` from `baselineStart` on.
    ///
    /// `bandMiddle` is ``BaselineIndicators/bandMiddle``: the half sum of the bands is up to a
    /// rounding beside the mean they were built around.
    package static func append(
        to row: inout [Double], baselineStart: Int, bar: Bar, bandMiddle: Double
    ) {
        func baseline(_ column: BaselineColumn) -> Double { row[baselineStart + column.rawValue] }
        let upper = baseline(.bandUpper)
        let lower = baseline(.bandLower)
        let momentum = baseline(.momentum)
        let volumeScore = baseline(.volumeScore)

        let strength = (baseline(.strength) - 50) / 50 * baseline(.rangeShare)
        let volume = volumeScore * baseline(.return1)
        let trend = quotient(baseline(.histogram), bar.close) * (baseline(.direction) / 100)
        let position = quotient(bar.close - lower, upper - lower) * quotient(momentum, bar.close)
        let width = quotient(upper - lower, bandMiddle) * volumeScore
        let pace = quotient(momentum, baseline(.range))
        row.append(strength)
        row.append(volume)
        row.append(trend)
        row.append(position)
        row.append(width)
        row.append(pace)
    }
}

/// Where the columns that interact stand among the baseline ones.
private enum BaselineColumn: Int {
    case return1 = 0
    case strength = 5
    case range = 6
    case rangeShare = 7
    case direction = 8
    case histogram = 11
    case bandUpper = 12
    case bandLower = 13
    case momentum = 14
    case volumeScore = 16
}
