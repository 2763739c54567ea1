"""The runbooks: one for each alert, all of one shape, and everything in them can be typed."""

import datetime
import json
import re

import documents
import pytest
import rollouts
import stores
import trading
from conftest import ROOT, output, run

FOLDER = ROOT / "docs/runbooks"
# A Swift test holds the index to the alerts that the program knows.
IDS = re.findall(r"^\| \[(\w+)\]\(\1\.md\) \|", (FOLDER / "README.md").read_text(), re.M)
HEADINGS = [
    "Meaning", "Severity and thresholds", "Look first", "Type", "Ask the journal", "Roll back",
    "Escalate", "Do not",
]  # fmt: skip
PAGES = [FOLDER / f"{alert}.md" for alert in IDS]
LENGTH = datetime.timedelta(hours=44)
FUNDING = datetime.timedelta(hours=8)
# What a command ends with where that is not 0: the rollout of the workbench waits, its lanes
# follow the candidate, no hold and no switch is on.
CODES = {
    "rollout status": 7, "rollout continue": 7, "unkill": 3, "journal select": 3, "journal verify": 5,
}  # fmt: skip
# What has to be so before a command means anything.
BEFORE = {"model alias": f"tapedeck model alias {documents.MODEL_NAME} champion 2 --by tests --reason made"}
# `bench` measures for seconds and is run by tests of its own, as is training.
NOT_RUN = {"bench model", "train"}


def page(alert):
    return (FOLDER / f"{alert}.md").read_text()


def test_every_alert_has_a_runbook_and_nothing_else_lies_there():
    names = {path.name for path in FOLDER.iterdir()}
    assert names == {f"{alert}.md" for alert in IDS} | {"README.md"}
    assert len(IDS) == len(set(IDS)) > 20


@pytest.mark.parametrize("alert", IDS)
def test_a_runbook_has_the_headings_of_all_others_in_their_order(alert):
    text = page(alert)
    assert text.startswith(f"# {alert}\n")
    assert re.findall(r"^## (.+)$", text, re.M) == HEADINGS
    for section in re.split(r"^## .+$", text, flags=re.M)[1:]:
        assert section.strip()
    assert len(text.splitlines()) <= 110


def levels(alert):
    """Severity and threshold of each level in the page's table."""
    table = re.search(r"^\|---.+\n((?:\|.+\n)+)", page(alert), re.M).group(1)
    for row in table.splitlines():
        level, severity, fires = [cell.strip() for cell in row.split("|")[1:4]]
        yield level, severity, float(re.match(r"(?:>=|>|<) (-?[\d.]+)", fires).group(1))


def test_the_index_names_the_severities_and_the_first_command_of_each_page():
    rows = re.findall(r"^\| \[(\w+)\]\(.+?\) \| (.+?) \| `(.+?)` \|", (FOLDER / "README.md").read_text(), re.M)
    assert [row[0] for row in rows] == IDS
    for alert, severities, first in rows:
        assert severities == ", ".join(severity for _, severity, _ in levels(alert))
        assert first == documents.commands(FOLDER / f"{alert}.md")[0]


# Commands


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return documents.Workbench(tmp_path_factory.mktemp("bench") / "main")


def lines():
    """Of commands that differ in their reason alone, the first."""
    found = {}
    for path in [FOLDER / "README.md", *PAGES]:
        for line in documents.commands(path):
            found.setdefault(re.sub(r"'[^S][^']*'", "WHY", line), line)
    return sorted(found.values())


@pytest.mark.parametrize("line", lines())
def test_each_command_can_be_typed(bench, line, tmp_path):
    name = documents.name(line)
    assert name, "there is no such command"
    assert documents.unknown_options(line) == []
    if name in NOT_RUN:
        return
    copy = bench.copy(tmp_path / "copy")
    if name in BEFORE:
        assert copy.bash(BEFORE[name]).returncode == 0
    result = copy.bash(line)
    assert result.returncode == CODES.get(name, 0), result.stderr


