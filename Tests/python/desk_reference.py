"""Recomputes orders, trades and payments from a tape and a journal's predictions.

Written from docs/desk.md, not from the program: a trade is computed from end to end at the moment
it is decided, in fractions that are exact; no event moves any state along. What both agree on is
wrong only if both misread the page in the same way.

    desk = Desk(Tape("month.tape"), scenario, predictions)
    desk.play()
    desk.orders, desk.trades, desk.payments

`scenario` is what the journal keeps of it (`SELECT scenario FROM runs`), `predictions` the journal's
table. Rows are dictionaries with the columns of the journal's tables.
"""

import bisect
import dataclasses
import math
from fractions import Fraction

import numpy as np

PPM = 1_000_000
RATE_UNITS = 10**12
IMPACT_BARS = 96
LEDGERS = ["champion", "candidate", "acted"]
NEVER = 1 << 62


@dataclasses.dataclass
class Fill:
    """What an order got from one book, or at one price of a candle."""

    quantity: int
    event_ns: int
    known_ns: int
    mid2: int
    # In price units times size units.
    cash: Fraction
    spread: Fraction
    slippage: Fraction = Fraction(0)
    # In quote units.
    impact: float = 0.0


@dataclasses.dataclass
class Exit:
    cause: str
    decided_ns: int
    arrives_ns: int
    fills: list
    # Horizon orders that came to nothing: (decided, arrives, when known, why).
    lost: list


def up(value):
    return math.ceil(value)


def down(value):
    return math.floor(value)


def away(value):
    return up(value) if value > 0 else down(value)


def first(flags):
    """The place of the first true value; None where there is none."""
    place = int(np.argmax(flags)) if len(flags) else 0
    return place if len(flags) and flags[place] else None


