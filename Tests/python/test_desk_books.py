"""Orders filled on books, and at the mid, recomputed by hand."""

import json

import pandas
import pytest
from conftest import output
from test_models import booster
from test_real_month import Run, assert_recomputed

RECIPE = """
{
  seed: 11, from: "2025-01-01", until: "2025-01-04", candles: "1m", trades: true,
  books: { interval: "10s", levels: 10, jitter: 0.5 },
  symbols: [
    { symbol: "BTCUSDC", book: "spotBTC", price: 94000, tick: "0.01", lot: "0.00001",
      volatility: 0.5, correlation: 1, tradesPerMinute: 6 },
    { symbol: "ETHUSDT", kind: "perpetual", book: "perpetualETH", price: 3350, tick: "0.01",
      lot: "0.001", volatility: 0.7, correlation: 0.78, tradesPerMinute: 5 },
    { symbol: "ADAUSDC", book: "spotETH", price: 0.85, tick: "0.00001", lot: "0.1",
      volatility: 0.8, correlation: 0.64, tradesPerMinute: 3 },
  ],
}
"""
SCENARIO = """
{
  tapes: ["books.tape"], window: { from: "2025-01-01T06:00", to: "2025-01-03T18:00" },
  features: { baseline: true },
  strategy: { stop: 0.003, target: 0.006, horizon: "2h" },
  models: { registry: "models", candidate: "candidate" },
  execution: { EXECUTION },
}
"""
SYMBOLS = ["ADAUSDC", "BTCUSDC", "ETHUSDT"]


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """Three symbols and two models each, which buy after a fall, and at a high RSI."""
    run = Run(tmp_path_factory.mktemp("books"), SCENARIO.replace("EXECUTION", ""))
    recipe = run.folder / "recipe.json5"
    recipe.write_text(RECIPE)
    output("tape", "synth", recipe, "-o", run.tape)
    run.call("features", run.scenario, "-o", "features")
    config = json.loads((run.folder / "features/enrichment_config.json").read_text())
    names = config["feature_names"]
    after_fall = booster(names)
    at_strength = after_fall.replace('"split_indices": [0', f'"split_indices": [{names.index("RSI_14")}')
    at_strength = at_strength.replace(
        '"split_conditions": [0.0, 0.25, -0.25]', '"split_conditions": [55.0, -0.25, 0.25]'
    )
    assert at_strength != after_fall
    for symbol in SYMBOLS:
        name = f"CVNTrade_XGBoost_{symbol}_SL0.3_TP0.6_H2"
        for version, alias, text in [(1, "champion", after_fall), (2, "candidate", at_strength)]:
            (run.folder / "model.json").write_text(text)
            run.call(
                "model", "import", "model.json", "--name", name, "--registry", "models",
                "--config", "features/enrichment_config.json", "--threshold", 0.5,
                "--trained-from", "2024-01-01", "--trained-to", "2024-12-31",
            )  # fmt: skip
            run.call(
                "model", "alias", name, alias, version, "--by", "test", "--reason", "books",
                "--registry", "models",
            )  # fmt: skip
    return run


@pytest.mark.parametrize(
    "execution",
    [
        "takerFee: 0.0008, caps: { symbol: 1000, total: 2100 }",
        # More than a book has to offer, so that entries are partial and exits take several books.
        "notional: 60000, caps: { symbol: 70000, total: 200000 }",
        "equityFraction: 0.4, caps: { symbol: 3000, total: 5000 }, orderTimeToLive: '5s'",
        "costs: 'interim45'",
        "costs: 'interim45', fills: 'candles', spread: 0",
    ],
)
def test_trades_on_books_are_recomputed_to_the_unit(market, execution):
    market.scenario.write_text(SCENARIO.replace("EXECUTION", execution))
    (market.folder / ".tapes/journal.sqlite").unlink(missing_ok=True)
    desk = market.replay()
    assert_recomputed(market, desk)
    trades, orders = pandas.DataFrame(desk.trades), pandas.DataFrame(desk.orders)
    assert len(trades) > 100 and set(trades["symbol"]) == set(SYMBOLS)
    assert {"stop", "target", "horizon"} <= set(trades["exit_reason"])
    if "interim45" in execution:
        assert desk.payments == [] and trades["flat"].gt(0).all()
        return
    assert len(desk.payments) > 0 and trades["spread"].gt(0).all()
    if "notional" in execution:
        assert {"filled", "partial"} <= set(orders["status"][orders["side"] == "buy"])
        assert "exit_remainder" in set(market.table("events")["name"])
        assert trades["slippage"].gt(0).any()
    if "total: 2100" in execution:
        assert "total_cap" in set(orders["reason"])
    if "5s" in execution:
        assert "expired" in set(orders["reason"])
