package import Features

/// Hands the rows of each slice, and at the end the last labels, to whoever keeps them.
package struct RowKeeper: RunKeeper {
    private let sink: @Sendable (_ rows: [FeatureRows]) throws -> Void

    package init(_ sink: @escaping @Sendable (_ rows: [FeatureRows]) throws -> Void) {
        self.sink = sink
    }

    package mutating func append(_ entry: LineEntry) throws { try sink(entry.rows) }

    package mutating func finish(_ end: LineEnd) throws { try sink(end.rows) }
}
