"""The pandas recomputation of features: against published values, and against the program."""

import io
import json

import conftest
import pytest

pandas = pytest.importorskip("pandas", reason="features are recomputed with pandas")
numpy = pytest.importorskip("numpy")
reference = pytest.importorskip("feature_reference")

SHARED = conftest.ROOT / ".." / "shared"
FIXTURES = SHARED / "oracles" / "fixtures"
CANDLES = SHARED / "data" / "candles"
needs_fixtures = pytest.mark.skipif(
    not (FIXTURES / "versions.json").exists(),
    reason="published values are read from ../shared/oracles, which is absent",
)
needs_data = pytest.mark.skipif(
    not (CANDLES / "INDEX.csv").exists(),
    reason="recorded data is read from ../shared/data, which is absent",
)
BAR_NS = 15 * reference.MINUTE_NS
HORIZON = "SL0.5_TP1_H4"
STRATEGY = "{ stop: 0.005, target: 0.01, horizon: '4h' }"


def fixture(name):
    return json.loads((FIXTURES / name).read_text())


def column(values):
    """NaN is null in a fixture."""
    return numpy.array([numpy.nan if value is None else value for value in values], float)


def assert_close(got, expected, relative=1e-9, absolute=1e-12):
    numpy.testing.assert_allclose(got, expected, rtol=relative, atol=absolute, equal_nan=True)


# The recomputation against values that others computed


INDICATORS = {
    "rsi": "RSI_14", "macd": "MACD_12_26_9", "macd_signal": "MACD_signal_12_26_9",
    "macd_hist": "MACD_hist_12_26_9", "adx": "ADX_14", "atr": "ATR_14",
    "bb_upper": "BB_upper_20_2", "bb_lower": "BB_lower_20_2",
}


@needs_fixtures
@pytest.mark.parametrize(
    ("case", "form"),
    [
        ("btc", "talib"), ("monotone_up", "talib"), ("low_price", "talib"),
        ("constant", "talib"), ("constant", "formula"), ("trading_halt", "formula"),
    ],
)
def test_indicators_are_those_of_talib(case, form):
    data = fixture("indicators.json")["cases"][case]
    bars = pandas.DataFrame({name: column(data[name]) for name in ("high", "low", "close")})
    bars["volume"] = 1.0
    bars.index = bars.index * BAR_NS
    got = reference.baseline(bars)
    for name, own in INDICATORS.items():
        assert_close(got[own], column(data[form][name]))


@needs_fixtures
@pytest.mark.parametrize(
    "case", ["clean", "btc_flat", "btc_crash", "btc_step_last50", "target_is_btc"]
)
def test_btc_columns_are_those_of_the_binding_cases(case):
    data = fixture("btc_features.json")["cases"][case]
    own, btc = (pandas.Series(column(data[name])) for name in ("target_close", "btc_close"))
    names = reference.BTC_SETS["full"]
    for purge, expected in {"0": data["exact"], **data["purge"]}.items():
        got = reference.btc_columns(own, btc, names, int(purge), BAR_NS)
        for name in names:
            # pandas sums up as it goes: its z-score is up to 3e-11 away from the exact one.
            absolute = 1e-12 if expected is data["exact"] else 1e-10
            assert_close(got[name], column(expected[name]), absolute=absolute)


@needs_fixtures
@pytest.mark.parametrize("case", ["btc_nan", "target_nan"])
def test_btc_columns_go_on_over_gaps_where_a_fixture_has_none(case):
    """The fixture's windows need all 96 values and its returns their own base. What it has must be
    the same here, but in the slot of a missing BTC bar: there a lagged correlation looks past it,
    and here all is NaN. That there is more than in the fixture is checked by hand below."""
    data = fixture("btc_features.json")["cases"][case]
    own, btc = (pandas.Series(column(data[name])) for name in ("target_close", "btc_close"))
    got = reference.btc_columns(own, btc, reference.BTC_SETS["full"], 0, BAR_NS)
    for name, values in data["exact"].items():
        there = ~numpy.isnan(column(values)) & btc.notna()
        assert_close(got[name][there], column(values)[there])
        assert there.sum() <= got[name].notna().sum()


