"""`tapedeck stress`: pandas finds the report's numbers in the rows of both runs, and verdicts become exit codes."""

import json

import jsonschema
import pytest
import stress_reference
import trading
from conftest import PROGRAM, ROOT, output, run

CODES = {"pass": 0, "fail": 1, "short": 5}
CRASH = {"kind": "flashCrash", "at": "6h", "fall": "4m", "recovery": "10m"}
STEP = {"kind": "halvingStep", "at": "12h", "symbols": ["ETHUSDT"]}


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """A tape and models, and a stress of them with its report."""
    folder = tmp_path_factory.mktemp("stress")
    trading.make(folder)
    path = write(folder, "both", CRASH, STEP)
    result = stress(folder, path)
    assert result.returncode in CODES.values(), result.stderr
    return folder


@pytest.fixture(scope="module")
def rows(market):
    """Of both runs."""
    return stress_reference.played(PROGRAM, market / "journal.sqlite", report(market, "both"))


def write(folder, name, *injections):
    path = folder / f"{name}.json5"
    base = str(folder / "scenario.json5")
    path.write_text(json.dumps({"base": base, "injections": list(injections)}))
    return path


def stress(folder, *paths, journal="journal.sqlite"):
    return run(
        "stress", *paths, "--journal", folder / journal, "--out", folder / "reports", "--quiet"
    )


def report(folder, name):
    return json.loads((folder / "reports" / name / "report.json").read_text())


def fits(document, name):
    schema = json.loads((ROOT / f"docs/schemas/{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


def runs(folder):
    listed = json.loads(output("journal", "list", "--journal", folder / "journal.sqlite", "--json"))
    return [each["id"] for each in listed["runs"]]


def test_pandas_finds_every_number_in_the_rows_of_both_runs(market, rows):
    found = report(market, "both")
    fits(found, "stress-report")
    assert stress_reference.differences(found, *rows) == []
    assert found["stressed"]["total"]["ledgers"]["candidate"]["trades"] > 100
    assert found["runs"]["stressed"] != found["runs"]["unstressed"]


def test_a_number_that_differs_is_found(market, rows):
    found = report(market, "both")
    found["f1"]["injections"][1]["symbols"][0]["lost"]["value"] += 0.001
    found["unstressed"]["worst_trade"]["net_return"]["value"] *= 1.01
    names = [each[0] for each in stress_reference.differences(found, *rows)]
    assert names == ["injection 1 ETHUSDT lost", "unstressed worst"]


def test_the_verdict_is_that_of_the_scopes_and_becomes_the_exit_code(market):
    found = report(market, "both")
    scopes = [found["f1"]["whole"], *found["f1"]["injections"]]
    for scope in scopes:
        pooled = scope["pooled"]
        short = min(pooled["buy_labels"].values()) < 50
        lost = pooled["lost"]["value"]
        assert pooled["verdict"] == ("short" if short else "fail" if lost > 0.05 else "pass")
    verdicts = {scope["pooled"]["verdict"] for scope in scopes}
    worst = next(verdict for verdict in ("fail", "short", "pass") if verdict in verdicts)
    assert found["verdict"] == worst
    again = stress(market, market / "both.json5")
    assert again.returncode == CODES[worst]
    assert len(again.stdout.splitlines()) <= 40


def test_of_size_zero_nothing_differs_and_the_twin_is_played_once(market):
    before = runs(market)
    sizes = {**CRASH, "depth": 0}
    result = stress(market, write(market, "zero", sizes))
    found = report(market, "zero")
    assert result.returncode == CODES[found["verdict"]]
    assert found["f1"]["whole"]["pooled"]["lost"]["value"] == 0
    assert found["difference"]["expectancy_net"]["value"] == 0
    assert found["stressed"]["alert_counts"]["alone"] == 0
    assert found["stressed"]["equity_curve"] == found["unstressed"]["equity_curve"]
    assert found["responses"][0]["detect"]["reason"]
    assert found["runs"]["unstressed"] == report(market, "both")["runs"]["unstressed"]
    assert len(runs(market)) == len(before) + 1


def test_of_several_files_the_worst_verdict_counts(market):
    result = stress(market, market / "both.json5", market / "zero.json5")
    codes = [CODES[report(market, name)["verdict"]] for name in ("both", "zero")]
    assert result.returncode == next(code for code in (1, 5, 0) if code in codes)
    assert "both" in result.stdout and "zero" in result.stdout


def test_a_grid_finds_where_the_verdict_turns(market):
    path = write(market, "grid", {**CRASH, "at": "3h"})
    result = run(
        "stress", path, "--to", "2025-01-01T12:00", "--grid", "depth=0..0.4", "--json", "--quiet",
        "--journal", market / "grid.sqlite", "--out", market / "reports",
    )  # fmt: skip
    assert result.returncode in (0, 5), result.stderr
    found = json.loads(result.stdout)
    assert found == report(market, "grid-flashCrash.depth")
    fits(found, "stress-grid")
    values = [point["value"] for point in found["points"]]
    assert values[0] == 0 and values[-1] == 400_000 and values == sorted(values)
    assert {0, 100_000, 200_000, 300_000, 400_000} <= set(values)
    told = [point for point in found["points"] if point["verdict"] != "short"]
    turns = [
        (first["value"], second["value"])
        for first, second in zip(told, told[1:])
        if first["verdict"] != second["verdict"]
    ]
    assert found["monotone"] == (len(turns) <= 1)
    if turns:
        assert (found["breaking_point"]["low"], found["breaking_point"]["high"]) == turns[0]
        assert turns[0][1] - turns[0][0] <= 400_000 / 64
    else:
        assert found["breaking_point"] is None


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--grid", "depth=0.6..0.1"], 2, "from low to high"),
        (["--grid", "depth=0.1..2"], 2, "within 0..0.95"),
        (["--grid", "factor=1..2"], 3, "no injection of the scenario has a `factor`"),
        (["--from", "2025-01-02", "--to", "2025-01-01"], 2, "after the window's start"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_played(market, options, code, said):
    result = run("stress", market / "both.json5", "--journal", market / "none.sqlite", *options)
    assert result.returncode == code
    assert said in result.stderr
    assert not (market / "none.sqlite").exists()


def test_a_scenario_without_injections_is_refused_with_what_to_add(market):
    result = stress(market, market / "scenario.json5")
    assert result.returncode == 3
    assert "nothing is injected" in result.stderr and "injections: [{ kind" in result.stderr


def test_two_files_of_one_name_are_refused(market):
    other = market / "other"
    other.mkdir()
    (other / "both.json5").write_text((market / "both.json5").read_text())
    result = stress(market, market / "both.json5", other / "both.json5")
    assert result.returncode == 3
    assert "a folder `both`" in result.stderr
