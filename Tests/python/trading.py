"""Markets, models and scenarios for tests of replays: made in seconds, nothing is trained.

Run as a script it makes the models of scenarios/golden-shadow.json5 anew.
"""

import hashlib
import json
import pathlib
import shutil
import sys
import tempfile

import numpy
from conftest import ROOT, output, run

GOLDEN = "scenarios/golden-shadow.json5"
GOLDEN_MODELS = "Tests/Fixtures/golden-models"

# A day and a half in bars of a minute: 40 thousand rows of a journal, so that a run stores ten
# groups of them, and one perpetual, so that funding is paid.
RECIPE = """
{
  seed: 11, from: "2025-01-01", until: "2025-01-02T12:00", candles: "1m", trades: true,
  books: { interval: "30s", levels: 5, jitter: 0.5 }, edge: { flow: 0.75 },
  symbols: [
    { symbol: "BTCUSDC", book: "spotBTC", price: 94000, tick: "0.01", lot: "0.00001",
      volatility: 0.5, correlation: 1, tradesPerMinute: 5 },
    { symbol: "ETHUSDT", kind: "perpetual", book: "perpetualETH", price: 3350, tick: "0.01",
      lot: "0.001", volatility: 0.6, correlation: 0.78, tradesPerMinute: 5 },
    { symbol: "SOLUSDC", book: "spotBTC", price: 190, tick: "0.001", lot: "0.001",
      volatility: 0.8, correlation: 0.7, tradesPerMinute: 5 },
  ],
}
"""

FAMILIES = {
    "baseline": True,
    "btc": {"set": "min", "purgeBars": 5},
    "l2": {"set": "standard", "purgeBars": 5, "kyleMinObservations": 10},
    "fracDiff": {"d": [0.4, 0.5], "minWeight": 0.001},
    "interactions": True,
}
STRATEGY = {"stop": 0.0005, "target": 0.001, "horizon": "10m"}
NAME = "CVNTrade_XGBoost_{}_SL0.05_TP0.1_H10m"


def booster(names, splits, objective="binary:logistic"):
    """XGBoost's JSON of a tree for each (feature, split, margin below, margin from there on)."""
    count = str(len(names))
    trees = [
        {
            "base_weights": [0.0, below, above], "categories": [], "categories_nodes": [],
            "categories_segments": [], "categories_sizes": [], "default_left": [1, 0, 0],
            "id": number, "left_children": [1, -1, -1], "loss_changes": [1.0, 0.0, 0.0],
            "parents": [2147483647, 0, 0], "right_children": [2, -1, -1],
            "split_conditions": [split, below, above],
            "split_indices": [names.index(feature), 0, 0], "split_type": [0, 0, 0],
            "sum_hessian": [2.0, 1.0, 1.0],
            "tree_param": {
                "num_deleted": "0", "num_feature": count, "num_nodes": "3",
                "size_leaf_vector": "1",
            },
        }
        for number, (feature, split, below, above) in enumerate(splits)
    ]  # fmt: skip
    model = {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(trees))},
        "iteration_indptr": list(range(len(trees) + 1)), "tree_info": [0] * len(trees),
        "trees": trees,
    }  # fmt: skip
    parameters = {"base_score": "5E-1", "num_class": "0", "num_feature": count, "num_target": "1"}
    learner = {
        "attributes": {}, "feature_names": names, "feature_types": [],
        "gradient_booster": {"model": model, "name": "gbtree"},
        "learner_model_param": parameters, "objective": {"name": objective},
    }  # fmt: skip
    return json.dumps({"learner": learner, "version": [3, 2, 0]})


def splits(names, rows):
    """Each feature is cut at its median; which side speaks for a long is its name's to say."""
    for feature, column in zip(names, rows.T):
        known = column[numpy.isfinite(column)]
        if known.size == 0:
            continue
        sign = 1 if hashlib.sha256(feature.encode()).digest()[0] & 1 else -1
        yield feature, float(numpy.float32(numpy.median(known))), -0.125 * sign, 0.125 * sign


class Registry:
    """Models without any merit, that trade often."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, tapes, families, aliases, work, threshold=0.5):
        """A model for each symbol, under the given aliases."""
        features = self.features(tapes, families, work)
        names = json.loads((features / "enrichment_config.json").read_text())["feature_names"]
        for path in sorted(features.glob("*.features.npy")):
            name = NAME.format(path.name.removesuffix(".features.npy"))
            model = work / "model.json"
            model.write_text(booster(names, splits(names, numpy.load(path))))
            output(
                "model", "import", model, "--name", name, "--registry", self.folder,
                "--config", features / "enrichment_config.json", "--trained-from", "2024-12-01",
                "--trained-to", "2025-01-01", "--threshold", threshold,
            )  # fmt: skip
            version = max(
                int(child.name) for child in (self.folder / name / "versions").iterdir()
            )
            for alias in aliases:
                output(
                    "model", "alias", name, alias, version, "--registry", self.folder,
                    "--by", "tests", "--reason", "made by hand",
                )  # fmt: skip

    @staticmethod
    def features(tapes, families, work):
        folder = pathlib.Path(tempfile.mkdtemp(dir=work)) / "features"
        scenario = work / "features.json5"
        scenario.write_text(
            json.dumps({"tapes": tapes, "bar": "1m", "features": families, "strategy": STRATEGY})
        )
        output("features", scenario, "-o", folder, "--quiet")
        return folder

    def fill(self, tapes, work):
        """A champion that knows the symbol's own candles, a candidate that knows everything."""
        self.add(tapes, {"baseline": True}, ["champion"], work)
        self.add(tapes, FAMILIES, ["candidate"], work)


def make(folder, recipe=RECIPE):
    """A tape, its models and a scenario in `folder`; returns the scenario's path."""
    (folder / "recipe.json5").write_text(recipe)
    tape = folder / "market.tape"
    output("tape", "synth", folder / "recipe.json5", "-o", tape)
    Registry(folder / "models").fill([str(tape)], folder)
    path = folder / "scenario.json5"
    path.write_text(json.dumps(scenario(tape, folder / "models"), indent=2))
    return path


def scenario(tape, registry):
    return {
        "tapes": [str(tape)],
        "bar": "1m",
        "features": FAMILIES,
        "strategy": STRATEGY,
        "models": {
            "registry": str(registry), "champion": "champion", "candidate": "candidate",
        },
        "execution": {
            "takerFee": 0.0004, "notional": 1000, "caps": {"symbol": 1000, "total": 2000},
        },
        "seed": 20250105,
    }  # fmt: skip


def export(journal, *options):
    """What a journal holds of its selected run."""
    return output("journal", "export", "--journal", journal, *options)


def replayed(scenario, journal, *options, **settings):
    """Plays a scenario into a journal, and gives what that exports."""
    result = run("replay", scenario, "--journal", journal, "--quiet", *options, **settings)
    assert result.returncode == 0, result.stderr
    return export(journal)


def make_golden_models():
    models = ROOT / GOLDEN_MODELS
    shutil.rmtree(models, ignore_errors=True)
    with tempfile.TemporaryDirectory() as work:
        tape = ROOT / "Tests/Fixtures/golden.tape"
        Registry(models).fill([str(tape)], pathlib.Path(work))


if __name__ == "__main__":
    sys.exit(make_golden_models())
