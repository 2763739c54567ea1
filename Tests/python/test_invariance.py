"""Whatever the process, its pace and its surroundings: the same rows, and one report of them."""

import json
import os
import shutil
import subprocess
import sys
import time

import conftest
import pytest
from conftest import PROGRAM, ROOT, output, run

GOLDEN = ROOT / "scenarios/golden.json5"
# The golden tape's two hours take two seconds, the other one's thirty take three.
PACES = {"golden": ("3600x", 2), "day": ("36000x", 3)}

# Bars of the usual length and a bit more than a day of them, so that windows of a day warm up.
SCENARIO = """
{
  tapes: ["%s"],
  features: {
    baseline: true, btc: { purgeBars: 2 }, l2: { purgeBars: 2 }, fracDiff: { d: [0.4, 0.5] },
    interactions: true,
  },
  strategy: { stop: 0.005, target: 0.01, horizon: "1h" },
}
"""


def environment(**variables):
    """The variables of a run; hash seeds stay random, whatever this process was told."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SWIFT_")}
    return ours | variables


def features(scenario, *arguments, program=PROGRAM, **variables):
    """The whole report: it holds the digests, and nothing in it depends on how it came to be."""
    command = ["features", scenario, "--json", *arguments]
    result = run(*command, program=program, cwd=ROOT, env=environment(**variables))
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory):
    folder = tmp_path_factory.mktemp("invariance")
    recipe = folder / "day.recipe.json5"
    recipe.write_text(conftest.RECIPE.replace("2025-01-01T06:00", "2025-01-02T06:00"))
    output("tape", "synth", recipe, "-o", folder / "day.tape")
    day = folder / "day.json5"
    day.write_text(SCENARIO % (folder / "day.tape"))
    return {"golden": GOLDEN, "day": day}


@pytest.fixture(scope="module", params=["golden", "day"])
def case(request, scenarios):
    """A scenario's name, its path, and what it gives when nothing is asked for."""
    path = scenarios[request.param]
    expected = features(path)
    assert all(json.loads(expected)[name] for name in ("rows", "rows_digest", "labels_digest"))
    return request.param, path, expected


def test_golden_rows_are_the_committed_ones(scenarios):
    printed = json.loads(features(scenarios["golden"]))
    assert (ROOT / "scenarios/DIGESTS").read_text().splitlines()[:2] == [
        f"{printed['rows_digest']}  golden rows",
        f"{printed['labels_digest']}  golden labels",
    ]


def test_five_processes_agree(case):
    _, path, expected = case
    assert {features(path) for _ in range(5)} == {expected}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("events", [1, 1000, None])
def test_slices_and_threads_change_nothing(case, threads, events):
    _, path, expected = case
    slices = ["--slice-events", events] if events else []
    assert features(path, "--threads", threads, *slices) == expected


@pytest.mark.parametrize("threads", [1, 2])
def test_pace_changes_nothing(case, threads):
    name, path, expected = case
    pace, seconds = PACES[name]
    begin = time.monotonic()
    assert features(path, "--threads", threads, "--speed", pace) == expected
    assert time.monotonic() - begin > seconds


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"),
        ("TZ", "Pacific/Chatham"),
        ("LC_ALL", "de_DE.UTF-8"),
    ],
)
def test_surroundings_change_nothing(case, name, value, locales):
    _, path, expected = case
    assert features(path, LOCPATH=locales, **{name: value}) == expected


@pytest.fixture(scope="module")
def locales(tmp_path_factory):
    """A folder with German numbers, where the machine can make it: few have it installed."""
    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef"):
        command = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")]
        subprocess.run(command, capture_output=True, check=False)
    return str(folder)


@pytest.fixture(scope="module")
def jumping_clock(tmp_path_factory):
    """A library in front of the C library's clocks."""
    compiler = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)
    if compiler is None:
        pytest.skip("no C compiler to build a jumping wall clock with")
    library = tmp_path_factory.mktemp("clock") / "jumping_clock.so"
    source = ROOT / "Tests/python/jumping_clock.c"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source)], check=True
    )
    return str(library)


def test_the_jumping_clock_jumps(jumping_clock):
    script = "import time; print([time.time() for _ in range(4)])"
    printed = subprocess.run(
        [sys.executable, "-c", script], env=environment(LD_PRELOAD=jumping_clock),
        capture_output=True, text=True, check=True,
    ).stdout
    seen = json.loads(printed)
    now = time.time()
    assert all(abs(moment - now) > 1800 for moment in seen)
    assert min(seen) < now < max(seen)


def test_a_wall_clock_that_is_set_changes_nothing(case, jumping_clock):
    name, path, expected = case
    pace, seconds = PACES[name]
    begin = time.monotonic()
    assert features(path, "--speed", pace, LD_PRELOAD=jumping_clock) == expected
    assert time.monotonic() - begin > seconds


@pytest.mark.skipif(
    "TAPEDECK_DEBUG" not in os.environ,
    reason="TAPEDECK_DEBUG names no debug build to compare with",
)
def test_debug_and_release_agree(case):
    _, path, expected = case
    assert features(path, program=os.environ["TAPEDECK_DEBUG"]) == expected
