import Market
import Numerics

/// One symbol of the market: price, book, trades, candles and funding, round by round.
///
/// A round begins with the price's move; the book that follows is stamped inside the round and
/// holds until the next round's book. All trades of the round come after its book and take the
/// touch that it shows. Minutes end between rounds, and the last round of a minute always
/// trades, so at a candle's end the last book and the last trade know the same price.
struct SymbolProcess: Sendable {
    private let recipe: Recipe
    private let symbol: Recipe.Symbol
    private let tickUnits: Int64
    private let lotUnits: Int64
    private var price: PriceProcess
    private var book: BookProcess
    private var trades: TradeProcess
    private var depth: MeanReversion
    private var premium: MeanReversion
    private var stateDraws: RandomStream
    private var timeDraws: RandomStream
    private var candle: CandleBuilder?
    private var touches: Touches

    /// Books and trades are stamped in whole milliseconds.
    private static let grainNs: Int64 = 1_000_000
    private static let fundingNs = 8 * Timestamp.hourNs

    init(recipe: Recipe, symbol: Recipe.Symbol) {
        self.recipe = recipe
        self.symbol = symbol
        tickUnits = symbol.tick.mantissa
        lotUnits = symbol.lot.mantissa
        price = PriceProcess(recipe: recipe, symbol: symbol)
        book = BookProcess(
            profile: BookProfile.recorded(symbol.book), levels: recipe.bookLevels,
            roundSeconds: Double(recipe.roundNs) / Double(Timestamp.secondNs),
            draws: RandomStream(seed: recipe.seed, symbol.name, "book"))
        trades = TradeProcess(recipe: recipe, symbol: symbol)
        var stateDraws = RandomStream(seed: recipe.seed, symbol.name, "state")
        depth = MeanReversion(halfLifeMinutes: 30, draws: &stateDraws)
        premium = MeanReversion(halfLifeMinutes: 1440, draws: &stateDraws)
        self.stateDraws = stateDraws
        timeDraws = RandomStream(seed: recipe.seed, symbol.name, "times")
        touches = Touches(around: symbol.priceTicks, spreadTicks: 1)
        if let candleNs = recipe.candleNs {
            // Candles end at multiples of their interval, whenever the span begins.
            let openTimeNs = recipe.span.startNs - recipe.span.startNs % candleNs
            candle = CandleBuilder(
                openTimeNs: openTimeNs, intervalNs: candleNs, price: symbol.priceTicks * tickUnits)
        }
    }

    /// Plays a chunk of the market and puts what happened into `blocks`.
    mutating func advance(_ chunk: MarketFactor.Chunk, into blocks: inout SymbolBlocks) {
        blocks.removeAll()
        for (offset, minute) in chunk.minutes.enumerated() {
            printFunding(at: minute.startNs, into: &blocks)
            let leaning = begin(minute, number: chunk.firstMinute + offset)
            let rounds = recipe.roundsPerMinute
            for round in 0..<rounds {
                let index = offset * rounds + round
                let hasMoved = price.step(
                    round: round, activity: chunk.activity[index], shock: chunk.shock[index])
                book.step(hasMoved: hasMoved, leaning: leaning)
                touches = Touches(around: price.ticks, spreadTicks: book.spreadTicks)
                let startNs = minute.startNs + Int64(round) * recipe.roundNs
                let bookNs = startNs + bookDelayNs()
                if recipe.books != nil {
                    blocks.append(
                        book, timeNs: bookNs, touches: touches, tickUnits: tickUnits,
                        lotUnits: lotUnits)
                }
                guard recipe.playsTrades else { continue }
                trade(
                    after: bookNs, until: startNs + recipe.roundNs, isLast: round == rounds - 1,
                    into: &blocks)
            }
            closeCandle(at: minute.startNs + Recipe.minuteNs, into: &blocks)
        }
        blocks.finish()
    }

    /// Takes up a minute in every process.
    private mutating func begin(
        _ minute: MarketFactor.Minute, number: Int
    ) -> BookProcess.Leaning {
        price.begin(minute, number: number)
        trades.begin(volatility: minute.volatility, lean: price.lean)
        depth.step(&stateDraws)
        premium.step(&stateDraws)
        // Books are thinner and wider when the market is volatile; -0.35 is the mean logarithm.
        let calm = -0.35 - Elementary.log(minute.volatility)
        let surplus = 0.1 * depth.value + 0.06 * calm
        let profile = BookProfile.recorded(symbol.book)
        let wideness = min(minute.volatility * minute.volatility, 20)
        return BookProcess.Leaning(
            bids: surplus + price.lean, asks: surplus - price.lean,
            bidFactor: price.bidFactor, askFactor: price.askFactor,
            wideChance: profile.wideShare * wideness)
    }

    /// From a round's begin to its book: a millisecond, and the recipe's jitter.
    private mutating func bookDelayNs() -> Int64 {
        guard let jitter = recipe.books?.jitter, jitter > 0 else { return Self.grainNs }
        let grains = Double(recipe.roundNs / Self.grainNs) * 0.9 * jitter * timeDraws.uniform()
        return Self.grainNs * (1 + Int64(grains))
    }

    private mutating func trade(
        after bookNs: Int64, until endNs: Int64, isLast: Bool, into blocks: inout SymbolBlocks
    ) {
        let count = max(trades.count(), isLast ? 1 : 0)
        if count == 0 { return }
        // Each trade falls into its own part of the time that is left, so times run forward.
        let grains = Double((endNs - bookNs) / Self.grainNs - 1) / Double(count)
        for index in 0..<count {
            let delay = 1 + Int64((Double(index) + trades.uniform()) * grains)
            let (isBuy, lots) = trades.trade(
                bidLots: book.bids.lots[0], askLots: book.asks.lots[0])
            let price = (isBuy ? touches.askTicks : touches.bidTicks) * tickUnits
            let size = lots * lotUnits
            candle?.add(price: price, size: size, isBuy: isBuy)
            if recipe.hasTrades {
                blocks.append(
                    tradeAt: bookNs + delay * Self.grainNs, price: price, size: size,
                    isBuy: isBuy)
            }
        }
    }

    private mutating func closeCandle(at timeNs: Int64, into blocks: inout SymbolBlocks) {
        guard let candleNs = recipe.candleNs, candle?.closeTimeNs == timeNs,
            let finished = candle?.finish(intervalNs: candleNs)
        else { return }
        blocks.candles.append(finished)
    }

    /// Every eight hours a perpetual's holders pay for its premium, which says nothing of returns.
    private mutating func printFunding(at timeNs: Int64, into blocks: inout SymbolBlocks) {
        guard symbol.kind == .perpetual, timeNs % Self.fundingNs == 0 else { return }
        let rate = 1e-4 + 5e-5 * premium.value
        blocks.funding.append(
            FundingPrint(
                eventTimeNs: timeNs, rate: Int64(rate * 1e8) * 10_000,
                markPrice: (touches.bidTicks + touches.askTicks) * tickUnits / 2,
                intervalNs: Self.fundingNs))
    }
}
