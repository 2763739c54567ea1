"""How often whole rollouts err, over many synthetic tapes: see scripts/error-rates."""

import argparse
import collections
import concurrent.futures
import json
import math
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TAPEDECK = str(ROOT / ".build/release/tapedeck")
SCENARIO = "scenarios/error-rates.json5"
TAPE = ".tapes/error-rates.tape"
MODELS = ".tapes/error-rates.models"
PLAN = "scenarios/rollouts/focal.json5"
PROFILES = ("guarded", "seedStrict")
# The rollout's window in replays/error-rates.json5: tapes are made to its end, not to the training's.
TAPE_END = "2025-03-11"
# After the drill and shadow, while a lane can be on the candidate.
EVIDENCE_FROM_NS = 1_737_417_600_000_000_000  # 2025-01-21
EVIDENCE_TO_NS = 1_741_651_200_000_000_000  # 2025-03-11
BLOCK_NS = 4 * 3_600_000_000_000
BAR_DELAY_NS = 250_000_000
NOTIONAL = 1000.0
STRENGTHS = (-2, -1, 0, 1, 2, 3, 4, 5)
# Seeds of the tapes that say what a strength is worth; rollouts are played over others.
CALIBRATION_SEED = 500_000
ROLLOUT_SEED = 1_000_000
# Awaiting, rolled back, kept: all are ends of a rollout, and none an error of the program.
VERDICTS = (0, 1, 5, 6, 7)


