/// One world and what gates made of it: both profiles look at the same evidence, which costs more
/// than all the rest.
struct SimulatedMarket {
    private struct Key: Hashable {
        var stage: RolloutStage
        var start: Int
        var count: Int
        var extensions: Int
    }

    var world: SimulatedWorld
    private var looks: [Key: Evaluation] = [:]

    init(_ world: SimulatedWorld) {
        self.world = world
    }

    /// The look at a stage whose evidence is `count` blocks from `start` on.
    mutating func look(
        _ keeper: GateKeeper, _ stage: RolloutStage, _ symbols: [Int], start: Int, count: Int,
        extensions: Int
    ) -> Evaluation {
        let key = Key(stage: stage, start: start, count: count, extensions: extensions)
        if let known = looks[key] { return known }
        world.advance(to: start + count)
        let coveredNs = Int64(count) * keeper.plan.blockNs
        let evaluation = keeper.evaluate(
            Array(world.blocks[start..<start + count]),
            StageFacts(
                stage: stage, symbols: symbols, coveredNs: coveredNs, plannedNs: coveredNs,
                extensionsUsed: extensions, openDriftStrict: [], openDriftGuarded: [],
                hadKillSwitch: false, hasParity: true))
        looks[key] = evaluation
        return evaluation
    }
}
