"""The command line as scripts and people meet it: exit codes, streams, and what stays on disk."""

import io
import json
import os
import resource
import signal
import struct
import subprocess
import time
import zlib

import conftest
import pandas
import pytest
from conftest import PROGRAM, output, run

COMMANDS = ["synth", "import", "info", "verify", "dump", "slice"]


def fails(code, *arguments, names=(), **options):
    """Runs and expects `code`, nothing on stdout, and one line that holds all of `names`."""
    result = run(*arguments, **options)
    assert result.returncode == code, (result.returncode, result.stderr)
    assert result.stdout in ("", None)
    assert result.stderr.startswith("error: ") and result.stderr.count("\n") == 1
    for name in names:
        assert str(name) in result.stderr
    return result.stderr


def as_nobody():
    """Root may read and write everything; nobody may not."""
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


needs_other_user = pytest.mark.skipif(
    os.getuid() == 0
    and subprocess.run(
        [PROGRAM, "--version"], preexec_fn=as_nobody, capture_output=True, check=False
    ).returncode
    != 0
    if os.access(PROGRAM, os.X_OK)
    else True,
    reason="another user cannot run the program where it lies",
)


# Help and usage


def test_version_comes_at_once():
    def start():
        begin = time.perf_counter()
        assert output("--version").startswith("tapedeck ")
        return time.perf_counter() - begin

    assert min(start() for _ in range(10)) < 0.1


def test_help_lists_every_command_and_each_has_examples():
    overview = output("--help")
    for command in COMMANDS:
        assert f"tapedeck tape {command} " in overview
        text = output("tape", command, "--help")
        assert f"Usage: tapedeck tape {command} " in text
        assert f"\n  tapedeck tape {command} " in text.split("Examples:")[1]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], ["--help"]),
        (["tpae"], ["`tpae`"]),
        (["tape"], ["`tape`"]),
        (["tape", "inof", "x"], ["`tape inof`", "`tape info`"]),
        (["tape", "info"], ["TAPE"]),
        (["tape", "info", "--jsno", "x"], ["`--jsno`", "`--json`"]),
        (["tape", "info", "--json=1", "x"], ["`--json`"]),
        (["tape", "slice", "x"], ["`--output FILE`"]),
        (["tape", "slice", "x", "-o"], ["`--output`"]),
        (["tape", "slice", "x", "-o", "y", "-o", "z"], ["`--output`", "twice"]),
        (["tape", "synth", "x", "y", "-o", "z"], ["`y`"]),
        (["tape", "dump", "x", "--levels", "0"], ["--levels", "`0`", "1...50"]),
        (["tape", "dump", "x", "--from", "yesterday"], ["--from", "`yesterday`"]),
        (["tape", "dump", "x", "--from", "2025-01-02", "--to", "2025-01-01"], ["--to"]),
    ],
)
def test_usage_errors_name_the_word_at_fault(arguments, names):
    fails(2, *arguments, names=names)


def test_a_symbol_or_stream_that_is_not_there_is_a_usage_error(synthetic):
    fails(2, "tape", "dump", synthetic, "--symbol", "BTCUSD", names=["BTCUSD`", "BTCUSDC?"])
    fails(2, "tape", "dump", synthetic, "--stream", "trade", names=["`trade`", "trades?"])
    fails(2, "tape", "dump", synthetic, names=["--stream", "books:10", "candles:1m"])


# Results


def test_json_is_one_document_and_nothing_else(synthetic, recipe, tmp_path):
    for arguments in [
        ["info", synthetic],
        ["info", synthetic, synthetic.parent / synthetic.name][:2],
        ["verify", synthetic],
        ["slice", synthetic, "-o", tmp_path / "slice.tape"],
        ["synth", recipe, "-o", tmp_path / "synth.tape"],
    ]:
        result = run("tape", *arguments, "--json")
        assert result.returncode == 0 and result.stderr == ""
        assert isinstance(json.loads(result.stdout), dict)


def test_info_counts_what_dump_prints(synthetic):
    (tape,) = json.loads(output("tape", "info", "--json", synthetic))["tapes"]
    for stream in tape["streams"]:
        names = ["--symbol", stream["symbol"], "--stream", stream["stream"]]
        text = output("tape", "dump", synthetic, *names)
        table = pandas.read_csv(io.StringIO(text))
        assert len(table) == stream["rows"]
        assert list(table.columns) == ["symbol", *stream["columns"]]
        kinds = {name: table[name].dtype.kind for name in stream["columns"] if name != "side"}
        assert set(kinds.values()) <= {"i", "f"}, kinds
        times = pandas.to_datetime(table["event_time"])
        assert str(times.iloc[0]).startswith("2025-01-01 00:0")
    text = output("tape", "info", synthetic)
    assert "▁" in text and "█" in text and tape["content_digest"] in text


