"""Runs that die, stop or compete: what they leave is whole, goes on, and ends like a quiet run."""

import contextlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time

import crash
import pytest
import stores
import trading
from conftest import ROOT, output, run

KILLS = 10
GOLDEN_TAPE = ROOT / "Tests/Fixtures/golden.tape"
GOLDEN_MODELS = ROOT / trading.GOLDEN_MODELS
# A day and a half in three seconds, so that there is time to interfere.
SLOWLY = ["--speed", "43200x"]


@pytest.fixture(autouse=True)
def seed():
    """Printed when a test fails; SEED=N repeats it."""
    number = int(os.environ.get("SEED", random.randrange(1 << 31)))
    random.seed(number)
    print(f"seed {number}")
    return number


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return trading.make(tmp_path_factory.mktemp("crash"))


@pytest.fixture(scope="module", params=stores.NAMES)
def store(request):
    with stores.opened(request.param) as store:
        yield store


@pytest.fixture(scope="module")
def expected(scenario, tmp_path_factory):
    """What a run exports that nobody disturbs; it is the same in each store."""
    return trading.replayed(scenario, tmp_path_factory.mktemp("quiet") / "journal.sqlite")


@pytest.fixture
def server():
    """A server of the test's own, which may stop it."""
    if stores.PROGRAMS is None:
        pytest.skip("PostgreSQL is not installed")
    with stores.opened("postgres") as server:
        yield server


def ended(process, code):
    """Waits for a run beside us; returns what it said."""
    _, text = process.communicate(timeout=60)
    assert process.returncode == code, (process.returncode, text)
    return text


def resumes(scenario, journal, expected):
    """The same command goes on, and nothing is lost or doubled."""
    assert trading.replayed(scenario, journal, *crash.SLICES) == expected
    output("journal", "verify", "--journal", journal)


def test_killed_runs_go_on(scenario, store, expected, seed):
    campaign = crash.Campaign(scenario, store, seed)
    campaign.go(KILLS)
    assert campaign.expected == expected
    assert campaign.kills == KILLS
    # Kills that all missed the rows would not prove much.
    assert campaign.outcomes["some rows"] > 0, campaign


def test_an_interrupted_run_ends_cleanly_and_goes_on(scenario, store, expected):
    journal = store.new()
    process = crash.start(scenario, journal, *SLOWLY)
    crash.wait_for_rows(process, journal)
    process.send_signal(signal.SIGINT)
    assert "interrupted at 2025-01-0" in ended(process, 130)
    stopped = run("journal", "verify", "--json", "--journal", journal)
    assert stopped.returncode == 5
    assert 0 < json.loads(stopped.stdout)["rows_checked"] < expected.count("\n") - 1
    resumes(scenario, journal, expected)


def test_the_second_process_of_a_run_ends_and_the_first_goes_on(scenario, store, expected):
    journal = store.new()
    first = crash.start(scenario, journal, *SLOWLY)
    crash.wait_for_rows(first, journal)
    second = crash.start(scenario, journal)
    assert "another process writes run" in ended(second, 4)
    ended(first, 0)
    assert trading.export(journal) == expected
    resumes(scenario, journal, expected)


# A server that goes away


def test_a_server_that_restarts_is_waited_for(scenario, server, expected):
    journal = server.new()
    process = crash.start(scenario, journal, *SLOWLY)
    crash.wait_for_rows(process, journal)
    server.stop()
    time.sleep(1)
    assert process.poll() is None
    server.start()
    ended(process, 0)
    assert trading.export(journal) == expected
    output("journal", "verify", "--journal", journal)


def test_a_server_that_stays_away_ends_the_run(scenario, server, expected):
    journal = server.new()
    process = crash.start(scenario, journal, *SLOWLY)
    crash.wait_for_rows(process, journal)
    server.stop()
    began = time.monotonic()
    text = ended(process, 4)
    # The attempts take ten seconds, and come after what the run was busy with.
    assert 9 < time.monotonic() - began < 30
    assert "not reached in 6 attempts" in text
    server.start()
    stopped = run("journal", "verify", "--json", "--journal", journal)
    assert stopped.returncode == 5
    resumes(scenario, journal, expected)


# A disk that is full