@needs_fixtures
@pytest.mark.parametrize("case", range(6))
def test_frac_diff_is_that_of_the_published_weights(case):
    data = fixture("fracdiff.json")
    expected = data["cases"][case]
    weights = reference.frac_diff_weights(expected["d"], expected["threshold"])
    assert len(weights) == expected["n_weights"]
    assert_close(weights, expected["weights"], absolute=0)
    for source, key in (("log_close", "log_close_fd_valid"), ("close", "close_fd_valid")):
        if key not in expected:
            continue
        got = reference.frac_diff(column(data[source]), weights)
        assert numpy.isnan(got[: len(weights) - 1]).all()
        assert_close(got[len(weights) - 1 :], expected[key])


@needs_fixtures
def test_a_missing_close_empties_the_window_of_frac_diff():
    data = fixture("fracdiff.json")
    gap = data["nan_gap"]
    values = column(data["log_close"])[: gap["n_rows"]]
    values[gap["nan_rows"]] = numpy.nan
    got = reference.frac_diff(values, reference.frac_diff_weights(gap["d"], gap["threshold"]))
    assert_close(got, column(gap["nan_propagates"]))


def books(rows, decimals=3):
    """The snapshots of a fixture. It gives volume as it was between two of them: here each is one
    trade at the time of the later one, which counts before it."""
    frame = pandas.DataFrame({"event_time": numpy.array(rows["ts_ms"]) * 1_000_000})
    for side in ("bid", "ask"):
        for level in range(5):
            for key, name, scale in (("t", "price", 1), ("q", "size", 10**decimals)):
                cells = [row[level] if level < len(row) else None for row in rows[f"{side}_{key}"]]
                frame[f"{side}_{name}_{level + 1}"] = numpy.round(column(cells) * scale)
    volume = numpy.rint(column(rows["signed_volume"]) * 10**decimals).astype(numpy.int64)
    trades = frame[["event_time"]].assign(
        side=numpy.where(volume > 0, "buy", "sell"), size=numpy.abs(volume)
    )
    return reference.Books.make(frame, trades, latency_ns=0)


L2_FIELDS = {
    "l2_mid_price": "mid", "l2_spread_bps": "spread_bps",
    "l2_depth_imbalance_l1": "depth_imbalance_l1", "l2_depth_imbalance_l5": "depth_imbalance_l5",
    "l2_kyle_lambda": "kyle_lambda", "l2_ofi_15m": "ofi_window",
}


@needs_fixtures
@pytest.mark.parametrize(
    "case", ["seconds", "minutes", "minutes_gaps", "volume_constant", "one_sided_and_crossed"]
)
def test_book_columns_are_those_of_the_fixtures(case):
    """Each snapshot is sampled as if a bar closed on it.

    The fixture defines two things otherwise. A one-sided snapshot still shows Kyle's lambda and the
    order flow of its window: here all six are NaN. A crossed one counts like any other: here it is
    NaN and no observation, so that what follows it differs.
    """
    data = fixture("l2_features.json")
    rows, expected = data["cases"][case]["input"], data["cases"][case]["expected"]
    snapshots = books(rows)
    got = reference.book_samples(
        snapshots, snapshots.event, bar_ns=1, bar_delay_ns=0, min_observations=2,
        price_unit=data["tick"], size_unit=1e-3,
    )
    one_sided = [i for i in range(len(got)) if not rows["bid_t"][i] or not rows["ask_t"][i]]
    crossed = numpy.flatnonzero(snapshots.bid > snapshots.ask).tolist()
    crossed = [i for i in crossed if i not in one_sided]
    special = case == "one_sided_and_crossed"
    assert (one_sided, crossed) == (([20, 21, 50, 70], [95]) if special else ([], []))
    end = crossed[0] if crossed else len(got)
    for name, theirs in L2_FIELDS.items():
        values = column(expected[theirs])
        if name in ("l2_kyle_lambda", "l2_ofi_15m"):
            assert not numpy.isnan(values[one_sided]).any()
        values[one_sided] = numpy.nan
        assert_close(got[name].to_numpy()[:end], values[:end])
        assert got[name].iloc[one_sided + crossed].isna().all()