def test_iso_times_and_integer_times_are_the_same(synthetic):
    options = ["tape", "dump", synthetic, "--stream", "trades"]
    numbers = pandas.read_csv(io.StringIO(output(*options)))
    texts = pandas.read_csv(io.StringIO(output(*options, "--iso")))
    parsed = pandas.to_datetime(texts["event_time"], format="ISO8601").astype("datetime64[ns, UTC]")
    assert (parsed.astype("int64") == numbers["event_time"]).all()


def test_a_span_holds_its_start_and_not_its_end(synthetic):
    options = ["tape", "dump", synthetic, "--stream", "candles", "--symbol", "BTCUSDC"]
    whole = pandas.read_csv(io.StringIO(output(*options)))
    span = ["--from", "2025-01-01T01:00", "--to", "2025-01-01T02:00"]
    part = pandas.read_csv(io.StringIO(output(*options, *span)))
    start = pandas.Timestamp("2025-01-01T01:00").value
    inside = whole["event_time"].between(start, start + 3_600_000_000_000, inclusive="left")
    pandas.testing.assert_frame_equal(part, whole[inside].reset_index(drop=True))


def test_zstd_accepts_a_tape(synthetic):
    subprocess.run(["zstd", "-t", "-q", synthetic], check=True)


def test_slices_put_together_are_the_tape_again(synthetic, tmp_path):
    first, second, whole = (tmp_path / name for name in ("1.tape", "2.tape", "whole.tape"))
    middle = "2025-01-01T03:07:11.5"
    output("tape", "slice", synthetic, "-o", first, "--to", middle)
    output("tape", "slice", synthetic, "-o", second, "--from", middle)
    output("tape", "slice", first, second, "-o", whole)
    digests = [
        json.loads(output("tape", "info", "--json", path))["tapes"][0]["content_digest"]
        for path in (synthetic, whole)
    ]
    assert digests[0] == digests[1]
    assert json.loads(output("tape", "info", "--json", first, second))["tapes"][1]


def test_shifting_moves_every_time_and_the_validity_spans(synthetic, tmp_path):
    moved = tmp_path / "moved.tape"
    arguments = ["--symbol", "ETHUSDT", "--shift-to", "2024-02-29", "-o", moved]
    output("tape", "slice", synthetic, *arguments)
    assert output("tape", "verify", moved)
    (instrument,) = json.loads(output("tape", "info", "--json", moved))["instruments"]
    offset = pandas.Timestamp("2025-01-01").value - pandas.Timestamp("2024-02-29").value
    assert instrument["symbol"] == "ETHUSDT"
    assert instrument["spans"][0]["start_ns"] == pandas.Timestamp("2024-02-29").value
    for kind in ["funding", "trades", "books", "candles"]:
        options = ["--stream", kind, "--symbol", "ETHUSDT"]
        before, after = (
            pandas.read_csv(io.StringIO(output("tape", "dump", path, *options)))
            for path in (synthetic, moved)
        )
        after["event_time"] += offset
        pandas.testing.assert_frame_equal(before, after)


# Synthesis


def test_a_recipe_gives_one_content_and_a_seed_another(synthetic, recipe, tmp_path):
    def digest(*options):
        document = output(
            "tape", "synth", recipe, "-o", tmp_path / "again.tape", "--json", *options
        )
        return json.loads(document)["content_digest"]

    (tape,) = json.loads(output("tape", "info", "--json", synthetic))["tapes"]
    assert digest() == tape["content_digest"]
    assert (tmp_path / "again.tape").read_bytes() == synthetic.read_bytes()
    assert digest("--seed", "43") != tape["content_digest"]


def digests():
    """What the recipes of the repository must give, but for the one that is only measured."""
    lines = (conftest.ROOT / "replays/DIGESTS").read_text().splitlines()
    return [line.split() for line in lines if "bench" not in line]


@pytest.mark.parametrize(("digest", "name"), digests())
def test_the_recipes_of_the_repository_give_the_content_it_names(digest, name, tmp_path):
    recipe = conftest.ROOT / f"replays/{name}.json5"
    output("tape", "synth", recipe, "-o", tmp_path / "x.tape", "--expect", digest)
    (tmp_path / "x.tape").unlink()


def test_expect_keeps_what_is_there_and_removes_what_differs(recipe, tmp_path):
    path = tmp_path / "cached.tape"
    document = output("tape", "synth", recipe, "-o", path, "--to", "2025-01-01T01:00", "--json")
    digest = json.loads(document)["content_digest"]
    options = ["tape", "synth", recipe, "-o", path, "--to", "2025-01-01T01:00", "--expect"]
    made = path.stat().st_mtime_ns
    output(*options, digest)
    assert path.stat().st_mtime_ns == made
    fails(1, *options, "0" * 64, names=[path, digest])
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{seed: 1,\n seeed: 2}", ["line 1", "from"]),
        (conftest.RECIPE.replace("volatility", "volatilty"), ["line 7", "[0].volatility", "volatilty"]),
        (conftest.RECIPE.replace("94000", "-1"), ["line 7", "symbols[0].price", "-1"]),
        ("{seed: NaN}", ["line 1", "NaN"]),
        ("", ["line 1"]),
    ],
)
def test_a_bad_recipe_is_refused_by_line_and_field(text, names, tmp_path):
    recipe = tmp_path / "bad.json5"
    recipe.write_text(text)
    fails(3, "tape", "synth", recipe, "-o", tmp_path / "x.tape", names=[recipe, *names])
    assert os.listdir(tmp_path) == ["bad.json5"]


