"""Imports of recorded data, compared row by row with what pandas and databento-dbn read."""

import io
import json
import os

import conftest
import databento_dbn
import pandas
import pytest
import zstandard
from conftest import output, run

DATA = conftest.ROOT / ".." / "shared" / "data"
needs_data = pytest.mark.skipif(
    not (DATA / "README.md").exists(),
    reason="recorded data is read from ../shared/data, which is absent",
)
MINUTE_NS = 60_000_000_000
BOOK_FIELDS = [("px", "price"), ("sz", "size")]


def files(pattern):
    return sorted(DATA.glob(pattern)) or [None]


def table(tape, *options):
    return pandas.read_csv(io.StringIO(output("tape", "dump", tape, *options)))


def ledger(*arguments):
    return json.loads(output("tape", "import", *arguments, "--json"))["ledger"]


def assert_same(got, expected):
    """Equal columns, values and order; a decimal text has one nearest double."""
    got = got[list(expected.columns)].reset_index(drop=True)
    expected = expected.reset_index(drop=True)
    pandas.testing.assert_frame_equal(got, expected, check_dtype=False, check_exact=True)


# Recorded data, read by pandas


@needs_data
@pytest.mark.parametrize(
    ("folder", "minutes"),
    [
        ("binance-spot-5m-2020-12_2021-03", 5),
        ("binance-spot-5m-2024-04_2024-08", 5),
        ("binance-spot-15m-2024-04_2024-08", 15),
        ("binance-usdm-perp-1m-2025-05", 1),
        ("universe-binance-spot-15m-2024-07_2024-08", 15),
    ],
)
def test_candles_are_those_of_the_files(folder, minutes, tmp_path):
    sources, tape = files(f"candles/{folder}/*.csv.zst"), tmp_path / "candles.tape"
    account = ledger(*sources, "-o", tape, "--interval", f"{minutes}m")
    assert output("tape", "verify", tape).count("sound") == 1
    every = table(tape, "--stream", "candles")
    assert sorted(every["symbol"].unique()) == [path.name.split(".")[0] for path in sources]
    assert account["rows_written"] == account["records_read"] == len(every)
    for path in sources:
        source = pandas.read_csv(path)
        candles = every[every["symbol"] == path.name.split(".")[0]]
        source["event_time"] = source.pop("open_time_ms") * 1_000_000 + minutes * MINUTE_NS
        assert_same(candles, source)
        days = [
            frame.groupby((frame["event_time"] - 1) // (1440 * MINUTE_NS)).agg(
                {"high": "max", "low": "min"}
            )
            for frame in (candles, source)
        ]
        assert_same(*days)


