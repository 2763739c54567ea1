"""The reader that was written from docs/tape-format.md, against the program's own."""

import io
import shutil

import conftest
import numpy
import pandas
import pytest
import tape_reader

UNIT_DECIMALS = {
    "price": "price_decimals", "open": "price_decimals", "high": "price_decimals",
    "low": "price_decimals", "close": "price_decimals", "mark_price": "price_decimals",
    "size": "size_decimals", "volume": "size_decimals", "taker_buy_volume": "size_decimals",
    "quote_volume": "quote_decimals", "taker_buy_quote_volume": "quote_decimals",
}
SIDES = {"unknown": 0, "buy": 1, "sell": 2}


def decimals(name, instrument):
    if name == "funding_rate":
        return 12
    if name.startswith(("bid_", "ask_")) and name[-1].isdigit():
        name = name.split("_")[1]
    return instrument.get(UNIT_DECIMALS.get(name), 0)


def units(text, places):
    """Decimal text as an integer of 10^-places, exactly."""
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("-").partition(".")
    assert len(fraction) <= places and not fraction.endswith("0")
    return sign * int(whole + fraction.ljust(places, "0"))


def label(stream):
    return stream["kind"]


def dump(path, tape, stream, *options):
    """A stream as tapedeck prints it, as a table of text."""
    instrument = tape.instruments[tape.streams[stream]["instrument"]]
    arguments = ["--symbol", instrument["symbol"], "--stream", label(tape.streams[stream])]
    text = conftest.output("tape", "dump", path, *arguments, *options)
    return pandas.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def assert_equal(table, columns, instrument, names):
    assert list(table.columns) == ["symbol", *names]
    assert (table["symbol"] == instrument["symbol"]).all()
    for name in names:
        texts, places = table[name], decimals(name, instrument)
        values = [SIDES[x] if x in SIDES else units(x, places) if x else 0 for x in texts]
        numpy.testing.assert_array_equal(numpy.array(values, numpy.int64), columns[name], name)


def test_every_digest_is_the_trailers(tape_path):
    tape = tape_reader.Tape(tape_path)
    for stream, summary in enumerate(tape.trailer["streams"]):
        assert tape.digest(stream) == summary["digest"]
    assert tape.content_digest() == tape.trailer["content_digest"]


def test_every_row_is_the_one_that_dump_prints(tape_path):
    tape = tape_reader.Tape(tape_path)
    for stream, description in enumerate(tape.streams):
        columns = tape.columns(stream)
        assert len(columns["event_time"]) == tape.trailer["streams"][stream]["rows"]
        instrument = tape.instruments[description["instrument"]]
        assert_equal(dump(tape_path, tape, stream), columns, instrument, list(columns))


def test_blocks_hold_the_visible_times_that_the_index_promises(tape_path):
    tape = tape_reader.Tape(tape_path)
    for stream in range(len(tape.streams)):
        columns = tape.columns(stream)
        own = columns["event_time"]
        if "receive_time" in columns:
            own = numpy.maximum(own, columns["receive_time"])
        visible = numpy.maximum.accumulate(own)
        end = 0
        for _, rows, first, last in tape.blocks[stream]:
            assert (visible[end], visible[end + rows - 1]) == (first, last)
            end += rows
        assert end == len(own)


def test_the_best_levels_are_read_from_the_first_groups(synthetic):
    tape = tape_reader.Tape(synthetic)
    for stream, description in enumerate(tape.streams):
        if description["kind"] != "books":
            continue
        whole, best = tape.columns(stream), tape.columns(stream, levels=5)
        assert "bid_price_5" in best and "bid_price_6" not in best
        names = ["event_time", "bid_count", "ask_count"]
        names += [f"{side}_{what}_1" for side in ("bid", "ask") for what in ("price", "size")]
        for name, column in best.items():
            numpy.testing.assert_array_equal(column, whole[name])
        instrument = tape.instruments[description["instrument"]]
        assert_equal(dump(synthetic, tape, stream, "--levels", 1), best, instrument, names)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_what_a_dead_writer_left_is_read_to_its_last_whole_block(synthetic, tmp_path, share):
    cut = tmp_path / "cut.tape"
    shutil.copy(synthetic, cut)
    whole = tape_reader.Tape(synthetic)
    with open(cut, "r+b") as file:
        file.truncate(int(whole.trailer["streams"][0]["index_offset"] * share))
    tape = tape_reader.Tape(cut)
    assert tape.trailer is None
    assert 0 < sum(map(len, tape.blocks)) < sum(map(len, whole.blocks))
    for stream, description in enumerate(tape.streams):
        columns, originals = tape.columns(stream), whole.columns(stream)
        for name, column in columns.items():
            numpy.testing.assert_array_equal(column, originals[name][: len(column)])
        instrument = tape.instruments[description["instrument"]]
        assert_equal(dump(cut, tape, stream), columns, instrument, list(columns))


def test_a_flipped_bit_is_found(synthetic, tmp_path):
    data = bytearray(synthetic.read_bytes())
    damaged = tmp_path / "damaged.tape"
    for offset in range(40, len(data), len(data) // 40):
        data[offset] ^= 16
        damaged.write_bytes(data)
        data[offset] ^= 16
        with pytest.raises((tape_reader.TapeError, tape_reader.zstandard.ZstdError)):
            tape = tape_reader.Tape(damaged)
            for stream in range(len(tape.streams)):
                tape.columns(stream)
                tape._read_index(stream)
