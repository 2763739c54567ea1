"""A feature export as a trainer meets it: numpy.load of what the program wrote."""

import hashlib
import json
import signal
import struct
import subprocess
import time

import numpy
import pytest
from conftest import PROGRAM, ROOT, output, run

SCENARIO = ROOT / "scenarios/golden.json5"


def features(*arguments):
    """Runs in the repository, because a scenario names its tapes from there."""
    return run("features", SCENARIO, *arguments, cwd=ROOT)


pytestmark = pytest.mark.skipif(
    not SCENARIO.exists() or "tapedeck features " not in output("--help"),
    reason="this program has no command `features`, or the golden scenario is missing",
)


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """The golden scenario's folder and the document that was printed. Not to be changed."""
    folder = tmp_path_factory.mktemp("features") / "golden"
    result = features("-o", folder, "--describe", "--json")
    assert result.returncode == 0, result.stderr
    return folder, json.loads(result.stdout)


def columns(folder):
    return json.loads((folder / "columns.json").read_text())


def test_holds_one_matrix_a_symbol_and_shared_timestamps(export):
    folder, printed = export
    manifest = columns(folder)
    assert manifest["is_complete"] is True
    times = numpy.load(folder / manifest["timestamps"])
    assert times.dtype == numpy.int64 and times.ndim == 1 and len(times) > 0
    assert (numpy.diff(times) == manifest["bar_ns"]).all()
    assert manifest["symbols"]
    for symbol in manifest["symbols"]:
        matrix = numpy.load(folder / symbol["features"])
        assert matrix.dtype == numpy.float64 and matrix.flags.c_contiguous
        assert matrix.shape == (len(times), len(manifest["columns"]))
        assert symbol["rows"] == len(times)
    assert printed["rows"] == len(times) * len(manifest["symbols"])
    assert printed["columns"] == [column["name"] for column in manifest["columns"]]


def test_can_be_mapped_without_reading(export):
    folder, _ = export
    name = columns(folder)["symbols"][0]["features"]
    mapped = numpy.load(folder / name, mmap_mode="r")
    assert numpy.array_equal(mapped, numpy.load(folder / name), equal_nan=True)


def test_labels_are_there_exactly_with_a_strategy(export):
    folder, printed = export
    manifest = columns(folder)
    assert (manifest["labels_digest"] is None) == (printed["labels_digest"] is None)
    for symbol in manifest["symbols"]:
        assert (symbol["labels"] is None) == (manifest["labels_digest"] is None)
        if symbol["labels"]:
            labels = numpy.load(folder / symbol["labels"])
            assert labels.shape == (symbol["rows"],)
            assert set(labels[~numpy.isnan(labels)]) <= {-1.0, 0.0, 1.0}


