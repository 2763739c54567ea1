/// What a run's metrics are told beside the rows of its journal: what only the machine knows, and
/// what the market shows between two looks.
package struct MachineSample: Sendable {
    package struct Inference: Sendable {
        package let symbol: Int
        package let role: String
        package let rowCount: Int
        package let seconds: Double

        package init(symbol: Int, role: String, rowCount: Int, seconds: Double) {
            self.symbol = symbol
            self.role = role
            self.rowCount = rowCount
            self.seconds = seconds
        }
    }

    package var state: String
    package var marketNs: Int64
    /// Since the last sample.
    package var eventCount: Int
    package var inference: [Inference]
    /// By symbol, in the order of their names; empty where nothing new is known.
    package var bookAges: [Double?]
    package var l2NaNShares: [Double?]
    /// Seconds since the run began, by stage and by what was waited for.
    package var stages: [(name: String, seconds: Double)]
    package var waits: [(name: String, seconds: Double)]

    package init(
        state: String, marketNs: Int64, eventCount: Int, inference: [Inference],
        bookAges: [Double?], l2NaNShares: [Double?], stages: [(name: String, seconds: Double)],
        waits: [(name: String, seconds: Double)]
    ) {
        self.state = state
        self.marketNs = marketNs
        self.eventCount = eventCount
        self.inference = inference
        self.bookAges = bookAges
        self.l2NaNShares = l2NaNShares
        self.stages = stages
        self.waits = waits
    }
}

/// What never changes in a run.
package struct MetricsContext: Sendable {
    package let run: String
    package let scenario: String
    package let strategy: String
    package let endNs: Int64
    /// Of each factor, the one that the run computes.
    package let variants: [(factor: String, variant: String)]
    package let states: [String]

    package init(
        run: String, scenario: String, strategy: String, endNs: Int64,
        variants: [(factor: String, variant: String)], states: [String]
    ) {
        self.run = run
        self.scenario = scenario
        self.strategy = strategy
        self.endNs = endNs
        self.variants = variants
        self.states = states
    }
}