@needs_fixtures
@pytest.mark.parametrize("purge", ["0", "10", "20"])
def test_book_columns_are_sampled_at_the_bars_close_and_shifted(purge):
    data = fixture("l2_features.json")
    bars = data["cases"]["seconds"]["bars"]
    closes = numpy.array(bars["bar_close_ts_ms"], numpy.int64) * 1_000_000
    samples = reference.book_samples(
        books(data["cases"]["seconds"]["input"]), closes, bar_ns=int(closes[1] - closes[0]),
        bar_delay_ns=0, min_observations=2, price_unit=data["tick"], size_unit=1e-3,
    ).shift(int(purge))
    for name, expected in bars["purge"][purge].items():
        assert_close(samples[name], column(expected))


# The rules that no published value binds, by hand


def bars_of(closes, **columns):
    frame = pandas.DataFrame({name: closes for name in ("open", "high", "low", "close")})
    frame["volume"] = 1.0
    frame.index = (frame.index + 1) * BAR_NS
    return frame.assign(**columns)


def walk(count, seed=7):
    steps = numpy.random.default_rng(seed).normal(0, 0.003, count)
    return numpy.round(100 * numpy.exp(numpy.cumsum(steps)), 2)


def candles_of(minutes, **columns):
    """Candles of a minute that end at these minutes."""
    frame = pandas.DataFrame({"event_time": numpy.array(minutes) * reference.MINUTE_NS})
    for name in ("open", "high", "low", "close"):
        frame[name] = numpy.array(minutes)
    return frame.assign(volume=1, **columns)


def hour_bars(candles, bar_delay_ns=0, latency_ns=0):
    closes = pandas.Index(numpy.arange(1, 4) * reference.HOUR_NS)
    return reference.make_bars(
        candles, closes, bar_ns=reference.HOUR_NS, candle_ns=reference.MINUTE_NS,
        bar_delay_ns=bar_delay_ns, latency_ns=latency_ns,
    )


def test_a_bar_needs_its_last_candle_and_19_of_20():
    minutes = [m for m in range(1, 181) if m not in (3, 4, 5, 63, 64, 65, 66, 180)]
    bars = hour_bars(candles_of(minutes))
    assert bars["close"].notna().tolist() == [True, False, False]
    assert bars.iloc[0].tolist() == [1, 60, 1, 60, 57]


def test_a_candle_that_is_seen_after_the_tick_is_missing():
    candles = candles_of(range(1, 181))
    assert hour_bars(candles, latency_ns=5)["close"].isna().all()
    assert hour_bars(candles, latency_ns=5, bar_delay_ns=5)["close"].notna().all()
    # Visible time never runs back: what follows a late candle is late too.
    late = candles["event_time"].where(candles["event_time"] != 118 * reference.MINUTE_NS)
    late = late.fillna(121 * reference.MINUTE_NS).astype("int64")
    bars = hour_bars(candles.assign(receive_time=late))
    assert bars["close"].notna().tolist() == [True, False, True]


def test_recursive_indicators_pause_for_4_bars_and_restart_after_5():
    names = ["RSI_14", "ATR_14", "ADX_14", "MACD_12_26_9"]
    closes = walk(200)
    whole = reference.baseline(bars_of(closes))
    for missing, restarts in ((4, False), (5, True)):
        gap = numpy.concatenate([closes[:100], numpy.full(missing, numpy.nan), closes[100:]])
        got = reference.baseline(bars_of(gap))
        assert got.iloc[100 : 100 + missing].isna().all(axis=None)
        after = got[names].iloc[100 + missing :]
        if restarts:
            first = [int(numpy.argmax(after[name].notna())) for name in names]
            assert first == [14, 14, 27, 33]
        else:
            assert_close(after, whole[names].iloc[100:])
        # Windows count slots: the missing ones are in them.
        assert got["momentum_10"].iloc[100 + missing : 110 + missing].isna().sum() == missing
        bands = got["BB_upper_20_2"].iloc[100 + missing :]
        assert int(numpy.argmax(bands.notna())) == 19


def btc_frame(btc, own=None, purge=0):
    own = pandas.Series(walk(len(btc), seed=8) if own is None else own)
    names = reference.BTC_SETS["full"]
    return reference.btc_columns(own, pandas.Series(btc), names, purge, BAR_NS)