@needs_data
def test_candles_of_5_minutes_add_up_to_those_of_15(tmp_path):
    def candles(minutes):
        tape = tmp_path / f"{minutes}.tape"
        sources = [
            DATA / f"candles/binance-spot-{minutes}m-2024-04_2024-08/{symbol}.csv.zst"
            for symbol in ("BTCUSDT", "SOLUSDT")
        ]
        # Sums are compared as integers: the tape's units, not doubles.
        output("tape", "import", *sources, "-o", tape, "--interval", f"{minutes}m")
        text = output("tape", "dump", tape)
        frame = pandas.read_csv(io.StringIO(text), dtype={"volume": str})
        whole = frame["volume"].str.split(".", expand=True)
        frame["volume"] = whole[0].astype(int) * 10**5 + whole[1].fillna("").str.ljust(
            5, "0"
        ).astype(int)
        return frame

    fine, coarse = candles(5), candles(15)
    fine["event_time"] = -(-fine["event_time"] // (15 * MINUTE_NS)) * (15 * MINUTE_NS)
    rules = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    added = fine.groupby(["symbol", "event_time"]).agg(rules).reset_index()
    assert len(added) == 2 * 14_688
    assert_same(coarse, added)


@needs_data
@pytest.mark.parametrize("path", files("funding/*/*_funding_8h.csv"), ids=lambda p: p and p.name)
def test_funding_falls_on_its_boundary(path, tmp_path):
    tape = tmp_path / "funding.tape"
    ledger(path, "-o", tape)
    source, prints = pandas.read_csv(path), table(tape)
    boundary = 8 * 60 * MINUTE_NS
    assert len(prints) == len(source)
    assert (prints["event_time"] % boundary == 0).all()
    late = source["funding_time_ms"] * 1_000_000 - prints["event_time"]
    assert late.between(0, 16_000_000).all()
    assert (prints["funding_rate"] == source["funding_rate"]).all()


def levels(source, count):
    """The columns `bid1_px` and so on of a derived table, under the names of a tape."""
    names = {"ts_ms": "event_time", "ts_us": "receive_time"}
    for side in ("bid", "ask"):
        for level in range(1, count + 1):
            for short, long in BOOK_FIELDS:
                names[f"{side}{level}_{short}"] = f"{side}_{long}_{level}"
    return source[[name for name in source.columns if name in names]].rename(columns=names)


@needs_data
def test_a_table_of_books_and_trades_comes_in_by_its_header(tmp_path):
    folder = DATA / "l2/bitstamp-btcusd-2015-05-01/derived"
    paths, tape = sorted(folder.glob("*.csv.zst")), tmp_path / "bitstamp.tape"
    ledger(*paths, "-o", tape, "--symbol", "BTCUSD", "--venue", "bitstamp", "--levels", 20)
    books, trades = (pandas.read_csv(path) for path in paths)
    assert len(books) == 5011 and len(trades) == 575
    expected = levels(books, 20)
    expected["event_time"] *= 1_000_000
    assert_same(table(tape, "--stream", "books"), expected)
    got = table(tape, "--stream", "trades")
    assert (got["side"] == "unknown").all()
    trades["event_time"] = trades.pop("ts_ms") * 1_000_000
    assert_same(got, trades)


@needs_data
@pytest.mark.parametrize("name", ["spot_btcusdt", "spot_ethusdt", "usdm_btcusdt", "usdm_ethusdt"])
def test_recorded_streams_give_the_books_and_trades_of_another_tool(name, tmp_path):
    folder, tape = DATA / "l2/binance-2024-08-09", tmp_path / "streams.tape"
    kind = "spot" if name.startswith("spot") else "perpetual"
    sources = sorted(folder.glob(f"raw/{name}_*.jsonl.zst"))
    account = ledger(*sources, "-o", tape, "--sample", "1s", "--kind", kind)
    verdict = json.loads(output("tape", "verify", "--json", tape))
    assert verdict["is_sound"]
    assert not [f for f in verdict["tapes"][0]["findings"] if "book" in f["subject"]]
    assert all(source["notes"]["quotes_differing"] == 0 for source in account["sources"])

    expected = levels(pandas.read_csv(folder / f"derived/{name}_top10_1s.csv.zst"), 10)
    expected["receive_time"] *= 1000
    books = table(tape, "--stream", "books")
    shared = books.merge(expected[["receive_time"]])
    assert len(shared) == len(expected)
    assert_same(shared, expected)

    source = pandas.read_csv(folder / f"derived/{name}_trades.csv.zst")
    trades = table(tape, "--stream", "trades")
    source["event_time"] = source["exchange_time_ms"] * 1_000_000
    source["side"] = source["buyer_is_maker"].astype(bool).map({True: "sell", False: "buy"})
    source = source.rename(columns={"receive_time_ns": "receive_time"})
    columns = ["event_time", "receive_time", "trade_id", "price", "size", "side"]
    assert_same(trades, source[columns])


@needs_data
def test_trades_add_up_to_the_candle_of_another_recorder(tmp_path):
    tape = tmp_path / "streams.tape"
    for symbol, candle, count in [
        ("btcusdt", ("61686", "61744.37", "61556.04", "61607.99", 221.61722), 9913),
        ("ethusdt", ("2682.5", "2684.39", "2673.6", "2677.67", 2012.4564), 8346),
    ]:
        sources = sorted(DATA.glob(f"l2/binance-2024-08-09/raw/spot_{symbol}_*.jsonl.zst"))
        output("tape", "import", *sources, "-o", tape, "--stream", "trades")
        trades = table(tape)
        start = pandas.Timestamp("2024-08-09").value
        inside = trades["event_time"].between(start, start + 5 * MINUTE_NS, inclusive="left")
        trades = trades[inside].sort_values("event_time", kind="stable")
        price = trades["price"]
        prices = (price.iloc[0], price.max(), price.min(), price.iloc[-1])
        assert prices == tuple(map(float, candle[:4]))
        assert round(trades["size"].sum(), 5) == candle[4] and len(trades) == count


# DBN, read by databento-dbn

SUPPORTED = ("ohlcv-", "trades", "mbp-")
UNDEFINED = 2**63 - 1


def databento_records(path):
    data = path.read_bytes()
    if path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    policy = databento_dbn.VersionUpgradePolicy.AS_IS
    decoder = databento_dbn.DBNDecoder(upgrade_policy=policy)
    decoder.write(data)
    return decoder.decode()[1:]


def expected_rows(schema, records):
    rows = []
    for record in records:
        if schema.startswith("ohlcv-"):
            seconds = {"1s": 1, "1m": 60, "1h": 3600, "1d": 86400}[schema.split("-")[1]]
            row = {"event_time": record.ts_event + seconds * 10**9}
            for name in ("open", "high", "low", "close"):
                row[name] = getattr(record, name) / 1e9
            rows.append(row | {"volume": record.volume})
            continue
        row = {"event_time": record.ts_event, "receive_time": record.ts_recv}
        if schema == "trades":
            side = {"A": "sell", "B": "buy"}.get(str(record.side), "unknown")
            rows.append(row | {"price": record.price / 1e9, "size": record.size, "side": side})
            continue
        for level, pair in enumerate(record.levels, 1):
            for side in ("bid", "ask"):
                row[f"{side}_price_{level}"] = getattr(pair, f"{side}_px") / 1e9
                row[f"{side}_size_{level}"] = getattr(pair, f"{side}_sz")
        rows.append(row)
    return pandas.DataFrame(rows)


@needs_data
@pytest.mark.parametrize("path", files("interop/dbn/*"), ids=lambda path: path and path.name)
def test_dbn_has_the_rows_that_databento_reads(path, tmp_path):
    schema = path.name.split(".")[1]
    tape = tmp_path / "dbn.tape"
    if not schema.startswith(SUPPORTED) or ".frag" in path.name:
        result = run("tape", "import", path, "-o", tape)
        assert result.returncode == 3 and str(path) in result.stderr
        assert schema in result.stderr and os.listdir(tmp_path) == []
        return
    account = ledger(path, "-o", tape)
    records = databento_records(path)
    assert account["records_read"] == account["rows_written"] == len(records)
    rows = table(tape)
    assert len(rows) == len(records)
    if len(rows) > 0:
        assert_same(rows, expected_rows(schema, records))


# Bad rows

HEADER = "open_time_ms,open,high,low,close,volume\n"


def candle(minute, text="100,110,90,105,3"):
    return f"{1735689600000 + minute * 60000},{text}\n"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (candle(1, "100,110,90,105,-3"), "volume", "-3"),
        (candle(1, "100,110,90,105,nan"), "volume", "nan"),
        (candle(1, "100,90,110,105,3"), "high", "90"),
        (candle(1, "100,110,90,105"), "field", "5"),
        (candle(-5), "time", "2024-12-31T23:56"),
        (candle(0, "100,110,90,106,3"), "", ""),
    ],
)
def test_a_bad_row_stops_the_import_or_is_set_apart(line, field, value, tmp_path):
    source, tape = tmp_path / "BTCUSDT.csv", tmp_path / "x.tape"
    source.write_text(HEADER + candle(0) + line + candle(2))
    arguments = ["tape", "import", source, "-o", tape, "--interval", "1m"]
    result = run(*arguments)
    assert result.returncode == 3 and result.stdout == ""
    for part in (str(source), "line 3", field, value):
        assert part in result.stderr
    assert os.listdir(tmp_path) == ["BTCUSDT.csv"]

    account = json.loads(output(*arguments, "--skip-bad", "--json"))["ledger"]
    assert (account["records_read"], account["rows_written"]) == (3, 2)
    assert sum(account["sources"][0]["dropped"].values()) == 1
    assert line.strip() in (tmp_path / "x.tape.quarantine").read_text()
    assert len(table(tape)) == 2


