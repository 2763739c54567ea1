"""Whatever the process, its pace and its surroundings: the same features and the same journal."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

import conftest
import pytest
import stores
import trading
from conftest import PROGRAM, ROOT, output, run

GOLDEN = ROOT / "scenarios/golden.json5"
GOLDEN_SHADOW = ROOT / trading.GOLDEN

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


class Features:
    """A scenario whose features are made."""

    def __init__(self, path, pace, seconds):
        self.path = path
        self.pace = pace
        self.seconds = seconds
        self.expected = self.play()
        report = json.loads(self.expected)
        assert all(report[name] for name in ("rows", "rows_digest", "labels_digest"))

    def play(self, *arguments, program=PROGRAM, **variables):
        """The whole report: it holds the digests, and nothing depends on how it came to be."""
        return printed(
            "features", self.path, "--json", *arguments, program=program, variables=variables
        )

    def paced(self, *arguments, **variables):
        begin = time.monotonic()
        text = self.play(*arguments, "--speed", self.pace, **variables)
        assert time.monotonic() - begin > self.seconds
        return text


class Trades(Features):
    """A scenario that is traded, in one of the stores."""

    def __init__(self, path, pace, seconds, store):
        self.store = store
        self.path = path
        self.pace = pace
        self.seconds = seconds
        self.expected = self.play()
        assert all(f'"table":"{name}"' in self.expected for name in ("trades", "payments"))

    def play(self, *arguments, program=PROGRAM, **variables):
        """The journal's export; the journal is a new one each time."""
        journal = self.store.new()
        options = ["--journal", journal]
        printed(
            "replay", self.path, *options, *arguments, program=program, variables=variables
        )
        text = printed("journal", "export", *options, program=program, variables=variables)
        self.store.drop(journal)
        return text


def printed(*command, program, variables):
    result = run(*command, program=program, cwd=ROOT, env=environment(**variables))
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    folder = tmp_path_factory.mktemp("invariance")
    recipe = folder / "day.recipe.json5"
    recipe.write_text(conftest.RECIPE.replace("2025-01-01T06:00", "2025-01-02T06:00"))
    output("tape", "synth", recipe, "-o", folder / "day.tape")
    path = folder / "day.json5"
    path.write_text(SCENARIO % (folder / "day.tape"))
    return path


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return trading.make(tmp_path_factory.mktemp("market"))


# The golden tape's two hours take two seconds, the other ones' days take three.
CASES = ["golden", "day", "market", *(f"golden in {name}" for name in stores.NAMES)]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    """Something to play, and what it gives when nothing is asked for."""
    match request.param.split():
        case ["golden"]:
            yield Features(GOLDEN, "3600x", 2)
        case ["day"]:
            yield Features(request.getfixturevalue("day"), "36000x", 3)
        case ["market"]:
            with stores.opened("sqlite") as store:
                yield Trades(request.getfixturevalue("market"), "43200x", 3, store)
        case [_, _, name]:
            with stores.opened(name) as store:
                yield Trades(GOLDEN_SHADOW, "3600x", 2, store)


@pytest.fixture(scope="module")
def golden_exports():
    """What the golden scenario's journal exports, by store."""
    exports = {}
    for name in stores.NAMES:
        with stores.opened(name) as store:
            exports[name] = trading.replayed(GOLDEN_SHADOW, store.new(), cwd=ROOT)
    return exports


def test_golden_rows_are_the_committed_ones(golden_exports):
    report = json.loads(output("features", GOLDEN, "--json", cwd=ROOT))
    bodies = {text[: text.rindex('{"footer"')] for text in golden_exports.values()}
    assert (ROOT / "scenarios/DIGESTS").read_text().splitlines() == [
        f"{report['rows_digest']}  golden rows",
        f"{report['labels_digest']}  golden labels",
        *(f"{hashlib.sha256(body.encode()).hexdigest()}  golden-shadow body" for body in bodies),
    ]


def test_both_stores_export_the_same(golden_exports):
    assert len(set(golden_exports.values())) == 1


def test_five_processes_agree(case):
    assert {case.play() for _ in range(5)} == {case.expected}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("events", [1, 1000, None])
def test_slices_and_threads_change_nothing(case, threads, events):
    slices = ["--slice-events", events] if events else []
    assert case.play("--threads", threads, *slices) == case.expected


@pytest.mark.parametrize("threads", [1, 2])
def test_pace_changes_nothing(case, threads):
    assert case.paced("--threads", threads) == case.expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"),
        ("TZ", "Pacific/Chatham"),
        ("LC_ALL", "de_DE.UTF-8"),
    ],
)
def test_surroundings_change_nothing(case, name, value, locales):
    assert case.play(LOCPATH=locales, **{name: value}) == case.expected


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
    assert case.paced(LD_PRELOAD=jumping_clock) == case.expected


@pytest.mark.skipif(
    "TAPEDECK_DEBUG" not in os.environ,
    reason="TAPEDECK_DEBUG names no debug build to compare with",
)
def test_debug_and_release_agree(case):
    assert case.play(program=os.environ["TAPEDECK_DEBUG"]) == case.expected
