"""What keeps a replay from starting: each reason is named, nothing is played, nothing is left."""

import hashlib
import json

import numpy
import pytest
from conftest import output, run
from test_models import booster

START_MS = 1_735_689_600_000
NAME = "CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4"
SCENARIO = """
{
  tapes: ["TAPE"], symbols: ["BTCUSDC"], features: { baseline: true },
  strategy: { stop: 0.005, target: 0.01, horizon: "4h" },
  models: { registry: "models" }, execution: {},
}
"""


class Place:
    def __init__(self, folder, tape):
        self.folder = folder
        self.text = SCENARIO.replace("TAPE", str(tape))
        self.scenario = folder / "scenario.json5"
        self.scenario.write_text(self.text)
        self.model = folder / "models" / NAME / "versions/1"

    def call(self, *arguments):
        result = run(*arguments, cwd=self.folder)
        assert result.returncode == 0, result.stderr

    def register(self):
        self.call("features", self.scenario, "-o", "features")
        config = self.folder / "features/enrichment_config.json"
        names = json.loads(config.read_text())["feature_names"]
        (self.folder / "model.json").write_text(booster(names))
        self.call(
            "model", "import", "model.json", "--name", NAME, "--config", config, "--threshold", 0.5,
            "--trained-from", "2024-01-01", "--trained-to", "2024-12-31", "--registry", "models",
        )  # fmt: skip
        self.call(
            "model", "alias", NAME, "champion", 1, "--by", "me", "--reason", "why", "--registry", "models"
        )

    def refused(self, text=None):
        """What is said to a replay that is refused before it begins."""
        self.scenario.write_text(text or self.text)
        result = run("replay", self.scenario, "--journal", "journal.sqlite", cwd=self.folder)
        assert (result.returncode, result.stdout) == (3, ""), result.stderr
        assert not (self.folder / "journal.sqlite").exists()
        return result.stderr

    def change(self, name, change):
        """Changes a file of the model and makes its sums anew, as who means to would."""
        path = self.model / name
        path.write_text(change(path.read_text()))
        width = len(json.loads((self.model / "feature_names.json").read_text()))
        numpy.save(self.model / "drift_reference.npy", numpy.zeros((0, width)))
        sums = self.model / "SHA256SUMS"
        lines = [line.split("  ") for line in sums.read_text().splitlines()]
        fresh = [
            f"{hashlib.sha256((self.model / name).read_bytes()).hexdigest()}  {name}"
            for _, name in lines
        ]
        sums.write_text("\n".join(fresh) + "\n")


@pytest.fixture
def place(tmp_path, synthetic):
    place = Place(tmp_path, synthetic)
    place.register()
    return place


def swapped(text):
    names = json.loads(text)
    names[2], names[7] = names[7], names[2]
    return json.dumps(names)


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        (
            "feature_names.json",
            swapped,
            ["feature_names.atr_normalized: the model has column 2, the enricher column 7"],
        ),
        (
            "feature_names.json",
            lambda text: json.dumps(json.loads(text)[:-1]),
            ["feature_names.how_cos: the model has no such column, the enricher column 18"],
        ),
        (
            "feature_names.json",
            lambda text: json.dumps([*json.loads(text), "mood"]),
            ["feature_names.mood: the model has column 19, the enricher no such column"],
        ),
        (
            "booster.json",
            lambda text: text.replace("RSI_14", "RSI_15"),
            ["booster.feature_names.RSI_14", "booster.feature_names.RSI_15"],
        ),
        (
            "enrichment_config.json",
            lambda text: text.replace('"feed_latency_ns": 250000000', '"feed_latency_ns": 1')
            .replace('"feed_latency_ns":250000000', '"feed_latency_ns":1'),
            ["feed_latency_ns: the model has 1, the enricher 250000000"],
        ),
    ],
    ids=["order", "missing", "extra", "booster", "config"],
)  # fmt: skip
def test_a_model_for_other_features_is_refused_field_by_field(place, file, change, said):
    place.change(file, change)
    text = place.refused()
    assert NAME in text and "version 1" in text
    for words in said:
        assert words in text


@pytest.mark.parametrize("file", ["booster.json", "enrichment_config.json", "SHA256SUMS"])
def test_a_flipped_byte_is_refused_by_the_files_name(place, file):
    path = place.model / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert str(path.relative_to(place.folder).parent) in (text := place.refused())
    assert file.split(".")[0] in text or file == "SHA256SUMS"


def test_a_run_that_differs_from_the_models_is_refused_with_both_values(place):
    text = place.text.replace("symbols:", "bar: '5m', latencies: { feed: '1s' }, symbols:")
    said = place.refused(text)
    for words in [
        "bar_ns: the model has 900000000000, the enricher 300000000000",
        "feed_latency_ns: the model has 250000000, the enricher 1000000000",
        "bar_delay_ns: the model has 250000000, the enricher 1000000000",
    ]:
        assert words in said


def test_every_reason_is_told_at_once(place):
    text = place.text.replace('["BTCUSDC"]', '["BTCUSDC", "ETHUSDT"]')
    text = text.replace('registry: "models"', 'registry: "models", candidate: "candidate"')
    text = text.replace(
        "execution: {}",
        "execution: {}, commands: [{ at: '2025-01-01', by: 'me', reason: 'why', "
        "serve: { role: 'champion', symbol: 'SOLUSDT', version: 1 } }]",
    )
    said = place.refused(text).splitlines()
    assert len(said) == 3
    assert "BTCUSDC_SL0.5_TP1_H4 has no alias `candidate`" in "\n".join(said)
    assert sum("ETHUSDT" in line for line in said) == 1
    assert any("serves no champion for SOLUSDT" in line for line in said)


@pytest.mark.parametrize("key", ["execution", "models", "strategy"])
def test_a_replay_without_what_it_needs_is_refused(place, key):
    start = place.text.index(f"{key}:")
    end = place.text.index("}", start) + 2
    assert f"`{key}`" in place.refused(place.text[:start] + place.text[end:])


@pytest.mark.parametrize(
    ("kind", "execution", "said"),
    [
        ("spot", "", "SOLUSDT has no books on the tapes to fill orders on"),
        ("perpetual", "fills: 'candles', spread: 0", "SOLUSDT is a perpetual without funding"),
        (
            "spot",
            "fills: 'candles', spread: 0, orderTimeToLive: '30s'",
            "orders for SOLUSDT wait for the next candle of 1m to open and expire before",
        ),
    ],
)
def test_what_the_tape_does_not_have_is_refused(place, kind, execution, said):
    rows = [f"{START_MS + minute * 60_000},1,1,1,1,1" for minute in range(600)]
    source, tape = place.folder / "SOLUSDT.csv", place.folder / "candles.tape"
    source.write_text("\n".join(["open_time_ms,open,high,low,close,volume", *rows]))
    place.call("tape", "import", source, "-o", tape, "--kind", kind)
    text = place.text.replace(place.text.split('"')[1], str(tape)).replace("BTCUSDC", "SOLUSDT")
    lines = place.refused(text.replace("execution: {}", f"execution: {{ {execution} }}")).splitlines()
    assert len(lines) == 1 and said in lines[0]
