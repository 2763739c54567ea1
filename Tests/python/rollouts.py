"""A small rollout for tests: some forty hours of a made-up market, models made by hand and a plan of hours.

The models have no merit; the plan's gates ask for nothing that they lack.
"""

import json
import pathlib
import random

import trading
from conftest import output

SYMBOLS = ["BTCUSDC", "ETHUSDT", "SOLUSDC"]
RECIPE = trading.RECIPE.replace("2025-01-02T12:00", "2025-01-02T20:00")
MINUTE_NS = 60_000_000_000
HOUR_NS = 3_600_000_000_000
BLOCK_NS = 4 * HOUR_NS
START_NS = 1_733_011_200_000_000_000

PLAN = {
    "name": "small",
    "profile": "guarded",
    "canarySymbol": "ETHUSDT",
    "shadow": {"covered": "3h", "gates": [{"gate": "agreement", "threshold": 0}]},
    "canary": {
        "covered": "3h",
        "gates": [{"gate": "agreement", "threshold": 0}, {"gate": "no_kill_switch"}],
    },
    "rampDay": "1h",
    "soak": {"covered": "3h", "gates": [{"gate": "no_kill_switch"}]},
    "extensions": 1,
    "evidenceLife": "6h",
    "holdLife": "6h",
    "block": "30m",
    "blocksMin": 2,
    "tradesMin": 1,
    "labelledBarsMin": 10,
    "openPositions": "runoff",
    "driftAction": "hold",
    "operators": [
        {"name": "anna", "role": "desk lead"},
        {"name": "ben", "role": "model owner", "isAuthor": True},
    ],
    "cooldown": "1d",
}


def training(folder):
    """What `tapedeck train` would leave, of two folds of thirty blocks each."""
    generator = random.Random(1)
    cells = ["symbol,fold,model,f1_buy,expectancy,sortino,trades,block_returns"]
    blocks = ["symbol,fold,model,start_ns,closed_return,actions,tp,fp,fn,tn,bins,trades"]
    for model, gain in [("champion", 0.0001), ("candidate", 0.0003)]:
        for symbol in SYMBOLS:
            for fold in [1, 2]:
                returns = []
                for number in range(30):
                    net = round(gain + generator.gauss(0, 0.0005), 9)
                    start = START_NS + (30 * fold + number) * BLOCK_NS
                    returns.append(repr(net))
                    blocks.append(
                        f"{symbol},{fold},{model},{start},{net!r},BB--,1,1,1,1,"
                        f";;;;2:0.9:1;2:1.1:1;;;;,0:{HOUR_NS}:{net!r}"
                    )
                cells.append(f"{symbol},{fold},{model},0.5,{gain},1.0,30,{';'.join(returns)}")
    (folder / "cells.csv").write_text("\n".join(cells) + "\n")
    (folder / "blocks.csv").write_text("\n".join(blocks) + "\n")


def stress(folder, **changes):
    """What `tapedeck stress` would leave of the candidates: they stood a crash and a step in December."""
    candidates = []
    for symbol in SYMBOLS:
        lines = (folder / "models" / trading.NAME.format(symbol) / "aliases.jsonl").read_text().splitlines()
        flips = [flip for flip in map(json.loads, lines) if flip["alias"] == "candidate"]
        candidates.append({"symbol": symbol, "digest": flips[-1]["digest"]})
    crash = {"kind": "flashCrash", "symbols": None, "depth_ppm": 300_000, "fall_ns": 4 * MINUTE_NS}
    step = {"kind": "halvingStep", "symbols": None, "size_ppm": 100_000}
    scope = {"pooled": {"lost": {"value": 0.01}}}
    report = {
        "schema": "tapedeck.stress/1", "verdict": "pass", "reasons": [],
        "window": {"from_ns": START_NS, "to_ns": START_NS + 31 * 24 * HOUR_NS},
        "injections": [crash, step], "candidates": candidates,
        "f1": {"whole": scope, "injections": [scope, scope]},
    }  # fmt: skip
    (folder / "stress").mkdir(exist_ok=True)
    (folder / "stress/report.json").write_text(json.dumps({**report, **changes}))


def make(folder, commands=(), plan=PLAN, start=None, **settings):
    """Tape, models, training, a stress test, plan and scenario in `folder`; returns the scenario's path.

    `start`: where the tape is moved to; the scenario's times stay.
    """
    (folder / "recipe.json5").write_text(RECIPE)
    tape = folder / "market.tape"
    output("tape", "synth", folder / "recipe.json5", "-o", tape)
    if start:
        tape.rename(folder / "unmoved.tape")
        output("tape", "slice", folder / "unmoved.tape", "-o", tape, "--shift-to", start)
    registry = trading.Registry(folder / "models")
    fallbacks = ["champion_no_l2", "champion_btc_blind", "champion_pre_track12"]
    work = folder / "work"
    work.mkdir()
    registry.add([str(tape)], {"baseline": True}, [*fallbacks, "champion"], work)
    # It trades so rarely that no rule takes it back for what it loses.
    registry.add([str(tape)], trading.FAMILIES, ["candidate"], work, threshold=0.7)
    training(folder)
    stress(folder)
    return write(folder, "scenario", commands, plan, **settings)


def write(folder, name, commands=(), plan=PLAN, **settings):
    """Another scenario of the same market."""
    scenario = trading.scenario(folder / "market.tape", folder / "models")
    # The first hours warm features up.
    scenario["window"] = {"from": "2025-01-01T02:00", "to": "2025-01-02T20:00"}
    (folder / f"{name}-plan.json5").write_text(json.dumps(plan, indent=2))
    rollout = {"plan": str(folder / f"{name}-plan.json5"), "training": str(folder)}
    rollout["stress"] = [str(folder / "stress")]
    scenario["rollout"] = {**rollout, **settings}
    scenario["commands"] = list(commands)
    path = folder / f"{name}.json5"
    path.write_text(json.dumps(scenario, indent=2))
    return path


def approvals(by="anna"):
    """Standing orders: each review is signed when it comes."""
    return [
        {"at": "2025-01-01T03:00", "approve": stage, "by": by, "reason": "as agreed"}
        for stage in ["canary", "full"]
    ]


if __name__ == "__main__":
    import sys

    print(make(pathlib.Path(sys.argv[1])))
