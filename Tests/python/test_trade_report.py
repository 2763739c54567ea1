"""The shadow and the trade report of a run: what they refuse, and whether their numbers are the rows'."""

import hashlib
import html.parser
import json
import math
import shutil
import sqlite3
import subprocess
import sys

import numpy
import page_check
import pandas
import pytest
import trading
from conftest import ROOT, output, run

FILES = ["MANIFEST", "index.html", "report.json", "report.md"]
LEDGERS = ["champion", "candidate", "acted"]
COSTS = ["spread", "slippage", "fee", "funding", "flat"]


class Run:
    """A replay of a small market, its rows as tables and both reports."""

    def __init__(self, folder):
        self.folder = folder
        self.journal = folder / "journal.sqlite"
        self.scenario = trading.make(folder)
        output("replay", self.scenario, "--journal", self.journal, "--quiet")
        self.shadow = self.report("shadow")
        self.trades = self.report("trades")
        symbols = self.table("symbols").set_index("symbol")
        self.scale = {name: 10.0 ** symbols[name + "_decimals"] for name in ("price", "size", "quote")}

    def report(self, kind, name=None):
        folder = self.folder / (name or kind)
        output("report", kind, "--journal", self.journal, "--out", folder, "--quiet")
        return folder

    def table(self, name):
        path = self.folder / (name + ".csv")
        path.write_text(output("journal", "export", "--journal", self.journal, "--table", name))
        return pandas.read_csv(path)

    def document(self, kind):
        return json.loads(((self.folder / kind) / "report.json").read_text())

    def closed(self):
        """The rows of `trades` in units of people."""
        rows = self.table("trades")
        quote = rows["symbol"].map(self.scale["quote"])
        money = ["gross", *COSTS, "net", "delay", "entry_notional", "exit_notional"]
        rows[money] = rows[money].div(quote, axis=0)
        rows["quantity"] /= rows["symbol"].map(self.scale["size"])
        rows["net_return"] = rows["net"] / rows["entry_notional"]
        return rows


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("report"))


class Numbers(html.parser.HTMLParser):
    """The numbers of a page by their keys, and the rows of its table of trades."""

    def __init__(self, text):
        super().__init__()
        self.numbers = []
        self.rows = {}
        self.row = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "data":
            self.numbers.append((attributes["data-key"], float(attributes["value"])))
        if tag == "tr":
            self.row = attributes.get("data-key")
            if self.row:
                self.rows[self.row] = []
        if tag == "td" and self.row:
            self.rows[self.row].append("")

    def handle_endtag(self, tag):
        if tag == "tbody":
            self.row = None

    def handle_data(self, data):
        if self.row and self.rows[self.row]:
            self.rows[self.row][-1] += data.strip()


def find(document, key):
    """The value at a path of members and indices; a member's name may hold dots."""
    if not key:
        return document
    if isinstance(document, list):
        head, _, rest = key.partition(".")
        return find(document[int(head)], rest)
    for name in document:
        if key == name or key.startswith(name + "."):
            return find(document[name], key[len(name) + 1 :])
    raise KeyError(key)


@pytest.mark.parametrize("kind", ["shadow", "trades"])
def test_a_folder_holds_four_files_that_are_the_same_every_time(played, kind):
    folder = played.folder / kind
    assert sorted(path.name for path in folder.iterdir()) == FILES
    for line in (folder / "MANIFEST").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    before = {name: (folder / name).read_bytes() for name in FILES}
    played.report(kind)
    assert {name: (folder / name).read_bytes() for name in FILES} == before
    for name in FILES:
        assert str(played.folder) not in (folder / name).read_text()
    printed = output("report", kind, "--journal", played.journal, "--json", "--quiet")
    assert json.loads(printed) == json.loads(before["report.json"])