def test_a_missing_btc_bar_blanks_its_own_slot_and_a_fifth_one_the_windows():
    def missing(slots, name):
        btc = walk(400)
        btc[slots] = numpy.nan
        got = btc_frame(btc)
        assert got.iloc[slots].isna().all(axis=None)
        return [slot for slot in got.index[150:] if numpy.isnan(got[name][slot])]

    whole = btc_frame(walk(400))
    assert [int(numpy.argmax(whole[name].notna())) for name in whole] == [4, 16, 96, 96, 95, 101]
    four = [200, 202, 204, 206]
    assert missing(four, "btc_z_score_close") == four
    assert missing([*four, 208], "btc_z_score_close") == [*four, *range(208, 296)]
    # A missing close takes two returns with it, and a return two pairs of a lagged correlation.
    assert missing([200, 210], "btc_realized_vol_24h") == [200, 210]
    two = missing([200, 210, 220], "btc_realized_vol_24h")
    assert two == [200, 210, *range(220, 297)]
    assert missing([200, 210], "btc_correlation_15m_lag5") == [200, 210]
    three = missing([200, 210, 220], "btc_correlation_15m_lag5")
    assert three == [200, 210, 220, *range(225, 302)]


def test_a_missing_base_is_replaced_by_one_a_quarter_earlier_at_most():
    btc = walk(300)
    btc[200:202] = numpy.nan
    got = btc_frame(btc)
    assert numpy.isnan(got["btc_return_1h"][205]) and not numpy.isnan(got["btc_return_1h"][206])
    assert got["btc_return_1h"][204] == pytest.approx(btc[204] / btc[199] - 1)
    assert got["btc_return_4h"][217] == pytest.approx(btc[217] / btc[199] - 1)
    assert got["btc_return_24h"][297] == pytest.approx(btc[297] / btc[199] - 1)


def test_a_purge_shifts_by_slots():
    btc = walk(300)
    btc[200] = numpy.nan
    shifted = btc_frame(btc, purge=20)
    assert shifted.iloc[220].isna().all() and shifted.iloc[200].notna().all()
    assert_close(shifted.iloc[20:], btc_frame(btc).iloc[:-20])


@pytest.mark.parametrize(
    ("high", "low", "label"),
    [
        ({}, {}, 0), ({30: 101}, {}, 1), ({}, {30: 99.5}, -1), ({30: 100.99}, {30: 99.51}, 0),
        ({30: 101}, {30: 99.5}, -1), ({30: 101}, {31: 99}, 1), ({31: 102}, {30: 99.4}, -1),
        ({240: 101}, {}, 1), ({241: 101, 0: 101}, {}, 0),
    ],
)
def test_a_label_is_what_a_long_meets_first(high, low, label):
    candles = candles_of(range(241 + 1))
    candles["high"] = [round(100 * high.get(minute, 100)) for minute in range(242)]
    candles["low"] = [round(100 * low.get(minute, 100)) for minute in range(242)]
    entries = pandas.Series([10_000.0], index=[0])
    strategy = reference.Strategy.parse(HORIZON)
    got = reference.make_labels(candles, entries, strategy, reference.MINUTE_NS)
    assert got.tolist() == [label]
    less = candles[candles["event_time"] != 240 * reference.MINUTE_NS]
    got = reference.make_labels(less, entries, strategy, reference.MINUTE_NS)
    assert got.isna().all()


# The recomputation against the program


needs_features = pytest.mark.skipif(
    "Usage: tapedeck features" not in conftest.run("features", "--help").stdout,
    reason="this tapedeck makes no features",
)
FAMILIES = {"baseline": True, "btc": {}, "l2": {}, "fracDiff": {"d": [0.4, 0.5]},
            "interactions": True}


def features(folder, tape, *, name="scenario", **scenario):
    """Runs a scenario; what it wrote."""
    path = folder / f"{name}.json5"
    path.write_text(json.dumps({"tapes": [str(tape)], **scenario}))
    conftest.output("features", path, "-o", folder / name)
    return reference.Export(folder / name)


def assert_equal(export, market, strategy=None):
    """All columns of all symbols, and all labels; the tables of the comparison."""
    tables = reference.check(export.folder, market, strategy)
    for symbol, table in tables.items():
        different = table[~reference.is_equal(table)]
        assert different.empty, f"{symbol}\n{different.to_string()}"
    if strategy is not None:
        labels = pandas.concat([table.loc["label"] for table in tables.values()], axis=1)
        assert (labels.loc["values"] > 0).all()
    return tables


