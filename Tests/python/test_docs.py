"""Whatever README and docs say to type is typed here, over small files that bear the same names."""

import json
import os
import zipfile

import documents
import numpy
import pytest
import reference
import trading
import zstandard
from conftest import ROOT, output

# test_runbooks.py types what runbooks say, each command on its own. Pages without commands need no test.
PAGES = [
    path
    for path in documents.pages()
    if path.parent.name != "runbooks" and documents.commands(path)
]
# Not run, and why; that the program knows them and their options is checked all the same.
NOT_RUN = {
    "scripts/bootstrap": "installs packages; scripts/test begins with it",
    "scripts/demo": "makes three months of a market and trains on two: minutes",
    "scripts/test": "runs this",
    "scripts/tape quarter": "makes three months of a market; test_command_line.py makes each recipe",
    "tapedeck audit": "plays a scenario fifty times and more; test_audit.py does it over a small market",
    "tapedeck bench": "measures for seconds; a script for people",
    "tapedeck train": "trains for seconds; test_export.py does it over a small window",
    "tapedeck stress scenarios/stress/flash-crash.json5 --grid": "plays ten runs; test_stress.py does",
    "tapedeck rollout characteristics": "simulates a thousand markets; RolloutTests do a few",
    "tapedeck stress scenarios/stress/flash-crash.json5 scenarios/stress/halving-step.json5 --base": (
        "plays two weeks of tapes that the small files do not have"
    ),
    "tapedeck model push": "needs an MLflow server; test_mlflow.py has one of its own",
    "tapedeck model pull": "needs an MLflow server; test_mlflow.py has one of its own",
    "tapedeck journal list --journal": "there is no such server; test_runbooks.py has one of its own",
}
# What a command ends with where that is not 0: the rollout waits for a signature, and evidence and
# runs that pages name by digits are other people's.
CODES = {
    # A verdict over models without merit.
    "stress": {0, 1, 5},
    "rollout start": {7}, "rollout status": {7}, "rollout continue": {7}, "rollout approve": {3},
    "journal select": {3}, "journal verify": {0, 5}, "journal export": {0, 5},
}  # fmt: skip
MINUTE_MS = 60_000
START_MS = 1_735_689_600_000


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """The workbench, and whatever else the pages read."""
    bench = documents.Workbench(tmp_path_factory.mktemp("bench") / "main")
    folder = bench.folder
    (folder / "replays").mkdir()
    (folder / "replays/quarter.json5").write_text(trading.RECIPE)
    february = ["-o", folder / "february.tape", "--shift-to", "2025-02-01", "--to", "2025-01-01T06:00"]
    output("tape", "slice", folder / ".tapes/month.tape", *february)
    candles = [
        f"{START_MS + n * MINUTE_MS},100,110,90,105,3,{START_MS + (n + 1) * MINUTE_MS - 1},300,2,1,100,0"
        for n in range(10)
    ]
    trades = [f"{n},100.5,0.1,{n},{n},{START_MS + n * 1000},true,true" for n in range(10)]
    for kind, lines in [("1m", candles), ("aggTrades", trades)]:
        name = f"BTCUSDT-{kind}-2025-01"
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            archive.writestr(f"{name}.csv", "\n".join(lines) + "\n")
    (folder / "candles").mkdir()
    head = "open_time_ms,open,high,low,close,volume\n"
    fives = [f"{START_MS + 5 * n * MINUTE_MS},100,110,90,105,3" for n in range(10)]
    packed = zstandard.ZstdCompressor().compress((head + "\n".join(fives) + "\n").encode())
    (folder / "candles/BTCUSDT.csv.zst").write_bytes(packed)
    mine = "t,p,q\n" + "".join(f"{START_MS + n * 1000},100.5,0.1\n" for n in range(10))
    (folder / "mine.csv").write_text(mine)
    bench.write("march")
    canary = (folder / "scenarios/canary-btc.json5").read_text()
    (folder / "scenarios/own-canary.json5").write_text(canary)
    return bench


def train_elsewhere(folder):
    """What the page's Python leaves: a booster over the columns of march.features."""
    made = folder / "march.features"
    names = json.loads((made / "enrichment_config.json").read_text())["feature_names"]
    rows = numpy.load(made / "BTCUSDC.features.npy")
    (folder / "model.json").write_text(trading.booster(names, trading.splits(names, rows)))


def is_run(line):
    return not any(line.startswith(start) for start in NOT_RUN)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_a_page_can_be_typed(path, bench, tmp_path):
    copy = None
    for line in documents.commands(path):
        if line.startswith("scripts/"):
            script = line.split()[0]
            assert os.access(ROOT / script, os.X_OK), f"{script} is no script"
            assert not is_run(line), f"{line}: say why it is not run, or run it"
            continue
        if line == "tapedeck --version":
            output("--version")
            continue
        name = documents.name(line)
        assert name, f"{line}: there is no such command"
        assert documents.unknown_options(line) == [], line
        if not is_run(line):
            continue
        copy = copy or bench.copy(tmp_path / "copy")
        if name == "model import":
            train_elsewhere(copy.folder)
        result = copy.bash(line)
        assert result.returncode in CODES.get(name, {0}), (line, result.stderr)


def test_what_is_not_run_stands_in_a_page():
    typed = [line for path in PAGES for line in documents.commands(path)]
    for start in NOT_RUN:
        assert any(line.startswith(start) for line in typed), f"{start}: no page says so any more"


def test_a_command_that_is_not_there_and_an_option_that_is_not_known_are_found():
    assert documents.name("tapedeck rollout undo") is None
    assert documents.unknown_options("tapedeck journal list --jurnal x | grep --color y") == ["--jurnal"]
    assert documents.without_comment("tapedeck kill l2 --reason 'a # b'   # c") == (
        "tapedeck kill l2 --reason 'a # b'   "
    )


def test_the_pages_of_reference_are_what_the_program_says(tmp_path):
    reference.write(tmp_path / "reference")
    names = sorted(path.name for path in (tmp_path / "reference").iterdir())
    assert names == sorted(path.name for path in (ROOT / "docs/reference").iterdir())
    for name in names:
        made = (tmp_path / "reference" / name).read_text()
        assert made == (ROOT / "docs/reference" / name).read_text(), f"{name}: run scripts/reference"


def test_the_examples_of_the_help_have_commands_and_options_that_there_are():
    text = (ROOT / "docs/reference/commands.md").read_text()
    after = text.split("Examples:\n")[1:]
    lines = [line.strip() for part in after for line in part.split("```")[0].splitlines()]
    assert len(lines) > 60
    for line in lines:
        assert documents.name(line), line
        assert documents.unknown_options(line) == [], line


def test_links_between_pages_lead_somewhere():
    for path in [*documents.pages(), *(ROOT / "docs/reference").glob("*.md")]:
        for target in documents.links(path.read_text()):
            assert (path.parent / target).exists(), f"{path}: {target}"
