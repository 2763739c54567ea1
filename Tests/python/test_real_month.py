"""A month of recorded perpetuals, replayed in shadow and recomputed by hand."""

import io
import json
import re

import numpy
import pandas
import pytest
from conftest import ROOT, output, run
from desk_reference import Desk
from tape_reader import Tape
from test_import import DATA, needs_data

SCENARIO = ROOT / "scenarios/real-month.json5"
CANDLES = DATA / "candles/binance-usdm-perp-1m-2025-05"
FUNDING = DATA / "funding/binance-usdm-2025-05"
SYMBOLS = ["ADAUSDT", "BNBUSDT", "BTCUSDT", "ETHUSDT", "LTCUSDT", "SOLUSDT", "XRPUSDT"]
HOUR_MS = 3_600_000


class Run:
    """A folder with a tape, a registry and a journal, as a user has them."""

    def __init__(self, folder, scenario):
        self.folder = folder
        self.scenario = folder / "scenario.json5"
        self.scenario.write_text(scenario)
        self.tape = folder / re.search(r'tapes: \["(.*?)"\]', scenario)[1]
        self.tape.parent.mkdir(exist_ok=True)

    def call(self, *arguments):
        result = run(*arguments, cwd=self.folder)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def replay(self):
        self.report = json.loads(self.call("replay", self.scenario, "--json"))
        self.call("journal", "verify")
        rows = json.loads(self.call("journal", "sql", "--json", "SELECT scenario FROM runs"))
        document = json.loads(rows[0]["scenario"])
        desk = Desk(Tape(self.tape), document, self.table("predictions"))
        desk.play()
        return desk

    def table(self, name):
        return pandas.read_csv(io.StringIO(self.call("journal", "export", "--table", name)))


def plain(frame, columns, order):
    """Rows in a fixed order, with None for what is not there, and whole numbers as such."""
    frame = frame[columns].sort_values(order).reset_index(drop=True).astype(object)
    return frame.where(frame.notna(), None)


def assert_recomputed(run, desk):
    """Every order, trade and payment of the journal is the recomputed one, in every column that
    follows from the tape and the signals; and so is the report's expectancy."""
    for name, rows, number, rest in [
        ("orders", desk.orders, "order_number", set()),
        ("trades", desk.trades, "trade_number",
         {"role", "model", "version", "loss", "stage", "side", "null_reason"}),
        ("payments", desk.payments, "funding_ns", set()),
    ]:  # fmt: skip
        journal, order = run.table(name), ["ledger", "symbol", number]
        columns = [column for column in journal.columns if column not in rest | {"seq", "hash"}]
        expected = plain(pandas.DataFrame(rows, columns=columns), columns, order)
        got = plain(journal, columns, order)
        assert len(got) == len(expected), name
        for column in columns:
            for place in numpy.flatnonzero(got[column].to_numpy() != expected[column].to_numpy()):
                both = got[column][place], expected[column][place]
                assert both == (None, None), (name, column, *both, dict(expected.loc[place]))
    assert_expectancy(run.report["total"], pandas.DataFrame(desk.trades))
    for symbol in run.report["symbols"]:
        trades = pandas.DataFrame(desk.trades)
        assert_expectancy(symbol, trades[trades["symbol"] == symbol["symbol"]])


def assert_expectancy(report, trades):
    for ledger, figures in report["ledgers"].items():
        own = trades[trades["ledger"] == ledger]
        expectancy = figures["expectancy_net"]
        assert figures["trades"] == expectancy["n"] == len(own)
        if len(own) > 0:
            mean = (own["net"].astype(float) / own["entry_notional"].astype(float)).mean()
            assert expectancy["value"] == pytest.approx(mean, rel=1e-12, abs=1e-15)


# A month as it was recorded


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """The scenario as it is committed, imported and trained."""
    run = Run(tmp_path_factory.mktemp("month"), SCENARIO.read_text())
    files = [*sorted(CANDLES.glob("*.csv.zst")), *sorted(FUNDING.glob("*_funding_8h.csv"))]
    run.call(
        "tape", "import", *files, "-o", run.tape, "--kind", "perpetual", "--venue", "binance-futures"
    )
    run.call("train", run.scenario)
    return run


@needs_data
def test_a_real_month_is_recomputed_to_the_unit(month):
    desk = month.replay()
    assert_recomputed(month, desk)
    trades, payments = pandas.DataFrame(desk.trades), pandas.DataFrame(desk.payments)
    acted = trades[trades["ledger"] == "acted"]
    assert len(acted) >= 200 and sorted(acted["symbol"].unique()) == SYMBOLS
    assert set(acted["exit_reason"]) == {"stop", "target", "horizon"}
    amounts = payments[payments["ledger"] == "acted"]["amount"]
    assert (amounts > 0).any() and (amounts < 0).any()
    champion = trades[trades["ledger"] == "champion"]
    same = [column for column in trades.columns if column != "ledger"]
    assert acted[same].to_numpy().tolist() == champion[same].to_numpy().tolist()


