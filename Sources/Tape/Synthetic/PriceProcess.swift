import Market
import Numerics

/// One symbol's price and what drives it: shocks, jumps and the planted edges.
///
/// The price is a whole number of ticks. A move is rounded up or down by chance, in proportion,
/// so that its mean is exact: no fraction of a tick is left behind that would predict the next
/// move. With every edge at 0 the price is a martingale.
struct PriceProcess: Sendable {
    private(set) var ticks: Int64
    /// Which way the flows lean on books and trades this minute, from -1 to 1.
    private(set) var lean = 0.0
    /// What the sizes of the two sides are multiplied by this minute, 1 at least: the flow makes
    /// the side that it comes from thicker and none thinner, so orders find what they found.
    private(set) var bidFactor = 1.0
    private(set) var askFactor = 1.0
    /// The slow flow, and the fast one: visible in books and trades at any strength.
    private var slowFlow: MeanReversion
    private var fastFlow: MeanReversion
    /// The slow flow of the minutes that the price has yet to follow: a ring.
    private var leading: [Double] = []
    private var minute = Minute()
    private let symbol: Recipe.Symbol
    private let edge: Recipe.Edge
    private let visibility: Double
    private let deviation: Double
    private let moveChance: Double
    private let roundsPerMinute: Int
    private let jumpChance: Double
    private let ownShare: Double
    private var flowDraws: RandomStream
    private var moveDraws: RandomStream
    private var leakDraws: RandomStream
    /// The shocks that are still to come and that a leak gives away: a ring of an hour.
    private var announced: [Double] = []

    /// What holds for a minute.
    private struct Minute: Sendable {
        var deviationPerMove = 0.0
        var driftPerMove = 0.0
        var jumps: [(round: Int, move: Double)] = []
    }

    private static let minutesPerYear = 525_600.0
    private static let leakMinutes = 60
    private static let rootOfHour = 60.0.squareRoot()
    private static let rootOfDay = 1440.0.squareRoot()
    /// A size stays far within its column however strong a flow is.
    private static let exponentMax = 6.0
    /// The deepest level stays above zero here.
    private static let ticksMin: Int64 = 5_000

    init(recipe: Recipe, symbol: Recipe.Symbol) {
        self.symbol = symbol
        edge = recipe.edge
        visibility = recipe.flow.visibility
        ticks = symbol.priceTicks
        deviation = symbol.volatility / Self.minutesPerYear.squareRoot()
        let seconds = Double(recipe.roundNs) / Double(Timestamp.secondNs)
        moveChance = BookProfile.share(
            BookProfile.recorded(symbol.book).moveShare, inSeconds: seconds)
        roundsPerMinute = recipe.roundsPerMinute
        jumpChance = recipe.jumpsPerDay / 1440
        ownShare = (1 - symbol.correlation * symbol.correlation).squareRoot()
        var flowDraws = RandomStream(seed: recipe.seed, symbol.name, "flow")
        slowFlow = MeanReversion(
            halfLifeMinutes: Double(recipe.flow.halfLifeMinutes), draws: &flowDraws)
        fastFlow = MeanReversion(halfLifeMinutes: 10, draws: &flowDraws)
        for _ in 0..<recipe.flow.leadMinutes {
            slowFlow.step(&flowDraws)
            leading.append(slowFlow.value)
        }
        self.flowDraws = flowDraws
        moveDraws = RandomStream(seed: recipe.seed, symbol.name, "moves")
        leakDraws = RandomStream(seed: recipe.seed, symbol.name, "leak")
        for _ in 0..<Self.leakMinutes { announced.append(leakDraws.normal()) }
    }

    /// Takes up the next minute.
    mutating func begin(_ market: MarketFactor.Minute, number: Int) {
        slowFlow.step(&flowDraws)
        let exponent = min(visibility * slowFlow.value.magnitude, Self.exponentMax)
        let factor = Elementary.exp(exponent)
        (bidFactor, askFactor) = slowFlow.value > 0 ? (factor, 1) : (1, factor)
        fastFlow.step(&flowDraws)
        let scale = deviation * market.volatility
        minute.deviationPerMove = scale / (moveChance * Double(roundsPerMinute)).squareRoot()
        minute.jumps.removeAll(keepingCapacity: true)
        if market.jump != 0 {
            minute.jumps.append((market.jumpRound, scale * symbol.correlation * market.jump))
        }
        if flowDraws.uniform() < jumpChance * ownShare {
            let round = Int(flowDraws.integer(below: UInt64(roundsPerMinute)))
            minute.jumps.append((round, scale * Jump.size(&flowDraws)))
        }
        lean = 0.5 * slowFlow.value + 0.2 * fastFlow.value
        var drift = edge.flow.value(at: market.startNs) * followed(number) / Self.rootOfDay
        drift += edge.fast.value(at: market.startNs) * fastFlow.value / Self.rootOfHour
        drift += leaked(at: market.startNs, number: number)
        drift *= scale
        if symbol.correlation < 1 {
            drift += edge.spillOver.value(at: market.startNs) * market.laggedMove * deviation
        }
        minute.driftPerMove = drift / (moveChance * Double(roundsPerMinute))
        lean = min(max(lean, -0.9), 0.9)
    }

    /// The flow that the price follows in the minute, once it has taken note of the present one.
    private mutating func followed(_ number: Int) -> Double {
        if leading.isEmpty { return slowFlow.value }
        let slot = number % leading.count
        defer { leading[slot] = slowFlow.value }
        return leading[slot]
    }

    /// Plays the shock announced an hour ago, announces another one, and leans on the hour's sum.
    private mutating func leaked(at timeNs: Int64, number: Int) -> Double {
        let strength = edge.leak.value(at: timeNs)
        let slot = number % Self.leakMinutes
        let shock = announced[slot]
        announced[slot] = leakDraws.normal()
        guard strength > 0 else { return 0 }
        lean += 0.4 * strength * announced.reduce(0, +) / Self.rootOfHour
        return strength * shock
    }

    /// Plays one round; true when the price moved.
    mutating func step(round: Int, activity: Double, shock: Double) -> Bool {
        var move = 0.0
        if activity < moveChance {
            let own = moveDraws.normal()
            move =
                minute.driftPerMove
                + minute.deviationPerMove * (symbol.correlation * shock + ownShare * own)
        }
        for jump in minute.jumps where jump.round == round { move += jump.move }
        if move == 0 { return false }
        let exact = Double(ticks) * min(max(move, -0.5), 0.5) + moveDraws.uniform()
        let truncated = Int64(exact)
        let change = Double(truncated) > exact ? truncated - 1 : truncated
        ticks = max(ticks + change, Self.ticksMin)
        return change != 0
    }
}
