"""`tape info --scenario`: a scenario's injections as they are placed, and the prices they bend."""

import json

import pytest
from conftest import output, run

HOUR_NS = 3_600_000_000_000
START_NS = 1_735_689_600_000_000_000
BASE = """
{
  tapes: ["TAPE"], bar: "1m", features: { baseline: true },
  strategy: { stop: 0.005, target: 0.01, horizon: "10m" }, seed: 1,
}
"""
STRESS = """
{
  base: "BASE",
  injections: [
    { kind: "correlatedCrash", at: "2025-01-01T03:00", depth: 0.5, follow: 0.5, lag: "2m",
      fall: "10m", hold: "15m", recovery: "10m" },
    { kind: "halvingStep", at: "2025-01-01T05:00", size: 0.1, symbols: ["ETHUSDT"] },
  ],
}
"""


@pytest.fixture(scope="module")
def stress(synthetic, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stress")
    base = folder / "base.json5"
    base.write_text(BASE.replace("TAPE", str(synthetic)))
    path = folder / "stress.json5"
    path.write_text(STRESS.replace("BASE", str(base)))
    return path


def test_injections_are_placed_and_the_prices_they_bend_are_drawn(stress, synthetic):
    document = json.loads(output("tape", "info", "--scenario", stress, "--json"))
    placed = [
        (each["injection"]["kind"], each["symbols"], each["start_ns"], each["end_ns"])
        for each in document["injections"]
    ]
    start, minute = START_NS + 3 * HOUR_NS, HOUR_NS // 60
    assert placed == [
        ("correlatedCrash", ["BTCUSDC"], start, start + 35 * minute),
        ("correlatedCrash", ["ETHUSDT"], start + 2 * minute, start + 37 * minute),
        ("halvingStep", ["ETHUSDT"], START_NS + 5 * HOUR_NS, None),
    ]
    assert document["injections"][0]["injection"]["depth_ppm"] == 500_000
    lows = {
        each["symbol"]: [
            [float(low) for low in each[key]] for key in ("recorded_lows", "injected_lows")
        ]
        for each in document["symbols"]
    }
    span = (document["to_ns"] - document["from_ns"]) / 40
    for symbol, depth in [("BTCUSDC", 0.5), ("ETHUSDT", 0.25)]:
        recorded, injected = lows[symbol]
        assert len(recorded) == len(injected) == 40
        ratios = [bent / price for price, bent in zip(recorded, injected)]
        # A stretch is nine minutes long, so one of them at least lies within the 15 at the bottom.
        bottom = int((start + 15 * minute - document["from_ns"]) / span)
        assert min(ratios[bottom : bottom + 2]) == pytest.approx(1 - depth, abs=1e-4)
        assert ratios[:10] == [1] * 10
        after = 1.1 if symbol == "ETHUSDT" else 1
        assert ratios[-3:] == pytest.approx([after] * 3, abs=1e-5)


def test_text_names_parameters_and_draws_both_paths(stress):
    lines = output("tape", "info", "--scenario", stress).splitlines()
    (crash, follower, step) = [line for line in lines if "depth" in line or "size" in line]
    assert "2025-01-01T03:00:00Z" in crash and "2025-01-01T03:35:00Z" in crash
    assert "BTCUSDC" in crash and "depth 50 %" in crash and "hold 15m" in crash
    assert "spread 5," in crash and "ETHUSDT" in follower
    assert "the end" in step and "size 10 %" in step
    recorded = next(line for line in lines if "BTCUSDC" in line and "recorded" in line)
    injected = lines[lines.index(recorded) + 1]
    assert "injected" in injected and injected.count("█") > 2 * recorded.count("█")


def test_a_scenario_stands_in_the_place_of_tapes(stress, synthetic, tmp_path):
    result = run("tape", "info", synthetic, "--scenario", stress)
    assert result.returncode == 2 and f"`{synthetic}`" in result.stderr
    result = run("tape", "info", "--scenario", tmp_path / "none.json5")
    assert result.returncode in (3, 4) and "none.json5" in result.stderr
    plain = output("tape", "info", "--scenario", stress.with_name("base.json5"))
    assert "nothing is injected" in plain and "injected " not in plain
