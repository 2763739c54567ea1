"""Recomputes a stress report's numbers with pandas from `journal export`, and compares them.

    scripts/python Tests/python/stress_reference.py reports/stress/flash-crash/report.json --journal .tapes/journal.sqlite

Nothing of the program's code is used: everything comes from the rows of the two runs that the report names and from
the scenario's text. Exits with 1 where a number differs.
"""

import argparse
import functools
import json
import os
import subprocess
import sys

import numpy
import pandas
from report_reference import TOLERANCE, Rows, scenario_of

RUNGS = ["gross", "spread", "slippage", "fee", "funding", "flat", "net", "delay"]
BLOCK_NS = 4 * 3_600_000_000_000
DAY_NS = 86_400_000_000_000
FOREVER_NS = 2**63 - 1


def scenario(program, journal, run):
    text = subprocess.run(
        [program, "journal", "sql", "--journal", journal, "--json", f"SELECT scenario FROM runs WHERE id = '{run}'"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return scenario_of(text)


class Run:
    """One of the two runs, from its rows."""

    def __init__(self, program, journal, run):
        self.scenario = scenario(program, journal, run)
        self.rows = Rows(program, ["--journal", str(journal), "--run", run])
        self.role = "candidate" if self.scenario["models"]["has_candidate"] else "champion"
        self.bar = self.scenario["bar_ns"]
        self.delay = self.scenario["latencies"]["bar_delay_ns"]
        symbols = self.rows["symbols"].set_index("symbol")
        self.scale = {name: 10 ** int(value) for name, value in symbols["quote_decimals"].items()}
        self.price_unit = {name: 10.0 ** -int(value) for name, value in symbols["price_decimals"].items()}
        self.size_scale = {name: 10 ** int(value) for name, value in symbols["size_decimals"].items()}
        closes = self.rows["predictions"]["bar_close_ns"].astype("int64")
        self.start, self.end = int(closes.min()) - self.bar, int(closes.max())

    def own(self, table):
        frame = self.rows[table]
        return frame[frame["ledger"] == self.role] if len(frame) else frame

    @functools.cached_property
    def scored(self):
        """What the judged role said of bars with a label."""
        said = self.rows["predictions"]
        said = said[(said["role"] == self.role) & said["action"].isin(["buy", "none"])]
        labels = self.rows["labels"]
        labels = labels[labels["label"].notna()][["symbol", "bar_close_ns", "label"]]
        joined = said.merge(labels, on=["symbol", "bar_close_ns"])
        return pandas.DataFrame(
            {
                "symbol": joined["symbol"],
                "close": joined["bar_close_ns"].astype("int64"),
                "buy": joined["action"] == "buy",
                "real": joined["label"].astype("int64") == 1,
            }
        )

    def f1(self, spans):
        """F1 of BUY, how many bars and BUY labels, over the bars of each symbol's span."""
        frame = self.scored
        inside = numpy.zeros(len(frame), dtype=bool)
        for symbol, low, high in spans:
            inside |= ((frame["symbol"] == symbol) & frame["close"].between(low, high)).to_numpy()
        frame = frame[inside]
        divisor = int(frame["buy"].sum() + frame["real"].sum())
        value = 2 * int((frame["buy"] & frame["real"]).sum()) / divisor if divisor else None
        return value, len(frame), int(frame["real"].sum())

    def equity(self):
        """At each bar's close, in quote currency."""
        count = (self.end - self.start) // self.bar
        total = numpy.zeros(count)
        for symbol, marks in self.own("marks").groupby("symbol") if len(self.own("marks")) else []:
            worth = (marks["realized"].astype("int64") + marks["unrealized"].astype("int64")).to_numpy()
            since = marks["at_ns"].astype("int64").to_numpy() - self.delay - self.start
            bars = numpy.clip((since - 1) // self.bar, 0, count - 1)
            changes = numpy.zeros(count)
            numpy.add.at(changes, bars, numpy.diff(worth, prepend=0) / self.scale[symbol])
            total += changes
        return self.cap + numpy.cumsum(total)

    @property
    def cap(self):
        return self.scenario["execution"]["total_cap_micros"] / 1e6

    def drawdown(self):
        equity = self.equity()
        peaks = numpy.maximum.accumulate([self.cap, *equity])[1:]
        return float(((peaks - equity) / peaks).max())

    def sortino(self):
        equity = self.equity()
        period = DAY_NS if self.end - self.start >= 60 * DAY_NS else BLOCK_NS
        closes = self.start + self.bar * numpy.arange(1, len(equity) + 1)
        last = pandas.Series(equity).groupby((closes - 1) // period).last().to_numpy()
        returns = last / numpy.concatenate([[self.cap], last[:-1]]) - 1
        if len(returns) < 2:
            return None
        deviation = numpy.sqrt(numpy.mean(numpy.minimum(returns, 0) ** 2))
        return float(returns.mean() / deviation * numpy.sqrt(365 * DAY_NS / period)) if deviation > 1e-12 else None

    def trades(self):
        frame = self.own("trades").copy()
        if len(frame):
            frame["net_return"] = frame["net"].astype(float) / frame["entry_notional"].astype(float)
        return frame

    def beyond_stop(self):
        """Exits by the stop, and by how many basis points of its level those beyond it were filled below."""
        trades = self.trades()
        stops = trades[trades["exit_reason"] == "stop"] if len(trades) else trades
        share = 1 - self.scenario["strategy"]["stop_ppm"] / 1e6
        found = []
        for trade in stops.to_dict("records"):
            base = trade["quantity"] / self.size_scale[trade["symbol"]]
            scale = self.scale[trade["symbol"]] * base
            level, price = trade["entry_notional"] / scale * share, trade["exit_notional"] / scale
            if level - price >= self.price_unit[trade["symbol"]]:
                found.append(1e4 * (level - price) / level)
        return len(stops), found

    def rejected(self):
        orders = self.own("orders")
        return int((orders["status"] == "rejected").sum()) if len(orders) else 0

    def reasons(self):
        orders = self.own("orders")
        return orders["reason"].dropna().value_counts().to_dict() if len(orders) else {}

    def rung(self, name):
        """The mean in basis points of the entry and the sum in quote currency of a part of the trades."""
        trades = self.trades()
        known = trades[trades[name].notna()] if len(trades) else trades
        if not len(known):
            return None, None
        mean = (known[name].astype(float) / known["entry_notional"].astype(float)).mean() * 1e4
        total = sum(float(row[name]) / self.scale[row["symbol"]] for row in known.to_dict("records"))
        return float(mean), total

    def fired(self):
        """Alerts by when they fired, each once until it is over, and when that was."""
        alerts, open_alerts, found = self.rows["alerts"], {}, []
        for row in alerts.to_dict("records") if len(alerts) else []:
            key = (row["alert"], row["severity"], row["symbol"], row["detail"])
            if row["state"] == "firing" and key not in open_alerts:
                open_alerts[key] = len(found)
                found.append([*key, row["at_ns"], None])
            elif row["state"] in ("resolved", "no_data") and key in open_alerts:
                found[open_alerts.pop(key)][5] = row["at_ns"]
        return found

    def said(self, symbol):
        """By bar: features without a value, and whether the bar was missing."""
        said = self.rows["predictions"]
        said = said[(said["symbol"] == symbol) & (said["role"] == self.role)]
        index = pandas.Index(said["bar_close_ns"].astype("int64"))
        nan = said["nan_count"].astype("int64").to_numpy()
        return pandas.DataFrame({"nan": nan, "missing": (said["action"] == "missing").to_numpy()}, index=index)

    def health(self, symbol):
        said = self.rows["predictions"]
        said = said[(said["symbol"] == symbol) & (said["role"] == self.role)]
        made = said["action"].isin(["buy", "none"])
        return {
            "bars": len(said), "missing": int((said["action"] == "missing").sum()),
            "nan": int((said["nan_count"].astype(int) > 0).sum()),
            "substituted": int((made & said["reason"].notna()).sum()),
            "paused": int((said["action"] == "paused").sum()),
            "halted": int((said["action"] == "halted").sum()),
        }  # fmt: skip


def length(injection):
    """How long an injection lasts; a step is over once it is taken."""
    if injection["kind"] in ("flashCrash", "correlatedCrash"):
        return sum(injection[f"{name}_ns"] for name in ("fall", "hold", "recovery"))
    return 0 if injection["kind"] == "halvingStep" else injection["lasting_ns"]


def spans(run):
    """By injection: what each symbol meets of it, and the bars that are scored for it."""
    text = run.scenario
    families = text["features"]
    purge = max([family["purge_bars"] for family in (families["btc"], families["l2"]) if family], default=0)
    memory = (purge + 96) * run.bar + text["strategy"]["horizon_ns"]
    names = sorted(run.scale)
    for injection in text["injections"]:
        known = sorted({*names, *([families["btc"]["symbol"]] if families["btc"] else [])})
        met = injection["symbols"] or known
        if injection["kind"] == "correlatedCrash" and not injection["symbols"]:
            leader = next((name for name in known if name.startswith("BTC")), known[0])
            met = [leader, *[name for name in known if name != leader]]
        start = injection["at_ns"] if "at_ns" in injection else run.start + injection["after_ns"]
        found = []
        for rank, name in enumerate(met):
            late = injection["lag_ns"] if rank and injection["kind"] == "correlatedCrash" else 0
            end = start + late + length(injection)
            if name in names:
                found.append((name, start + late, end, end + memory))
        yield sorted(found)


def differences(report, stressed, unstressed):
    """Each number that is not what pandas makes of the rows: its name, the report's, pandas'."""
    found = []

    def compare(name, shown, computed):
        if shown is None or computed is None:
            if shown is not computed:
                found.append((name, shown, computed))
        elif abs(shown - computed) > TOLERANCE * max(1, abs(computed)):
            found.append((name, shown, computed))

    def compare_scores(name, scope, members):
        shown = [scope["pooled"], *scope["symbols"]]
        for score, own in zip(shown, [members, *[[member] for member in members]], strict=True):
            values = []
            for side, run in (("stressed", stressed), ("unstressed", unstressed)):
                value, count, labels = run.f1(own)
                values.append(value)
                place = f"{name} {score['symbol']} {side}"
                compare(place, score[side]["value"], value)
                compare(place + " bars", score[side]["n"], count)
                compare(place + " labels", score["buy_labels"][side], labels)
            lost = None if None in values else values[1] - values[0]
            compare(f"{name} {score['symbol']} lost", score["lost"]["value"], lost)

    whole = [(name, stressed.start, stressed.end) for name in sorted(stressed.scale)]
    compare_scores("whole", report["f1"]["whole"], whole)
    all_spans = list(spans(stressed))
    compare("injections", len(report["f1"]["injections"]), len(all_spans))
    for number, members in enumerate(all_spans):
        scope = report["f1"]["injections"][number]
        compare_scores(f"injection {number}", scope, [(name, low, high) for name, low, _, high in members])
    flat = [(number, *span) for number, members in enumerate(all_spans) for span in members]
    shown = [
        (span["injection"], span["symbol"], span["start_ns"], span["end_ns"], span["scored_to_ns"])
        for span in report["spans"]
    ]
    compare("spans", int(shown == flat), 1)

    means = {}
    for side, run in (("stressed", stressed), ("unstressed", unstressed)):
        part = report[side]
        ledger = part["total"]["ledgers"][run.role]
        trades = run.trades()
        count = len(trades)
        compare(f"{side} trades", ledger["trades"], count)
        means[side] = float(trades["net_return"].mean()) if count else None
        worst = float(trades["net_return"].min()) if count else None
        compare(f"{side} expectancy", ledger["expectancy_net"]["value"], means[side])
        compare(f"{side} worst", (part["worst_trade"] or {"net_return": {"value": None}})["net_return"]["value"], worst)
        compare(f"{side} drawdown", ledger["max_drawdown"]["value"], run.drawdown())
        compare(f"{side} sortino", ledger["sortino"]["value"], run.sortino())
        equity = run.equity()
        compare(f"{side} bars", len(part["equity_curve"]["value"]), len(equity))
        for number, (own, value) in enumerate(zip(part["equity_curve"]["value"], equity)):
            compare(f"{side} equity {number}", own, float(value))
        stops, beyond = run.beyond_stop()
        compare(f"{side} stops", part["beyond_stop"]["stops"], stops)
        compare(f"{side} beyond", part["beyond_stop"]["count"], len(beyond))
        compare(f"{side} beyond mean", part["beyond_stop"]["mean_bps"]["value"], sum(beyond) / len(beyond) if beyond else None)
        compare(f"{side} beyond worst", part["beyond_stop"]["worst_bps"]["value"], max(beyond, default=None))
        compare(f"{side} rejected", ledger["orders"]["rejected"], run.rejected())
        compare(f"{side} reasons", int(ledger["orders"]["reasons"] == run.reasons()), 1)
        for name in RUNGS:
            mean, total = run.rung(name)
            compare(f"{side} {name} mean", ledger["costs"][name]["mean_bps"]["value"], mean)
            compare(f"{side} {name} total", ledger["costs"][name]["total_quote"], total)
        act = [alert for alert in run.fired() if alert[1] != "warn"]
        compare(f"{side} alerts", part["alert_counts"]["raised"], len(run.fired()))
        compare(f"{side} act", part["alert_counts"]["act"], len(act))
        for health in part["health"]:
            for name, value in run.health(health["symbol"]).items():
                compare(f"{side} {health['symbol']} {name}", health[name], value)
    both = None not in means.values()
    compare("difference", report["difference"]["expectancy_net"]["value"],
            means["stressed"] - means["unstressed"] if both else None)  # fmt: skip
    twins = set(firings(unstressed))
    for (_, symbol, start, end, scored_to), response in zip(flat, report["responses"], strict=True):
        own = [
            alert for alert in stressed.fired()
            if tuple(alert[:5]) not in twins and alert[2] in (None, symbol) and alert[4] >= start
        ]  # fmt: skip
        act = [alert for alert in own if alert[1] != "warn"]
        compare(f"detect {symbol}", response["detect"]["seconds"], (act[0][4] - start) / 1e9 if act else None)
        ends = [alert[5] for alert in own if alert[4] <= scored_to]
        clean = first_clean_bar(stressed.said(symbol), unstressed.said(symbol), start, scored_to)
        if clean is not None:
            ends.append(clean + stressed.delay if clean < FOREVER_NS else None)
        known = ends and None not in ends
        compare(f"recover {symbol}", response["recover"]["seconds"],
                max(0, max(ends) - end) / 1e9 if known else None)  # fmt: skip
    return found


def first_clean_bar(stressed, unstressed, start, scored_to):
    """The bar after the last one around an injection that has fewer values than the twin's; None without any."""
    joined = stressed.join(unstressed.add_suffix("_twin"))
    joined = joined[joined.index >= start]
    worse = (joined["nan"] > joined["nan_twin"].fillna(0)) | (joined["missing"] & ~joined["missing_twin"].eq(True))
    if not worse[worse.index <= scored_to].any():
        return None
    last = worse[worse.index <= scored_to]
    last = last[last].index.max()
    after = worse[worse.index > last]
    return int(after[~after].index.min()) if (~after).any() else FOREVER_NS


def firings(run):
    """Every row that says that an alert fires."""
    alerts = run.rows["alerts"]
    for row in alerts.to_dict("records") if len(alerts) else []:
        if row["state"] == "firing":
            yield row["alert"], row["severity"], row["symbol"], row["detail"], row["at_ns"]


def played(program, journal, report):
    """The stressed run and its twin."""
    return [Run(program, journal, report["runs"][side]) for side in ("stressed", "unstressed")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=argparse.FileType())
    parser.add_argument("--journal", required=True)
    parser.add_argument("--program", default=os.environ.get("TAPEDECK", ".build/release/tapedeck"))
    arguments = parser.parse_args()
    report = json.load(arguments.report)
    found = differences(report, *played(arguments.program, arguments.journal, report))
    for name, shown, computed in found:
        print(f"{name}: the report has {shown}, the rows give {computed}")
    print(f"{len(found)} numbers differ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
