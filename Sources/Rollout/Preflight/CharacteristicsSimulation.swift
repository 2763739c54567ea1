/// Plays a plan on markets resampled from blocks that were seen, training's or a stage's, at a
/// difference of one's choice.
///
/// Playing is a pure function of difference and world, so that ranges of worlds may be played beside
/// one another and their tallies added up.
package struct CharacteristicsSimulation: Sendable {
    package let pool: BlockPool
    package let keeper: GateKeeper
    package let seed: UInt64
    let course: SimulatedCourse
    /// Gates of which the blocks say nothing: worlds pass them.
    package let unknownGates: [GateKind]
    private let barNs: Int64

    /// - Parameters:
    ///   - seed: Of the worlds; a run's own seed says what its gates draw.
    ///   - evidence: A stage's blocks; training's if not given.
    package init(
        _ setup: RolloutSetup, seed: UInt64, evidence: [EvidenceBlock]? = nil
    ) throws(CharacteristicsError) {
        let symbols = setup.symbols.map(\.name)
        guard let canary = symbols.firstIndex(of: setup.plan.canarySymbol) else {
            throw .noCanarySymbol(setup.plan.canarySymbol)
        }
        let source = BlockPool.Source(
            symbols: symbols, canary: canary, blockNs: setup.plan.blockNs,
            horizonNs: setup.horizonNs)
        let pool =
            if let evidence { try BlockPool(evidence, source) } else {
                try BlockPool(setup.training, source)
            }
        // Training compares with the champion. That is the blind fallback's own agreement only
        // where it is the champion that would stand in.
        let isChampionFallback = setup.symbols.allSatisfy {
            $0.fallbacks.first?.digest == $0.champion.digest
        }
        let hasAgreement =
            isChampionFallback
            && pool.blocks.contains { block in
                block.symbols.contains { $0.agreement.count > 0 }
            }
        self.pool = pool.filled(keepingAgreement: hasAgreement)
        unknownGates =
            [.freshness, .nanRate] + (hasAgreement ? [] : [.agreement]) + [.noDrift, .noKillSwitch]
        // The interval of a calibration error decides nothing, and costs as much as all the others.
        var replicates = GateKeeper.Replicates()
        replicates.calibration = 2
        keeper = GateKeeper(
            plan: setup.plan, symbols: symbols, training: setup.training,
            attempt: setup.attempt, seed: setup.seed, replicates: replicates)
        self.seed = seed
        barNs = setup.barNs
        course = SimulatedCourse(setup, keeper, canary: canary)
        for ns in [
            course.drillNs, setup.plan.shadow.coveredNs, setup.plan.canary.coveredNs,
            setup.plan.rampDayNs, setup.plan.soak.coveredNs,
        ] where ns % setup.plan.blockNs != 0 || setup.plan.blockNs % setup.barNs != 0 {
            throw .partOfBlock(stageNs: ns, blockNs: setup.plan.blockNs)
        }
    }

    /// Plays some worlds at a difference of candidate less champion per block, in fractions of one
    /// notional; what is common to a world stays the same at every difference.
    package func play(difference: Double, worlds: Range<Int>) -> CourseTally {
        let shifts = pool.shifts(to: difference)
        var tally = CourseTally(gateCount: course.gateCount)
        for number in worlds {
            var market = SimulatedMarket(
                SimulatedWorld(pool, shifts: shifts, startNs: 0, seed: seed, number: number))
            tally.worldCount += 1
            for stage in CourseTally.stages where stage != .ramp {
                addLooks(stage, &market, &tally)
            }
            addRules(&market, &tally)
            play(.seedStrict, &market, &tally.seedStrict)
            play(.guarded, &market, &tally.guarded)
        }
        return tally
    }

    /// The first blocks of a world, as a rollout finds them.
    package func blocks(ofWorld number: Int, difference: Double, count: Int) -> [EvidenceBlock] {
        var world = SimulatedWorld(
            pool, shifts: pool.shifts(to: difference), startNs: 0, seed: seed, number: number)
        world.advance(to: count)
        return world.blocks
    }

    private func addLooks(
        _ stage: RolloutStage, _ market: inout SimulatedMarket, _ tally: inout CourseTally
    ) {
        let look = market.look(
            keeper, stage, course.symbols(stage), start: course.start(stage),
            count: course.plannedBlocks(stage), extensions: 0)
        for (index, gate) in course.gates(stage).enumerated() {
            let place = course.firstGate(stage) + index
            tally.strictLooks[place].add(course.verdict(of: gate, in: look, .seedStrict))
            tally.guardedLooks[place].add(course.verdict(of: gate, in: look, .guarded))
        }
    }

    private func addRules(_ market: inout SimulatedMarket, _ tally: inout CourseTally) {
        let start = course.start(.canary)
        let end = start + course.plannedBlocks(.canary)
        market.world.advance(to: end)
        let fired = course.canaryRules(Array(market.world.blocks[start..<end]), barNs: barNs)
        if fired.isStrict { tally.strictLaneRule += 1 }
        if fired.isGuarded { tally.guardedLaneRule += 1 }
        if fired.isInferior { tally.inferiorRule += 1 }
    }

    private func play(
        _ profile: RolloutPlan.Profile, _ market: inout SimulatedMarket,
        _ ends: inout CourseTally.Ends
    ) {
        var run = course.run(profile)
        let end = run.play(&market)
        ends.blockCount += run.blockCount
        for (index, stage) in CourseTally.stages.enumerated() where run.reached.contains(stage) {
            ends.reached[index] += 1
            // Whoever came to a later stage, or to the end, passed this one.
            if stage != run.reached.last || end == .promoted { ends.passed[index] += 1 }
        }
        switch end {
        case .promoted: ends.promoted += 1
        case .rolledBack(let rule):
            if let index = CourseTally.rules.firstIndex(of: rule) { ends.rolledBack[index] += 1 }
        case .kept(let look):
            switch look?.verdict(profile) {
            case .inconclusive, .short: ends.inconclusive += 1
            case .pass, .fail, .rollback, .invalid, nil: ends.failed += 1
            }
            for gate in look.map({ course.decisive(in: $0, profile) }) ?? [] {
                ends.endedBy[gate] += 1
            }
        }
    }
}
