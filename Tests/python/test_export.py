"""What a run leaves, in other people's tools: pandas reads the export, xgboost the models."""

import io
import json

import numpy
import pandas
import pytest
import trading
import xgboost
from conftest import output

# Two models learn from the first day; what they say of all bars is compared.
TRAINING = {
    "window": {"from": "2025-01-01", "to": "2025-01-02"},
    "foldCount": 3,
    "rounds": 40,
    "champion": {"families": ["baseline"]},
    "candidate": {
        "families": ["baseline", "btc", "l2", "frac_diff", "interactions"], "loss": "focal",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return trading.make(tmp_path_factory.mktemp("market"))


@pytest.fixture(scope="module")
def journal(scenario):
    """Of models that trade, whatever it costs."""
    journal = scenario.with_name("journal.sqlite")
    trading.replayed(scenario, journal)
    return journal


def table(journal, name):
    text = trading.export(journal, "--table", name)
    return pandas.read_csv(io.StringIO(text), dtype_backend="numpy_nullable")


def test_pandas_reads_the_export(journal):
    text = trading.export(journal, "--body")
    rows = pandas.read_json(io.StringIO(text), lines=True)
    assert list(rows["seq"]) == list(range(len(rows)))
    assert rows["at_ns"].is_monotonic_increasing
    assert rows["hash"].map(len).eq(64).all() and rows["hash"].is_unique
    counts = rows["table"].value_counts()
    for name in ("symbols", "models", "predictions", "labels", "orders", "trades", "marks"):
        single = table(journal, name)
        assert len(single) == counts[name] > 0
        assert list(single["seq"]) == list(rows.loc[rows["table"] == name, "seq"])


def test_pandas_reads_trades_without_losing_a_unit(journal):
    trades = table(journal, "trades")
    assert len(trades) > 100
    ladder = trades[["spread", "slippage", "fee", "funding"]].sum(axis=1)
    assert (trades["net"] == trades["gross"] - ladder).all()
    gross = (trades["exit_mid2"] - trades["entry_mid2"]) * trades["quantity"]
    assert (numpy.sign(gross.astype(float)) * trades["gross"] >= 0).all()
    assert (trades["exit_ns"] >= trades["entry_ns"]).all()
    # Every integer survives: pandas says the same as the lines of the export.
    lines = [
        json.loads(line)
        for line in trading.export(journal, "--body").splitlines()
        if '"table":"trades"' in line
    ]
    numbers = [name for name in trades.columns if trades[name].dtype == "Int64"]
    assert {"entry_ns", "quantity", "net", "entry_notional"} <= set(numbers)
    for name in set(numbers) & lines[0].keys():
        assert [None if value is pandas.NA else value for value in trades[name]] == [
            line[name] for line in lines
        ]


@pytest.fixture(scope="module")
def trained(scenario):
    """A folder with models that were trained, their features and their journal."""
    folder = scenario.parent
    made = json.loads(scenario.read_text())
    made["models"]["registry"] = str(folder / "trained")
    path = folder / "trained.json5"
    path.write_text(json.dumps(made | {"training": TRAINING}))
    output("train", path, "--quiet")
    output("features", path, "-o", folder / "features", "--quiet")
    trading.replayed(path, folder / "trained.sqlite")
    return folder


def test_xgboost_loads_trained_models_and_predicts_the_same(trained):
    predictions = table(trained / "trained.sqlite", "predictions")
    closes = numpy.load(trained / "features/timestamps.npy")
    config = json.loads((trained / "features/enrichment_config.json").read_text())
    compared = 0
    # Where a row lacks its books the fallback speaks, and the row says so.
    own = predictions[predictions["reason"].isna()]
    for (symbol, role), said in own.groupby(["symbol", "role"]):
        folder = trained / "trained" / trading.NAME.format(symbol) / "versions"
        folder = folder / str(said["version"].dropna().unique().item())
        metadata = json.loads((folder / "metadata.json").read_text())
        booster = xgboost.Booster(model_file=next(folder.glob("booster.*")))
        names = json.loads((folder / "feature_names.json").read_text())
        assert booster.feature_names == names

        features = numpy.load(trained / f"features/{symbol}.features.npy")
        columns = [config["feature_names"].index(name) for name in names]
        data = xgboost.DMatrix(features[:, columns], feature_names=names)
        margins = booster.predict(data, output_margin=True)
        probabilities = 1 / (1 + numpy.exp(-margins / (metadata["temperature"] or 1)))

        # A journal keeps parts per billion.
        journaled = said["probability_ppb"].to_numpy(float, na_value=numpy.nan) / 1e9
        known = numpy.isfinite(journaled)
        places = numpy.searchsorted(closes, said["bar_close_ns"].to_numpy(numpy.int64)[known])
        assert numpy.abs(probabilities[places] - journaled[known]).max() < 1e-6
        assert probabilities[places].std() > 1e-3
        compared += known.sum()
        if role == "candidate":
            assert metadata["loss"] == "focal" and metadata["output"] == "margin"
    assert compared > 6 * 2000