def run(*arguments, accepted=(0,)):
    done = subprocess.run(
        [TAPEDECK, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode not in accepted:
        raise RuntimeError(f"tapedeck {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def changed(text, old, new):
    if text.count(old) != 1:
        raise ValueError(f"{old!r} must stand in the file once")
    return text.replace(old, new)


def make_tape(folder, seed, strength):
    recipe = (ROOT / "replays/error-rates.json5").read_text()
    recipe = changed(recipe, "edge: { flow: 4 },", f"edge: {{ flow: {strength:.6f} }},")
    path = folder / "recipe.json5"
    path.write_text(recipe)
    tape = folder / "tape.tape"
    run("tape", "synth", path, "-o", tape, "--seed", seed, "--to", TAPE_END, "-q")
    return tape


def scenario(folder, tape, registry, plan):
    """The scenario on another tape; without a plan, a plain replay."""
    text = (ROOT / SCENARIO).read_text()
    text = changed(text, f'tapes: ["{TAPE}"]', f'tapes: ["{tape}"]')
    text = changed(text, f'registry: "{MODELS}"', f'registry: "{registry}"')
    if plan is None:
        start = text.index("  rollout: {")
        text = text[:start] + text[text.index("  seed: ", start) :]
    else:
        text = changed(text, f'plan: "{PLAN}"', f'plan: "{plan}"')
    path = folder / "scenario.json5"
    path.write_text(text)
    return path


def copy_registry(target):
    """Versions never change, so links do; the history of the aliases is what a rollout moves."""
    shutil.copytree(ROOT / MODELS, target, copy_function=link_or_copy)
    return target


def link_or_copy(source, target):
    if source.endswith("aliases.jsonl"):
        shutil.copy2(source, target)
    else:
        os.link(source, target)


# MARK: What a strength of the edge is worth


def measure(seed, strength):
    """The mean difference per block of a plain replay: candidate less champion, of one notional."""
    with tempfile.TemporaryDirectory(dir=ROOT / ".tapes") as name:
        folder = pathlib.Path(name)
        tape = make_tape(folder, seed, strength)
        path = scenario(folder, tape, ROOT / MODELS, None)
        journal = folder / "journal.sqlite"
        run("replay", path, "--journal", journal, "--threads", 1, "-q")
        with sqlite3.connect(journal) as connection:
            decimals = connection.execute("SELECT quote_decimals FROM symbols").fetchone()[0]
            values = [equity(connection, ledger) for ledger in ("candidate", "champion")]
    count = (EVIDENCE_TO_NS - EVIDENCE_FROM_NS) // BLOCK_NS
    return (values[0] - values[1]) / 10**decimals / NOTIONAL / count


def equity(connection, ledger):
    """What a ledger won between the two ends."""
    at = "SELECT realized + unrealized FROM marks WHERE ledger = ? AND at_ns <= ? ORDER BY seq DESC LIMIT 1"
    ends = [
        (connection.execute(at, (ledger, ns + BAR_DELAY_NS)).fetchone() or (0,))[0]
        for ns in (EVIDENCE_FROM_NS, EVIDENCE_TO_NS)
    ]
    return ends[1] - ends[0]


def calibrate(count, pool):
    """Mean and standard error of the difference, by strength."""
    jobs = {
        strength: [
            pool.submit(measure, CALIBRATION_SEED + index, strength) for index in range(count)
        ]
        for strength in STRENGTHS
    }
    curve = []
    for strength, futures in jobs.items():
        values = [future.result() for future in futures]
        mean = math.fsum(values) / count
        deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (count - 1))
        curve.append((strength, mean, deviation / math.sqrt(count)))
    return curve


def strength_for(difference, curve):
    """By linear interpolation; beyond the curve's ends along its outermost pieces."""
    for (s0, d0, _), (s1, d1, _) in zip(curve, curve[1:]):
        if difference <= d1 or s1 == curve[-1][0]:
            return s0 + (s1 - s0) * (difference - d0) / (d1 - d0)
    raise ValueError("the curve has two points at least")


# MARK: Rollouts


def play(seed, strength, plans):
    """One tape under each profile: how each rollout ended, and on what."""
    with tempfile.TemporaryDirectory(dir=ROOT / ".tapes") as name:
        folder = pathlib.Path(name)
        tape = make_tape(folder, seed, strength)
        ends = {}
        for profile in PROFILES:
            registry = copy_registry(folder / profile)
            path = scenario(folder, tape, registry, plans[profile])
            journal = folder / f"{profile}.sqlite"
            run(
                "rollout", "start", path, "--journal", journal, "--threads", 1, "-q",
                accepted=VERDICTS,
            )
            log = run("rollout", "log", "--journal", journal, "--json")
            ends[profile] = outcome([json.loads(line) for line in log.splitlines()])
        return ends


def outcome(events):
    """Its name, what it ended on, and days of market time from the first event to the last."""
    end, cause, stage = "open", "", ""
    for event in events:
        name, payload = event["event"], event["payload"]
        if name == "stage_entered":
            stage = payload["stage"]
        elif name == "preflight_evaluated" and payload["verdict"] != "pass":
            cause = f"preflight {payload['verdict']}"
        elif name == "stage_evaluated" and payload["verdict"] != "pass":
            cause = f"{stage} {payload['verdict']} {gates(payload)}"
        elif name == "rollback_triggered":
            cause = f"{stage} {event['rule']}"
        elif name == "hold_entered":
            cause = f"{stage} hold {payload['reason']}"
        elif name == "attempt_closed":
            end = payload["outcome"]
    days = (events[-1]["at_ns"] - events[0]["at_ns"]) / 86_400e9
    return end, "" if end == "locked" else cause, days


def gates(payload):
    """The gates that made a look's verdict what it is."""
    look = payload["detail"]
    names = {gate["gate"] for gate in look["gates"] if gate[look["profile"]] == look["verdict"]}
    return "+".join(sorted(names))


# MARK: Figures


def clopper_pearson(successes, count, confidence=0.95):
    """Both limits, by bisection of the binomial distribution."""

    def tail(p, k):
        """The chance of k or more."""
        if k <= 0:
            return 1.0
        if p <= 0:
            return 0.0
        if p >= 1:
            return 1.0
        return math.fsum(
            math.exp(
                math.lgamma(count + 1) - math.lgamma(i + 1) - math.lgamma(count - i + 1)
                + i * math.log(p) + (count - i) * math.log1p(-p)
            )
            for i in range(k, count + 1)
        )

    def solve(wanted, k):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if tail(middle, k) < wanted else (low, middle)
        return (low + high) / 2

    half = (1 - confidence) / 2
    lower = 0.0 if successes == 0 else solve(half, successes)
    upper = 1.0 if successes == count else solve(1 - half, successes + 1)
    return lower, upper


def percent(successes, count):
    low, high = clopper_pearson(successes, count)
    return f"{successes}/{count} = {100 * successes / count:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def rate(document):
    """A rate of preflight's, with its interval."""
    share, low, high = (100 * document[key] for key in ("share", "low", "high"))
    return f"{share:.1f} % [{low:.1f}, {high:.1f}]"


def announced(characteristics, point, profile):
    """What preflight said of a difference: its rates of promotion and of rollback."""
    for difference in characteristics["differences"]:
        if difference["at"] == point:
            rates = difference["guarded" if profile == "guarded" else "seed_strict"]
            return rates["promoted"], rates["rolled_back"]
    raise ValueError(f"preflight says nothing of {point}")


def report(title, difference, point, ends, characteristics):
    print(f"\n{title}: {1e4 * difference:.1f} bps a block, {len(ends)} tapes")
    for profile in PROFILES:
        mine = [end[profile] for end in ends]
        count = len(mine)
        locked = sum(end == "locked" for end, _, _ in mine)
        rolled_back = sum(end == "rolled_back" for end, _, _ in mine)
        promoted, taken_back = announced(characteristics, point, profile)
        days = math.fsum(days for _, _, days in mine) / count
        print(f"  {profile}")
        print(f"    promoted     {percent(locked, count)}; preflight {rate(promoted)}")
        print(f"    rolled back  {percent(rolled_back, count)}; preflight {rate(taken_back)}")
        print(f"    days         {days:.1f}")
        causes = collections.Counter((end, cause) for end, cause, _ in mine)
        for (end, cause), times in causes.most_common():
            print(f"    {times:5d}  {end} {cause}".rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tapes", type=int, default=100, help="rollouts at each difference")
    parser.add_argument("--calibration", type=int, default=40, help="replays at each strength")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument(
        "--characteristics",
        type=pathlib.Path,
        help="what `tapedeck rollout characteristics --json` has printed; simulated when not given",
    )
    arguments = parser.parse_args()
    if arguments.tapes < 1 or arguments.calibration < 2 or arguments.jobs < 1:
        parser.error("--tapes and --jobs are at least 1, --calibration is at least 2")

    text = (
        arguments.characteristics.read_text()
        if arguments.characteristics
        else run("rollout", "characteristics", SCENARIO, "--json", "-q")
    )
    characteristics = json.loads(text)
    margin = characteristics["margin"]
    edge = next(
        (e["difference"] for e in characteristics["edges"] if e["profile"] == "guarded"), None
    )
    if edge is None:
        sys.exit("error-rates: preflight announces no edge")
    print(f"margin {1e4 * margin:.2f} bps a block, edge {1e4 * edge:.2f}")

    with tempfile.TemporaryDirectory(dir=ROOT / ".tapes") as name:
        plans = {"guarded": PLAN, "seedStrict": str(pathlib.Path(name) / "strict.json5")}
        plan = (ROOT / PLAN).read_text()
        pathlib.Path(plans["seedStrict"]).write_text(
            changed(plan, 'profile: "guarded"', 'profile: "seedStrict"')
        )
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            curve = calibrate(arguments.calibration, pool)
            for strength, mean, error in curve:
                print(f"  edge {strength:+d}: {1e4 * mean:7.2f} bps a block, +- {1e4 * error:.2f}")
            points = (
                ("worse by the margin", -margin, "-margin"),
                ("no difference", 0.0, "zero"),
                ("the edge that preflight announces", edge, "edge guarded"),
            )
            for index, (title, difference, point) in enumerate(points):
                strength = strength_for(difference, curve)
                first = ROLLOUT_SEED * (index + 1)
                ends = list(
                    pool.map(
                        lambda seed: play(seed, strength, plans),
                        range(first, first + arguments.tapes),
                    )
                )
                report(f"{title} (edge {strength:.3f})", difference, point, ends, characteristics)


if __name__ == "__main__":
    main()