@pytest.mark.parametrize("kind", ["shadow", "trades"])
def test_the_document_fits_its_schema(played, kind):
    jsonschema = pytest.importorskip("jsonschema")
    name = {"shadow": "shadow", "trades": "trade"}[kind]
    schema = json.loads((ROOT / f"docs/schemas/{name}-report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(played.document(kind))


@pytest.mark.parametrize("kind", ["shadow", "trades"])
def test_every_number_of_the_page_is_the_documents(played, kind):
    page = Numbers((played.folder / kind / "index.html").read_text())
    document = played.document(kind)
    assert len(page.numbers) > 20
    for key, value in page.numbers:
        assert find(document, key) == value, key
    if kind == "shadow":
        return
    assert len(page.rows) == len(document["trades"]) > 100
    column = document["columns"].index
    for key, cells in page.rows.items():
        trade = find(document, key)
        assert cells[:3] == [trade[column(name)] for name in ("symbol", "ledger", "stage")]
        shown = cells[-1].replace(",", "").replace("\u2212", "-")
        assert math.isclose(float(shown), 1e4 * trade[column("net_return")], abs_tol=0.0501)


def test_trades_are_those_of_the_rows(played):
    document = played.document("trades")
    trades = pandas.DataFrame(document["trades"], columns=document["columns"])
    rows = played.closed()
    assert document["acted_is_champion"]
    rows = rows[rows["ledger"] != "acted"]
    assert document["trade_count"] == len(trades) == len(rows)
    order = ["ledger", "symbol", "trade_number"]
    trades = trades.sort_values(order, ignore_index=True)
    rows = rows.sort_values(order, ignore_index=True)
    words = [*order, "role", "model", "version", "stage", "decided_ns", "entry_ns", "exit_ns"]
    assert (trades[[*words, "exit_reason"]] == rows[[*words, "exit_reason"]]).all(axis=None)
    price = rows["symbol"].map(played.scale["price"])
    rows["entry_price"] = rows["entry_notional"] / rows["quantity"]
    rows["exit_price"] = rows["exit_notional"] / rows["quantity"]
    rows["entry_mid"] = rows["entry_mid2"] / 2 / price
    rows["exit_mid"] = rows["exit_mid2"] / 2 / price
    for name in document["columns"][10:]:
        if name == "exit_reason":
            continue
        numpy.testing.assert_allclose(
            trades[name].astype(float), rows[name].astype(float), rtol=1e-12, err_msg=name
        )
    for ledger, summary in document["ledgers"].items():
        own = rows.loc[rows["ledger"] == ledger, "net_return"]
        assert summary["expectancy_net"]["n"] == len(own)
        assert math.isclose(summary["expectancy_net"]["value"], own.mean(), rel_tol=1e-9)
        assert math.isclose(summary["hit_rate"]["value"], (own > 0).mean(), rel_tol=1e-12)
        assert [summary["worst"]["value"], summary["best"]["value"]] == [own.min(), own.max()]


def test_paths_go_through_the_mids_that_the_journal_has(played):
    document = played.document("trades")
    assert document["prices"] == {"is_read": True, "reason": None}
    assert len(document["paths"]) == 40
    column = document["columns"].index
    for path in document["paths"]:
        trade = document["trades"][path["trade"]]
        assert trade[column("ledger")] == "candidate"
        assert path["at_ns"] == sorted(path["at_ns"])
        assert path["at_ns"][0] <= trade[column("entry_ns")] < path["at_ns"][-1]
        for side in ("entry", "exit"):
            # A position that is closed because the tape ends has no book of its own.
            if path[side]:
                mid = (path[side]["bid"] + path[side]["ask"]) / 2
                assert math.isclose(mid, trade[column(side + "_mid")], rel_tol=1e-12)
    assert all(path["entry"] for path in document["paths"])


def test_earnings_and_costs_are_those_of_the_rows(played):
    document = played.document("shadow")
    rows = played.closed()
    scopes = [(scope["symbol"], scope) for scope in document["symbols"]] + [(None, document["total"])]
    assert len(scopes) == rows["symbol"].nunique() + 1
    for symbol, scope in scopes:
        for ledger in LEDGERS:
            own = rows[rows["ledger"] == ledger]
            own = own[own["symbol"] == symbol] if symbol else own
            figures = scope["ledgers"][ledger]
            assert figures["trades"] == len(own) > 0
            wins, losses = own["net_return"].clip(lower=0), own["net_return"].clip(upper=0)
            for name, value in {
                "expectancy_net": own["net_return"].mean(),
                "expectancy_gross": (own["gross"] / own["entry_notional"]).mean(),
                "hit_rate": (own["net"] > 0).mean(),
                "profit_factor": wins.sum() / -losses.sum(),
            }.items():
                assert math.isclose(figures[name]["value"], value, rel_tol=1e-9), name
            for name in ["gross", "spread", "slippage", "fee", "funding", "net"]:
                rung = figures["costs"][name]
                mean = 1e4 * (own[name] / own["entry_notional"]).mean()
                assert math.isclose(rung["mean_bps"]["value"], mean, rel_tol=1e-9, abs_tol=1e-12)
                assert math.isclose(rung["total_quote"], own[name].sum(), rel_tol=1e-9, abs_tol=1e-9)
            assert figures["exits"] == own["exit_reason"].value_counts().to_dict()
    total = document["total"]
    difference = total["candidate_minus_champion"]["expectancy_net"]["value"]
    means = [total["ledgers"][name]["expectancy_net"]["value"] for name in LEDGERS]
    assert math.isclose(difference, means[1] - means[0], rel_tol=1e-9)


def test_equity_and_drawdown_are_those_of_the_marks(played):
    document = played.document("shadow")
    marks = played.table("marks")
    quote = marks["symbol"].map(played.scale["quote"])
    marks["worth"] = (marks["realized"] + marks["unrealized"]) / quote
    for ledger in LEDGERS:
        own = marks[marks["ledger"] == ledger]
        paths = own.pivot_table(index="at_ns", columns="symbol", values="worth", aggfunc="last")
        path = document["equity"] + paths.ffill().fillna(0).sum(axis=1)
        curve = document["curves"][ledger]
        # What was marked after the last bar is seen at it.
        assert math.isclose(curve["equity"][-1], path.iloc[-1], rel_tol=1e-12)
        peaks = path.cummax().clip(lower=document["equity"])
        deepest = document["total"]["ledgers"][ledger]["max_drawdown"]["value"]
        assert math.isclose(deepest, max(curve["drawdown"]), rel_tol=1e-12)
        assert deepest <= ((peaks - path) / peaks).max() + 1e-12


def test_decisions_are_those_of_the_rows(played):
    document = played.document("shadow")
    predictions = played.table("predictions")
    labels = played.table("labels")[["symbol", "bar_close_ns", "label"]].dropna()
    decided = predictions[predictions["action"].isin(["buy", "none"])]
    for role in ["champion", "candidate"]:
        own = predictions[predictions["role"] == role]
        known = own["probability_ppb"].dropna() / 1e9
        counts, _ = numpy.histogram(known, bins=numpy.linspace(0, 1, 21))
        histogram = document["probabilities"][role]["histogram"]
        # NumPy's edges are a rounding away from twentieths.
        assert sum(histogram) == len(known)
        assert numpy.abs(numpy.subtract(histogram, counts)).max() <= 1
        judged = decided[decided["role"] == role].merge(labels, on=["symbol", "bar_close_ns"])
        buys, true = judged["action"] == "buy", judged["label"] == 1
        figures = document["total"]["roles"][role]
        assert figures["bars"] == len(judged)
        f1 = 2 * (buys & true).sum() / (buys.sum() + true.sum())
        assert math.isclose(figures["classes"]["buy"]["f1"]["value"], f1, rel_tol=1e-12)
        scored = judged.dropna(subset="probability_ppb")
        probability = scored["probability_ppb"] / 1e9
        outcome = (scored["label"] == 1).astype(float)
        brier = ((probability - outcome) ** 2).mean()
        assert math.isclose(figures["brier"]["value"], brier, rel_tol=1e-9)
        bins = (probability * 10).astype(int).clip(upper=9)
        groups = pandas.DataFrame({"p": probability, "y": outcome}).groupby(bins)
        error = ((groups["y"].mean() - groups["p"].mean()).abs() * groups.size()).sum()
        assert math.isclose(figures["ece"]["value"], error / len(scored), rel_tol=1e-9)
        reliability = document["probabilities"][role]["reliability"]
        assert [row["count"] for row in reliability] == groups.size().tolist()


def test_disagreement_is_that_of_the_rows(played):
    document = played.document("shadow")
    predictions = played.table("predictions")
    actions = predictions.pivot(index=["symbol", "bar_close_ns"], columns="role", values="action")
    both = actions[actions.isin(["buy", "none"]).all(axis=1)] == "buy"
    found = document["disagreement"]
    assert found["bars"] == len(both)
    assert found["undecided"] == len(actions) - len(both)
    pairs = both.value_counts()
    assert found["both_buy"] == pairs.get((True, True), 0)
    # Columns are in the order of the alphabet: the candidate first.
    assert found["candidate_only"] == pairs.get((True, False), 0)
    assert found["champion_only"] == pairs.get((False, True), 0)
    agreement = document["total"]["candidate_minus_champion"]["agreement"]["value"]
    same = (both["champion"] == both["candidate"]).mean()
    assert math.isclose(agreement, same, rel_tol=1e-12)
    counted = sum(group["n"] for group in found["trades"].values())
    assert counted == sum(document["total"]["ledgers"][name]["trades"] for name in LEDGERS[:2])


def test_the_replay_prints_the_same_figures(played):
    again = played.folder / "again.sqlite"
    printed = json.loads(
        output("replay", played.scenario, "--journal", again, "--json", "--quiet")
    )
    document = played.document("shadow")
    for name in ["total", "symbols", "models", "quality", "events", "alerts", "from", "to", "seed"]:
        assert printed[name] == document[name], name


# MARK: what is refused


def changed(played, name, statement):
    journal = played.folder / name
    shutil.copy(played.journal, journal)
    with sqlite3.connect(journal) as connection:
        connection.execute(statement)
    connection.close()
    return journal


@pytest.mark.parametrize("kind", ["shadow", "trades"])
def test_a_run_that_was_changed_or_has_not_ended_is_refused(played, kind, tmp_path):
    damaged = changed(played, "damaged.sqlite", "UPDATE trades SET net = net + 1 WHERE trade_number = 3")
    result = run("report", kind, "--journal", damaged, "--out", tmp_path / "out", "-q")
    assert (result.returncode, result.stdout) == (1, "")
    assert "journal verify" in result.stderr
    open_run = changed(played, "open.sqlite", "UPDATE runs SET footer = NULL, commands = NULL")
    result = run("report", kind, "--journal", open_run, "--out", tmp_path / "out", "-q")
    assert (result.returncode, result.stdout) == (5, "")
    assert "has not ended" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_stays(played, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    result = run("report", "trades", "--journal", played.journal, "--out", tmp_path, "-q")
    assert result.returncode == 4
    assert "letter.txt" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_without_the_tape_there_are_no_paths_and_the_report_is_made(played):
    """First the tape is away, then another one lies in its place."""
    tape, kept = played.folder / "market.tape", played.folder / "kept.tape"
    tape.rename(kept)
    try:
        folder = played.report("trades", "no-tape")
        recipe = played.folder / "other.json5"
        recipe.write_text(trading.RECIPE.replace("2025-01-02T12:00", "2025-01-01T01:00"))
        output("tape", "synth", recipe, "-o", tape)
        other = played.report("trades", "other-tape")
    finally:
        kept.rename(tape)
    document = json.loads((folder / "report.json").read_text())
    assert not document["prices"]["is_read"] and document["paths"] == []
    assert "is not where the run read it" in document["prices"]["reason"]
    assert document["trades"] == played.document("trades")["trades"]
    assert "There are no prices to draw trades on" in (folder / "index.html").read_text()
    document = json.loads((other / "report.json").read_text())
    assert "its digest differs" in document["prices"]["reason"]
    assert document["paths"] == []


@pytest.mark.skipif(page_check.PROGRAM is None, reason="there is no browser")
@pytest.mark.parametrize("kind", ["shadow", "trades"])
def test_a_browser_finds_nothing_amiss(kind, tmp_path):
    """Of two hours, because a browser looks at every cell of every table eight times."""
    journal = tmp_path / "journal.sqlite"
    output("replay", trading.GOLDEN, "--journal", journal, "--quiet", cwd=ROOT)
    output("report", kind, "--journal", journal, "--out", tmp_path / kind, "-q", cwd=ROOT)
    command = [sys.executable, page_check.__file__, tmp_path / kind / "index.html"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
