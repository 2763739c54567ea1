"""Recomputes the features and labels of an export with pandas, and compares.

Written from the definitions of the features, not from the program: whole columns at once, plain
loops where an indicator is recursive, no state that moves along. A number that both agree on is
wrong only if both misread its definition in the same way.

    tapedeck features scenarios/golden.json5 -o golden.features
    python Tests/python/feature_reference.py golden.features --tape Tests/Fixtures/golden.tape

Prints the largest difference of each column. Exits with 1 if any is above 1e-9 or if a value is
missing (NaN) on one side only. A difference is taken relative to the larger of the two values, but
at least to a hundredth of the column's root mean square: a MACD of nearly nothing is a difference
of two averages near the price, and has their rounding errors, not its own.
"""

import argparse
import dataclasses
import functools
import io
import json
import math
import os
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("TAPEDECK", str(ROOT / ".build/release/tapedeck"))

MINUTE_NS = 60_000_000_000
HOUR_NS = 60 * MINUTE_NS
WEEK_NS = 7 * 24 * HOUR_NS
# The epoch was a Thursday; weeks begin on Monday.
FIRST_MONDAY_NS = 4 * 24 * HOUR_NS
PPM = 1_000_000

TOLERANCE = 1e-9

BASELINE = [
    "return_1", "return_4", "return_16", "return_96", "realized_vol_96", "RSI_14", "ATR_14",
    "atr_normalized", "ADX_14", "MACD_12_26_9", "MACD_signal_12_26_9", "MACD_hist_12_26_9",
    "BB_upper_20_2", "BB_lower_20_2", "momentum_10", "volume", "volume_z_96", "how_sin", "how_cos",
]
BTC_RETURNS = ["btc_return_1h", "btc_return_4h", "btc_return_24h"]
BTC_REGIME = ["btc_realized_vol_24h", "btc_z_score_close", "btc_correlation_15m_lag5"]
BTC_SETS = {"min": BTC_RETURNS, "full": BTC_RETURNS + BTC_REGIME, "vol_only": BTC_REGIME}
L2 = [
    "l2_mid_price", "l2_spread_bps", "l2_depth_imbalance_l1", "l2_depth_imbalance_l5",
    "l2_kyle_lambda", "l2_ofi_15m",
]
L2_SETS = {"min": L2[:3], "standard": L2, "flow_only": L2[3:]}


# Windows: one value for each slot, NaN where the slot has none


def windows(values, count):
    """The last `count` values of each slot as a row; NaN before the first."""
    padded = np.concatenate([np.full(count - 1, np.nan), np.asarray(values, float)])
    return sliding_window_view(padded, count)


def deviations(rows, divisor_less=1):
    """How many values each row has, their mean, and their standard deviation: exactly 0 where all
    are equal, which a sum of squares would not show."""
    present = ~np.isnan(rows)
    count = present.sum(axis=1)
    with np.errstate(all="ignore"):
        mean = np.where(present, rows, 0).sum(axis=1) / count
        squares = np.where(present, (rows - mean[:, None]) ** 2, 0).sum(axis=1)
        std = np.sqrt(squares / (count - divisor_less))
    flat = is_flat(rows)
    some = np.where(present, rows, -np.inf).max(axis=1)
    return count, np.where(flat, some, mean), np.where(flat, 0.0, std)


def is_flat(rows):
    """Whether the values that are there are all the same one."""
    present = ~np.isnan(rows)
    low = np.where(present, rows, np.inf).min(axis=1)
    return present.any(axis=1) & (low == np.where(present, rows, -np.inf).max(axis=1))


def only(condition, values):
    return np.where(condition, values, np.nan)


def ratio(numerator, denominator):
    """NaN where the denominator is zero."""
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    with np.errstate(all="ignore"):
        return only(denominator != 0, numerator / denominator)


def change(closes, slots):
    """x[i] / x[i - slots] - 1, NaN where either is missing."""
    return (closes / closes.shift(slots) - 1).to_numpy()


# Bars


