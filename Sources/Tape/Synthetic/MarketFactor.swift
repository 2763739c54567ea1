import Market
import Numerics

/// What all symbols of a market have in common: its volatility, and BTC's shocks.
///
/// It runs once, ahead of the symbols, and hands them ``Chunk``s of whole minutes. How the
/// minutes are cut into chunks changes no number.
struct MarketFactor: Sendable {
    private let recipe: Recipe
    private let moveChance: Double
    private var nextMinute = 0
    private var draws: RandomStream
    private var roundDraws: RandomStream
    private var regime = Regime.normal
    private var cascade: [MeanReversion]
    /// BTC's moves of the minutes before, a ring as long as the spill-over's lag.
    private var moves: [Double]

    /// Some minutes of the common market.
    struct Chunk: Sendable {
        var firstMinute = 0
        var minutes: [Minute] = []
        /// One value a round. A symbol moves when its chance exceeds `activity`, so that busy
        /// moments are shared; `shock` is BTC's.
        var activity: [Double] = []
        var shock: [Double] = []
    }

    /// The common part of a minute.
    struct Minute: Sendable {
        var startNs: Int64
        /// Relative to the long-run deviation; its square is 1 on average.
        var volatility: Double
        /// In the minute's deviations; 0 but for about one minute in a day.
        var jump: Double
        var jumpRound: Int
        /// BTC's move `spillOverLagMinutes` ago, in long-run deviations of a minute.
        var laggedMove: Double
    }

    private enum Regime: Double { case calm = 0.7, normal = 1, stormy = 1.8 }

    /// Half-lives and weights of the logarithm of volatility: shocks of minutes, hours and a day.
    private static let cascadeHalfLives = [8.0, 180, 1440]
    private static let cascadeWeights = [0.2, 0.25, 0.25]

    init(recipe: Recipe) {
        self.recipe = recipe
        var draws = RandomStream(seed: recipe.seed, "market", "minutes")
        cascade = Self.cascadeHalfLives.map { MeanReversion(halfLifeMinutes: $0, draws: &draws) }
        self.draws = draws
        roundDraws = RandomStream(seed: recipe.seed, "market", "rounds")
        moves = Array(repeating: 0, count: recipe.edge.spillOverLagMinutes)
        let seconds = Double(recipe.roundNs) / Double(Timestamp.secondNs)
        moveChance = BookProfile.share(
            BookProfile.recorded(.spotBTC).moveShare, inSeconds: seconds)
    }

    /// Fills `chunk` with up to `count` of the next minutes; false at the end of the span.
    mutating func next(_ count: Int, into chunk: inout Chunk) -> Bool {
        chunk.firstMinute = nextMinute
        chunk.minutes.removeAll(keepingCapacity: true)
        chunk.activity.removeAll(keepingCapacity: true)
        chunk.shock.removeAll(keepingCapacity: true)
        for _ in 0..<min(count, recipe.minuteCount - nextMinute) {
            let minute = step()
            chunk.minutes.append(minute)
            var move = 0.0
            for _ in 0..<recipe.roundsPerMinute {
                let activity = roundDraws.uniform()
                let shock = roundDraws.normal()
                chunk.activity.append(activity)
                chunk.shock.append(shock)
                if activity < moveChance { move += shock }
            }
            let roundsMoved = moveChance * Double(recipe.roundsPerMinute)
            moves[nextMinute % moves.count] =
                (move / roundsMoved.squareRoot() + minute.jump) * minute.volatility
            nextMinute += 1
        }
        return !chunk.minutes.isEmpty
    }

    private mutating func step() -> Minute {
        let startNs = recipe.span.startNs + Int64(nextMinute) * Recipe.minuteNs
        for index in cascade.indices { cascade[index].step(&draws) }
        stepRegime()
        var logarithm = -Self.logNormalisation
        for (weight, part) in zip(Self.cascadeWeights, cascade) { logarithm += weight * part.value }
        let volatility =
            Elementary.exp(logarithm) * regime.rawValue * Seasonality.factor(at: startNs)
        let jumps = draws.uniform() < recipe.jumpsPerDay / 1440
        let jump = jumps ? Jump.size(&draws) : 0
        return Minute(
            startNs: startNs, volatility: volatility, jump: jump,
            jumpRound: Int(draws.integer(below: UInt64(recipe.roundsPerMinute))),
            laggedMove: moves[nextMinute % moves.count])
    }

    /// Half the logarithm of the mean square of cascade and regime, which makes the mean square 1.
    private static let logNormalisation: Double = {
        let variance = cascadeWeights.reduce(0) { $0 + $1 * $1 }
        let regimes = 0.4 * 0.7 * 0.7 + 0.45 + 0.15 * 1.8 * 1.8
        return variance + 0.5 * Elementary.log(regimes)
    }()

    /// Regimes last two days on average; the next one is drawn by its share of the time.
    private mutating func stepRegime() {
        guard draws.uniform() < 1.0 / 2880 else { return }
        let u = draws.uniform()
        regime = u < 0.4 ? .calm : u < 0.85 ? .normal : .stormy
    }
}

/// Sudden moves.
enum Jump {
    /// A jump in deviations of a minute: normal, six deviations wide.
    static func size(_ draws: inout RandomStream) -> Double { 6 * draws.normal() }
}

/// Volatility by the time of day and of week.
enum Seasonality {
    /// Highest in the afternoon, UTC, lower at weekends; its square is about 1 on average.
    static func factor(at timeNs: Int64) -> Double {
        let hour = Double(timeNs % Timestamp.dayNs) / Double(Timestamp.hourNs)
        let turn = 2 * Double.pi / 24
        let day =
            1 + 0.3 * Elementary.cos(turn * (hour - 15))
            + 0.1 * Elementary.cos(2 * turn * (hour - 14.5))
        // The epoch's day was a Thursday.
        let weekday = (timeNs / Timestamp.dayNs + 3) % 7
        return (weekday >= 5 ? 0.75 : 1) * day * 1.04
    }
}
