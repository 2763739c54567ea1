import Kernel
import Scenarios
import Tape
import TestSupport

/// The small market with an injection of every kind, so that spans of most of them overlap.
enum StressedMarket {
    /// Every one at a size at which it changes rows.
    static let injections = """
        { kind: "flashCrash", at: "9h", fall: "30m", hold: "10m", recovery: "1h", depth: 0.1 },
        { kind: "halvingStep", at: "14h", size: -0.05 },
        { kind: "volatilityRegime", at: "18h", factor: 1.5, lasting: "2h" },
        { kind: "correlatedCrash", at: "21h", fall: "20m", recovery: "20m", depth: 0.02 },
        { kind: "spreadBlowOut", at: "8h", factor: 4, lasting: "1h" },
        { kind: "depthDrought", at: "510m", share: 0.7, lasting: "2h" },
        { kind: "fundingSpike", at: "6h", add: 0.0005, lasting: "4h" },
        { kind: "duplicates", at: "7h", share: 0.3, lasting: "5h" },
        { kind: "feedGap", at: "10h", lasting: "20m", symbols: ["ADAUSDC"] },
        { kind: "frozenFeed", at: "11h", lasting: "25m", symbols: ["BTCUSDC"] },
        { kind: "outOfOrder", at: "680m", share: 0.2, delay: "90s", lasting: "3h" },
        { kind: "nanBurst", at: "12h", share: 0.05, lasting: "2h" },
        { kind: "clockSkew", at: "13h", by: "40s", lasting: "1h" },
        { kind: "latencySpike", at: "950m", feed: "7s", order: "3s", lasting: "30m" },
        { kind: "clockSkew", at: "17h", by: "-40s", lasting: "1h" },
        { kind: "feeChange", at: "10h", add: 0.001, lasting: "6h" },
        { kind: "exchangeOutage", at: "20h", lasting: "40m" },
        { kind: "outOfOrder", at: "1430m", share: 0.5, delay: "5s", lasting: "20m" },
        """

    /// Whether rows were received at times of their own, after their events.
    static func market(isReceived: Bool, in folder: TemporaryFolder) async throws -> Made {
        let market = try await ReplayMarket.small(in: folder)
        let tape =
            isReceived
            ? try RewrittenTape.delayed(market.tape, seed: 5, to: folder.file("received.tape"))
            : market.tape
        return Made(market: market, tape: tape)
    }

    struct Made {
        let market: ReplayMarket
        let tape: TapeFile

        /// The replay under some injections.
        func replay(_ injections: String = injections) async throws -> ReplayPlan {
            var market = market
            market.settings += "\ninjections: [\(injections)],"
            return try await market.replay(over: tape)
        }
    }
}

extension RunPlan {
    /// The same injections at the sizes at which they do nothing.
    var zeroed: RunPlan {
        var scenario = scenario
        scenario.injections = scenario.injections.map(\.zeroed)
        return RunPlan(
            scenario: scenario, purpose: purpose, list: list, config: config, symbols: symbols,
            btc: btc, schedule: schedule,
            injections: injections.map { placed in
                placed.map {
                    PlacedInjection(
                        $0.injection.zeroed, number: $0.number, startNs: $0.startNs,
                        anchors: $0.anchors)
                }
            })
    }
}
