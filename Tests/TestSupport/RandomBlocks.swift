package import Market

/// Rows of every shape that a stream can take, drawn from a seed.
package enum RandomBlocks {
    /// How the values of one column behave.
    package enum Shape: CaseIterable {
        case constant, small, walk, steps, anything, extremes
    }

    package static let schemas: [StreamSchema] = [
        .candles(), .candles(extras: [.receiveTime, .quoteVolume, .takerFlow]),
        .trades(), .trades(extras: [.receiveTime, .identifiers]),
        .books(levels: 1), .books(levels: 10), .books(levels: 25, extras: [.receiveTime]),
        .books(levels: 7, extras: [.identifiers]), .funding(), .funding(extras: .receiveTime),
    ]

    package static func block(
        _ schema: StreamSchema, rows: Int, using generator: inout SeededGenerator
    ) -> ColumnBlock {
        let columns = schema.columns.map { column in
            switch column {
            case .side: (0..<rows).map { _ in Int64.random(in: 0...2, using: &generator) }
            case .bidCount, .askCount:
                (0..<rows).map { _ in
                    Int64.random(in: 0...Int64(schema.levels), using: &generator)
                }
            default:
                values(
                    Shape.allCases.randomElement(using: &generator) ?? .walk, rows,
                    using: &generator)
            }
        }
        return ColumnBlock(schema: schema, columns: columns)
    }

    package static func values(
        _ shape: Shape, _ count: Int, using generator: inout SeededGenerator
    ) -> [Int64] {
        var last = Int64.random(in: -1_000_000...1_000_000, using: &generator)
        let step = Int64.random(in: 1...1_000_000, using: &generator)
        return (0..<count).map { _ in
            switch shape {
            case .constant: break
            case .small: last = Int64.random(in: 0...300, using: &generator)
            case .walk: last += Int64.random(in: -40...40, using: &generator)
            case .steps: last += step * Int64.random(in: 0...3, using: &generator)
            case .anything: last = Int64.random(in: .min ... .max, using: &generator)
            case .extremes: last = [.min, .max, 0, -1].randomElement(using: &generator) ?? 0
            }
            return last
        }
    }
}
