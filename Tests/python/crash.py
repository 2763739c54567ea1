"""Kills replays at random moments, resumes them and compares what they leave with a quiet run's.

scripts/crash runs it at length, test_crash.py briefly.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import stores
import trading
from conftest import PROGRAM, run

# The journal takes rows after every fourth slice: small ones spread its groups over the whole run.
SLICES = ["--slice-events", "500"]


class Failure(Exception):
    """A run that died left something that a quiet one does not."""


def start(scenario, journal, *options):
    """A replay that goes on beside us."""
    command = [PROGRAM, "replay", scenario, "--journal", journal, "--quiet", *SLICES, *options]
    return subprocess.Popen(
        list(map(str, command)), text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def summary_of(journal):
    """The journal's only run; None while there is none, or no journal."""
    result = run("journal", "list", "--json", "--journal", journal)
    runs = json.loads(result.stdout)["runs"] if result.returncode == 0 else []
    return runs[0] if runs else None


def wait_for_rows(process, journal):
    """Returns when a run that goes on beside us has stored some rows."""
    while process.poll() is None:
        summary = summary_of(journal)
        if summary is not None and summary["rows"] > 0:
            return
    raise Failure(f"exit code {process.returncode} before any row: {process.stderr.read()}")


class Campaign:
    """Many runs of one scenario in one store, most of which do not live long."""

    def __init__(self, scenario, store, seed):
        self.scenario = scenario
        self.store = store
        self.random = random.Random(seed)
        self.kills = 0
        self.journals = 0
        self.outcomes = collections.Counter()
        journal = store.new()
        began = time.time_ns()
        self.end(start(scenario, journal))
        # What follows the last row only reads the journal.
        summary = summary_of(journal)
        self.seconds = (summary["finished_wall_ns"] - began) / 1e9
        self.rows = summary["rows"]
        self.expected = trading.export(journal)
        store.drop(journal)

    @staticmethod
    def end(process):
        _, text = process.communicate(timeout=120)
        if process.returncode != 0:
            raise Failure(f"exit code {process.returncode}: {text}")

    def go(self, kills):
        """Kills until that many were killed while they ran."""
        while self.kills < kills:
            self.one(min(self.random.randint(1, 3), kills - self.kills))

    def one(self, kills):
        """A run that dies some times, each time later, and at last may end."""
        journal = self.store.new()
        for moment in sorted(self.random.uniform(0, self.seconds) for _ in range(kills)):
            process = start(self.scenario, journal)
            try:
                process.communicate(timeout=moment)
                # The machine is faster than when it was measured: nothing was killed.
                self.outcomes["too late"] += 1
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                self.kills += 1
                self.look(journal)
        self.end(start(self.scenario, journal))
        if trading.export(journal) != self.expected:
            raise Failure(f"{journal}: the export is another than that of a run that nobody killed")
        result = run("journal", "verify", "--quiet", "--journal", journal)
        if result.returncode != 0:
            raise Failure(f"{journal}: {result.stdout}{result.stderr}")
        self.store.drop(journal)
        self.journals += 1

    def look(self, journal):
        """Whatever the moment was: a journal is whole, or is not there yet."""
        result = run("journal", "verify", "--quiet", "--json", "--journal", journal)
        if result.returncode == 3:
            self.outcomes["no run yet"] += 1
            return
        if result.returncode not in (0, 5):
            raise Failure(f"{journal}: {result.returncode}: {result.stdout}{result.stderr}")
        rows = json.loads(result.stdout)["rows_checked"]
        if result.returncode == 0:
            self.outcomes["all rows"] += 1
        else:
            self.outcomes["some rows" if rows else "no rows"] += 1

    def __str__(self):
        moments = ", ".join(f"{count} with {name}" for name, count in self.outcomes.most_common())
        return (
            f"{self.store.name}: {self.kills} kills ({moments}) in {self.journals} runs of "
            f"{self.rows} rows and {self.seconds:.1f} s: every export is equal"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="in each store (200)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--store", choices=stores.NAMES, help="only this one")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        scenario = trading.make(pathlib.Path(folder))
        for name in [arguments.store] if arguments.store else stores.NAMES:
            with stores.opened(name) as store:
                campaign = Campaign(scenario, store, arguments.seed)
                try:
                    campaign.go(arguments.kills)
                except Failure as failure:
                    print(f"{name}, after {campaign.kills} kills: {failure}")
                    return 1
                print(campaign, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
