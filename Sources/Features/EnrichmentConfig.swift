/// Everything that shapes the features: equal configurations give equal columns of equal values.
package struct EnrichmentConfig: Equatable, Sendable {
    package var barNs: Int64
    /// Where the enricher starts. Recursive indicators depend on it, so it is pinned.
    package var featureEpochNs: Int64
    /// Added to the event time of what was recorded without a receive time.
    package var feedLatencyNs: Int64
    /// From a bar's close to its tick.
    package var barDelayNs: Int64
    package var families: FeatureFamilies

    package init(
        barNs: Int64, featureEpochNs: Int64, feedLatencyNs: Int64, barDelayNs: Int64,
        families: FeatureFamilies
    ) {
        self.barNs = barNs
        self.featureEpochNs = featureEpochNs
        self.feedLatencyNs = feedLatencyNs
        self.barDelayNs = barDelayNs
        self.families = families
    }

    /// The columns of a row, in order.
    package var columns: [FeatureColumn] { families.columns }
}

/// Which families of features are on, and how.
package struct FeatureFamilies: Equatable, Sendable {
    package var hasBaseline = true
    package var btc: BTC?
    package var l2: L2?
    package var fracDiff: FracDiff?
    package var hasInteractions = false

    package init() {}

    package struct BTC: Equatable, Sendable {
        package enum Set: String, CaseIterable, Sendable {
            case min, full
            case volOnly = "vol_only"
        }

        package static let purgeBarsRange = 0...200

        /// The instrument that is BTC.
        package var symbol = "BTCUSDC"
        package var set = Set.full
        package var purgeBars = 20

        package init() {}
    }

    package struct L2: Equatable, Sendable {
        package enum Set: String, CaseIterable, Sendable {
            case min, standard
            case flowOnly = "flow_only"
        }

        package static let purgeBarsRange = 0...200
        /// Raised when a definition changes, so that a model pinned to the old one is not served.
        package static let schemaVersion = 1
        package static let windowNs: Int64 = 15 * 60 * 1_000_000_000
        /// A line has two parameters, so fewer than two observations never have a slope.
        package static let kyleMinObservationsRange = 2...100_000

        package var set = Set.standard
        package var purgeBars = 20
        package var kyleMinObservations = 10

        package init() {}
    }

    package struct FracDiff: Equatable, Sendable {
        package enum Source: String, CaseIterable, Sendable {
            case close, logClose
        }

        /// The orders that a column exists for, as tenths.
        package static let ordersInTenths = [4, 5]
        package static let minWeights = [1e-3, 5e-4, 1e-5]

        /// In ascending order.
        package var ordersInTenths = [4]
        package var minWeight = 5e-4
        package var source = Source.close

        package init() {}
    }
}