# Bad input


def checked(tag, payload):
    frame = struct.pack("<II", 0x184D2A57, len(payload) + 8) + tag + payload
    return frame + struct.pack("<I", zlib.crc32(frame))


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"", ["not a tape"]),
        (b"open_time,open,high\n", ["not a tape", "import"]),
        (checked(b"THad", struct.pack("<HII", 2, 0, 0) + b"{}"), ["version 2"]),
        (checked(b"THad", struct.pack("<HII", 1, 4, 0) + b"{}"), ["0x4"]),
        (checked(b"THad", struct.pack("<HII", 1, 0, 0) + b"{}"), ["byte 0", "instruments"]),
        (struct.pack("<II", 0x184D2A57, 0xFFFFFFF0) + b"THad", ["byte 4", "header size"]),
    ],
)
def test_what_is_no_tape_is_refused_by_name(content, names, tmp_path):
    path = tmp_path / "x.tape"
    path.write_bytes(content)
    for command in ["info", "dump"]:
        fails(3, "tape", command, path, names=[path, *names])


def test_inputs_that_are_not_there_are_bad_input(tmp_path):
    missing = tmp_path / "missing"
    for arguments in [["info"], ["verify"], ["dump"], ["slice", "-o", tmp_path / "out.tape"]]:
        fails(3, "tape", *arguments, missing, names=[missing])
        fails(3, "tape", *arguments, tmp_path, names=[tmp_path])
    fails(3, "tape", "synth", missing, "-o", tmp_path / "out.tape", names=[missing])
    assert os.listdir(tmp_path) == []


def test_damage_fails_verification_and_stops_every_other_command(synthetic, tmp_path):
    data = bytearray(synthetic.read_bytes())
    data[len(data) // 2] ^= 1
    damaged = tmp_path / "damaged.tape"
    damaged.write_bytes(data)
    result = run("tape", "verify", "--json", damaged)
    assert result.returncode == 1
    document = json.loads(result.stdout)
    assert not document["is_sound"] and document["tapes"][0]["findings"][0]["is_failure"]
    fails(3, "tape", "slice", damaged, "-o", tmp_path / "x.tape", names=[damaged, "byte"])
    assert os.listdir(tmp_path) == ["damaged.tape"]


def test_a_tape_cut_short_is_read_and_fails_verification(synthetic, tmp_path):
    cut = tmp_path / "cut.tape"
    cut.write_bytes(synthetic.read_bytes()[: synthetic.stat().st_size // 2])
    assert "rebuilt by a scan" in output("tape", "info", cut)
    assert json.loads(output("tape", "info", "--json", cut))["tapes"][0]["is_rebuilt"]
    assert run("tape", "verify", cut).returncode == 1


# The environment


@needs_other_user
def test_an_unreadable_file_is_the_environments_fault(synthetic, tmp_path):
    secret = tmp_path / "secret.tape"
    secret.write_bytes(synthetic.read_bytes())
    secret.chmod(0)
    for folder in [tmp_path, *tmp_path.parents]:
        if os.stat(folder).st_uid == os.getuid() and folder.name.startswith("pytest"):
            folder.chmod(0o755)
    tmp_path.chmod(0o755)
    fails(4, "tape", "info", secret, names=[secret, "Permission"], preexec_fn=as_nobody)


def test_a_full_disk_is_the_environments_fault_and_leaves_nothing(recipe, synthetic, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    made = tmp_path / "x.tape"
    for arguments in [["synth", recipe], ["slice", synthetic]]:
        fails(4, "tape", *arguments, "-o", made, names=[made, "write"], preexec_fn=limit)
        assert os.listdir(tmp_path) == []
    with open("/dev/full", "w") as full:
        result = run(
            "tape", "info", synthetic, capture_output=False, stdout=full, stderr=subprocess.PIPE
        )
    assert result.returncode == 4 and "No space left" in result.stderr


def test_a_folder_that_is_not_there_cannot_be_written_to(synthetic, tmp_path):
    made = tmp_path / "no" / "x.tape"
    fails(4, "tape", "slice", synthetic, "-o", made, names=[made])


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(sent, tmp_path):
    recipe = tmp_path / "long.json5"
    recipe.write_text(conftest.RECIPE.replace("2025-01-01T06:00", "2035-01-01"))
    made = tmp_path / "x.tape"
    command = [PROGRAM, "tape", "synth", str(recipe), "-o", str(made)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        partial = tmp_path / "x.tape.partial"
        deadline = time.monotonic() + 30
        while not (partial.exists() and partial.stat().st_size > 0):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.01)
        process.send_signal(sent)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130 and "interrupted" in stderr
    assert os.listdir(tmp_path) == ["long.json5"]
