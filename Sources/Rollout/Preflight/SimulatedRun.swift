import Scenarios

/// One rollout on one simulated market, decided by the very decider, gates and rules that a run has.
///
/// Only the evidence comes another way: whole blocks as training left them, where a run gathers them
/// bar by bar. Every bar is covered, nothing drifts, and every passed gate is signed at once.
struct SimulatedRun {
    /// How the course ended.
    enum End: Equatable {
        case promoted
        case rolledBack(RolloutRule)
        /// By the stage's last look, if it had one.
        case kept(Evaluation?)
    }

    private let setup: RolloutSetup
    private let keeper: GateKeeper
    private let barsPerBlock: Int
    private var decider: RolloutDecider
    private var trades: [LaneTrades]
    /// When each lane's candidate came into force; nil while it is the champion's.
    private var servedSinceNs: [Int64?]

    private var drillBars: Int
    private var windowCount = 0
    private var windowStart = 0
    private var coveredCount = 0
    private var rampDay = 1
    private var dayCoveredCount = 0
    private var lastLook: Evaluation?
    /// Stages in the order in which they were entered.
    private(set) var reached: [RolloutStage] = []
    /// Blocks that began before the end.
    private(set) var blockCount = 0

    /// - Parameter setup: With a script that signs, from 0 on.
    init(_ setup: RolloutSetup, _ keeper: GateKeeper, drillNs: Int64) {
        self.setup = setup
        self.keeper = keeper
        barsPerBlock = Int(setup.plan.blockNs / setup.barNs)
        decider = RolloutDecider(setup, margin: keeper.margin)
        drillBars = Int(drillNs / setup.barNs)
        trades = setup.symbols.indices.map {
            LaneTrades(blockNs: setup.plan.blockNs, seed: setup.seed &+ UInt64($0))
        }
        servedSinceNs = setup.symbols.map { _ in nil }
    }

    mutating func play(_ market: inout SimulatedMarket) -> End {
        while true {
            market.world.advance(to: blockCount + 1)
            let block = market.world.blocks[blockCount]
            blockCount += 1
            for bar in 0..<barsPerBlock {
                // Without a lane on the candidate nothing is decided within a block.
                let isLast = bar == barsPerBlock - 1
                if isLast || decider.state.hasLaneOnCandidate || bar == 0 {
                    wake(before: block.startNs + Int64(bar + 1) * setup.barNs, at: bar)
                }
                count()
                if isLast || decider.state.hasLaneOnCandidate {
                    observe(block, bar, &market)
                }
                noteStage()
                if let end { return end }
            }
        }
    }

    // MARK: - Bars

    private mutating func wake(before closeNs: Int64, at bar: Int) {
        while decider.nextWakeNs <= closeNs + setup.barDelayNs {
            let tickNs = decider.nextWakeNs
            decider.wake(atNs: tickNs)
            followLanes(tickNs)
            followWindow(at: bar == 0 ? blockCount - 1 : blockCount)
        }
    }

    private mutating func count() {
        if drillBars > 0 {
            drillBars -= 1
        } else if decider.state.phase.isGathering {
            coveredCount += 1
            dayCoveredCount += 1
        }
    }

    private mutating func observe(
        _ block: EvidenceBlock, _ bar: Int, _ market: inout SimulatedMarket
    ) {
        let closeNs = block.startNs + Int64(bar + 1) * setup.barNs
        let tickNs = closeNs + setup.barDelayNs
        takeTrades(block, bar)
        let lines = bar == barsPerBlock - 1 ? lines(market) : nil
        // Only the guarded rule asks for bounds, each of which costs a bootstrap.
        let isDecidable =
            setup.plan.profile == .guarded
            && coveredCount >= setup.plan.blocksMin * barsPerBlock
        let findings = BarFindings(
            closeNs: closeNs, tickNs: tickNs, served: decider.state.lanes.map(\.model),
            expectancies: trades.indices.map { lane in
                guard servedSinceNs[lane] != nil else { return ExpectancyFinding() }
                return trades[lane].finding(
                    closeNs: closeNs, lineUpper: lines?.lanes[lane]?.upper,
                    margin: keeper.margin, isDecidable: isDecidable)
            },
            line: lines?.stage)
        decider.observe(findings)
        followLanes(tickNs)
        followWindow(at: blockCount)
        goOn(tickNs, &market)
        followWindow(at: blockCount)
        _ = decider.takeStep()
    }

