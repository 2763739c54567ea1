"""Rollouts from the command line: played, signed, refused, and the same by hand as by a script."""

import concurrent.futures
import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
import rollouts
import trading
from conftest import PROGRAM, output, run

SIGNED = ["--by", "anna", "--reason", "as agreed"]


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """A tape, models and a training. Nobody may change the registry here."""
    folder = tmp_path_factory.mktemp("market")
    rollouts.make(folder)
    return folder


@pytest.fixture
def scenario(market, tmp_path):
    """Writes a scenario whose registry is the test's own."""
    shutil.copytree(market / "models", tmp_path / "models")

    def write(name="scenario", commands=(), plan=rollouts.PLAN, change=None, **settings):
        path = rollouts.write(market, f"{tmp_path.name}-{name}", commands, plan, **settings)
        text = json.loads(path.read_text())
        text["models"]["registry"] = str(tmp_path / "models")
        if change:
            change(text)
        path.write_text(json.dumps(text))
        return path

    return write


class Rollout:
    """One journal, and the commands that lead the rollout in it."""

    def __init__(self, folder):
        self.journal = folder / "journal.sqlite"

    def __call__(self, verb, *words):
        command = [verb] if verb in ("kill", "unkill") else ["rollout", verb]
        return run(*command, *words, "--journal", self.journal)

    def start(self, scenario, code):
        result = self("start", scenario, "--quiet")
        assert result.returncode == code, result.stderr
        return result

    def go(self, code):
        result = self("continue", "--quiet")
        assert result.returncode == code, result.stderr
        return result

    def log(self):
        result = self("log", "--json")
        assert result.returncode == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    def events(self):
        return [row["event"] for row in self.log()]

    def evidence(self):
        text = self("status", "--json").stdout
        return hashlib.sha256(text.encode()).hexdigest()

    def sign(self, stage, *words):
        return self("approve", stage, "--evidence", self.evidence()[:12], *SIGNED, *words)

    def inbox(self):
        with sqlite3.connect(self.journal) as connection:
            return [json.loads(row[0]) for row in connection.execute("SELECT command FROM inbox")]


@pytest.fixture
def rollout(tmp_path):
    return Rollout(tmp_path)


@pytest.fixture
def waiting(rollout, scenario):
    """A rollout that waits for its first signature."""
    rollout.start(scenario(), 7)
    return rollout


def test_a_script_and_hands_leave_the_same_log(waiting, scenario, tmp_path):
    assert waiting.sign("canary").returncode == 0
    waiting.go(7)
    assert waiting.sign("full").returncode == 0
    result = waiting.go(0)
    assert "closed(locked)" in result.stdout
    scripted = Rollout(tmp_path / "scripted")
    (tmp_path / "scripted").mkdir()
    # Its aliases moved when the first one was locked.
    shutil.rmtree(tmp_path / "models")
    shutil.copytree(scenario().parent / "models", tmp_path / "models")
    scripted.start(scenario("scripted", rollouts.approvals()), 0)
    by_hand, by_script = waiting.log(), scripted.log()
    for row in by_hand + by_script:
        # Rows of other tables count as well, commands among them.
        row.pop("seq")
    assert by_hand == by_script
    assert by_hand[-1]["payload"]["outcome"] == "locked"
    assert waiting("verify", "--quiet").returncode == 0


def test_what_is_locked_becomes_champion_once(waiting, tmp_path):
    waiting.sign("canary")
    waiting.go(7)
    waiting.sign("full")
    waiting.go(0)
    name = trading.NAME.format("BTCUSDC")
    history = json.loads(output("model", "history", name, "--registry", tmp_path / "models", "--json"))
    flips = history["flips"]
    assert [flips[-1][key] for key in ("alias", "from", "to", "by")] == ["champion", 1, 2, "anna"]
    # The champion of before reads none of the new families, and was their fallback already.
    assert [flip["alias"] for flip in flips].count("champion_no_l2") == 1
    files = sorted((tmp_path / "models").rglob("aliases.jsonl"))
    before = [path.read_bytes() for path in files]
    waiting.go(0)
    assert [path.read_bytes() for path in files] == before


def test_status_fits_one_screen_and_its_json_is_what_is_signed(waiting):
    result = waiting("status")
    assert result.returncode == 7
    lines = result.stdout.splitlines()
    assert len(lines) <= 24
    assert max(len(line.split(" --journal")[0]) for line in lines) <= 100
    digest = waiting.evidence()
    assert f"approve canary --evidence {digest[:8]} --by NAME" in result.stdout
    assert "anna or ben (author) to approve or refuse canary until 2025-01-02T11:10" in result.stdout
    looks = [row for row in waiting.log() if row["event"] == "stage_evaluated"]
    assert looks[-1]["input"] == digest
    assert json.loads(waiting("status", "--json").stdout)["stage"] == "shadow"


