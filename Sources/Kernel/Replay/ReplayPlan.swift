package import Desk
import Features
package import Journal
import Market
package import Rollout
import Scenarios
import Tape

/// A scenario that was checked against its tapes and its models: all that a replay needs to start.
package struct ReplayPlan: Sendable {
    package let run: RunPlan
    /// Those that have rows, in the order of their names.
    package let tradedSymbols: [SymbolPlan]
    /// Every version that the run may serve.
    package let models: [ServedModel]
    /// By role, then by traded symbol: an index into `models`.
    package let service: [[Int?]]
    package let switches: [ServiceSwitch]
    /// By traded symbol: what stands in where a model cannot decide, in the order of declaration.
    package let fallbacks: [[Int]]
    package let kills: [KillChange]
    /// Nil for a run whose models nothing is known of.
    package let monitors: MonitorSetup?
    /// Nil for a replay that decides nothing about its candidate.
    package var rollout: RolloutSetup?
    package let record: RunRecord

    package init(
        run: RunPlan, models: [ServedModel], service: [[Int?]], switches: [ServiceSwitch],
        fallbacks: [[Int]], kills: [KillChange] = [], monitors: MonitorSetup?,
        rollout: RolloutSetup? = nil, record: RunRecord
    ) {
        self.run = run
        tradedSymbols = run.symbols.filter(\.hasRows)
        self.models = models
        self.service = service
        self.switches = switches
        self.fallbacks = fallbacks
        self.kills = kills
        self.monitors = monitors
        self.rollout = rollout
        self.record = record
    }

    /// Raised only when a golden digest changes: equal inputs then give other results.
    package static let resultsVersion = 3
}

extension RunPlan {
    /// How the desk is set up; nil for a run that trades nothing.
    package var deskSettings: DeskSettings? {
        guard trades, let execution = scenario.execution, let strategy = scenario.strategy else {
            return nil
        }
        return DeskSettings(
            execution: execution, strategy: strategy, barNs: config.barNs,
            barDelayNs: config.barDelayNs, orderLatencyNs: orderLatencyNs,
            hasCandidate: scenario.serving?.candidateAlias != nil)
    }

    /// When the candles of the symbol that lives longest end. One that ends within a bar of it was
    /// not delisted: the tape ends.
    private var endOfCandlesNs: Int64 {
        symbols.compactMap { list.visibleTimes(ofStream: $0.candles)?.upperBound }.max() ?? 0
    }

    /// The symbols that have rows, as the desk needs to know them.
    package var deskSymbols: [DeskSymbol] {
        symbols.indices.filter { symbols[$0].hasRows }.map { index in
            let symbol = symbols[index]
            let fills =
                scenario.execution?.fills == .book ? symbol.books ?? symbol.candles : symbol.candles
            let isReceived = list.streams[fills].schema.extras.contains(.receiveTime)
            let last = list.visibleTimes(ofStream: fills)?.upperBound ?? 0
            return DeskSymbol(
                instrument: symbol.instrument, sliceIndex: index,
                candleNs: list.streams[symbol.candles].intervalNs,
                lastVisibleNs: last + config.barNs < endOfCandlesNs
                    ? last + (isReceived ? 0 : config.feedLatencyNs) : .max,
                fundingIntervalNs: symbol.fundingIntervalNs,
                conditions: VenueConditions(injections[index]))
        }
    }
}