def test_a_log_names_the_page_of_each_alert_that_fires(bench, tmp_path):
    copy = bench.copy(tmp_path / "copy")
    replay = "tapedeck replay scenarios/shadow-month.json5 --quiet"
    for options in ["--log run.log", "--log cut.log --slice-events 700 --journal cut.sqlite"]:
        result = copy.bash(f"{replay} {options}")
        assert result.returncode == 0, result.stderr
    text = (copy.folder / "run.log").read_text()
    assert text == (copy.folder / "cut.log").read_text(), "cutting the market changes no line"
    lines = text.splitlines()
    fired = [line for line in lines if line.startswith("event=alert_fired ")]
    said = [re.search(r" alert=(\w+) .* runbook=(\S+)$", line).groups() for line in fired]
    rows = documents.query(
        copy.folder / ".tapes/journal.sqlite",
        """SELECT alert FROM alerts WHERE run = (SELECT run FROM selected_run) AND state = 'firing'
        ORDER BY alert""",
    )
    assert sorted(alert for alert, _ in said) == [row["alert"] for row in rows]
    assert len({alert for alert, _ in said}) > 3
    for alert, path in said:
        assert path == f"docs/runbooks/{alert}.md" and (ROOT / path).exists()


# Queries


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """A rollout whose tape was moved to end now; funding stays at the hours that it falls on."""
    folder = tmp_path_factory.mktemp("now")
    first = datetime.datetime(2025, 1, 1)
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    moved = (now - LENGTH - first) // FUNDING * FUNDING
    rollouts.make(folder, start=(first + moved).isoformat())
    path = rollouts.write(folder, "now", rollouts.approvals())
    text = path.read_text()
    for time in sorted(set(re.findall(r"2025-01-0\dT\d\d:\d\d", text))):
        later = datetime.datetime.fromisoformat(time) + moved
        text = text.replace(time, later.isoformat(timespec="minutes"))
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def answers(market):
    """Plays the rollout into a store and asks it all that the pages ask, once."""
    known = {}

    def ask(name):
        if name in known:
            return known[name]
        rows = {}
        with stores.opened(name) as store:
            journal = store.new()
            result = run("rollout", "start", market, "--journal", journal, "--quiet")
            # The features know the hour of the week, so what it comes to differs with the clock.
            assert result.returncode in (0, 1, 5), result.stderr
            for path in [FOLDER / "README.md", *PAGES]:
                for number, (text, is_common) in enumerate(documents.queries(path, name)):
                    rows[path.stem, number, is_common] = documents.query(journal, text)
                    if "= 'focal'" in text:
                        other = text.replace("'focal'", "'binary:logistic'")
                        rows[path.stem, number, "other"] = documents.query(journal, other)
            thresholds = """SELECT DISTINCT alert, severity, threshold_ppb / 1e9 AS threshold
                FROM alerts WHERE threshold_ppb IS NOT NULL ORDER BY 1, 2"""
            rows["thresholds"] = documents.query(journal, thresholds)
        known[name] = rows
        return rows

    return ask


@pytest.mark.parametrize("name", stores.NAMES)
def test_each_query_is_answered(answers, name):
    rows = answers(name)
    assert {key[0] for key in rows if len(key) == 3} == {*IDS, "README"}
    # Some of it must be more than a form: what fires, what was earned of late, who serves.
    for key in ["README", "expectancy_net_realized", "inference_latency_p99"]:
        assert any(answer for (stem, *_), answer in items(rows) if stem == key), key
    recent = rows["expectancy_net_realized", 0, False]
    assert recent and all(row["n"] > 0 for row in recent)
    assert rows["expectancy_negative_focal", 1, True][0]["loss"] == "binary:logistic"
    others = [answer for (*_, kind), answer in items(rows) if kind == "other"]
    assert others and all(others), "with the loss that was played there must be rows"


def items(rows):
    return [(key, answer) for key, answer in rows.items() if len(key) == 3]


@pytest.mark.skipif(len(stores.NAMES) < 2, reason="there is no PostgreSQL here")
def test_both_stores_answer_alike(answers):
    sqlite, postgres = answers("sqlite"), answers("postgres")
    # A query that differs between them differs in its number as well.
    common = [key for key in sqlite if len(key) == 3 and key[2] is True]
    assert len(common) > 50
    for key in common:
        assert plain(sqlite[key]) == plain(postgres[key]), key


def plain(rows):
    """Numbers as far as both stores agree on them: PostgreSQL's exact ones are printed as text."""
    return [{name: number(value) for name, value in row.items()} for row in rows]


def number(value):
    try:
        return float(f"{float(value):.9g}")
    except TypeError:
        return value
    except ValueError:
        return value.removesuffix(".000000")


def test_thresholds_are_those_of_the_program(answers):
    said = {alert: {(severity, limit) for _, severity, limit in levels(alert)} for alert in IDS}
    seen = answers("sqlite")["thresholds"]
    assert len({row["alert"] for row in seen}) > 12
    for row in seen:
        assert (row["severity"], row["threshold"]) in said[row["alert"]], row