# The same month with what a month can bring


# The last one of each lasts to the end: the symbol is delisted.
OUTAGES = {
    "ADAUSDT": [("2025-05-22T15:05", "2025-05-22T16:47"), ("2025-05-27T10:07", "2026-01-01")],
    "BNBUSDT": [("2025-05-24T03:33", "2025-05-24T03:41"), ("2025-05-29T21:44", "2026-01-01")],
}


def candles(symbol):
    return pandas.read_csv(CANDLES / f"{symbol}.csv.zst", dtype=str)


def milliseconds(text):
    return pandas.Timestamp(text, tz="UTC").value // 1_000_000


def write_funding(symbol, path, has_marks):
    """Funding with the mark price of its boundary, which is the open of the mark's 8 h candle."""
    prints = pandas.read_csv(FUNDING / f"{symbol}_funding_8h.csv", dtype=str)
    if has_marks:
        marks = pandas.read_csv(FUNDING / f"{symbol}_mark_8h.csv", dtype=str)
        times = prints["funding_time_ms"].astype("int64")
        boundary = (times + HOUR_MS // 2) // HOUR_MS * HOUR_MS
        prices = dict(zip(marks["open_time_ms"].astype("int64"), marks["open"]))
        prints["mark_price"] = [f"{float(prices[time]):.2f}" for time in boundary]
    prints.to_csv(path, index=False)


@pytest.fixture(scope="module")
def rough_month(month, tmp_path_factory):
    """Outages and ends of two symbols, marks for some, an account that compounds, and caps."""
    folder = tmp_path_factory.mktemp("rough")
    text = SCENARIO.read_text()
    text = text.replace("notional: 1000,", "equityFraction: 0.3,")
    text = text.replace("total: 7000 }", "total: 4000 }").replace("symbol: 1000,", "symbol: 1300,")
    text = text.replace("takerFee: 0.0005", "takerFee: 0.0004, orderTimeToLive: '90s'")
    rough = Run(folder, text)
    files = []
    for symbol in SYMBOLS:
        frame = candles(symbol)
        times = frame["open_time_ms"].astype("int64")
        for first, last in OUTAGES.get(symbol, []):
            gap = (times >= milliseconds(first)) & (times < milliseconds(last))
            frame, times = frame[~gap], times[~gap]
        files += [folder / f"{symbol}.csv", folder / f"{symbol}_funding_8h.csv"]
        frame.to_csv(files[-2], index=False)
        write_funding(symbol, files[-1], symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT"))
    rough.call("tape", "import", *files, "-o", rough.tape, "--kind", "perpetual")
    registry = month.folder / ".tapes/real-month.models"
    for symbol in SYMBOLS:
        name = f"CVNTrade_XGBoost_{symbol}_SL0.5_TP1_H4"
        # Trained thresholds lie where trades are most; these let about half of all bars pass.
        for version, alias, threshold in [(1, "champion", 0.27), (2, "candidate", 0.29)]:
            model = registry / name / f"versions/{version}"
            rough.call(
                "model", "import", model / "booster.json", "--name", name, "--threshold", threshold,
                "--config", model / "enrichment_config.json", "--trained-from", "2025-05-05",
                "--trained-to", "2025-05-19", "--registry", ".tapes/real-month.models",
            )  # fmt: skip
            rough.call(
                "model", "alias", name, alias, version, "--by", "test", "--reason", "thresholds",
                "--registry", ".tapes/real-month.models",
            )  # fmt: skip
    return rough


@needs_data
def test_outage_delisting_marks_and_compounding_are_recomputed_to_the_unit(rough_month):
    desk = rough_month.replay()
    assert_recomputed(rough_month, desk)
    trades, orders = pandas.DataFrame(desk.trades), pandas.DataFrame(desk.orders)
    assert {"stop", "target", "horizon", "delisting"} <= set(trades["exit_reason"])
    assert {"total_cap", "no_price"} <= set(orders["reason"])
    payments = pandas.DataFrame(desk.payments)
    assert set(payments["mark_source"]) == {"recorded", "mid"}
    assert len(set(orders["quantity"][orders["symbol"] == "ADAUSDT"])) > 20
    acted, candidate = (trades[trades["ledger"] == ledger] for ledger in ("acted", "candidate"))
    assert len(acted) != len(candidate)
