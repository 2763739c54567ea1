// DELETE THIS FILE at the merge: it stands for the line, the start-up and the configuration's text,
// which are written elsewhere, so that the command can be built against their interfaces.
package import Features

package enum Slicing: Equatable, Sendable {
    case events(Int)
    package static let standard = Slicing.events(32_768)
}

package struct LineOptions: Sendable {
    package var lanes: Int
    package var slicing: Slicing
    package var speed: Speed

    package init(lanes: Int, slicing: Slicing = .standard, speed: Speed = .max) {
        self.lanes = lanes
        self.slicing = slicing
        self.speed = speed
    }
}

package struct LineProgress: Sendable {
    package let startNs: Int64
    package let marketNs: Int64
    package let endNs: Int64
    package let eventCount: Int
}

package struct SymbolSummary: Sendable {
    package let enricher: EnricherCounts
}

package struct LineSummary: Sendable {
    package let isComplete: Bool
    package let reachedNs: Int64
    package let eventCount: Int
    package let symbols: [SymbolSummary]
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

package struct Conductor: Sendable {
    private let plan: RunPlan

    package init(plan: RunPlan, options: LineOptions) { self.plan = plan }

    @concurrent
    package func run(
        sink: @escaping @Sendable (_ rows: [FeatureRows]) throws -> Void,
        log: @escaping @Sendable (LogEvent) -> Void = { _ in },
        progress: @escaping @Sendable (LineProgress) -> Void = { _ in },
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) async throws -> LineSummary {
        LineSummary(
            isComplete: true, reachedNs: 0, eventCount: 0,
            symbols: plan.symbols.filter(\.hasRows).map { _ in
                SymbolSummary(enricher: EnricherCounts(columnCount: plan.config.columns.count))
            })
    }
}

package struct NotMerged: Error {}

package enum StartUp {
    package static func plan(scenarioPath: String) throws -> RunPlan { throw NotMerged() }
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