@contextlib.contextmanager
def small_disk(size):
    """A file system in memory; making one needs rights that a container may not give to root."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tapedeck-"))
    if not mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder):
        folder.rmdir()
        pytest.skip("this user cannot mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def mount(*arguments):
    command = ["mount", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def ends_for_want_of_room(scenario, journal, **options):
    began = time.monotonic()
    result = run(
        "replay", scenario, "--journal", journal, "--quiet", *crash.SLICES, **options
    )
    assert result.returncode == 4, (result.returncode, result.stderr)
    assert "the disk is full" in result.stderr
    # At once: waiting for a server takes ten seconds.
    assert time.monotonic() - began < 8
    assert result.stdout == ""


def test_a_full_disk_ends_a_run_that_goes_on_with_room(scenario, expected):
    with small_disk("3m") as folder:
        journal = folder / "journal.sqlite"
        ends_for_want_of_room(scenario, journal)
        # With as little room as before it ends in the same way, and spoils nothing.
        ends_for_want_of_room(scenario, journal)
        assert mount("-o", "remount,size=100m", folder)
        stopped = run("journal", "verify", "--json", "--journal", journal)
        assert stopped.returncode == 5
        assert json.loads(stopped.stdout)["rows_checked"] > 0
        resumes(scenario, journal, expected)


def test_a_limit_on_the_size_of_files_is_a_full_disk(scenario, expected, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, resource.RLIM_INFINITY))

    journal = tmp_path / "journal.sqlite"
    ends_for_want_of_room(scenario, journal, preexec_fn=limit)
    resumes(scenario, journal, expected)


def test_a_server_whose_disk_is_full_ends_the_run(scenario, expected):
    if stores.PROGRAMS is None:
        pytest.skip("PostgreSQL is not installed")
    with small_disk("40m") as disk:
        if os.getuid() == 0:
            shutil.chown(disk, "nobody", "nogroup")
        server = stores.Postgres(data=disk / "data")
        try:
            usage = shutil.disk_usage(disk)
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(max(0, usage.free - (2 << 20))))
            journal = server.new()
            ends_for_want_of_room(scenario, journal)
            ballast.unlink()
            stopped = run("journal", "verify", "--json", "--journal", journal)
            assert stopped.returncode == 5
            resumes(scenario, journal, expected)
        finally:
            server.remove()


# Damage, and what a run is named by: a journal of two hours shows as much as a longer one.


@pytest.fixture(scope="module")
def small():
    """A scenario of the golden tape, and what it exports."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = trading.scenario(GOLDEN_TAPE, GOLDEN_MODELS)
        path = pathlib.Path(folder) / "scenario.json5"
        path.write_text(json.dumps(scenario))
        yield path, trading.replayed(path, path.with_name("journal.sqlite"))


@pytest.fixture(scope="module")
def finished(small, store):
    path, expected = small
    journal = store.new()
    assert trading.replayed(path, journal) == expected
    return journal


def findings(journal):
    result = run("journal", "verify", "--json", "--journal", journal)
    assert (result.returncode, result.stderr) == (1, "")
    return [
        (entry["seq"], entry["table"], entry["problem"])
        for entry in json.loads(result.stdout)["findings"]
    ]


def rows_of(journal):
    lines = trading.export(journal, "--body").splitlines()
    return [json.loads(line) for line in random.sample(lines, 6)]


