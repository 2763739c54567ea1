import Scenarios

/// A plan's course from preflight to its end, as worlds play it.
struct SimulatedCourse {
    private static let signer = "simulation"

    let keeper: GateKeeper
    /// The preflight's day of covered bars, and the wait for the last label, in whole blocks.
    let drillNs: Int64
    /// Index of the symbol that goes first.
    let canary: Int
    private let strict: RolloutSetup
    private let guarded: RolloutSetup

    private var plan: RolloutPlan { keeper.plan }

    /// - Parameter setup: The run's; its commands, refusals and times are left out.
    init(_ setup: RolloutSetup, _ keeper: GateKeeper, canary: Int) {
        self.keeper = keeper
        self.canary = canary
        let blockNs = setup.plan.blockNs
        let waitNs = (setup.horizonNs + blockNs - 1) / blockNs * blockNs
        drillNs = RollbackDrill.lengthNs + waitNs
        var simulated = setup
        simulated.startNs = 0
        simulated.refusals = []
        simulated.leakage = nil
        simulated.plan.operators = [
            RolloutPlan.Operator(name: Self.signer, role: Self.signer, isAuthor: false)
        ]
        simulated.commands = OperatorCommand.SignedStage.allCases.map {
            RolloutSetup.DueCommand(
                tickNs: 0,
                command: OperatorCommand(
                    atNs: 0, action: .approve(stage: $0, evidence: nil), by: Self.signer,
                    reason: "a passed gate is signed"))
        }
        simulated.plan.profile = .seedStrict
        strict = simulated
        simulated.plan.profile = .guarded
        guarded = simulated
    }

    func run(_ profile: RolloutPlan.Profile) -> SimulatedRun {
        SimulatedRun(profile == .seedStrict ? strict : guarded, keeper, drillNs: drillNs)
    }

    // MARK: - Stages

    /// How many blocks a stage plans.
    func plannedBlocks(_ stage: RolloutStage) -> Int {
        let plannedNs =
            switch stage {
            case .registered: drillNs
            case .shadow: plan.shadow.coveredNs
            case .canary: plan.canary.coveredNs
            case .ramp: plan.rampDayNs * Int64(keeper.symbols.count)
            case .soak: plan.soak.coveredNs
            }
        return Int(plannedNs / plan.blockNs)
    }

    /// Where a stage begins if nothing before it was extended.
    func start(_ stage: RolloutStage) -> Int {
        var start = plannedBlocks(.registered)
        for before in CourseTally.stages {
            if before == stage { break }
            start += plannedBlocks(before)
        }
        return start
    }

    func symbols(_ stage: RolloutStage) -> [Int] {
        stage == .canary ? [canary] : Array(keeper.symbols.indices)
    }

    // MARK: - Gates

    func gates(_ stage: RolloutStage) -> [Gate] {
        switch stage {
        case .registered, .ramp: []
        case .shadow: plan.shadow.gates
        case .canary: plan.canary.gates
        case .soak: plan.soak.gates
        }
    }

    var gateCount: Int { firstGate(.soak) + plan.soak.gates.count }

    /// Gates are counted through all stages.
    func firstGate(_ stage: RolloutStage) -> Int {
        switch stage {
        case .registered, .shadow: 0
        case .canary, .ramp: plan.shadow.gates.count
        case .soak: plan.shadow.gates.count + plan.canary.gates.count
        }
    }

    /// A gate that looks at each symbol is as good as the worst of them.
    func verdict(
        of gate: Gate, in look: Evaluation, _ profile: RolloutPlan.Profile
    ) -> Verdict {
        look.gates.filter { $0.kind == gate.kind }.map { $0.verdict(profile) }.max() ?? .short
    }

    /// The gates that made a look's verdict what it is.
    func decisive(in look: Evaluation, _ profile: RolloutPlan.Profile) -> [Int] {
        let verdict = look.verdict(profile)
        return gates(look.stage).enumerated().filter { _, gate in
            !gate.isDryRun && self.verdict(of: gate, in: look, profile) == verdict
        }.map { firstGate(look.stage) + $0.offset }
    }

    // MARK: - Rules

    /// Which rules fire on the canary's lane within its planned time, whatever went before.
    func canaryRules(
        _ blocks: [EvidenceBlock], barNs: Int64
    ) -> (isStrict: Bool, isGuarded: Bool, isInferior: Bool) {
        var trades = LaneTrades(blockNs: plan.blockNs, seed: strict.seed &+ UInt64(canary))
        var fired = (isStrict: false, isGuarded: false, isInferior: false)
        for (index, block) in blocks.enumerated() {
            var rest = block.symbols[canary].candidate.trades[...]
            let endNs = block.startNs + plan.blockNs
            for closeNs in stride(from: block.startNs + barNs, through: endNs, by: Int(barNs)) {
                while let trade = rest.first, trade.exitNs <= closeNs || closeNs == endNs {
                    if trade.entryNs >= blocks[0].startNs { trades.add(trade) }
                    rest.removeFirst()
                }
                var upper: Double?
                if closeNs == endNs, index + 1 >= plan.blocksMin {
                    upper = keeper.line(Array(blocks[...index]), [canary], .canary).upper
                    if let upper, upper < -keeper.margin { fired.isInferior = true }
                }
                let isDecidable =
                    index >= plan.blocksMin || index + 1 == plan.blocksMin && closeNs == endNs
                let finding = trades.finding(
                    closeNs: closeNs, lineUpper: upper, margin: keeper.margin,
                    isDecidable: isDecidable && !fired.isGuarded)
                if finding.isBreached(.seedStrict) { fired.isStrict = true }
                if finding.isBreached(.guarded) { fired.isGuarded = true }
            }
        }
        return fired
    }
}