def counted(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def test_digests_can_be_recomputed_from_the_files(export):
    folder, printed = export
    manifest = columns(folder)
    config = (folder / manifest["enrichment_config"]["file"]).read_text()
    digest = hashlib.sha256(config.encode()).hexdigest()
    assert digest == manifest["enrichment_config"]["digest"]
    assert digest == printed["enrichment_config_digest"]
    times = numpy.load(folder / manifest["timestamps"])
    total = hashlib.sha256(counted(config))
    for symbol in manifest["symbols"]:
        matrix = numpy.load(folder / symbol["features"]).view(numpy.int64)
        rows = numpy.column_stack([times, matrix]).astype("<i8")
        own = hashlib.sha256(rows.tobytes())
        assert own.hexdigest() == symbol["rows_digest"]
        total.update(counted(symbol["symbol"]) + own.digest())
    assert total.hexdigest() == manifest["rows_digest"] == printed["rows_digest"]


def test_a_description_agrees_with_numpy(export):
    folder, printed = export
    manifest = columns(folder)
    pooled = numpy.vstack(
        [numpy.load(folder / symbol["features"]) for symbol in manifest["symbols"]]
    )
    for values, column in zip(pooled.T, printed["description"]["columns"], strict=True):
        known = values[~numpy.isnan(values)]
        assert column["n"] == len(known)
        assert column["nan"] == len(values) - len(known)
        assert sum(column["histogram"]) == len(known)
        if len(known) == 0:
            assert column["mean"] is None
            continue
        assert column["mean"] == pytest.approx(known.mean(), rel=1e-9, abs=1e-12)
        assert (column["min"], column["max"]) == (known.min(), known.max())
        if len(known) > 1:
            assert column["std"] == pytest.approx(known.std(ddof=1), rel=1e-9, abs=1e-12)
        levels = [float(level) for level in column["quantiles"]]
        expected = numpy.quantile(known, levels)
        assert list(column["quantiles"].values()) == pytest.approx(expected, rel=1e-12)


def test_one_symbol_can_be_described_alone(export):
    folder, printed = export
    symbol = columns(folder)["symbols"][-1]
    result = features("--describe", "--symbol", symbol["symbol"], "--json")
    assert result.returncode == 0, result.stderr
    described = json.loads(result.stdout)["description"]
    assert described["symbol"] == symbol["symbol"]
    matrix = numpy.load(folder / symbol["features"])
    assert [column["nan"] for column in described["columns"]] == list(
        numpy.isnan(matrix).sum(axis=0)
    )


def test_a_second_run_writes_the_same_bytes(export, tmp_path):
    folder, _ = export
    again = tmp_path / "again"
    assert features("-o", again, "--slice-events", 97, "--threads", 1).returncode == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_an_older_export_is_replaced_only_when_asked(tmp_path):
    folder = tmp_path / "out"
    assert features("-o", folder).returncode == 0
    refused = features("-o", folder)
    assert refused.returncode == 4 and "--replace" in refused.stderr and refused.stdout == ""
    assert features("-o", folder, "--replace").returncode == 0
    (folder / "notes.txt").write_text("mine")
    refused = features("-o", folder, "--replace")
    assert refused.returncode == 4 and "notes.txt" in refused.stderr
    assert (folder / "notes.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_an_interrupted_run_keeps_the_rows_up_to_there(export, tmp_path):
    whole, _ = export
    folder, log = tmp_path / "out", tmp_path / "run.log"
    # Two hours take twelve seconds. After some three of them, the first bars have their labels.
    pace = ["--speed", "600x", "-o", folder, "--json", "--log", log]
    command = [PROGRAM, "features", str(SCENARIO), *map(str, pace)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        deadline = time.monotonic() + 30
        while not (tmp_path / "out.partial").exists():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.01)
        time.sleep(2.5)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130, stderr
    assert "interrupted" in stderr and str(folder) in stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "run.log"]
    assert log.read_text().splitlines()[-1].startswith("event=run_interrupted ")

    manifest, expected, printed = columns(folder), columns(whole), json.loads(stdout)
    assert manifest["is_complete"] is False and printed["is_complete"] is False
    assert printed["rows_digest"] == manifest["rows_digest"] != expected["rows_digest"]
    times, all_times = (numpy.load(path / manifest["timestamps"]) for path in (folder, whole))
    count = len(times)
    assert 0 < count < len(all_times)
    assert numpy.array_equal(times, all_times[:count])
    for symbol in manifest["symbols"]:
        assert symbol["rows"] == count
        rows, all_rows = (numpy.load(path / symbol["features"]) for path in (folder, whole))
        assert rows.tobytes() == all_rows[:count].tobytes()
        labels, all_labels = (numpy.load(path / symbol["labels"]) for path in (folder, whole))
        # What the rest of a bar's horizon would have brought is not known.
        known = ~numpy.isnan(labels)
        assert known.any()
        assert numpy.array_equal(labels[known], all_labels[:count][known])


def test_prints_a_table_and_writes_a_log(tmp_path):
    result = features("--describe", "--log", tmp_path / "run.log")
    assert result.returncode == 0, result.stderr
    assert "config" in result.stdout and "histogram" in result.stdout
    lines = (tmp_path / "run.log").read_text().splitlines()
    assert lines[0].startswith("event=run_started ")
    assert lines[-1].startswith("event=run_finished ")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], ["-o DIR", "--describe", "--json"]),
        (["--replace", "--json"], ["--replace", "--output"]),
        (["--symbol", "X", "--json"], ["--symbol", "--describe"]),
        (["--json", "--speed", "fast"], ["--speed", "fast", "3600x"]),
        (["--json", "--threads", "0"], ["--threads"]),
        (["--json", "--slice-events", "none"], ["--slice-events"]),
        (["--describe", "--symbol", "NOBODY"], ["NOBODY", "BTC"]),
    ],
)
def test_usage_errors_say_what_would_do(arguments, names):
    result = features(*arguments)
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    for name in names:
        assert name in result.stderr
