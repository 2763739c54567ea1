"""What the tests share: the program, a way to run it, and tapes."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("TAPEDECK", str(ROOT / ".build/release/tapedeck"))

# A market of every kind of stream, small enough to compare row by row.
RECIPE = """
// For tests.
{
  seed: 42, from: "2025-01-01", until: "2025-01-01T06:00", candles: "1m", trades: true,
  books: { interval: "10s", levels: 10, jitter: 0.5 }, edge: { flow: 0.75 },
  symbols: [
    { symbol: "BTCUSDC", book: "spotBTC", price: 94000, tick: "0.01", lot: "0.00001",
      volatility: 0.5, correlation: 1, tradesPerMinute: 15 },
    { symbol: "ETHUSDT", kind: "perpetual", book: "perpetualETH", price: 3350, tick: "0.01",
      lot: "0.001", volatility: 0.6, correlation: 0.78, tradesPerMinute: 12 },
  ],
}
"""


def run(*arguments, program=PROGRAM, **options):
    """Runs tapedeck to its end."""
    options.setdefault("capture_output", True)
    command = [program, *map(str, arguments)]
    return subprocess.run(command, text=True, timeout=120, check=False, **options)


def output(*arguments, **options):
    """What a run that succeeds prints, and nothing else may."""
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="session")
def recipe(tmp_path_factory):
    path = tmp_path_factory.mktemp("recipe") / "small.json5"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="session")
def synthetic(recipe, tmp_path_factory):
    """The tape of the small recipe. Not to be changed."""
    path = tmp_path_factory.mktemp("synthetic") / "small.tape"
    output("tape", "synth", recipe, "-o", path)
    return path


def committed_tapes():
    return sorted((ROOT / "Tests").rglob("*.tape"))


@pytest.fixture(params=[*committed_tapes(), None], ids=lambda path: path.name if path else "synth")
def tape_path(request, synthetic):
    """Each tape that is part of the repository, and the synthetic one."""
    return request.param or synthetic