class Rules:
    """What the scenario says, with the latencies added up."""

    def __init__(self, scenario):
        execution, latencies = scenario["execution"], scenario["latencies"]
        self.fills = execution["fills"]
        self.is_flat = execution["costs"] == "flat"
        self.cost = Fraction(execution["cost_ppm"], PPM)
        self.half_spread = Fraction(execution["spread_ppm"], 2 * PPM)
        self.sizing, self.size = execution["sizing"], Fraction(execution["size"], PPM)
        self.symbol_cap = Fraction(execution["symbol_cap_micros"], PPM)
        self.total_cap = Fraction(execution["total_cap_micros"], PPM)
        self.time_to_live_ns = execution["order_time_to_live_ns"]
        self.bar_ns = scenario["bar_ns"]
        self.epoch_ns = scenario["feature_epoch_ns"]
        self.feed_ns = latencies["feed_ns"]
        self.delay_ns = latencies["bar_delay_ns"]
        self.order_ns = latencies["compute_ns"] + latencies["order_ns"]
        self.stop = Fraction(scenario["strategy"]["stop_ppm"], PPM)
        self.target = Fraction(scenario["strategy"]["target_ppm"], PPM)
        self.horizon_ns = scenario["strategy"]["horizon_ns"]

    def close_after(self, time_ns):
        """The close of the first bar that closes after a time."""
        return (time_ns // self.bar_ns + 1) * self.bar_ns

    def tick(self, close_ns):
        return close_ns + self.delay_ns

    def tick_from(self, time_ns):
        """The first tick at or after a time."""
        return self.tick(-(-(time_ns - self.delay_ns) // self.bar_ns) * self.bar_ns)

    def give_up_ns(self, arrives_ns, seen_ns):
        """When an order is known to have expired: by a row that comes too late, seen at `seen_ns`,
        or by the first tick of a bar that closes after it could be filled."""
        return min(seen_ns, self.tick(self.close_after(arrives_ns + self.time_to_live_ns)))

    def visible(self, columns):
        own = columns["event_time"] + self.feed_ns
        if "receive_time" in columns:
            own = np.maximum(columns["event_time"], columns["receive_time"])
        return np.maximum.accumulate(own) if len(own) else own


class Symbol:
    """An instrument, its funding, and its prices as `rows` of candles or books."""

    def __init__(self, tape, number, rules):
        self.rules = rules
        self.instrument = tape.instruments[number]
        self.name = self.instrument["symbol"]
        decimals = self.instrument["price_decimals"] + self.instrument["size_decimals"]
        self.product_units = 10**decimals
        self.quote_units = 10 ** self.instrument["quote_decimals"]
        self.is_delisted_ns = NEVER
        streams = {
            stream["kind"]: index
            for index, stream in enumerate(tape.streams)
            if stream["instrument"] == number
        }
        kind = {"candles": "candles", "book": "books"}[rules.fills]
        columns = tape.columns(streams[kind])
        self.candle_ns = tape.streams[streams["candles"]]["interval_ns"]
        self.read(columns, rules.visible(columns))
        self.prints = []
        if "funding" in streams and not rules.is_flat:
            prints = tape.columns(streams["funding"])
            visible = rules.visible(prints)
            names = ["event_time", "funding_rate", "mark_price"]
            rows = zip(*(prints[name].tolist() for name in names), visible.tolist())
            self.prints = [(*row[:3], row[3]) for row in rows]

    def quote(self, cash):
        """A product of price and size units, in quote units."""
        return cash * Fraction(self.quote_units, self.product_units)

    def lot(self, time_ns):
        spans = [span for span in self.instrument["spans"] if span["start_ns"] <= time_ns]
        return spans[-1]["lot"] if spans else None

    def place_before(self, time_ns):
        """The last usable row that is visible before a time; None where there is none."""
        place = bisect.bisect_left(self.visible_ns, time_ns) - 1
        return place if place >= 0 else None

    def last_price(self, tick_ns):
        """(ask, twice the mid) as of a tick."""
        place = self.place_before(tick_ns + 1)
        return None if place is None else (self.asks[place], self.mids2[place])

    def place_at(self, event_ns):
        """The first row, in tape order, at or after an event time; None where there is none."""
        return first(self.event_array >= event_ns)

    def payments(self, entry_ns, sales):
        """What a position pays: bought at `entry_ns`, sold as (time, quantity); and, where one is
        due, when the last of it is known."""
        rows = []
        bought = sum(quantity for _, quantity in sales)
        for time_ns, rate, mark, visible_ns in self.prints:
            held = bought - sum(quantity for sold_ns, quantity in sales if sold_ns < time_ns)
            if time_ns <= entry_ns or held == 0:
                continue
            source = "recorded"
            if mark == 0:
                mid = Fraction(self.mids2[self.place_before(visible_ns)], 2)
                mark, source = down(mid) if rate < 0 else up(mid), "mid"
            known = self.visible_ns[self.place_at_all(time_ns)]
            rows.append(
                {
                    "at_ns": max(visible_ns, known), "funding_ns": time_ns, "rate": rate,
                    "mark_price": mark, "mark_source": source, "quantity": held,
                    "amount": away(self.quote(Fraction(held * mark * rate, RATE_UNITS))),
                }
            )  # fmt: skip
        return rows


class CandleSymbol(Symbol):
    def read(self, columns, visible):
        times = columns["event_time"]
        # A candle that does not lie after the one before it is passed over.
        later = np.concatenate([[True], times[1:] > np.maximum.accumulate(times)[:-1]])
        columns = {name: values[later] for name, values in columns.items()}
        self.close_array = columns["event_time"]
        self.event_array = self.close_array - self.candle_ns
        self.event_ns = self.event_array.tolist()
        self.visible_ns = visible[later].tolist()
        names = ["open", "high", "low", "close", "volume"]
        self.open, self.high, self.low, self.close, self.volume = (
            columns[name].tolist() for name in names
        )
        self.lows, self.highs, self.opens = columns["low"], columns["high"], columns["open"]
        self.asks = self.close
        self.mids2 = [2 * price for price in self.close]
        if not self.rules.is_flat:
            self.read_bars()

    def place_at_all(self, time_ns):
        return first(self.close_array >= time_ns)

    def read_bars(self):
        """Volatility and quote volume of 96 bars, by the close of the last of them."""
        bar_ns, per_bar = self.rules.bar_ns, self.rules.bar_ns // self.candle_ns
        bars = {}
        for index, close_ns in enumerate(self.close_array.tolist()):
            if close_ns > self.rules.epoch_ns:
                bars.setdefault(-(-close_ns // bar_ns) * bar_ns, []).append(index)
        slots = range(min(bars), max(bars) + bar_ns, bar_ns)
        closes, products = [], []
        for slot in slots:
            places = bars.get(slot, [])
            is_whole = len(places) * 20 >= per_bar * 19 and self.close_array[places[-1]] == slot
            closes.append(self.close[places[-1]] if is_whole else math.nan)
            products.append(sum(self.close[place] * self.volume[place] for place in places))
        returns = np.array(closes[1:]) / np.array(closes[:-1]) - 1
        self.impacts = {}
        for number in range(IMPACT_BARS, len(closes)):
            volatility = np.std(returns[number - IMPACT_BARS : number], ddof=1)
            product = sum(products[number - IMPACT_BARS + 1 : number + 1])
            if math.isfinite(volatility) and product > 0:
                self.impacts[slots[number]] = (float(volatility), product / self.product_units)
        self.impact_closes = sorted(self.impacts)

    def can_price(self, close_ns):
        return self.rules.is_flat or close_ns in self.impacts

    def fill(self, quantity, price, event_ns, known_ns, impact):
        half_spread = 0 if self.rules.is_flat else self.rules.half_spread
        filled = Fill(
            quantity, event_ns, known_ns, 2 * price, Fraction(quantity * price),
            quantity * price * Fraction(half_spread),
        )  # fmt: skip
        if impact and not self.rules.is_flat:
            volatility, volume = impact
            notional = quantity * price / self.product_units
            cost = volatility * math.sqrt(notional / volume)
            filled.impact = notional * cost * self.quote_units
        return filled

    def last_impact(self, tick_ns):
        """Of the last tick, up to this one, that had both."""
        if self.rules.is_flat:
            return None
        close_ns = tick_ns - self.rules.delay_ns
        return self.impacts[self.impact_closes[bisect.bisect_right(self.impact_closes, close_ns) - 1]]

    def enter(self, quantity, close_ns, arrives_ns):
        """The fill, and where it is; or None and when that is known, and why."""
        place = self.place_at(arrives_ns)
        too_late = arrives_ns + self.rules.time_to_live_ns
        if place is None or self.event_ns[place] > too_late:
            seen_ns = NEVER if place is None else self.visible_ns[place]
            return None, self.rules.give_up_ns(arrives_ns, seen_ns), "expired"
        impact = None if self.rules.is_flat else self.impacts[close_ns]
        known_ns = self.visible_ns[place]
        price = self.open[place]
        return self.fill(quantity, price, self.event_ns[place], known_ns, impact), place, None

    def leave(self, bought, place, close_ns, decided_ns):
        """The exit of what was bought at the candle `place`; None if the tape ends before."""
        price, end = self.open[place], len(self.open)
        impact = None if self.rules.is_flat else self.impacts[close_ns]
        stop, target = down(price * (1 - self.rules.stop)), price * (1 + self.rules.target)
        hit = first((self.lows[place:] <= stop) | (self.highs[place:] >= up(target)))
        hit = end if hit is None else place + hit
        is_beyond = hit < end and not stop < self.open[hit] < target
        lost = []
        sent_ns = self.rules.tick(close_ns + self.rules.horizon_ns)
        while hit < end or sent_ns < self.is_delisted_ns:
            arrives_ns = sent_ns + self.rules.order_ns
            due = self.place_at(arrives_ns)
            due = end if due is None else due
            is_late = due == end or self.event_ns[due] > arrives_ns + self.rules.time_to_live_ns
            given_up_ns = self.rules.give_up_ns(arrives_ns, self.seen(due)) if is_late else NEVER
            if hit < end and (hit < due or hit == due and is_beyond):
                if self.seen(hit) <= given_up_ns:
                    if sent_ns < self.seen(hit):
                        lost.append((sent_ns, arrives_ns, self.seen(hit), "void"))
                    return self.rest(bought, hit, stop, target, impact, decided_ns, lost)
            elif not is_late:
                last = self.last_impact(sent_ns)
                fill = self.fill(
                    bought.quantity, self.open[due], self.event_ns[due], self.seen(due), last
                )
                return Exit("horizon", sent_ns, arrives_ns, [fill], lost)
            if given_up_ns > self.is_delisted_ns:
                lost.append((sent_ns, arrives_ns, self.is_delisted_ns, "void"))
                break
            lost.append((sent_ns, arrives_ns, given_up_ns, "expired"))
            if hit == due < end and self.seen(hit) == given_up_ns:
                return self.rest(bought, hit, stop, target, impact, decided_ns, lost)
            if due == end and self.is_delisted_ns == NEVER:
                return None
            sent_ns = self.rules.tick_from(given_up_ns)
        return self.delist(bought, lost)

    def seen(self, place):
        return self.visible_ns[place] if place < len(self.open) else NEVER

    def rest(self, bought, hit, stop, target, impact, decided_ns, lost):
        """The exit by stop or target in the candle `hit`."""
        price, event_ns = self.open[hit], self.event_ns[hit]
        is_beyond = price <= stop or price >= target
        cause = "stop" if self.low[hit] <= stop else "target"
        if is_beyond:
            cause = "stop" if price <= stop else "target"
        else:
            price = stop if cause == "stop" else down(target)
            event_ns += self.candle_ns
        fill = self.fill(bought.quantity, price, event_ns, self.seen(hit), impact)
        return Exit(cause, decided_ns, bought.event_ns, [fill], lost)

    def delist(self, bought, lost):
        tick_ns = self.is_delisted_ns
        fill = self.fill(
            bought.quantity, self.close[-1], int(self.close_array[-1]), tick_ns,
            self.last_impact(tick_ns),
        )  # fmt: skip
        return Exit("delisting", tick_ns, tick_ns, [fill], lost)


class BookSymbol(Symbol):
    def read(self, columns, visible):
        bids, asks = columns["bid_price_1"], columns["ask_price_1"]
        usable = (columns["bid_count"] > 0) & (columns["ask_count"] > 0) & (bids < asks)
        columns = {name: values[usable] for name, values in columns.items()}
        self.levels = {
            side: [
                (columns[f"{side}_price_{level}"], columns[f"{side}_size_{level}"])
                for level in range(1, 51)
                if f"{side}_price_{level}" in columns
            ]
            for side in ("bid", "ask")
        }
        self.event_array = columns["event_time"]
        self.event_ns = self.event_array.tolist()
        self.visible_ns = visible[usable].tolist()
        self.bid_array = columns["bid_price_1"]
        self.bids = self.bid_array.tolist()
        self.asks = columns["ask_price_1"].tolist()
        self.mids2 = (columns["bid_price_1"] + columns["ask_price_1"]).tolist()

    place_at_all = Symbol.place_at

    def can_price(self, close_ns):
        return True

    def take(self, side, place, quantity):
        """Level by level from the best one."""
        taken = cash = 0
        for prices, sizes in self.levels[side]:
            part = min(int(sizes[place]), quantity - taken)
            taken += part
            cash += part * int(prices[place])
        best = self.asks[place] if side == "ask" else self.bids[place]
        if self.rules.is_flat:
            return Fill(
                taken, self.event_ns[place], self.visible_ns[place], self.mids2[place],
                Fraction(taken * self.mids2[place], 2), Fraction(0),
            )  # fmt: skip
        return Fill(
            taken, self.event_ns[place], self.visible_ns[place], self.mids2[place], Fraction(cash),
            Fraction(taken * (self.asks[place] - self.bids[place]), 2),
            Fraction(abs(cash - taken * best)),
        )  # fmt: skip

    def enter(self, quantity, close_ns, arrives_ns):
        place = self.place_at(arrives_ns)
        too_late = arrives_ns + self.rules.time_to_live_ns
        if place is None or self.event_ns[place] > too_late:
            seen_ns = NEVER if place is None else self.visible_ns[place]
            return None, self.rules.give_up_ns(arrives_ns, seen_ns), "expired"
        return self.take("ask", place, quantity), place, None

    def leave(self, bought, place, close_ns, decided_ns):
        average = bought.cash / bought.quantity
        stop, target = average * (1 - self.rules.stop), average * (1 + self.rules.target)
        beyond = (self.bid_array <= down(stop)) | (self.bid_array >= up(target))
        beyond &= self.event_array > bought.event_ns
        beyond[: place + 1] = False
        hit = first(beyond)
        lost = []
        sent_ns = self.rules.tick(close_ns + self.rules.horizon_ns)
        while True:
            arrives_ns = sent_ns + self.rules.order_ns
            due = self.place_at(arrives_ns)
            if hit is not None and (due is None or hit <= due):
                if self.visible_ns[hit] > sent_ns:
                    lost.append((sent_ns, arrives_ns, self.visible_ns[hit], "void"))
                cause = "stop" if self.bids[hit] <= stop else "target"
                fills = self.sell(bought.quantity, hit)
                return fills and Exit(cause, decided_ns, bought.event_ns, fills, lost)
            if due is None:
                return None
            if self.event_ns[due] <= arrives_ns + self.rules.time_to_live_ns:
                fills = self.sell(bought.quantity, due)
                return fills and Exit("horizon", sent_ns, arrives_ns, fills, lost)
            given_up_ns = self.rules.give_up_ns(arrives_ns, self.visible_ns[due])
            lost.append((sent_ns, arrives_ns, given_up_ns, "expired"))
            sent_ns = self.rules.tick_from(given_up_ns)

    def sell(self, quantity, place):
        """From book to book until nothing is left; None if the tape ends before."""
        fills = []
        while quantity > 0:
            if place == len(self.bids):
                return None
            fills.append(self.take("bid", place, quantity))
            quantity -= fills[-1].quantity
            place += 1
        return fills


class Desk:
    def __init__(self, tape, scenario, predictions):
        self.rules = Rules(scenario)
        kind = {"candles": CandleSymbol, "book": BookSymbol}[self.rules.fills]
        names = sorted(set(predictions["symbol"]))
        numbers = {row["symbol"]: number for number, row in enumerate(tape.instruments)}
        self.symbols = [kind(tape, numbers[name], self.rules) for name in names]
        self.ledgers = [
            ledger for ledger in LEDGERS if ledger != "candidate" or scenario["models"]["has_candidate"]
        ]
        buys = predictions[predictions["action"] == "buy"]
        self.buys = set(zip(buys["role"], buys["symbol"], buys["bar_close_ns"].tolist()))
        self.closes = sorted(set(predictions["bar_close_ns"].tolist()))
        # Cash that symbols share is counted in the finest unit of all.
        self.units = max([PPM] + [symbol.quote_units for symbol in self.symbols])
        self.symbol_cap = int(self.rules.symbol_cap * self.units)
        self.total_cap = int(self.rules.total_cap * self.units)
        # (ledger, symbol) -> (busy until, what is tied up until the fill is known, when, and after)
        self.held = {}
        self.realized = {ledger: [] for ledger in self.ledgers}
        self.orders, self.trades, self.payments = [], [], []
        self.find_delistings(tape)

    def find_delistings(self, tape):
        """A symbol is delisted at the first tick after its last row is visible, but for those whose
        rows end within a bar of the last candle of all: there the tape ends."""
        ends = [
            int(tape.columns(index)["event_time"][-1])
            for index, stream in enumerate(tape.streams)
            if stream["kind"] == "candles"
        ]
        for symbol in self.symbols:
            last_ns = symbol.visible_ns[-1]
            if last_ns - self.rules.feed_ns + self.rules.bar_ns < max(ends):
                symbol.is_delisted_ns = self.rules.tick_from(last_ns + 1)

    def play(self):
        for close_ns in self.closes:
            for ledger in self.ledgers:
                self.decide(ledger, close_ns)
        self.number(self.orders, "order_number")
        self.number(self.trades, "trade_number")

    @staticmethod
    def number(rows, name):
        """Rows of a ledger and symbol are numbered as they come to be known."""
        rows.sort(key=lambda row: row["at_ns"])
        counts = {}
        for row in rows:
            key = (row["ledger"], row["symbol"])
            counts[key] = counts.get(key, 0) + 1
            row[name] = counts[key]

    def decide(self, ledger, close_ns):
        """The entries of one ledger at one tick, symbol by symbol."""
        rules, tick_ns = self.rules, self.rules.tick(close_ns)
        cash = int(rules.size * self.units)
        if rules.sizing == "equity_fraction_ppm":
            won = sum(net for known_ns, net in self.realized[ledger] if known_ns <= tick_ns)
            cash = down(max(0, self.total_cap + won) * rules.size)
        tied_up = sum(self.tied_up(ledger, symbol, tick_ns) for symbol in self.symbols)
        role = "champion" if ledger == "acted" else ledger
        for symbol in self.symbols:
            if (role, symbol.name, close_ns) not in self.buys:
                continue
            if self.held.get((ledger, symbol.name), (0,))[0] > tick_ns:
                continue
            tied_up += self.enter(ledger, symbol, close_ns, cash, tied_up)

    def tied_up(self, ledger, symbol, tick_ns):
        until_ns, expected, filled_ns, cost = self.held.get((ledger, symbol.name), (0, 0, 0, 0))
        if until_ns <= tick_ns:
            return 0
        return expected if filled_ns > tick_ns else cost

    def cash(self, symbol, product):
        """Of price and size units, up to the finest unit of all symbols' cash."""
        return up(Fraction(product * self.units) / symbol.product_units)

    def enter(self, ledger, symbol, close_ns, cash, tied_up):
        """Decides on an entry; what it ties up."""
        rules, tick_ns = self.rules, self.rules.tick(close_ns)
        order = {
            "ledger": ledger, "symbol": symbol.name, "side": "buy", "cause": "signal",
            "decided_ns": tick_ns, "arrives_ns": tick_ns + rules.order_ns,
        }  # fmt: skip
        price, lot = symbol.last_price(tick_ns), symbol.lot(tick_ns)
        is_delisted = tick_ns >= symbol.is_delisted_ns
        if price is None or lot is None or is_delisted or not symbol.can_price(close_ns):
            return self.reject(order, 0, "no_price", tick_ns)
        ask, mid2 = price
        quantity = cash * symbol.product_units // (self.units * ask * lot) * lot
        if quantity == 0:
            return self.reject(order, 0, "below_lot", tick_ns)
        needed = self.cash(symbol, quantity * ask)
        if needed > self.symbol_cap:
            return self.reject(order, quantity, "symbol_cap", tick_ns)
        if tied_up + needed > self.total_cap:
            return self.reject(order, quantity, "total_cap", tick_ns)
        bought, place, reason = symbol.enter(quantity, close_ns, order["arrives_ns"])
        key = (ledger, symbol.name)
        if bought is None:
            known_ns = min(place, symbol.is_delisted_ns)
            self.reject(order, quantity, reason, known_ns)
            self.held[key] = (known_ns, needed, NEVER, 0)
            return needed
        self.fill(symbol, order, quantity, [bought], up, "depth" if bought.quantity < quantity else None)
        exit = symbol.leave(bought, place, close_ns, tick_ns)
        until_ns = exit.fills[-1].known_ns if exit else NEVER
        self.held[key] = (until_ns, needed, bought.known_ns, self.cash(symbol, bought.cash))
        if exit:
            self.close(symbol, order, bought, exit, mid2)
        return needed

    def reject(self, order, quantity, reason, known_ns):
        row = {"quantity": quantity, "filled": 0, "notional": 0, "filled_ns": None}
        row |= {"status": "rejected", "reason": reason, "at_ns": known_ns}
        self.orders.append(order | row)
        return 0

    def fill(self, symbol, order, quantity, fills, rounded, reason=None):
        self.orders.append(
            order
            | {
                "quantity": quantity, "filled": sum(fill.quantity for fill in fills),
                "notional": rounded(symbol.quote(sum(fill.cash for fill in fills))),
                "filled_ns": fills[-1].event_ns, "status": "partial" if reason else "filled",
                "reason": reason, "at_ns": fills[-1].known_ns,
            }
        )  # fmt: skip

    def close(self, symbol, entry, bought, exit, decision_mid2):
        who = {"ledger": entry["ledger"], "symbol": symbol.name}
        sell = who | {"side": "sell"}
        for decided_ns, arrives_ns, known_ns, reason in exit.lost:
            order = {"cause": "horizon", "decided_ns": decided_ns, "arrives_ns": arrives_ns}
            self.reject(sell | order, bought.quantity, reason, known_ns)
        order = {"cause": exit.cause, "decided_ns": exit.decided_ns, "arrives_ns": exit.arrives_ns}
        self.fill(symbol, sell | order, bought.quantity, exit.fills, down)
        sales = [(fill.event_ns, fill.quantity) for fill in exit.fills]
        payments = symbol.payments(bought.event_ns, sales)
        self.payments += [who | payment for payment in payments]
        fills = [bought, *exit.fills]
        sold = sum(fill.cash for fill in exit.fills)
        sold_mid2 = sum(fill.quantity * fill.mid2 for fill in exit.fills)
        trade = who | {
            "at_ns": max([exit.fills[-1].known_ns] + [row["at_ns"] for row in payments]),
            "decided_ns": entry["decided_ns"], "entry_ns": bought.event_ns,
            "exit_ns": exit.fills[-1].event_ns, "quantity": bought.quantity,
            "entry_notional": up(symbol.quote(bought.cash)),
            "exit_notional": down(symbol.quote(sold)),
            "entry_mid2": bought.mid2, "exit_mid2": sold_mid2 // bought.quantity,
            "exit_reason": exit.cause,
            "gross": down(symbol.quote(Fraction(sold_mid2 - bought.quantity * bought.mid2, 2))),
            "delay": away(
                symbol.quote(Fraction(bought.quantity * (bought.mid2 - decision_mid2), 2))
            ),
        }  # fmt: skip
        if self.rules.is_flat:
            flat = up(symbol.quote(bought.cash * self.rules.cost))
            trade |= dict.fromkeys(["spread", "slippage", "fee", "funding"])
            trade |= {"flat": flat, "net": trade["gross"] - flat}
        else:
            trade |= {
                "spread": up(symbol.quote(sum(fill.spread for fill in fills))),
                "slippage": up(symbol.quote(sum(fill.slippage for fill in fills)))
                + up(sum(fill.impact for fill in fills)),
                "fee": up(symbol.quote((bought.cash + sold) * self.rules.cost)),
                "funding": sum(row["amount"] for row in payments), "flat": None,
            }  # fmt: skip
            costs = sum(trade[name] for name in ["spread", "slippage", "fee", "funding"])
            trade["net"] = trade["gross"] - costs
        self.trades.append(trade)
        won = trade["net"] * self.units // symbol.quote_units
        self.realized[entry["ledger"]].append((trade["at_ns"], won))