def test_of_many_terminals_at_once_one_signs(waiting):
    evidence = waiting.evidence()[:12]
    words = [PROGRAM, "rollout", "approve", "canary", "--evidence", evidence, *SIGNED]
    words += ["--journal", str(waiting.journal)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(subprocess.run, words, capture_output=True, text=True) for _ in range(8)]
        results = [future.result() for future in runs]
    codes = sorted(result.returncode for result in results)
    assert codes[0] == 0 and set(codes[1:]) <= {3, 4}, [result.stderr for result in results]
    assert len(waiting.inbox()) == 1
    waiting.go(7)
    assert waiting.events().count("signed_off") == 1


def test_a_command_is_refused_while_a_process_plays_the_run(waiting):
    waiting.sign("canary")
    player = subprocess.Popen(
        [PROGRAM, "rollout", "continue", "--quiet", "--speed", "1000x"]
        + ["--journal", str(waiting.journal)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        # Until it has started, the switch goes to and fro.
        for verb in ["kill", "unkill"] * 20:
            result = waiting(verb, "trading", *SIGNED)
            if result.returncode == 4:
                break
        assert result.returncode == 4
        assert "another process writes run" in result.stderr
    finally:
        player.send_signal(signal.SIGINT)
        assert player.wait(60) == 130


def refusals(rollout):
    evidence = rollout.evidence()[:12]
    other = "0" * 12
    return [
        (["approve", "canary", "--evidence", other, *SIGNED], "is not the latest"),
        (["approve", "canary", "--evidence", evidence[:7], *SIGNED], "at least 8"),
        (["approve", "full", "--evidence", evidence, *SIGNED], "no sign-off to full is awaited"),
        (
            ["approve", "canary", "--evidence", evidence, "--by", "eve", "--reason", "me"],
            "eve is no operator of the plan; known are anna, ben",
        ),
        (
            ["approve", "canary", "--evidence", evidence, "--by", "anna", "--reason", " "],
            "a reason is required",
        ),
        (
            ["approve", "canary", "--evidence", evidence, *SIGNED, "--at", "2025-01-02T12:00"],
            "the evidence expired",
        ),
        (
            ["approve", "canary", "--evidence", evidence, *SIGNED, "--at", "2025-01-02T05:10"],
            "was played through",
        ),
        (["resume", *SIGNED], "nothing is on hold"),
        (["rollback", *SIGNED], "no symbol follows the candidate"),
        (["rollback", "XRPUSDC", *SIGNED], "does not trade XRPUSDC"),
        (["waive", "sweep.leak", "--until", "2025-01-03", *SIGNED], "cannot be waived"),
        (["waive", "sortino", "--until", "2025-01-03", *SIGNED], "is no gate of the stage"),
        (["waive", "agreement", "--until", "2025-01-02", *SIGNED], "choose a later time"),
        (["unkill", "l2", *SIGNED], "is off already"),
    ]


def test_commands_that_mean_nothing_are_refused_and_leave_nothing(waiting):
    before = waiting.journal.read_bytes()
    for words, reason in refusals(waiting):
        result = waiting(*words)
        assert result.returncode == 3, words
        assert reason in result.stderr, (words, result.stderr)
        assert result.stdout == ""
    assert waiting.inbox() == []
    assert waiting.journal.read_bytes() == before


def test_a_second_signature_is_refused(waiting):
    assert waiting.sign("canary").returncode == 0
    for words in (["approve", "canary", "--evidence", waiting.evidence()[:12]], ["refuse", "canary"]):
        result = waiting(*words, *SIGNED)
        assert result.returncode == 3
        assert "`approve canary` was given by anna already" in result.stderr
    waiting.go(7)
    result = waiting("approve", "canary", "--evidence", waiting.evidence()[:12], *SIGNED)
    assert result.returncode == 3
    assert "was signed before" in result.stderr


def test_a_refusal_ends_the_rollout_and_then_nothing_is_obeyed(waiting):
    assert waiting("refuse", "canary", "--by", "ben", "--reason", "no").returncode == 0
    waiting.go(1)
    closed = waiting.log()[-1]
    assert closed["payload"]["outcome"] == "keep_available"
    for words in (["hold"], ["abort"], ["approve", "canary", "--evidence", "0" * 8]):
        result = waiting(*words, *SIGNED)
        assert result.returncode == 3, words
        assert "the rollout has ended (keep_available)" in result.stderr
    result = waiting("kill", "trading", *SIGNED)
    assert result.returncode == 3
    assert "has ended" in result.stderr


def test_holding_aborting_and_taking_back(waiting):
    waiting.sign("canary")
    assert waiting("hold", *SIGNED, "--at", "2025-01-02T06:00").returncode == 0
    assert waiting("kill", "trading", *SIGNED, "--at", "2025-01-02T06:30").returncode == 0
    assert waiting("unkill", "trading", *SIGNED, "--at", "2025-01-02T06:40").returncode == 0
    assert waiting("rollback", *SIGNED, "--at", "2025-01-02T07:00").returncode == 3
    # Nothing is known yet of what the canary will be: the lane flips when the run goes on.
    assert waiting("abort", *SIGNED, "--at", "2025-01-02T08:00").returncode == 0
    waiting.go(1)
    events = waiting.events()
    for event in ("signed_off", "hold_entered", "operator_aborted", "attempt_closed"):
        assert event in events
    assert events.count("kill_switch_set") == 2
    assert waiting("verify", "--quiet").returncode == 0


def test_an_interrupted_rollout_goes_on_as_if_it_had_not_been(scenario, tmp_path):
    path = scenario("scripted", rollouts.approvals())
    (tmp_path / "whole").mkdir()
    whole = Rollout(tmp_path / "whole")
    whole.start(path, 0)
    shutil.rmtree(tmp_path / "models")
    shutil.copytree(path.parent / "models", tmp_path / "models")
    (tmp_path / "cut").mkdir()
    cut = Rollout(tmp_path / "cut")
    player = subprocess.Popen(
        [PROGRAM, "rollout", "start", str(path), "--quiet", "--speed", "20000x"]
        + ["--journal", str(cut.journal)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(4)
    player.send_signal(signal.SIGINT)
    assert player.wait(60) == 130
    cut.go(0)
    assert cut.log() == whole.log()
    exports = [
        output("journal", "export", "--journal", one.journal) for one in (whole, cut)
    ]
    assert exports[0] == exports[1]


def test_a_changed_log_is_found_by_its_row(waiting):
    seq = next(row["seq"] for row in waiting.log() if row["event"] == "stage_entered")
    with sqlite3.connect(waiting.journal) as connection:
        connection.execute(
            "UPDATE rollout SET detail = replace(detail, 'shadow', 'canary') WHERE seq = ?", [seq]
        )
    result = waiting("verify", "--quiet")
    assert result.returncode == 1
    assert f"row {seq} (rollout)" in result.stdout
    document = json.loads(waiting("verify", "--quiet", "--json").stdout)
    assert not document["is_sound"] and len(document["problems"]) == 2
    for words in (["status"], ["log"], ["approve", "canary", "--evidence", "0" * 8, *SIGNED]):
        result = waiting(*words)
        assert result.returncode == 1, words
        assert f"row {seq} (rollout)" in result.stderr


def test_another_attempt_keeps_clear_of_the_one_before(waiting, scenario):
    waiting("refuse", "canary", *SIGNED)
    waiting.go(1)
    for settings, change, reason in [
        ({}, {"seed": 5}, "make it 2"),
        ({"attempt": 3}, {}, "make it 2"),
        ({"attempt": 2}, {}, "used evidence until 2025-01-02T05:11"),
        (
            {"attempt": 2},
            {"window": {"from": "2025-01-02T06:00", "to": "2025-01-02T20:00"}},
            "cool-down lasts until 2025-01-03T05:11",
        ),
    ]:
        path = scenario("second", change=lambda text: text.update(change), **settings)
        result = waiting("start", path, "--quiet")
        assert result.returncode == 3, result.stdout
        assert reason in result.stderr
    runs = json.loads(output("journal", "list", "--json", "--journal", waiting.journal))
    assert len(runs["runs"]) == 1


def test_a_candidate_that_stood_no_stress_is_refused_and_told_what_to_type(rollout, scenario):
    path = scenario(change=lambda text: text["rollout"].pop("stress"))
    result = rollout.start(path, 5)
    assert "refused no flash crash was passed (no stress test is named)" in result.stdout
    assert "--to 2025-01-01T02:00:00Z`" in result.stdout
    assert rollout.events() == ["candidate_registered", "policy_frozen", "preflight_evaluated"]
    found = rollout.log()[-1]["payload"]
    assert found["verdict"] == "refused"
    assert [demand["is_met"] for demand in found["detail"]["stress"]] == [False, False]


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"verdict": "fail", "reasons": ["0.071 lost"]}, 5, "failed: 0.071 lost"),
        ({"window": {"from_ns": 0, "to_ns": 1_735_700_000_000_000_000}}, 5, "the rollout begins at"),
        ({"candidates": []}, 5, "of another candidate of BTCUSDC"),
        ({"schema": "tapedeck.stress/2"}, 3, 'schema: "tapedeck.stress/2": must be'),
        ({"verdict": 1}, 3, "verdict: found 1"),
    ],
)
def test_a_stress_test_that_does_not_count_is_told_by_name(
    rollout, scenario, market, tmp_path, change, code, reason
):
    (tmp_path / "stress").mkdir()
    report = json.loads((market / "stress/report.json").read_text())
    (tmp_path / "stress/report.json").write_text(json.dumps({**report, **change}))
    result = rollout.start(scenario(stress=[str(tmp_path / "stress")]), code)
    assert reason in " ".join((result.stdout + result.stderr).split())