def visible_times(rows, latency_ns):
    """When each row could be known: never before the row ahead of it."""
    if "receive_time" in rows:
        own = np.maximum(rows["event_time"], rows["receive_time"])
    else:
        own = rows["event_time"] + latency_ns
    return np.maximum.accumulate(own.to_numpy(np.int64))


def bar_closes(times, bar_ns):
    """The close of the bar (close - bar, close] that each time lies in."""
    return -(-times // bar_ns) * bar_ns


def first_close(epoch_ns, bar_ns):
    """Of the first whole bar at or after the epoch."""
    return -(-epoch_ns // bar_ns) * bar_ns + bar_ns


def make_bars(candles, closes, *, bar_ns, candle_ns, bar_delay_ns, latency_ns):
    """Bars that close at `closes`, NaN where the last candle is missing or over 5 % of all are.

    What became visible only after the bar's tick is missing. `candles` hold integer units.
    """
    candles = candles.assign(close_ns=bar_closes(candles["event_time"], bar_ns))
    visible = visible_times(candles, latency_ns)
    candles = candles[visible <= candles["close_ns"] + bar_delay_ns]
    candles = candles.drop_duplicates("event_time")
    groups = candles.groupby("close_ns")
    bars = groups.agg(
        open=("open", "first"), high=("high", "max"), low=("low", "min"),
        close=("close", "last"), volume=("volume", "sum"), last=("event_time", "max"),
        count=("event_time", "size"),
    )
    is_whole = (bars["last"] == bars.index) & (bars["count"] * 100 >= 95 * (bar_ns // candle_ns))
    return bars[is_whole].drop(columns=["last", "count"]).reindex(closes)


def in_currency(bars, price_decimals, size_decimals):
    """Bars of integer units as numbers; each is the double that is nearest to its decimal."""
    scales = {"volume": 10.0**size_decimals}
    return bars.apply(lambda column: column / scales.get(column.name, 10.0**price_decimals))


# The own asset


def baseline(bars):
    """The 19 columns of the baseline, one row for each slot."""
    closes, volumes = bars["close"], bars["volume"]
    frame = pd.DataFrame(index=bars.index)
    for slots in (1, 4, 16, 96):
        frame[f"return_{slots}"] = change(closes, slots)
    count, _, std = deviations(windows(frame["return_1"], 96))
    frame["realized_vol_96"] = only(count == 96, std)
    for name, values in recursive_indicators(bars).items():
        frame[name] = values
    frame["atr_normalized"] = ratio(frame["ATR_14"], closes)
    upper, _, lower = bands(closes)
    frame["BB_upper_20_2"], frame["BB_lower_20_2"] = upper, lower
    frame["momentum_10"] = closes - closes.shift(10)
    frame["volume"] = volumes
    count, mean, std = deviations(windows(volumes, 96))
    frame["volume_z_96"] = only(count == 96, ratio(volumes - mean, std))
    angle = 2 * np.pi * ((frame.index - FIRST_MONDAY_NS) % WEEK_NS / WEEK_NS)
    frame["how_sin"], frame["how_cos"] = np.sin(angle), np.cos(angle)
    return frame[BASELINE].where(closes.notna(), axis=0)


def bands(closes):
    """Bollinger's: two population deviations of 20 closes around their mean."""
    count, mean, std = deviations(windows(closes, 20), divisor_less=0)
    mean = only(count == 20, mean)
    return mean + 2 * std, mean, mean - 2 * std


def recursive_indicators(bars):
    """What goes on from bar to bar: it skips up to 4 missing bars and starts anew after more."""
    present = np.flatnonzero(bars["close"].notna().to_numpy())
    names = ["RSI_14", "ATR_14", "ADX_14", "MACD_12_26_9", "MACD_signal_12_26_9"]
    columns = {name: np.full(len(bars), np.nan) for name in names}
    high, low, close = (bars[name].to_numpy() for name in ("high", "low", "close"))
    for piece in np.split(present, np.flatnonzero(np.diff(present) > 5) + 1):
        if len(piece) == 0:
            continue
        h, l, c = high[piece].tolist(), low[piece].tolist(), close[piece].tolist()
        columns["RSI_14"][piece] = rsi(c)
        columns["ATR_14"][piece] = atr(h, l, c)
        columns["ADX_14"][piece] = adx(h, l, c)
        macd, signal = macd_and_signal(c)
        columns["MACD_12_26_9"][piece] = macd
        columns["MACD_signal_12_26_9"][piece] = signal
    columns["MACD_hist_12_26_9"] = (
        columns["MACD_12_26_9"] - columns["MACD_signal_12_26_9"]
    )
    return columns


def rsi(c, n=14):
    """Wilder's averages of gains and losses start from the plain mean of the first n changes.
    As in TA-Lib it is 0 without any movement."""
    out = [math.nan] * len(c)
    gain = loss = 0.0
    for i in range(1, len(c)):
        up, down = max(c[i] - c[i - 1], 0.0), max(c[i - 1] - c[i], 0.0)
        if i <= n:
            gain, loss = gain + up / n, loss + down / n
        else:
            gain, loss = (gain * (n - 1) + up) / n, (loss * (n - 1) + down) / n
        if i >= n:
            out[i] = 100 * gain / (gain + loss) if gain + loss > 0 else 0.0
    return out


def true_range(h, l, c, i):
    return max(h[i] - l[i], abs(h[i] - c[i - 1]), abs(l[i] - c[i - 1]))


def atr(h, l, c, n=14):
    """Starts from the plain mean of the ranges of bars 1 to n."""
    out = [math.nan] * len(c)
    average = 0.0
    for i in range(1, len(c)):
        now = true_range(h, l, c, i)
        average = average + now / n if i <= n else (average * (n - 1) + now) / n
        if i >= n:
            out[i] = average
    return out


def adx(h, l, c, n=14):
    """Movements and ranges start from plain sums over n - 1 changes, the average from the plain
    mean of the first n indexes. Without movement the index keeps its last value."""
    out = [math.nan] * len(c)
    plus = minus = total = index = average = 0.0
    for i in range(1, len(c)):
        up, down = h[i] - h[i - 1], l[i - 1] - l[i]
        plus_now = up if up > down and up > 0 else 0.0
        minus_now = down if down > up and down > 0 else 0.0
        decay = 1.0 if i < n else 1 - 1 / n
        plus, minus = plus * decay + plus_now, minus * decay + minus_now
        total = total * decay + true_range(h, l, c, i)
        if i < n:
            continue
        if total > 0 and plus + minus > 0:
            index = 100 * abs(plus - minus) / (plus + minus)
        if i <= 2 * n - 1:
            average += index / n
        else:
            average = (average * (n - 1) + index) / n
        if i >= 2 * n - 1:
            out[i] = average
    return out


def ema(x, n, start):
    """Starts from the plain mean of x[start ..< start + n]."""
    out = [math.nan] * len(x)
    if len(x) < start + n:
        return out
    average = math.fsum(x[start : start + n]) / n
    out[start + n - 1] = average
    for i in range(start + n, len(x)):
        average += 2 / (n + 1) * (x[i] - average)
        out[i] = average
    return out


def macd_and_signal(c, fast=12, slow=26, signal=9):
    """Both averages start at the slow one's first bar; MACD is shown from the signal's on."""
    line = [f - s for f, s in zip(ema(c, fast, slow - fast), ema(c, slow, 0))]
    signals = ema(line, signal, slow - 1)
    return [math.nan if math.isnan(s) else m for m, s in zip(line, signals)], signals


# BTC


def btc_columns(closes, btc_closes, names, purge, bar_ns):
    """What the row of each slot knows of BTC. `closes` are the own ones, NaN where missing."""
    hour = HOUR_NS // bar_ns
    day, lag = 24 * hour, 5
    needed = -(-92 * day // 96)
    is_present = btc_closes.notna().to_numpy()
    age = slots_since_first(is_present)
    returns = change(btc_closes, 1)
    values = {}
    for name, bars in zip(BTC_RETURNS, (hour, 4 * hour, day)):
        values[name] = btc_closes.to_numpy() / bases(btc_closes, bars) - 1
    count, _, std = deviations(windows(returns, day))
    values["btc_realized_vol_24h"] = only((age >= day) & (count >= needed), std)
    count, mean, std = deviations(windows(btc_closes, day))
    values["btc_z_score_close"] = only(
        (age >= day - 1) & (count >= needed), ratio(btc_closes - mean, std)
    )
    own_present = closes.notna().to_numpy()
    lagged = pd.Series(returns).shift(lag).to_numpy()
    count, correlation = correlations(change(closes, 1), lagged, day)
    is_full = (age >= day + lag) & (slots_since_first(own_present) >= day)
    values["btc_correlation_15m_lag5"] = only(
        is_full & own_present & (count >= needed), correlation
    )
    frame = pd.DataFrame(values, index=closes.index)[names]
    return frame.where(btc_closes.notna(), axis=0).shift(purge)


def slots_since_first(is_present):
    """-1 before the first slot that has a bar."""
    first = np.argmax(is_present) if is_present.any() else len(is_present)
    return np.maximum(np.arange(len(is_present)) - first, -1)


def bases(closes, bars):
    """The close `bars` slots ago, else the latest one at most a quarter of that earlier."""
    base = closes.shift(bars)
    for earlier in range(1, bars // 4 + 1):
        base = base.fillna(closes.shift(bars + earlier))
    return base.to_numpy()


def correlations(x, y, count):
    """How many pairs of the last `count` slots are whole, and their correlation; NaN where either
    side is flat."""
    is_pair = ~np.isnan(x) & ~np.isnan(y)
    x, y = windows(only(is_pair, x), count), windows(only(is_pair, y), count)
    pairs, mean_x, _ = deviations(x)
    _, mean_y, _ = deviations(y)
    dx, dy = np.nan_to_num(x - mean_x[:, None]), np.nan_to_num(y - mean_y[:, None])
    scale = np.sqrt((dx * dx).sum(axis=1) * (dy * dy).sum(axis=1))
    correlation = ratio((dx * dy).sum(axis=1), scale)
    return pairs, only(~is_flat(x) & ~is_flat(y), correlation)


# Fractional differentiation and interactions


def frac_diff_weights(d, min_weight):
    """1, -d, ... up to the first that is smaller than `min_weight`."""
    weights = [1.0]
    while True:
        k = len(weights)
        weight = -weights[-1] * (d - k + 1) / k
        if abs(weight) < min_weight:
            return np.array(weights)
        weights.append(weight)


def frac_diff(values, weights):
    """NaN until as many values are there, one after another, as there are weights."""
    return windows(values, len(weights)) @ weights[::-1]


def interactions(base, closes):
    """Products of baseline columns."""
    _, middle, _ = bands(closes)
    width = base["BB_upper_20_2"] - base["BB_lower_20_2"]
    frame = pd.DataFrame(index=base.index)
    frame["ix_rsi_atr"] = (base["RSI_14"] - 50) / 50 * base["atr_normalized"]
    frame["ix_volume_return"] = base["volume_z_96"] * base["return_1"]
    frame["ix_macd_adx"] = base["MACD_hist_12_26_9"] / closes * base["ADX_14"] / 100
    position = ratio(closes - base["BB_lower_20_2"], width)
    frame["ix_bbpos_momentum"] = position * base["momentum_10"] / closes
    frame["ix_bbwidth_volume"] = ratio(width, middle) * base["volume_z_96"]
    frame["ix_momentum_atr"] = ratio(base["momentum_10"], base["ATR_14"])
    return frame


# Books


@dataclasses.dataclass
class Books:
    """Snapshots of one symbol in integer units, an array for each column; NaN-free."""

    event: np.ndarray
    visible: np.ndarray
    bid: np.ndarray
    ask: np.ndarray
    bid_sizes: np.ndarray
    ask_sizes: np.ndarray
    # Both sides have a level, and they do not cross.
    counts: np.ndarray
    # Of the trades seen since the previous snapshot, buyers less sellers.
    volume: np.ndarray

    @staticmethod
    def make(rows, trades, latency_ns):
        depth = sum(name.startswith("bid_price_") for name in rows.columns)
        sizes = [
            rows[[f"{side}_size_{level + 1}" for level in range(min(depth, 5))]].fillna(0)
            for side in ("bid", "ask")
        ]
        bid, ask = rows["bid_price_1"], rows["ask_price_1"]
        visible = visible_times(rows, latency_ns)
        volume = np.zeros(len(rows), np.int64)
        if trades is not None:
            if not trades["side"].isin(["buy", "sell"]).all():
                raise ValueError("a flow needs the aggressor of each trade")
            signed = np.where(trades["side"] == "buy", trades["size"], -trades["size"])
            total = np.concatenate([[0], np.cumsum(signed.astype(np.int64))])
            seen = np.searchsorted(visible_times(trades, latency_ns), visible, side="right")
            volume = np.diff(total[seen], prepend=0)
        return Books(
            event=rows["event_time"].to_numpy(np.int64),
            visible=visible,
            bid=bid.fillna(0).to_numpy(np.int64),
            ask=ask.fillna(0).to_numpy(np.int64),
            bid_sizes=sizes[0].to_numpy(np.int64),
            ask_sizes=sizes[1].to_numpy(np.int64),
            counts=(bid.notna() & ask.notna() & ~(bid > ask)).to_numpy(),
            volume=volume,
        )

    def flow(self):
        """Of each snapshot: whether it is an observation, twice the change of the mid, and e_n of
        Cont, Kukanov and Stoikov."""
        observed = self.counts.copy()
        observed[1:] &= self.counts[:-1]
        observed[:1] = False
        move = np.diff(self.bid + self.ask, prepend=0)
        b, a, qb, qa = self.bid, self.ask, self.bid_sizes[:, 0], self.ask_sizes[:, 0]
        b0, a0, qb0, qa0 = (np.concatenate([[0], x[:-1]]) for x in (b, a, qb, qa))
        e = (b >= b0) * qb - (b <= b0) * qb0 - (a <= a0) * qa + (a >= a0) * qa0
        return observed, move, e

    def sampled(self, close_ns, bar_ns, tick_ns):
        """The last snapshot inside the bar that is visible by its tick; None if there is none."""
        row = np.searchsorted(self.visible, tick_ns, side="right") - 1
        while row >= 0 and self.visible[row] > close_ns - bar_ns:
            if close_ns - bar_ns < self.event[row] <= close_ns:
                return row
            row -= 1
        return None


def book_samples(books, closes, *, bar_ns, bar_delay_ns, min_observations, price_unit, size_unit):
    """All six columns, not shifted."""
    observed, move, e = books.flow()
    samples = np.full((len(closes), 6), np.nan)
    for slot, close_ns in enumerate(closes):
        s = books.sampled(close_ns, bar_ns, close_ns + bar_delay_ns)
        if s is None or not books.counts[s]:
            continue
        mid = (books.bid[s] + books.ask[s]) * price_unit / 2
        samples[slot, 0] = mid
        if mid != 0:
            samples[slot, 1] = 1e4 * (books.ask[s] - books.bid[s]) * price_unit / mid
        for column, depth in ((2, 1), (3, 5)):
            bid, ask = books.bid_sizes[s, :depth].sum(), books.ask_sizes[s, :depth].sum()
            if bid + ask:
                samples[slot, column] = (bid - ask) / (bid + ask)
        start_ns = books.event[s] - 15 * MINUTE_NS
        # Looks no further back than what could have been visible in the window.
        first = np.searchsorted(books.visible, start_ns, side="right")
        rows = first + np.flatnonzero(
            observed[first : s + 1] & (books.event[first : s + 1] > start_ns)
        )
        if len(rows):
            samples[slot, 5] = int(e[rows].sum()) * size_unit
        slope = exact_slope(books.volume[rows].tolist(), move[rows].tolist(), min_observations)
        samples[slot, 4] = slope * (price_unit / 2) / size_unit
    return pd.DataFrame(samples, index=closes, columns=L2)


def exact_slope(x, y, min_observations):
    """Of the least-squares line through integer points, rounded once."""
    n = len(x)
    across = n * sum(v * v for v in x) - sum(x) ** 2
    if n < min_observations or across == 0:
        return math.nan
    return (n * sum(v * w for v, w in zip(x, y)) - sum(x) * sum(y)) / across


# Labels


@dataclasses.dataclass(frozen=True)
class Strategy:
    stop_ppm: int
    target_ppm: int
    horizon_ns: int

    @staticmethod
    def parse(name):
        """From a name such as SL0.5_TP1_H4: percent, percent, hours."""
        stop, target, hours = name.split("_")
        if (stop[:2], target[:2], hours[:1]) != ("SL", "TP", "H"):
            raise ValueError(f"{name} is no strategy such as SL0.5_TP1_H4")
        ppm = [round(float(text) * PPM / 100) for text in (stop[2:], target[2:])]
        return Strategy(*ppm, round(float(hours[1:]) * HOUR_NS))


def make_labels(candles, entries, strategy, candle_ns):
    """1 where a long entered at the close meets its target first, -1 its stop, 0 neither; NaN
    where there is no bar or a candle is missing. `entries` are closes by time, in price units."""
    candles = candles.drop_duplicates("event_time").set_index("event_time")
    steps = np.arange(1, strategy.horizon_ns // candle_ns + 1) * candle_ns
    closes = entries.dropna()
    inside = (closes.index.to_numpy()[:, None] + steps).ravel()
    shape = (len(closes), len(steps))
    low, high = (
        candles[name].reindex(inside).to_numpy(float).reshape(shape) for name in ("low", "high")
    )
    entry = closes.to_numpy()[:, None]
    # Millionths of a price unit: whole numbers, and below 2^53 or the comparison is not exact.
    assert entry.max(initial=0) * 2 * PPM < 2**53
    is_stopped = low * PPM <= entry * (PPM - strategy.stop_ppm)
    is_met = ~is_stopped & (high * PPM >= entry * (PPM + strategy.target_ppm))
    ends = is_stopped | is_met
    first = np.argmax(ends, axis=1)[:, None]
    outcome = np.where(np.take_along_axis(is_met, first, 1), 1.0, -1.0)[:, 0]
    outcome = np.where(ends.any(axis=1), outcome, 0.0)
    outcome = only(~np.isnan(low).any(axis=1), outcome)
    return pd.Series(outcome, index=closes.index).reindex(entries.index)


# Tapes


class Market:
    """Tapes as `tapedeck tape dump` prints them, in integer units."""

    def __init__(self, tapes, program=PROGRAM):
        self.tapes = [str(tape) for tape in tapes]
        self.program = program
        info = json.loads(self._run("info", "--json"))
        self.instruments = {one["symbol"]: one for one in info["instruments"]}
        self.labels = {}
        for stream in info["streams"]:
            self.labels.setdefault(stream["symbol"], []).append(stream["stream"])

    def _run(self, command, *options):
        arguments = [self.program, "tape", command, *self.tapes, *options]
        return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout

    def candles(self, symbol):
        """The symbol's finest candles, and how long they are."""
        label = min(self._labels(symbol, "candles:"), key=candle_ns)
        return self._rows(symbol, label), candle_ns(label)

    def books(self, symbol):
        label = min(self._labels(symbol, "books:"))
        return self._rows(symbol, label, "--levels", "5")

    def trades(self, symbol):
        return self._rows(symbol, "trades") if self._labels(symbol, "trades") else None

    def _labels(self, symbol, start):
        return [label for label in self.labels[symbol] if label.startswith(start)]

    @functools.cache
    def _rows(self, symbol, label, *options):
        text = self._run("dump", "--symbol", symbol, "--stream", label, *options)
        rows = pd.read_csv(io.StringIO(text))
        instrument = self.instruments[symbol]
        for name in rows.columns:
            unit = self.unit(name, instrument)
            if unit is None:
                continue
            units = np.rint(rows[name] * 10**unit)
            assert not (units.abs() >= 2**52).any(), f"{symbol} {name} does not fit a double"
            # A side that has no level stays NaN.
            rows[name] = units if units.isna().any() else units.astype(np.int64)
        return rows

    @staticmethod
    def unit(name, instrument):
        """The decimals of a column; None for those that are not read."""
        if name in ("open", "high", "low", "close") or "_price_" in name:
            return instrument["price_decimals"]
        if name in ("volume", "size") or "_size_" in name:
            return instrument["size_decimals"]
        return None


def candle_ns(label):
    """Of a stream such as candles:5m."""
    units = {"s": MINUTE_NS // 60, "m": MINUTE_NS, "h": HOUR_NS, "d": 24 * HOUR_NS}
    text = label.removeprefix("candles:")
    return int(text[:-1]) * units[text[-1]]


# A run


class Reference:
    """The features of a run, by its configuration (as in enrichment_config.json) and its tapes."""

    def __init__(self, config, market, last_close_ns):
        self.config, self.market = config, market
        self.bar_ns = config["bar_ns"]
        first_ns = first_close(config["feature_epoch_ns"], self.bar_ns)
        self.closes = pd.Index(np.arange(first_ns, last_close_ns + 1, self.bar_ns))
        self._bars = {}

    def bars(self, symbol):
        """In integer units."""
        if symbol not in self._bars:
            candles, candle = self.market.candles(symbol)
            self._bars[symbol] = make_bars(
                candles, self.closes, bar_ns=self.bar_ns, candle_ns=candle,
                bar_delay_ns=self.config["bar_delay_ns"],
                latency_ns=self.config["feed_latency_ns"],
            )
        return self._bars[symbol]

    def bars_in_currency(self, symbol):
        instrument = self.market.instruments[symbol]
        return in_currency(
            self.bars(symbol), instrument["price_decimals"], instrument["size_decimals"]
        )

    def features(self, symbol):
        """All columns of the configuration, in order, for each slot since the feature epoch."""
        config, bars = self.config, self.bars_in_currency(symbol)
        base = baseline(bars)
        families = []
        if config["baseline_enabled"]:
            families.append(base)
        if config["btc_features_enabled"]:
            btc = self.bars_in_currency(config["btc_symbol"])["close"]
            names = BTC_SETS[config["btc_features_set"]]
            purge = config["btc_purge_bars"]
            families.append(btc_columns(bars["close"], btc, names, purge, self.bar_ns))
        if config["l2_features_enabled"]:
            families.append(self.book_columns(symbol))
        if config["frac_diff_enabled"]:
            families.append(self.frac_diff_columns(bars["close"]))
        if config["domain_interactions_enabled"]:
            families.append(interactions(base, bars["close"]))
        return pd.concat(families, axis=1).where(bars["close"].notna(), axis=0)

    def book_columns(self, symbol):
        config, instrument = self.config, self.market.instruments[symbol]
        names = L2_SETS[config["l2_features_set"]]
        latency_ns = config["feed_latency_ns"]
        rows = self.since_epoch(self.market.books(symbol))
        trades = None
        if config["l2_features_set"] != "min":
            trades = self.since_epoch(self.market.trades(symbol))
        samples = book_samples(
            Books.make(rows, trades, latency_ns), self.closes, bar_ns=self.bar_ns,
            bar_delay_ns=config["bar_delay_ns"],
            min_observations=config["l2_kyle_observations_min"],
            price_unit=10.0 ** -instrument["price_decimals"],
            size_unit=10.0 ** -instrument["size_decimals"],
        )
        return samples[names].shift(config["l2_purge_bars"])

    def since_epoch(self, rows):
        """What was recorded from the feature epoch on: the enricher starts there."""
        return rows[visible_times(rows, 0) >= self.config["feature_epoch_ns"]]

    def frac_diff_columns(self, closes):
        config = self.config
        is_log = config["frac_diff_source"] == "logClose"
        values, word = (np.log(closes), "logclose") if is_log else (closes, "close")
        frame = pd.DataFrame(index=closes.index)
        for d in config["frac_diff_d"]:
            weights = frac_diff_weights(d, config["frac_diff_min_w_threshold"])
            frame[f"frac_diff_{word}_d0{round(d * 10)}"] = frac_diff(values, weights)
        return frame

    def labels(self, symbol, strategy):
        candles, candle = self.market.candles(symbol)
        return make_labels(candles, self.bars(symbol)["close"], strategy, candle)


# Comparison


def difference(got, expected):
    """The largest difference of two columns, as said at the top of this file."""
    both = ~np.isnan(got) & ~np.isnan(expected)
    if not both.any():
        return 0.0
    got, expected = got[both], expected[both]
    floor = math.sqrt(np.mean(expected * expected)) / 100
    scale = np.maximum(np.maximum(np.abs(got), np.abs(expected)), floor)
    apart = np.abs(got - expected)
    return float(np.max(np.divide(apart, scale, out=np.zeros_like(apart), where=scale > 0)))


def compare(got, expected):
    """A row for each column: values, how many are NaN on one side only, largest difference."""
    rows = []
    for name in expected.columns:
        a, b = got[name].to_numpy(), expected[name].to_numpy()
        lone = np.flatnonzero(np.isnan(a) != np.isnan(b))
        rows.append(
            {
                "column": name, "values": int((~np.isnan(b)).sum()), "nan_differs": len(lone),
                "first_row": int(lone[0]) if len(lone) else -1, "difference": difference(a, b),
            }
        )
    return pd.DataFrame(rows).set_index("column")


def is_equal(comparison):
    return (comparison["nan_differs"] == 0) & (comparison["difference"] <= TOLERANCE)


class Export:
    """What `tapedeck features SCENARIO -o FOLDER` wrote."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.manifest = json.loads((self.folder / "columns.json").read_text())
        self.config = json.loads((self.folder / "enrichment_config.json").read_text())
        self.closes = np.load(self.folder / "timestamps.npy")
        self.names = [column["name"] for column in self.manifest["columns"]]
        self.symbols = {one["symbol"]: one for one in self.manifest["symbols"]}

    def features(self, symbol):
        values = np.load(self.folder / self.symbols[symbol]["features"])
        return pd.DataFrame(values, index=self.closes, columns=self.names)

    def labels(self, symbol):
        """None where the run has no strategy."""
        name = self.symbols[symbol]["labels"]
        return name and pd.Series(np.load(self.folder / name), index=self.closes)


def check(folder, market, strategy=None):
    """Compares an export with what the tapes say; a table for each symbol."""
    export = Export(folder)
    if len(export.closes) == 0:
        raise ValueError(f"{folder} has no rows")
    reference = Reference(export.config, market, int(export.closes[-1]))
    tables = {}
    for symbol in export.symbols:
        expected = reference.features(symbol).loc[export.closes]
        got = export.features(symbol)
        if list(got.columns) != list(expected.columns):
            raise ValueError(f"columns are {list(got.columns)}, not {list(expected.columns)}")
        labels = export.labels(symbol)
        if labels is not None and strategy is not None:
            got = got.assign(label=labels)
            expected = expected.assign(label=reference.labels(symbol, strategy))
        tables[symbol] = compare(got, expected)
    return tables


def main():
    parser = argparse.ArgumentParser(
        description="Recomputes the features of an export with pandas, and compares."
    )
    parser.add_argument("folder", help="what `tapedeck features SCENARIO -o FOLDER` wrote")
    parser.add_argument("--tape", action="append", required=True, help="in the scenario's order")
    parser.add_argument(
        "--strategy", type=Strategy.parse, help="such as SL0.5_TP1_H4; compares labels too"
    )
    parser.add_argument("--program", default=PROGRAM, help=f"tapedeck; {PROGRAM} by default")
    arguments = parser.parse_args()
    market = Market(arguments.tape, arguments.program)
    table = pd.concat(check(arguments.folder, market, arguments.strategy), names=["symbol"])
    print(table.to_string())
    different = table[~is_equal(table)]
    print(f"\n{len(table) - len(different)} columns agree, {len(different)} do not")
    return 1 if len(different) else 0


if __name__ == "__main__":
    sys.exit(main())