def strategy_of(name):
    """As a scenario says it, and as the reference takes it."""
    strategy = reference.Strategy.parse(name)
    return strategy, {
        "stop": strategy.stop_ppm / 1e6, "target": strategy.target_ppm / 1e6,
        "horizon": f"{strategy.horizon_ns // reference.MINUTE_NS}m",
    }


def imported(folder, symbols, minutes, tape):
    sources = [CANDLES / folder / f"{symbol}.csv.zst" for symbol in symbols]
    conftest.output("tape", "import", *sources, "-o", tape, "--interval", f"{minutes}m")
    return reference.Market([tape], conftest.PROGRAM)


def candle_span(market):
    """When the first candle of all begins, and when the last one ends."""
    tables = [market.candles(symbol) for symbol in market.instruments]
    starts = [int(candles["event_time"].iloc[0]) - length for candles, length in tables]
    return min(starts), max(int(candles["event_time"].iloc[-1]) for candles, _ in tables)


def iso(time_ns):
    return pandas.Timestamp(time_ns).isoformat()


@needs_data
@needs_features
def test_recorded_months_with_outages(tmp_path):
    """Four outages: of 16, 4, 5 and 6 bars, so that recursive indicators pause and restart."""
    symbols = ["ADAUSDT", "BTCUSDT", "ETHUSDT", "LTCUSDT", "SOLUSDT", "XRPUSDT"]
    tape = tmp_path / "outages.tape"
    market = imported("binance-spot-5m-2020-12_2021-03", symbols, 5, tape)
    strategy, text = strategy_of(HORIZON)
    export = features(
        tmp_path, tape, strategy=text,
        features={**FAMILIES, "l2": {"enabled": False}, "btc": {"symbol": "BTCUSDT"}},
    )
    start, end = candle_span(market)
    assert export.config["feature_epoch_ns"] == start
    assert export.closes.tolist() == list(range(start + BAR_NS, end + 1, BAR_NS))
    assert list(export.symbols) == symbols
    assert_equal(export, market, strategy)
    missing = export.features("BTCUSDT").isna().all(axis=1)
    assert missing.sum() == 16 + 4 + 5 + 6


def with_holes(source, seed, *, flat):
    """Three weeks of candles without some that a seed picks: single ones, and runs of up to 8
    bars. From `flat` on, prices and volumes stand still for 130 bars."""
    candles = pandas.read_csv(source, nrows=21 * 288)
    rows = slice(3 * flat, 3 * (flat + 130))
    for name in ("open", "high", "low", "close", "volume"):
        values = candles[name].to_numpy(copy=True)
        values[rows] = candles["close"][3 * flat] if name != "volume" else 12.5
        candles[name] = values
    random = numpy.random.default_rng(seed)
    lost = numpy.zeros(len(candles), bool)
    for start in random.integers(300, len(candles), 25):
        lost[start : start + (1 if random.random() < 0.8 else random.integers(2, 24))] = True
    return candles[~lost]


@needs_data
@needs_features
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("purge", [0, 10])
def test_recorded_candles_with_holes_and_flat_stretches(tmp_path, seed, purge):
    """Each symbol misses bars of its own, so that the rules for gaps meet in all combinations."""
    folder = CANDLES / "binance-spot-5m-2024-04_2024-08"
    symbols = ["BTCUSDT", "ETHUSDT", "LTCUSDT"]
    for index, symbol in enumerate(symbols):
        candles = with_holes(
            folder / f"{symbol}.csv.zst", seed * 10 + index, flat=1000 + 90 * index
        )
        candles.to_csv(tmp_path / f"{symbol}.csv", index=False)
    sources, tape = sorted(tmp_path.glob("*.csv")), tmp_path / "holes.tape"
    conftest.output("tape", "import", *sources, "-o", tape, "--interval", "5m")
    market = reference.Market([tape], conftest.PROGRAM)
    strategy, text = strategy_of(HORIZON)
    export = features(
        tmp_path, tape, strategy=text, features={
            **FAMILIES, "l2": {"enabled": False}, "btc": {"symbol": "BTCUSDT", "purgeBars": purge},
        },
    )
    tables = assert_equal(export, market, strategy)
    rows = export.features("ETHUSDT")
    flat = rows[rows["btc_realized_vol_24h"] == 0]
    assert len(flat) > 5 and flat["btc_z_score_close"].isna().all()
    assert all((table["values"] > 100).all() for table in tables.values())


