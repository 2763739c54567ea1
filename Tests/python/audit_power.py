"""How often an audit finds a leak of one bar, and how often it accuses a sound kernel.

scripts/audit-power measures it at length, test_audit.py briefly.
"""

import argparse
import pathlib
import sys
import tempfile

import trading
from conftest import run

# Some hours in bars of a minute: a run takes a fraction of a second.
RECIPE = trading.RECIPE.replace('until: "2025-01-02T12:00"', 'until: "2025-01-01T04:00"')
CUTS = 50
# A column of the symbol's own candles, which has no purge to hide behind.
LEAK = "return_1"


def is_accused(scenario, seed, *options):
    """Whether causality fails."""
    result = run(
        "audit", scenario, "causality", "--cuts", CUTS, "--seed", seed, "--quiet", *options
    )
    if result.returncode not in (0, 1):
        raise RuntimeError(f"exit code {result.returncode}: {result.stderr}")
    return result.returncode == 1


def rates(scenario, seeds):
    """How many of the seeds find the leak, and how many accuse a kernel without one."""
    found = sum(is_accused(scenario, seed, "--leak", LEAK) for seed in seeds)
    accused = sum(is_accused(scenario, seed) for seed in seeds)
    return found, accused


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    count = parser.parse_args().seeds
    with tempfile.TemporaryDirectory() as folder:
        scenario = trading.make(pathlib.Path(folder), RECIPE)
        found, accused = rates(scenario, range(count))
    print(f"a leak of one bar in {LEAK} was found in {found} of {count} seeds, {CUTS} cuts each")
    print(f"a sound kernel was accused in {accused} of {count} seeds")
    return 0 if found >= 0.99 * count and accused == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
