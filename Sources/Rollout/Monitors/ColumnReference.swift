import Statistics

/// One column as training saw it.
struct ColumnReference: Sendable {
    let name: String
    /// Where the column stands in a run's rows.
    let position: Int
    /// In time order.
    let values: [Double]
    /// The finite ones.
    let sorted: [Double]

    init(name: String, position: Int, values: [Double]) {
        self.name = name
        self.position = position
        self.values = values
        sorted = FiniteSort.ascending(values.filter(\.isFinite))
    }
}

/// Mean and standard deviation of what training saw of a column.
struct ReferenceMoments: Sendable {
    private let mean: Double
    private let deviation: Double

    init(_ reference: ColumnReference) {
        let mean = Self.mean(of: reference.sorted)
        var squares = CompensatedSum()
        for value in reference.sorted { squares.add((value - mean) * (value - mean)) }
        self.mean = mean
        let count = reference.sorted.count
        deviation = count > 1 ? (squares.value / Double(count - 1)).squareRoot() : .nan
    }

    /// How far the mean of `values` lies from training's, in training's deviations.
    func shift(of values: [Double]) -> Figure {
        distance(Self.mean(of: values), from: mean, n: values.count)
    }

    func distance(_ value: Double, from expected: Double, n: Int) -> Figure {
        guard deviation > 0 else { return .undefined(.noVariation, n: n) }
        return Figure((value - expected).magnitude / deviation, n: n)
    }

    static func mean(of values: [Double]) -> Double {
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        return sum.value / Double(values.count)
    }
}