def test_a_repeated_row_is_dropped_and_counted(tmp_path):
    source, tape = tmp_path / "BTCUSDT.csv", tmp_path / "x.tape"
    source.write_text(HEADER + candle(0) + candle(0) + candle(1))
    account = ledger(source, "-o", tape, "--interval", "1m")
    assert account["sources"][0]["dropped"] == {"duplicate": 1}
    assert len(table(tape)) == 2


@pytest.mark.parametrize("text", ["", HEADER, "a,b,c\n1,2,3\n", "\0" * 100])
def test_files_that_hold_no_rows_are_refused(text, tmp_path):
    source = tmp_path / "x.csv"
    source.write_text(text)
    result = run("tape", "import", source, "-o", tmp_path / "x.tape", "--interval", "1m")
    assert result.returncode == 3 and str(source) in result.stderr
    assert os.listdir(tmp_path) == ["x.csv"]


def test_depth_in_percent_bands_is_refused_with_the_reason(tmp_path):
    source = tmp_path / "BTCUSDT-bookDepth-2024-01-01.csv"
    source.write_text("timestamp,percentage,depth,notional\n2024-01-01 00:00:10,-5,1,2\n")
    result = run("tape", "import", source, "-o", tmp_path / "x.tape")
    assert result.returncode == 3 and "band" in result.stderr
