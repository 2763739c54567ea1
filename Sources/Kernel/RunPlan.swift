package import Features
package import Market
package import Scenarios
package import Tape

/// A scenario that was checked against its tapes: all that a run needs to start.
package struct RunPlan: Sendable {
    package private(set) var scenario: Scenario
    package let purpose: RunPurpose
    package let list: TapeList
    package let config: EnrichmentConfig
    /// In the order of their names, which is their order at equal times.
    package let symbols: [SymbolPlan]
    /// Which of `symbols` is BTC; nil when no feature asks for it.
    package let btc: Int?
    package let schedule: BarSchedule
    /// What each symbol meets of the scenario's injections.
    package private(set) var injections: [[PlacedInjection]]
    /// What a proof replaces the future by; nil in any other run.
    package var noise: FutureNoise?
    /// What a test of the proofs plants; nil in any other run.
    package var leak: PlantedLeak?

    package init(
        scenario: Scenario, purpose: RunPurpose, list: TapeList, config: EnrichmentConfig,
        symbols: [SymbolPlan], btc: Int?, schedule: BarSchedule,
        injections: [[PlacedInjection]]? = nil
    ) {
        self.scenario = scenario
        self.purpose = purpose
        self.list = list
        self.config = config
        self.symbols = symbols
        self.btc = btc
        self.schedule = schedule
        self.injections = injections ?? symbols.map { _ in [] }
    }

    /// The same run with nothing injected.
    package var unstressed: RunPlan {
        var plan = self
        plan.scenario.injections = []
        plan.injections = symbols.map { _ in [] }
        return plan
    }

    /// The same run, deciding nothing about its candidate.
    package var withoutRollout: RunPlan {
        var plan = self
        plan.scenario.rollout = nil
        plan.scenario.commands.removeAll { $0.action.needsRollout }
        return plan
    }

    /// The same run, asking for no stress test of its candidate yet.
    package var withoutStressTests: RunPlan {
        var plan = self
        plan.scenario.rollout?.stress = []
        return plan
    }

    /// Where the window begins: what comes before it is history, which pacing lets pass.
    package var pacedFromNs: Int64 {
        schedule.firstWindowCloseNs - schedule.barNs
    }

    /// When the last tick was given, the last label, if there are any, is known, and the last order
    /// has been filled or has expired.
    package var endNs: Int64 {
        let labelNs = scenario.strategy.map {
            schedule.lastCloseNs + $0.horizonNs + config.feedLatencyNs
        }
        var tickNs = schedule.lastTickCloseNs + schedule.barDelayNs
        if trades, let execution = scenario.execution {
            tickNs += orderLatencyNs + execution.orderTimeToLiveNs + config.feedLatencyNs
        }
        return max(tickNs, labelNs ?? .min)
    }

    /// Whether orders are filled, for a ledger or for what might have been.
    package var trades: Bool { purpose != .features }

    /// From a tick to the venue.
    package var orderLatencyNs: Int64 {
        scenario.latencies.computeNs + scenario.latencies.orderNs
    }
}

/// One symbol of a run, and which of the list's streams are read for it.
package struct SymbolPlan: Sendable {
    package let instrument: Instrument
    /// False for BTC when it is read for the others' sake alone.
    package let hasRows: Bool
    /// Indexes into the list's streams. Bars and labels come from the finest candles.
    package let candles: Int
    package let trades: Int?
    package let books: Int?
    package let funding: Int?
    /// How far apart funding is due, of a perpetual that trades.
    package let fundingIntervalNs: Int64?

    package init(
        instrument: Instrument, hasRows: Bool, candles: Int, trades: Int?, books: Int?,
        funding: Int?, fundingIntervalNs: Int64? = nil
    ) {
        self.instrument = instrument
        self.hasRows = hasRows
        self.candles = candles
        self.trades = trades
        self.books = books
        self.funding = funding
        self.fundingIntervalNs = fundingIntervalNs
    }

    package func stream(_ kind: StreamKind) -> Int? {
        switch kind {
        case .funding: funding
        case .trades: trades
        case .books: books
        case .candles: candles
        }
    }
}

/// Which bars a run makes, and which of them it hands on.
package struct BarSchedule: Equatable, Sendable {
    package let barNs: Int64
    package let barDelayNs: Int64
    /// The first bar is the first whole one at or after the feature epoch.
    package let firstCloseNs: Int64
    /// The last bar of the window that the tape reaches.
    package let lastCloseNs: Int64
    /// The first bar whose row is handed on.
    package let firstWindowCloseNs: Int64
    /// The last bar that has a tick: trades that were opened in the window end after it.
    package let lastTickCloseNs: Int64

    package init(
        barNs: Int64, barDelayNs: Int64, firstCloseNs: Int64, lastCloseNs: Int64,
        firstWindowCloseNs: Int64, lastTickCloseNs: Int64
    ) {
        self.barNs = barNs
        self.barDelayNs = barDelayNs
        self.firstCloseNs = firstCloseNs
        self.lastCloseNs = lastCloseNs
        self.firstWindowCloseNs = firstWindowCloseNs
        self.lastTickCloseNs = lastTickCloseNs
    }

    /// How many bars are handed on.
    package var windowBarCount: Int {
        max(0, Int((lastCloseNs - firstWindowCloseNs) / barNs) + 1)
    }
}