def test_what_a_stress_test_said_may_not_change_while_the_rollout_waits(waiting, market):
    report = market / "stress/report.json"
    before = report.read_text()
    try:
        report.write_text(before + "\n")
        result = waiting.go(3)
        assert "its stress tests or a tape was changed" in result.stderr
    finally:
        report.write_text(before)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"blocksMin": 200}, "nothing is decided before 200"),
        ({"canarySymbol": "XRPUSDC"}, "is not traded in this run"),
        ({"operators": []}, "nobody may sign"),
        ({"alpha": 0.9}, "alpha"),
        (
            {
                "tradesMin": 100_000,
                "canary": {"covered": "3h", "gates": [{"gate": "n_trades"}]},
            },
            "cannot make 100000 trades",
        ),
        ({"profle": "guarded"}, "did you mean"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_before_anything_runs(
    rollout, scenario, change, reason
):
    result = rollout.start(scenario(plan={**rollouts.PLAN, **change}), 3)
    assert reason in result.stderr
    assert "plan.json5" in result.stderr


def test_without_a_rollout_there_is_nothing_to_lead_but_switches(rollout, scenario):
    path = scenario("plain", change=lambda text: text.pop("rollout"))
    result = rollout.start(path, 3)
    assert "has no `rollout`" in result.stderr
    player = subprocess.Popen(
        [PROGRAM, "replay", str(path), "--quiet", "--speed", "20000x"]
        + ["--journal", str(rollout.journal)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(3)
    player.send_signal(signal.SIGINT)
    assert player.wait(60) == 130
    for words in (["status"], ["log"], ["verify"], ["hold", *SIGNED]):
        result = rollout(*words)
        assert result.returncode == 3, words
        assert "has no rollout" in result.stderr
    result = rollout("kill", "l2", *SIGNED)
    assert result.returncode == 0, result.stderr
    again = rollout("kill", "l2", *SIGNED)
    assert again.returncode == 3
    assert "the kill switch l2 is on already" in again.stderr
    assert rollout("unkill", "l2", *SIGNED).returncode == 0


def test_a_script_that_could_never_be_followed_is_refused(rollout, scenario):
    def command(**action):
        return {"at": "2025-01-02T03:00", "by": "anna", "reason": "why", **action}

    for action, reason in [
        ({"approve": "canary", "by": "eve"}, "`approve canary`: eve is no operator"),
        ({"rollback": "XRPUSDC"}, "does not trade XRPUSDC"),
        ({"waive": {"gate": "sortino", "until": "2025-01-03"}}, "is no gate"),
        ({"hold": True, "reason": " "}, "a reason is required"),
    ]:
        result = rollout.start(scenario("odd", [command(**action)]), 3)
        assert reason in result.stderr
    listing = json.loads(output("journal", "list", "--json", "--journal", rollout.journal))
    assert listing["runs"] == []


def test_a_command_that_is_not_followed_is_told(rollout, scenario):
    resume = {"at": "2025-01-02T03:00", "resume": True, "by": "ben", "reason": "go"}
    result = rollout.start(scenario("odd", [resume]), 7)
    assert "event=command_refused" in result.stderr
    assert "nothing is on hold in shadow" in result.stderr


def test_a_replay_plays_no_rollout(rollout, scenario):
    result = run("replay", scenario(), "--journal", rollout.journal)
    assert result.returncode == 3
    assert "`tapedeck rollout start" in result.stderr


def test_words_that_make_no_command(rollout):
    for words, reason in [
        (["approve", "shadow", "--evidence", "0" * 8, *SIGNED], "canary or full"),
        (["approve", "canary", *SIGNED], "--evidence"),
        (["hold", "--by", "anna"], "--reason"),
        (["kill", "l3", *SIGNED], "baseline, btc, l2, frac_diff, interactions, trading"),
        (["waive", "ece", *SIGNED], "--until"),
    ]:
        result = rollout(*words)
        assert result.returncode == 2, words
        assert reason in result.stderr
    result = rollout("status")
    assert result.returncode == 3
    assert "there is no journal" in result.stderr
