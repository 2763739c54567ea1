"""The canary report's JSON: it fits its schema, pandas finds the same numbers, and it is refused where it should be."""

import hashlib
import json
import shutil
import sqlite3

import jsonschema
import pytest
import report_reference
import rollouts
from conftest import PROGRAM, ROOT, output, run

SCHEMA = ROOT / "docs/schemas/canary-report.schema.json"


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """A tape and models; nothing is locked in these tests, so that one registry does for all."""
    folder = tmp_path_factory.mktemp("market")
    rollouts.make(folder)
    return folder


def played(market, name, commands, code, **settings):
    journal = market / f"{name}.sqlite"
    path = rollouts.write(market, name, commands, **settings)
    result = run("rollout", "start", path, "--journal", journal, "--quiet")
    assert result.returncode == code, result.stderr
    return journal


@pytest.fixture(scope="module")
def waiting(market):
    """Waits for its first signature: shadow, three symbols."""
    return played(market, "waiting", [], 7)


@pytest.fixture(scope="module")
def canary(market):
    """Waits for its second signature, after a kill switch in the canary."""
    kill = {"by": "anna", "reason": "a drill"}
    commands = [
        rollouts.approvals()[0],
        {"at": "2025-01-02T07:00", "kill": "trading", **kill},
        {"at": "2025-01-02T07:20", "unkill": "trading", **kill},
    ]
    plan = {**rollouts.PLAN, "canary": {"covered": "3h", "gates": [{"gate": "agreement", "threshold": 0}]}}
    return played(market, "canary", commands, 7, plan=plan)


def report(journal):
    return json.loads(output("report", "canary", "--journal", journal, "--json", "--quiet"))


@pytest.mark.parametrize("name", ["waiting", "canary"])
def test_it_fits_its_schema_and_pandas_finds_the_same(name, request):
    journal = request.getfixturevalue(name)
    document = report(journal)
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    options = ["--journal", str(journal)]
    found = report_reference.differences(
        document, report_reference.reference(PROGRAM, options, document)
    )
    assert found == []
    assert document["line"]["distance_from_journal"] == 0
    assert document["sample"]["journaled_covered_ns"] == document["sample"]["covered_ns"]


def test_a_changed_number_is_found(waiting):
    document = report(waiting)
    options = ["--journal", str(waiting)]
    reference = report_reference.reference(PROGRAM, options, document)
    row = next(row for row in document["headline"]["pooled"]["rows"] if row["metric"] == "f1_buy")
    row["candidate"]["value"] += 1e-6
    document["line"]["points"][1]["difference"] *= 1 + 1e-4
    assert len(report_reference.differences(document, reference)) == 2


def test_the_evidence_is_what_status_asks_to_sign(canary):
    document = report(canary)
    status = run("rollout", "status", "--json", "--journal", canary).stdout
    assert document["banner"]["evidence_digest"] == hashlib.sha256(status.encode()).hexdigest()
    assert document["banner"]["stage"] == "canary"
    assert document["sign_off"]["awaited"] == "full"
    assert document["sign_off"]["signatures"][0]["by"] == "anna"
    gates = {gate["gate"]: gate for gate in json.loads(status)["gates"]}
    for row in document["gates"]["rows"]:
        assert row["estimate"]["value"] == gates[row["gate"]]["estimate"]["value"]
    reasons = {each["reason"] for each in document["sample"]["excluded"]}
    assert "kill_switch" in reasons


def test_it_is_written_as_a_folder_and_equal_when_repeated(canary, tmp_path):
    for name in ["first", "second"]:
        output("report", "canary", "--journal", canary, "--out", tmp_path / name, "--quiet")
    files = {path.name for path in (tmp_path / "first").iterdir()}
    assert files == {"index.html", "report.json", "report.md", "MANIFEST"}
    for name in files:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    written = (tmp_path / "first/report.json").read_text()
    assert json.loads(written) == report(canary)
    assert str(canary.parent) not in written
    for line in (tmp_path / "first/MANIFEST").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "first" / name).read_bytes()).hexdigest() == digest


def test_a_run_without_a_rollout_and_a_changed_one_are_refused(waiting, tmp_path):
    changed = tmp_path / "changed.sqlite"
    shutil.copy(waiting, changed)
    with sqlite3.connect(changed) as connection:
        connection.execute("UPDATE trades SET net = net + 1 WHERE seq = (SELECT MAX(seq) FROM trades)")
    result = run("report", "canary", "--journal", changed, "--json", "--quiet")
    assert result.returncode == 1
    assert "changed" in result.stderr and result.stdout == ""
    cut = tmp_path / "cut.sqlite"
    shutil.copy(waiting, cut)
    with sqlite3.connect(cut) as connection:
        connection.execute("DELETE FROM rollout WHERE event = 'stage_evaluated'")
    assert run("report", "canary", "--journal", cut, "--json", "--quiet").returncode == 1
