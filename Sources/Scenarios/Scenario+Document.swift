import Features
package import JSON
import Market
import Models

extension Scenario {
    /// What decides a replay's results, every default written down, and nothing else: neither where
    /// files lie nor how models were trained, for tapes and models count by their digests.
    package var document: JSONValue {
        var members = replayMembers
        // Runs without a rollout or injections keep the name that they had when there were none.
        if let rollout { members.append(JSONMember("rollout", rollout.document)) }
        if !injections.isEmpty {
            members.append(JSONMember("injections", .array(injections.map(\.document))))
        }
        return .object(members)
    }

    private var replayMembers: [JSONMember] {
        let document: JSONValue = [
            "window": window?.document ?? .null,
            "feature_epoch_ns": .optional(featureEpochNs),
            "symbols": symbols.map { .array($0.map { .string($0) }) } ?? .null,
            "bar_ns": .integer(barNs),
            "features": families.document,
            "strategy": strategy?.document ?? .null,
            "latencies": [
                "feed_ns": .integer(latencies.feedNs),
                "bar_delay_ns": .integer(latencies.barDelayNs),
                "compute_ns": .integer(latencies.computeNs),
                "order_ns": .integer(latencies.orderNs),
            ],
            "evaluation_ns": .integer(evaluationNs),
            "seed": .integer(Int64(clamping: seed)),
            "models": serving?.document ?? .null,
            "execution": execution?.document ?? .null,
            "commands": .array(commands.map(\.document)),
        ]
        guard case .object(let members) = document else { return [] }
        return members
    }
}

extension TimeRange {
    fileprivate var document: JSONValue {
        ["from_ns": .integer(startNs), "to_ns": .integer(endNs)]
    }
}

extension FeatureFamilies {
    /// The columns do not tell everything: purges and windows shape them too.
    fileprivate var document: JSONValue {
        [
            "baseline": .bool(hasBaseline),
            "btc": btc.map {
                [
                    "symbol": .string($0.symbol), "set": .string($0.set.rawValue),
                    "purge_bars": JSONValue($0.purgeBars),
                ]
            } ?? .null,
            "l2": l2.map {
                [
                    "set": .string($0.set.rawValue), "purge_bars": JSONValue($0.purgeBars),
                    "kyle_observations_min": JSONValue($0.kyleMinObservations),
                ]
            } ?? .null,
            "frac_diff": fracDiff.map {
                [
                    "d": .array($0.ordersInTenths.map { .number(Double($0) / 10) }),
                    "min_weight": .number($0.minWeight), "source": .string($0.source.rawValue),
                ]
            } ?? .null,
            "interactions": .bool(hasInteractions),
        ]
    }
}

extension Strategy {
    fileprivate var document: JSONValue {
        [
            "stop_ppm": .integer(stopPpm), "target_ppm": .integer(targetPpm),
            "horizon_ns": .integer(horizonNs),
        ]
    }
}

extension Serving {
    /// Without the registry's place and the aliases: which versions they stand for is an input of
    /// its own.
    fileprivate var document: JSONValue {
        ["has_candidate": .bool(candidateAlias != nil)]
    }
}

extension RolloutSettings {
    /// Without the places of files: what stands in them is an input of its own.
    fileprivate var document: JSONValue {
        ["attempt": JSONValue(attempt), "worlds": JSONValue(worldCount)]
    }
}

extension Execution {
    fileprivate var document: JSONValue {
        let (costs, ppm): (String, Int64) =
            switch self.costs {
            case .ladder(let ppm): ("ladder", ppm)
            case .flat(let ppm): ("flat", ppm)
            }
        let (sizing, size): (String, Int64) =
            switch self.sizing {
            case .notional(let micros): ("notional_micros", micros)
            case .equityFraction(let ppm): ("equity_fraction_ppm", ppm)
            }
        return [
            "fills": .string(fills.rawValue), "costs": .string(costs), "cost_ppm": .integer(ppm),
            "spread_ppm": .integer(spreadPpm), "sizing": .string(sizing), "size": .integer(size),
            "symbol_cap_micros": .integer(symbolCapMicros),
            "total_cap_micros": .integer(totalCapMicros),
            "order_time_to_live_ns": .integer(orderTimeToLiveNs),
        ]
    }
}

extension JSONValue {
    fileprivate static func optional(_ value: Int64?) -> JSONValue {
        value.map { .integer($0) } ?? .null
    }
}
