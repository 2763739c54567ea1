"""An audit, as a user makes it: what it proves, what it finds and what it refuses."""

import json
import os

import audit_power
import pytest
import trading
from conftest import run

PROOFS = ["causality", "purge", "determinism", "resume", "parity", "identity", "costs"]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return trading.make(tmp_path_factory.mktemp("audit"), audit_power.RECIPE)


def audited(scenario, *arguments, code=0, **options):
    """The document of an audit that ends with a code."""
    result = run("audit", scenario, *arguments, "--json", "--quiet", **options)
    assert result.returncode == code, result.stdout + result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout)


def verdicts(document):
    return {proof["proof"]: proof["verdict"] for proof in document["proofs"]}


def test_every_proof_passes(scenario, tmp_path):
    before = sorted(scenario.parent.rglob("*"))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    document = audited(scenario, "--cuts", 12, env=environment)
    assert document["schema"] == "tapedeck.audit/1"
    assert "leak" not in document
    assert document["verdict"] == "pass"
    assert list(verdicts(document)) == PROOFS
    assert set(verdicts(document).values()) == {"pass"}
    tried = {proof["proof"]: proof["tried"] for proof in document["proofs"]}
    assert tried["causality"]["cuts"] == 12
    assert tried["causality"]["cuts_that_show_after"] == 12
    assert tried["purge"]["decisive"] > 20
    assert tried["determinism"]["runs"] == 8
    assert tried["resume"]["kills"] == 1
    assert tried["resume"]["stops"] >= 2
    assert tried["identity"]["kinds"] == 16
    assert tried["costs"]["trades"] > 20
    assert all(proof["found"] == [] for proof in document["proofs"])
    # Nothing of the user's was touched, and nothing was left.
    assert sorted(scenario.parent.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("proof", "leak", "subject"),
    [
        ("causality", "RSI_14", "RSI_14"),
        ("purge", "btc_return_1h", "btc_return_1h of ETHUSDT"),
        ("purge", "l2_ofi_15m:2", "l2_ofi_15m of BTCUSDC"),
        ("parity", "volume_z_96", "volume_z_96 of SOLUSDC"),
    ],
)
def test_a_planted_leak_is_found(scenario, proof, leak, subject):
    document = audited(scenario, proof, "--cuts", 10, "--leak", leak, code=1)
    assert verdicts(document) == {proof: "fail"}
    column, _, bars = leak.partition(":")
    assert document["leak"] == {"column": column, "bars": int(bars or 1)}
    found = {finding["subject"]: finding for finding in document["proofs"][0]["found"]}
    assert subject in found
    if proof == "causality":
        # What decides by the column moves with it.
        assert found[subject]["figures"]["ahead_bars"] == 1
        assert "champion probability" in found
        assert not any("btc_" in name for name in found)
    if proof == "purge":
        moved = found[subject]["figures"]
        assert moved["first_moved_bars"] == moved["purge_bars"] - int(bars or 1)


def test_seeds_find_the_leak_and_accuse_nobody(scenario):
    assert audit_power.rates(scenario, range(2)) == (2, 0)


def test_the_table(scenario):
    result = run("audit", scenario, "costs", "--quiet")
    assert result.returncode == 0
    head, line = result.stdout.splitlines()[1:3]
    assert head.split() == ["proof", "verdict", "tried", "found"]
    assert line.split()[:2] == ["costs", "pass"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["causalty"], "did you mean `causality`?"),
        (["--cuts", "0"], "--cuts is `0`; expected an integer in 1...100000"),
        (["--leak", "RSI_14:0"], "RSI_14:2"),
        (["--leak", "RSI_15"], "did you mean `RSI_14`?"),
        (["--leak", "how_sin"], "whose future is unknown"),
    ],
)
def test_bad_words_are_refused(scenario, arguments, said):
    result = run("audit", scenario, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_scenario_without_models_is_refused(scenario, tmp_path):
    text = json.loads(scenario.read_text())
    del text["models"]
    path = tmp_path / "bare.json5"
    path.write_text(json.dumps(text))
    result = run("audit", path)
    assert (result.returncode, result.stdout) == (3, "")
    assert "models" in result.stderr
