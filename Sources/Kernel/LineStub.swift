// DELETE THIS FILE at the merge: it stands for the line, the start-up and the configuration's text,
// which are written elsewhere, so that the command can be built against their interfaces.
package import Features

package struct LineOptions: Sendable {
    package var lanes = 2
    package var sliceEvents = 65_536
    package var speed = Speed.max

    package init() {}
}

package struct LineProgress: Sendable {
    package var marketNs: Int64
    package var startNs: Int64
    package var endNs: Int64
    package var eventCount: Int
}

package struct LineSummary: Sendable {
    package var eventCount: Int
    package var isComplete: Bool
    /// One for each symbol that has rows.
    package var counts: [EnricherCounts]
}

package struct EnricherCounts: Equatable, Sendable {
    package var rowCount = 0
    package var nanCounts: [Int]
    package var warmUpCounts: [Int]
    package var firstValidBars: [Int?]

    package init(columnCount: Int) {
        nanCounts = [Int](repeating: 0, count: columnCount)
        warmUpCounts = nanCounts
        firstValidBars = [Int?](repeating: nil, count: columnCount)
    }
}

package struct Conductor {
    private let plan: RunPlan

    package init(plan: RunPlan, options: LineOptions) { self.plan = plan }

    package func run(
        sink: (_ rows: [FeatureRows]) async throws -> Void,
        progress: (LineProgress) -> Void, isStopRequested: () -> Bool
    ) async throws -> LineSummary {
        LineSummary(
            eventCount: 0, isComplete: true,
            counts: plan.symbols.filter(\.hasRows).map { _ in
                EnricherCounts(columnCount: plan.config.columns.count)
            })
    }
}

package struct NotMerged: Error {}

extension RunPlan {
    package static func load(scenario path: String) throws -> RunPlan { throw NotMerged() }
}

extension EnrichmentConfig {
    package var text: String { "{}" }
}

package struct FracDiffWeights {
    package private(set) var tapCount = 0

    package init(orderInTenths: Int, minWeight: Double) {
        let order = Double(orderInTenths) / 10
        var weight = 1.0
        while abs(weight) >= minWeight {
            tapCount += 1
            weight *= -(order - Double(tapCount) + 1) / Double(tapCount)
        }
    }
}
