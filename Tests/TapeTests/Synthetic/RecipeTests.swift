import JSON
import Market
import Tape
import TestSupport
import Testing

@Suite(.tags(.bytes)) struct RecipeTests {
    private static let valid = """
        {
          seed: 1, from: "2025-01-01", until: "2025-01-02", candles: "1m",
          books: { interval: "10s" },
          symbols: [
            { symbol: "A", book: "spotBTC", price: 94000, tick: "0.01", lot: "0.00001",
              volatility: 0.5, correlation: 1, tradesPerMinute: 15 },
          ],
        }
        """

    @Test(arguments: [
        ("quarter", 2.5), ("half-year", 6), ("error-rates", 4), ("month", 0.75),
        ("bench-month", 0.75), ("golden", 0.75),
    ])
    func recipesOfTheProjectAreRead(_ name: String, flow: Double) throws {
        let recipe = try Recipe.load(SharedData.packageRoot + "/replays/\(name).json5")
        #expect(recipe.symbols[0].name == "BTCUSDC")
        #expect(recipe.edge.flow == Strength(flow))
    }

    @Test func decayingIsHalfYearUntilItsEdgeTurns() throws {
        let halfYear = try Recipe.load(SharedData.packageRoot + "/replays/half-year.json5")
        var decaying = try Recipe.load(SharedData.packageRoot + "/replays/decaying.json5")
        let turnNs = try #require(Timestamp("2025-03-11")).nanoseconds
        #expect(decaying.edge.flow.value(at: turnNs - 1) == 6)
        #expect(decaying.edge.flow.value(at: turnNs) == -6)
        decaying.edge = halfYear.edge
        decaying.span = halfYear.span
        #expect(decaying == halfYear)
    }

    @Test func defaultsAreTheQuietOnes() throws {
        let recipe = try Recipe(JSONNode.parse(Self.valid, dialect: .json5))
        #expect(recipe.edge == Recipe.Edge())
        #expect(recipe.flow == Recipe.Flow())
        #expect(recipe.books == Recipe.Books(levels: 10, jitter: 0))
        #expect(recipe.roundsPerMinute == 6)
        #expect(recipe.minuteCount == 1440)
        #expect(recipe.symbols[0].priceTicks == 9_400_000)
        #expect(recipe.symbols[0].kind == .spot)
        #expect(recipe.hasTrades)
    }

    @Test func settingsOfTheFlowAreRead() throws {
        let recipe = try recipe(
            "seed: 1,",
            "seed: 1, flow: { halfLifeMinutes: 120, visibility: 2.5, leadMinutes: 420 },")
        #expect(recipe.flow.halfLifeMinutes == 120)
        #expect(recipe.flow.visibility == 2.5)
        #expect(recipe.flow.leadMinutes == 420)
    }

    @Test func schedulesAreReadInOrder() throws {
        let recipe = try recipe(
            "seed: 1,",
            "seed: 1, edge: { flow: [{ from: '2025-01-01', strength: 2 }, "
                + "{ from: '2025-01-01T12:00', strength: -0.5 }] },")
        let noon = recipe.span.startNs + 12 * Timestamp.hourNs
        #expect(recipe.edge.flow.value(at: recipe.span.startNs - 1) == 0)
        #expect(recipe.edge.flow.value(at: recipe.span.startNs) == 2)
        #expect(recipe.edge.flow.value(at: noon - 1) == 2)
        #expect(recipe.edge.flow.value(at: noon) == -0.5)
    }

    /// What is replaced by what, and where the error points.
    @Test(arguments: [
        ("seed: 1,", "sed: 1,", "sed"),
        ("seed: 1,", "seed: -1,", "seed"),
        ("seed: 1,", "seed: 1, edge: { flow: 11 },", "edge.flow"),
        ("seed: 1,", "seed: 1, edge: { leak: -1 },", "edge.leak"),
        ("seed: 1,", "seed: 1, flow: { visibility: 5 },", "flow.visibility"),
        ("seed: 1,", "seed: 1, flow: { halfLifeMinutes: 0 },", "flow.halfLifeMinutes"),
        ("seed: 1,", "seed: 1, flow: { leadMinutes: -1 },", "flow.leadMinutes"),
        ("seed: 1,", "seed: 1, edge: { flow: [{ from: 'x', strength: 1 }] },", "edge.flow[0].from"),
        (
            "seed: 1,",
            "seed: 1, edge: { flow: [{ from: '2025-01-02', strength: 1 }, "
                + "{ from: '2025-01-01', strength: 2 }] },", "edge.flow[1]"
        ),
        ("\"2025-01-02\"", "\"2025-01-01\"", "until"),
        ("\"2025-01-02\"", "\"2025-13-01\"", "until"),
        ("\"2025-01-01\"", "\"2025-01-01T00:00:30\"", "from"),
        ("\"1m\"", "\"7m\"", "candles"),
        ("\"10s\"", "\"7s\"", "books.interval"),
        ("\"10s\"", "\"10s\", levels: 11", "books.levels"),
        ("94000", "94", "symbols[0].price"),
        ("\"0.01\"", "\"-0.01\"", "symbols[0].tick"),
        ("\"0.01\"", "0.01", "symbols[0].tick"),
        ("spotBTC", "spotBTX", "symbols[0].book"),
        ("correlation: 1", "correlation: 1.5", "symbols[0].correlation"),
        ("tradesPerMinute: 15", "tradesPerHour: 15", "symbols[0].tradesPerMinute"),
    ])
    func fieldsAreRefusedByName(_ old: String, _ new: String, _ path: String) throws {
        #expect {
            try recipe(old, new)
        } throws: { error in
            guard let error = error as? JSONError else { return false }
            #expect(error.line >= 1 && error.column >= 1)
            return error.path == path || path == "sed" && error.path == "seed"
        }
    }

    @Test func missingFileIsNamed() {
        #expect(throws: RecipeError.unreadable(path: "/none.json5", code: 2)) {
            try Recipe.load("/none.json5")
        }
    }

    @Test func marketWithoutStreamsIsRefused() {
        #expect(throws: JSONError.self) {
            let text = Self.valid.replacing("candles: \"1m\",", with: "trades: false,")
            _ = try Recipe(
                JSONNode.parse(
                    text.replacing("books: { interval: \"10s\" },", with: ""), dialect: .json5))
        }
    }

    @discardableResult
    private func recipe(_ old: String, _ new: String) throws -> Recipe {
        let text = Self.valid.replacing(old, with: new)
        precondition(text != Self.valid, "nothing was replaced")
        return try Recipe(JSONNode.parse(text, dialect: .json5))
    }
}