def test_a_deleted_row_is_found_and_named(store, finished):
    for row in rows_of(finished):
        table, seq = row["table"], row["seq"]
        columns = ", ".join(["run", *(name for name in row if name != "table")])
        store.execute(finished, f"CREATE TABLE kept AS SELECT * FROM {table} WHERE seq = {seq}")
        store.execute(finished, f"DELETE FROM {table} WHERE seq = {seq}")
        assert findings(finished) == [(seq, None, "missing")]
        result = run("journal", "verify", "--journal", finished)
        assert f"row {seq}: there is no row of this number: it was deleted" in result.stdout
        store.execute(finished, f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept")
        store.execute(finished, "DROP TABLE kept")
    output("journal", "verify", "--journal", finished)


def test_a_changed_row_is_found_and_named(store, finished):
    for row in rows_of(finished):
        table, seq, at = row["table"], row["seq"], row["at_ns"]
        set_time = f"UPDATE {table} SET at_ns = %d WHERE seq = {seq}"
        store.execute(finished, set_time % (at + 1))
        assert (seq, table, "changed") in findings(finished)
        assert len({found for found, _, _ in findings(finished)}) <= 2
        store.execute(finished, set_time % at)
    output("journal", "verify", "--journal", finished)


@pytest.fixture
def file(small, tmp_path):
    """A journal's file that may be damaged, its content and what it exports."""
    path, expected = small
    journal = tmp_path / "journal.sqlite"
    assert trading.replayed(path, journal) == expected
    return journal, journal.read_bytes(), expected


def damage(path, whole, place):
    damaged = bytearray(whole)
    damaged[place] ^= 1 << random.randrange(8)
    path.write_bytes(damaged)


def test_a_flipped_byte_of_a_row_is_found_and_named(file):
    journal, whole, expected = file
    for line in random.sample(expected.splitlines()[:-1], 40):
        row = json.loads(line)
        # A row's hash is its last value, and each table has some bytes of values before it.
        digest = bytes.fromhex(row["hash"])
        assert whole.count(digest) == 1
        place = whole.index(digest) + random.randrange(-6, 32)
        damage(journal, whole, place)
        found = findings(journal)
        assert (row["seq"], row["table"], "changed") in found, (line, place)
        assert all(seq in (row["seq"], row["seq"] + 1) for seq, _, _ in found), (line, place)


def test_a_flipped_byte_anywhere_is_found_or_has_no_effect(file):
    journal, whole, expected = file
    found = 0
    for place in random.sample(range(len(whole)), 60):
        damage(journal, whole, place)
        result = run("journal", "verify", "--quiet", "--journal", journal)
        assert result.returncode in (0, 1, 3), (place, result.returncode, result.stderr)
        found += result.returncode != 0
        if result.returncode == 0:
            assert trading.export(journal) == expected, place
    # What has no effect lies between the rows.
    assert found > 20


def test_other_inputs_are_another_run(small, tmp_path):
    """Each change of an input names another run, and no change of anything else does."""
    path, expected = small
    scenario = json.loads(path.read_text())
    journal = tmp_path / "journal.sqlite"

    def identity(*options, **changes):
        other = tmp_path / "scenario.json5"
        other.write_text(json.dumps(scenario | changes))
        return footer(trading.replayed(other, journal, *options))["identity"]

    def footer(export):
        return json.loads(export.splitlines()[-1])["footer"]

    first = footer(expected)["identity"]
    registry = tmp_path / "models"
    shutil.copytree(GOLDEN_MODELS, registry)
    tape = tmp_path / "market.tape"
    shutil.copy(GOLDEN_TAPE, tape)
    moved = {"models": scenario["models"] | {"registry": str(registry)}}
    assert identity() == first
    assert identity("--threads", 1, "--slice-events", 77) == first
    assert identity(tapes=[str(tape)], **moved) == first

    name = trading.NAME.format("BTCUSDC")
    output("model", "recalibrate", name, 1, "--temperature", 1.5, "--registry", registry)
    output(
        "model", "alias", name, "champion", 3, "--by", "tests", "--reason", "another",
        "--registry", registry,
    )  # fmt: skip
    window = ["--from", "2025-01-01T07:00", "--to", "2025-01-01T08:59"]
    tape.unlink()
    output("tape", "slice", GOLDEN_TAPE, *window, "-o", tape)
    others = [
        identity(**moved),
        identity(tapes=[str(tape)]),
        identity(execution=scenario["execution"] | {"takerFee": 0.000401}),
        identity(seed=scenario["seed"] + 1),
    ]
    assert len({first, *others}) == 5


def test_a_flipped_byte_of_the_tape_is_refused_or_not_read(small, tmp_path):
    path, expected = small
    whole = GOLDEN_TAPE.read_bytes()
    tape = tmp_path / "market.tape"
    scenario = tmp_path / "scenario.json5"
    scenario.write_text(path.read_text().replace(str(GOLDEN_TAPE), str(tape)))
    refused = 0
    for place in random.sample(range(len(whole)), 60):
        damage(tape, whole, place)
        journal = tmp_path / f"{place}.sqlite"
        result = run("replay", scenario, "--journal", journal, "--quiet")
        assert result.returncode in (0, 3), (place, result.returncode, result.stderr)
        refused += result.returncode == 3
        if result.returncode == 0:
            assert trading.export(journal) == expected, place
    assert refused > 20