@needs_data
@needs_features
def test_recorded_minutes_of_symbols_that_start_and_end_apart(tmp_path):
    symbols = ["ADAUSDT", "BTCUSDT", "ETHUSDT", "SOLUSDT"]
    tape = tmp_path / "minutes.tape"
    market = imported("binance-usdm-perp-1m-2025-05", symbols, 1, tape)
    strategy, text = strategy_of("SL0.3_TP0.4_H2")
    export = features(
        tmp_path, tape, strategy=text, features={
            "baseline": True, "btc": {"symbol": "BTCUSDT", "set": "vol_only", "purgeBars": 0},
            "fracDiff": {"d": [0.4, 0.5], "minWeight": 1e-5, "source": "logClose"},
        },
    )
    start, end = candle_span(market)
    assert export.config["feature_epoch_ns"] == start
    first = -(-start // BAR_NS) * BAR_NS + BAR_NS
    assert export.closes.tolist() == list(range(first, end + 1, BAR_NS))
    assert_equal(export, market, strategy)


@needs_data
@needs_features
def test_hours_of_symbols_that_were_listed_later(tmp_path):
    folder = "universe-binance-spot-15m-2024-07_2024-08"
    index = pandas.read_csv(CANDLES / "INDEX.csv", index_col="path")["rows"]
    index = index[index.index.str.startswith(folder)]
    late = [path.split("/")[1].split(".")[0] for path in index.index[index < index.max()]]
    symbols = ["BTCUSDT", "1000SATSUSDT", *late]
    assert len(symbols) == 7
    tape = tmp_path / "listed.tape"
    market = imported(folder, symbols, 15, tape)
    hour, half, day = (count * reference.HOUR_NS for count in (1, 12, 24))
    start, end = candle_span(market)
    strategy, text = strategy_of("SL2_TP3_H24")
    # The epoch is no whole bar, and the window starts and ends within one.
    export = features(
        tmp_path, tape, bar="1h", strategy=text, featureEpoch=iso(start + day + hour // 4),
        window={"from": iso(start + 3 * day - hour // 4), "to": iso(end - half - hour // 4)},
        symbols=symbols[1:], features={"btc": {"symbol": "BTCUSDT", "purgeBars": 10},
                                       "baseline": True, "interactions": True},
    )
    assert export.closes.tolist() == list(range(start + 3 * day + hour, end - half, hour))
    assert list(export.symbols) == sorted(symbols[1:])
    assert_equal(export, market, strategy)


@pytest.fixture(scope="module")
def golden():
    return reference.Market([conftest.ROOT / "Tests/Fixtures/golden.tape"], conftest.PROGRAM)


@needs_features
@pytest.mark.parametrize(
    ("bar", "l2", "options"),
    [
        ("1m", {"set": "standard", "purgeBars": 0, "kyleMinObservations": 2}, {}),
        ("1m", {"set": "standard", "purgeBars": 20}, {"latencies": {"feed": "0ms"}}),
        ("5m", {"set": "flow_only", "purgeBars": 3},
         {"latencies": {"feed": "1s", "barDelay": "20s"}}),
        ("1m", {"set": "min", "purgeBars": 1},
         {"latencies": {"feed": "100ms", "barDelay": "45s"}}),
        # An epoch amid snapshots, which are no one's previous one.
        ("1m", {"set": "flow_only", "purgeBars": 0, "kyleMinObservations": 2},
         {"featureEpoch": "2025-01-01T07:20:30",
          "window": {"from": "2025-01-01T07:21", "to": "2025-01-01T08:59"}}),
    ],
)
def test_the_golden_tape(golden, tmp_path, bar, l2, options):
    strategy, text = strategy_of("SL0.1_TP0.1_H0.25")
    export = features(
        tmp_path, golden.tapes[0], bar=bar, strategy=text, **options,
        features={**FAMILIES, "btc": {"purgeBars": l2["purgeBars"]}, "l2": l2},
    )
    tables = assert_equal(export, golden, strategy)
    books = [name for name in export.names if name.startswith("l2_")]
    assert all((table.loc[books, "values"] > 0).all() for table in tables.values())


@pytest.fixture(scope="module")
def quarter(tmp_path_factory):
    """The first three days of the tape with an edge: five symbols, books and trades."""
    tape = tmp_path_factory.mktemp("quarter") / "quarter.tape"
    recipe = conftest.ROOT / "replays/quarter.json5"
    conftest.output("tape", "synth", recipe, "--to", "2025-01-04", "-o", tape)
    return reference.Market([tape], conftest.PROGRAM)


@needs_features
@pytest.mark.parametrize(
    ("purge", "btc", "l2"),
    [(0, "full", "standard"), (20, "full", "standard"), (20, "vol_only", "flow_only"),
     (0, "min", "min")],
)
def test_three_days_of_books_and_trades(quarter, tmp_path, purge, btc, l2):
    strategy, text = strategy_of(HORIZON)
    export = features(
        tmp_path, quarter.tapes[0], strategy=text, features={
            **FAMILIES, "btc": {"set": btc, "purgeBars": purge},
            "l2": {"set": l2, "purgeBars": purge},
        },
    )
    assert len(export.closes) == 3 * 96
    tables = assert_equal(export, quarter, strategy)
    for table in tables.values():
        assert (table["values"] > 0).all()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Ten minutes of every change of two books, with receive times, and candles of the trades."""
    folder = tmp_path_factory.mktemp("recorded")
    sources = sorted((SHARED / "data/l2/binance-2024-08-09/raw").glob("spot_*.jsonl.zst"))
    streams, tape = folder / "streams.tape", folder / "recorded.tape"
    conftest.output("tape", "import", *sources, "-o", streams, "--stream", "trades")
    market = reference.Market([streams], conftest.PROGRAM)
    for symbol, instrument in market.instruments.items():
        trades = market.trades(symbol).sort_values("event_time", kind="stable")
        minute = -(-trades["event_time"] // reference.MINUTE_NS) - 1
        groups = trades.groupby(minute.rename("open_time_ms"))
        candles = groups["price"].agg(["first", "max", "min", "last"])
        candles /= 10 ** instrument["price_decimals"]
        candles.columns = ["open", "high", "low", "close"]
        candles["volume"] = groups["size"].sum() / 10 ** instrument["size_decimals"]
        candles.index *= 60_000
        # The first and the last minute are not whole.
        candles.iloc[1:-1].round(8).to_csv(folder / f"{symbol}.csv")
        sources.append(folder / f"{symbol}.csv")
    conftest.output(
        "tape", "import", *sources, "-o", tape, "--interval", "1m", "--venue", "binance",
        "--clock-offset", "1.3s",
    )
    return reference.Market([tape], conftest.PROGRAM)


@needs_data
@needs_features
@pytest.mark.parametrize("delay", ["0ms", "15ms", "3s"])
def test_ten_minutes_of_recorded_books(recorded, tmp_path, delay):
    export = features(
        tmp_path, recorded.tapes[0], bar="1m", latencies={"feed": "0ms", "barDelay": delay},
        features={"baseline": True, "l2": {"purgeBars": 0}},
    )
    tables = assert_equal(export, recorded)
    assert all((table.loc[reference.L2, "values"] > 5).all() for table in tables.values())


def dumped(market, symbol, stream):
    """A stream as text, under the names that an import reads."""
    text = conftest.output(
        "tape", "dump", market.tapes[0], "--symbol", symbol, "--stream", stream, "--levels", 5
    )
    rows = pandas.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    rows = rows.drop(columns=["symbol", "bid_count", "ask_count"], errors="ignore")
    return rows.rename(columns={"event_time": "close_time"}) if stream == "candles" else rows


def damaged(books, random):
    """Some snapshots crossed, locked, and without a side."""
    kinds = random.choice(["sound", "crossed", "locked", "no bid", "no ask"], len(books),
                          p=[0.8, 0.05, 0.05, 0.05, 0.05])
    asks = [f"ask_price_{level + 1}" for level in range(5)]
    for kind, cents in (("crossed", 5), ("locked", 0)):
        rows = kinds == kind
        units = books.loc[rows, asks].astype(float) * 100
        shift = units["ask_price_1"] - books.loc[rows, "bid_price_1"].astype(float) * 100 + cents
        units = units.sub(shift, axis=0).round() / 100
        books.loc[rows, asks] = units.map("{:.2f}".format)
    for side in ("bid", "ask"):
        books.loc[kinds == f"no {side}", [name for name in books if name.startswith(side)]] = ""
    return books


@needs_features
@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_books_that_were_received_late(golden, tmp_path, seed):
    """Every row of every stream has a receive time of its own, some of them long after the tick."""
    random = numpy.random.default_rng(seed)
    for stream in ("books", "trades", "candles"):
        rows = dumped(golden, "BTCUSDC", stream)
        if stream == "books":
            rows = damaged(rows, random)
        event = rows.iloc[:, 0].astype("int64")
        delay = random.exponential(0.5e9, len(rows)) * (1 + 30 * (random.random(len(rows)) < 0.01))
        rows.insert(1, "receive_time", (event + delay.astype("int64")).cummax())
        rows.to_csv(tmp_path / f"BTCUSDC-{stream}.csv", index=False)
    sources, tape = sorted(tmp_path.glob("*.csv")), tmp_path / "damaged.tape"
    conftest.output(
        "tape", "import", *sources, "-o", tape, "--interval", "1m", "--symbol", "BTCUSDC"
    )
    market = reference.Market([tape], conftest.PROGRAM)
    strategy, text = strategy_of("SL0.1_TP0.1_H0.25")
    export = features(
        tmp_path, tape, bar="1m", strategy=text, latencies={"barDelay": "2s"},
        features={"baseline": True, "l2": {"purgeBars": 1, "kyleMinObservations": 5}},
    )
    tables = assert_equal(export, market, strategy)
    rows = export.features("BTCUSDC")
    # Some bars lack their candle, some a sound snapshot.
    missing = rows.isna().all(axis=1)
    assert 0 < missing.sum() < 30 and rows[~missing]["l2_mid_price"].isna().sum() > 5
    assert (tables["BTCUSDC"].loc[reference.L2, "values"] > 60).all()


def write_export(folder, market, last_close_ns):
    """An export as the program writes it, with the reference's own values."""
    config = {
        "bar_ns": reference.MINUTE_NS, "bar_delay_ns": 0, "feed_latency_ns": 0,
        "feature_epoch_ns": candle_span(market)[0], "baseline_enabled": True,
        "btc_features_enabled": False, "l2_features_enabled": True, "l2_features_set": "standard",
        "l2_purge_bars": 2, "l2_kyle_observations_min": 3, "frac_diff_enabled": False,
        "domain_interactions_enabled": True,
    }
    run = reference.Reference(config, market, last_close_ns)
    symbols = []
    for symbol in market.instruments:
        values = run.features(symbol)
        numpy.save(folder / f"{symbol}.features.npy", values.to_numpy())
        symbols.append(
            {"symbol": symbol, "features": f"{symbol}.features.npy", "labels": None}
        )
    numpy.save(folder / "timestamps.npy", run.closes.to_numpy())
    manifest = {"columns": [{"name": name} for name in values.columns], "symbols": symbols}
    (folder / "columns.json").write_text(json.dumps(manifest))
    (folder / "enrichment_config.json").write_text(json.dumps(config))
    return values


def test_the_tool_finds_a_value_that_is_off_or_missing(golden, tmp_path, capsys, monkeypatch):
    values = write_export(tmp_path, golden, candle_span(golden)[1])
    last = tmp_path / f"{list(golden.instruments)[-1]}.features.npy"
    original = values.to_numpy()
    options = [str(tmp_path), "--tape", golden.tapes[0], "--program", conftest.PROGRAM]
    monkeypatch.setattr("sys.argv", ["feature_reference.py", *options])
    assert reference.main() == 0
    assert "0 do not" in capsys.readouterr().out
    row, column = 100, list(values.columns).index("l2_kyle_lambda")
    for change in (1 + 1e-8, numpy.nan):
        changed = original.copy()
        changed[row, column] *= change
        numpy.save(last, changed)
        assert reference.main() == 1
        assert "1 do not" in capsys.readouterr().out
