import Desk
import Features
import Journal
import Kernel
import Models
import Reports
import Scenarios

extension MetricsContext {
    init(_ plan: ReplayPlan) {
        let config = plan.run.config
        self.init(
            run: "\(plan.record.identity)", scenario: plan.record.scenarioPath ?? "",
            strategy: plan.run.scenario.strategy?.name ?? "", endNs: plan.run.endNs,
            variants: config.families.variants, states: RunView.State.allCases.map(\.rawValue))
    }
}

extension FeatureFamilies {
    /// By factor, as sweeps call them.
    fileprivate var variants: [(factor: String, variant: String)] {
        func purged(_ name: String, _ bars: Int) -> String {
            bars == 20 ? name : "\(name)_purge\(bars)"
        }
        let orders = fracDiff?.ordersInTenths.map { "d0\($0)" } ?? []
        var names: [String] = []
        if !orders.isEmpty {
            names = [(hasInteractions ? "combined_" : "frac_diff_") + orders.joined(separator: "_")]
        } else if hasInteractions {
            names = ["interactions_only"]
        }
        return [
            ("btc_features", btc.map { purged("btc_" + $0.set.rawValue, $0.purgeBars) } ?? "none"),
            ("l2_features", l2.map { purged($0.set.rawValue, $0.purgeBars) } ?? "none"),
            ("frac_diff", names.first ?? "none"),
        ]
    }
}

extension MachineSample {
    init(_ view: RunView) {
        let times = view.times
        self.init(
            state: view.state.rawValue, marketNs: view.marketNs, eventCount: view.eventCount,
            inference: view.inference.map {
                Inference(
                    symbol: $0.symbol, role: $0.role.name, rowCount: $0.rowCount,
                    seconds: $0.duration.seconds)
            },
            bookAges: view.bookAges, l2NaNShares: view.l2NaNShares,
            stages: [
                ("enrich", times.enrich.seconds), ("score", times.score.seconds),
                ("desk", times.desk.seconds),
            ],
            waits: [
                ("feed", times.feedWait.seconds), ("journal", times.journalWait.seconds),
            ])
    }
}
