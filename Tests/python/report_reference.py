"""Recomputes a canary report's numbers with pandas from `journal export`, and compares them.

    scripts/python Tests/python/report_reference.py report.json --journal .tapes/journal.sqlite [--run ID]

Nothing of the program's code is used: the stage's window is told from the rollout's events, the covered bars from
the predictions, everything else from rows. Exits with 1 where a number differs.
"""

import argparse
import json
import os
import subprocess
import sys

import numpy
import pandas

DAY_NS = 86_400_000_000_000
TOLERANCE = 1e-9


class Rows:
    """The rows of a run, a frame for each table."""

    def __init__(self, program, options):
        words = [program, "journal", "export", "--body", *options]
        result = subprocess.run(words, check=False, capture_output=True, text=True)
        # 5: the run waits for a signature, and what is there is sound.
        if result.returncode not in (0, 5):
            raise SystemExit(result.stderr)
        tables = {}
        for line in result.stdout.splitlines():
            row = json.loads(line)
            tables.setdefault(row["table"], []).append(row)
        # Integers beside nulls stay integers as objects.
        self.tables = {name: pandas.DataFrame(rows, dtype=object) for name, rows in tables.items()}

    def __getitem__(self, name):
        return self.tables.get(name, pandas.DataFrame())


class Window:
    """The last window in which the rollout gathered evidence, from its events."""

    def __init__(self, events):
        self.start = self.end = None
        self.after_bar = False
        self.stops = []
        signed = None
        for event in events:
            kind, at, payload = event["event"], event["at_ns"], json.loads(event["detail"])
            begins = kind == "stage_entered" and payload.get("day", 1) == 1
            if kind == "resumed" and self.held != "stage":
                begins = True
            if begins:
                self.start, self.end, self.stops = at, None, []
                self.after_bar = kind == "stage_entered" and signed != at
                self.stage = payload.get("stage", getattr(self, "stage", None))
            elif kind == "stage_evaluated":
                self.end = at
            if kind == "signed_off":
                signed = at
            if kind == "hold_entered":
                self.held = payload["reason"]