    /// What the acted ledger closed within the bar and the candidate had opened in it.
    private mutating func takeTrades(_ block: EvidenceBlock, _ bar: Int) {
        for (lane, sinceNs) in servedSinceNs.enumerated() {
            guard let sinceNs else { continue }
            for trade in block.symbols[lane].candidate.trades where trade.entryNs >= sinceNs {
                // An exit may come a latency after its block.
                let place = Int((trade.exitNs - block.startNs - 1) / setup.barNs)
                if min(max(place, 0), barsPerBlock - 1) == bar { trades[lane].add(trade) }
            }
        }
    }

    private func lines(
        _ market: SimulatedMarket
    ) -> (stage: DecisionLine, lanes: [DecisionLine?])? {
        let state = decider.state
        let symbols = state.countedSymbols
        let blocks = windowBlocks(market)
        guard setup.plan.profile == .guarded, state.hasLaneOnCandidate, !symbols.isEmpty,
            blocks.count >= setup.plan.blocksMin
        else { return nil }
        let kind = state.phase.stage ?? .canary
        let stage = keeper.line(blocks, symbols, kind)
        let lanes = state.lanes.indices.map { lane -> DecisionLine? in
            guard symbols.contains(lane), state.lanes[lane].isOnCandidate else { return nil }
            return symbols.count == 1 ? stage : keeper.line(blocks, [lane], kind)
        }
        return (stage, lanes)
    }

    private func windowBlocks(_ market: SimulatedMarket) -> [EvidenceBlock] {
        let end = min(windowStart + coveredCount / barsPerBlock, blockCount)
        return windowStart < end ? Array(market.world.blocks[windowStart..<end]) : []
    }

    // MARK: - Stages

    private mutating func goOn(_ tickNs: Int64, _ market: inout SimulatedMarket) {
        let state = decider.state
        if decider.isDrilling {
            guard drillBars == 0 else { return }
            // Whether training traded enough is the same in every world, and said beside them.
            decider.conclude(
                PreflightFindings(sampleTradeCount: .max, drill: nil), fromNs: 0, atNs: tickNs)
        } else if case .ramp(let day) = state.phase {
            if Int64(dayCoveredCount) * setup.barNs >= setup.plan.rampDayNs {
                decider.passDay(day, atNs: tickNs)
            }
        } else if decider.isLookDue(coveredNs: Int64(coveredCount) * setup.barNs) {
            let evaluation = market.look(
                keeper, state.phase.stage ?? .registered, state.countedSymbols,
                start: windowStart, count: coveredCount / barsPerBlock,
                extensions: state.extensionsUsed)
            lastLook = evaluation
            decider.take(.evaluated(evaluation), atNs: tickNs)
        }
    }

    /// Starts the window anew where the state has.
    private mutating func followWindow(at block: Int) {
        if decider.state.rampDay != rampDay {
            rampDay = decider.state.rampDay
            dayCoveredCount = 0
        }
        guard decider.state.windowCount != windowCount else { return }
        windowCount = decider.state.windowCount
        windowStart = block
        coveredCount = 0
        dayCoveredCount = 0
        lastLook = nil
        for index in trades.indices { trades[index].beginStage() }
    }

    private mutating func followLanes(_ tickNs: Int64) {
        for (index, lane) in decider.state.lanes.enumerated() {
            if lane.model == .champion {
                servedSinceNs[index] = nil
            } else if servedSinceNs[index] == nil {
                servedSinceNs[index] = tickNs
            }
        }
    }

    private mutating func noteStage() {
        guard let stage = decider.state.phase.stage, stage != .registered,
            stage != reached.last
        else { return }
        reached.append(stage)
    }

    /// Nil while the course goes on. What is on hold for another reason than more evidence, or on
    /// its way back, is not promoted any more.
    private var end: End? {
        let state = decider.state
        if let rule = state.rollback { return .rolledBack(rule) }
        if let barred = state.lanes.lazy.compactMap(\.barred).first {
            return .rolledBack(barred.rule)
        }
        switch state.phase {
        case .closed(.locked): return .promoted
        case .closed, .returning, .rollingBack: return .kept(lastLook)
        case .hold(let reason, _): return reason == .stage ? nil : .kept(lastLook)
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak: return nil
        }
    }
}