class Reference:
    def __init__(self, rows, scenario, symbols):
        self.rows = rows
        self.bar = scenario["bar_ns"]
        self.delay = scenario["latencies"]["bar_delay_ns"]
        self.horizon = scenario["strategy"]["horizon_ns"]
        execution = scenario["execution"]
        size = execution["size"]
        if execution["sizing"] != "notional_micros":
            size = execution["total_cap_micros"] * size / 1e6
        self.notional = size / 1e6
        events = rows["rollout"].to_dict("records")
        frozen = next(each for each in events if each["event"] == "policy_frozen")
        self.block = json.loads(frozen["detail"])["detail"]["plan"]["block_ns"]
        self.window = Window(events)
        self.symbols = symbols
        decimals = rows["symbols"].set_index("symbol")["quote_decimals"]
        self.scale = {symbol: 10 ** int(decimals[symbol]) for symbol in symbols}
        self.bars = self.covered_bars()

    def of_stage(self, name):
        frame = self.rows[name]
        return frame[frame["symbol"].isin(self.symbols)] if len(frame) else frame

    def covered_bars(self):
        """The closes of the bars that count, and those of all bars of the window."""
        frame = self.of_stage("predictions")
        low = self.window.start if not self.window.after_bar else self.window.start + 1
        frame = frame[(frame["at_ns"] >= low) & (frame["at_ns"] <= self.window.end)]
        wide = frame.assign(
            made=frame["action"].isin(["buy", "none"]),
            stands_in=frame["reason"].notna() & (frame["role"] == "candidate"),
        )
        by_close = wide.groupby("bar_close_ns")
        whole = by_close.size() == 2 * len(self.symbols)
        covered = whole & by_close["made"].all() & ~by_close["stands_in"].any()
        self.all_bars = sorted(by_close.groups)
        return [close for close in self.all_bars if covered[close]]

    def known_in_bar(self, frame):
        """The bar at whose tick a row came to be known."""
        late = frame["at_ns"].astype("int64") - self.delay
        return ((late + self.bar - 1) // self.bar * self.bar).astype("int64")

    def trades(self, role):
        frame = self.of_stage("trades")
        frame = frame[frame["ledger"] == role].copy()
        if not len(frame):
            return frame.assign(net_return=[], close=[])
        frame["close"] = self.known_in_bar(frame)
        frame = frame[frame["close"].isin(self.bars)]
        return frame.assign(
            net_return=frame["net"].astype(float) / frame["entry_notional"].astype(float)
        )

    def bar_returns(self, ledger):
        """A column for each symbol: the change of its equity over each bar, in notionals."""
        marks = self.of_stage("marks")
        columns = {}
        for symbol in self.symbols:
            own = marks[(marks["symbol"] == symbol) & (marks["ledger"] == ledger)]
            worth = (own["realized"] + own["unrealized"]).astype("int64").to_numpy()
            times = own["at_ns"].astype("int64").to_numpy()
            closes = numpy.array(self.all_bars, dtype="int64")
            ticks = closes + self.delay

            def at(instants, times=times, worth=worth):
                places = numpy.searchsorted(times, instants, side="right") - 1
                return numpy.where(places >= 0, worth[numpy.maximum(places, 0)], 0) if len(worth) else 0 * instants

            change = (at(ticks) - at(ticks - self.bar)) / (self.notional * self.scale[symbol])
            if not self.window.after_bar and len(change):
                change[0] = 0.0
            columns[symbol] = change
        frame = pandas.DataFrame(columns, index=self.all_bars)
        frame.loc[~frame.index.isin(self.bars)] = 0.0
        return frame

    def blocks(self):
        """Candidate less champion, the mean over symbols, of each block with a covered bar."""
        difference = self.bar_returns("candidate") - self.bar_returns("champion")
        difference = difference[difference.index.isin(self.bars)].mean(axis=1)
        starts = (difference.index.to_numpy(dtype="int64") - 1) // self.block * self.block
        return difference.groupby(starts).sum()

    def equity(self, ledger):
        return (1 + self.bar_returns(ledger).mean(axis=1).cumsum()).tolist()

    @staticmethod
    def drawdown(equity):
        peaks = numpy.maximum.accumulate([1.0, *equity])[1:]
        return float(((peaks - equity) / peaks).max()) if len(equity) else None

    def scored(self):
        """Bars whose label counts, with what both roles said of them."""
        frame = self.of_stage("predictions")
        frame = frame[frame["bar_close_ns"].isin(self.bars)]
        wide = frame.pivot(index=["symbol", "bar_close_ns"], columns="role",
                           values=["action", "probability_ppb"])  # fmt: skip
        labels = self.of_stage("labels")
        labels = labels[(labels["at_ns"] <= self.window.end) & labels["label"].notna()]
        wide = wide.join(labels.set_index(["symbol", "bar_close_ns"])["label"].rename(("label", "")), how="inner")
        last = self.all_bars[-1]
        closes = wide.index.get_level_values("bar_close_ns").astype("int64")
        return wide[last - closes >= self.horizon]

    @staticmethod
    def f1(scored, role):
        buys = scored[("action", role)] == "buy"
        real = scored[("label", "")] == 1
        divisor = buys.sum() + real.sum()
        return 2 * int((buys & real).sum()) / int(divisor) if divisor else None

    @staticmethod
    def calibration_error(scored, role):
        both = scored[scored["probability_ppb"].notna().all(axis=1)]
        if not len(both):
            return None
        p = both[("probability_ppb", role)].astype(float) / 1e9
        y = (both[("label", "")] == 1).astype(float)
        bins = numpy.minimum((p * 10).astype(int), 9)
        return float((p - y).groupby(bins).sum().abs().sum() / len(both))

    def agreement(self):
        frame = self.of_stage("predictions")
        frame = frame[frame["bar_close_ns"].isin(self.bars)]
        wide = frame.pivot(index=["symbol", "bar_close_ns"], columns="role", values="action")
        return float((wide["champion"] == wide["candidate"]).mean())

    def costs(self, role):
        trades = self.trades(role)
        totals = {}
        for name in ["gross", "spread", "slippage", "fee", "funding", "net"]:
            known = trades[trades[name].notna()] if len(trades) else trades
            totals[name] = (
                sum(float(row[name]) / self.scale[row["symbol"]] for row in known.to_dict("records"))
                if len(known) else None
            )  # fmt: skip
        return totals


def differences(report, reference):
    """Each number that is not what pandas makes of the rows: its name, the report's, pandas'."""
    found = []

    def compare(name, shown, computed):
        if shown is None or computed is None:
            if shown is not computed:
                found.append((name, shown, computed))
        elif abs(shown - computed) > TOLERANCE * max(1, abs(computed)):
            found.append((name, shown, computed))

    rows = {row["metric"]: row for row in report["headline"]["pooled"]["rows"]}
    scored = reference.scored()
    means = {}
    for role in ["champion", "candidate"]:
        trades = reference.trades(role)
        means[role] = float(trades["net_return"].mean()) if len(trades) else None
        compare(f"trades {role}", rows["trades"][role]["value"], len(trades))
        compare(f"expectancy {role}", rows["expectancy_net"][role]["value"], means[role])
        compare(f"f1 {role}", rows["f1_buy"][role]["value"], reference.f1(scored, role))
        equity = reference.equity(role)
        series = next(each for each in report["equity"]["series"] if each["ledger"] == role)
        compare(f"bars {role}", len(series["values"]), len(equity))
        for number, (shown, computed) in enumerate(zip(series["values"], equity)):
            compare(f"equity {role} {number}", shown, computed)
        compare(f"drawdown {role}", rows["max_drawdown"][role]["value"], reference.drawdown(
            [value for value, close in zip(equity, reference.all_bars) if close in set(reference.bars)]))  # fmt: skip
        ladder = next(each for each in report["headline"]["pooled"]["ladders"] if each["role"] == role)
        totals = {rung["name"]: rung["total_quote"] for rung in ladder["rungs"]}
        for name, total in reference.costs(role).items():
            compare(f"{name} {role}", totals[name], total)
        side = next(each for each in report["calibration"]["pooled"]["sides"] if each["role"] == role)
        compare(f"ece {role}", side["error"]["value"], reference.calibration_error(scored, role))
    both = None not in means.values()
    compare("difference", rows["expectancy_net"]["difference"]["value"],
            means["candidate"] - means["champion"] if both else None)  # fmt: skip
    compare("agreement", report["disagreement"]["agreement"]["value"], reference.agreement())
    blocks = reference.blocks()
    points = report["line"]["points"]
    compare("blocks", len(points), len(blocks))
    for point, (start, value) in zip(points, blocks.items()):
        compare(f"block {start}", point["difference"], float(value))
        compare(f"block {start} begins", point["start_ns"], int(start))
    compare("covered", report["sample"]["covered_ns"], len(reference.bars) * reference.bar)
    return found


def reference(program, options, report):
    text = subprocess.run(
        [program, "journal", "sql", *options[:2], "--json",
         f"SELECT scenario FROM runs WHERE id = '{report['banner']['run']}'"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return Reference(Rows(program, options), scenario_of(text), report["banner"]["symbols"])


def scenario_of(text):
    """The scenario's canonical text, wherever the query's answer has it."""
    found = json.loads(text)
    while not isinstance(found, str):
        found = list(found.values())[-1] if isinstance(found, dict) else found[-1]
    return json.loads(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=argparse.FileType())
    parser.add_argument("--journal", required=True)
    parser.add_argument("--run")
    parser.add_argument("--program", default=os.environ.get("TAPEDECK", ".build/release/tapedeck"))
    arguments = parser.parse_args()
    report = json.load(arguments.report)
    options = ["--journal", arguments.journal] + (["--run", arguments.run] if arguments.run else [])
    found = differences(report, reference(arguments.program, options, report))
    for name, shown, computed in found:
        print(f"{name}: the report has {shown}, the rows give {computed}")
    print(f"{len(found)} numbers differ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
