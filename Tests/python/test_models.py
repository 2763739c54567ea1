"""The registry as operators meet it: what the commands do, and what many of them at once do."""

import concurrent.futures
import hashlib
import json
import pathlib
import subprocess

import numpy
import pytest
from conftest import ROOT, output, run

SCENARIO = ROOT / "scenarios/golden.json5"
NAME = "CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4"

pytestmark = pytest.mark.skipif(
    not SCENARIO.exists() or "tapedeck model import " not in output("--help"),
    reason="this program has no command `model import`, or the golden scenario is missing",
)


def booster(names, count=None):
    """One tree of XGBoost's JSON; without names it says only how many features there are."""
    count = str(count or len(names))
    tree = {
        "base_weights": [0.0, 0.25, -0.25], "categories": [], "categories_nodes": [],
        "categories_segments": [], "categories_sizes": [], "default_left": [1, 0, 0], "id": 0,
        "left_children": [1, -1, -1], "loss_changes": [2.0, 0.0, 0.0],
        "parents": [2147483647, 0, 0], "right_children": [2, -1, -1],
        "split_conditions": [0.0, 0.25, -0.25], "split_indices": [0, 0, 0],
        "split_type": [0, 0, 0], "sum_hessian": [2.0, 1.0, 1.0],
        "tree_param": {
            "num_deleted": "0", "num_feature": count, "num_nodes": "3", "size_leaf_vector": "1",
        },
    }  # fmt: skip
    model = {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "1"},
        "iteration_indptr": [0, 1], "tree_info": [0], "trees": [tree],
    }  # fmt: skip
    parameters = {"base_score": "5E-1", "num_class": "0", "num_feature": count, "num_target": "1"}
    learner = {
        "attributes": {}, "feature_names": names, "feature_types": [],
        "gradient_booster": {"model": model, "name": "gbtree"},
        "learner_model_param": parameters, "objective": {"name": "binary:logistic"},
    }  # fmt: skip
    return json.dumps({"learner": learner, "version": [3, 2, 0]})


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """The golden scenario's features. Not to be changed."""
    folder = tmp_path_factory.mktemp("golden") / "features"
    result = run("features", SCENARIO, "-o", folder, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    return folder


class Registry:
    def __init__(self, folder, export):
        self.folder = folder
        self.export = export
        self.names = json.loads((export / "enrichment_config.json").read_text())["feature_names"]

    def run(self, *arguments, code=0):
        result = run("model", *arguments, "--registry", self.folder / "models")
        assert result.returncode == code, (result.returncode, result.stderr)
        return result.stdout if code == 0 else result.stderr

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def add(self, text=None, *options, threshold=0.55, code=0):
        path = self.folder / "model.json"
        path.write_text(text or booster(self.names))
        return self.run(
            "import", path, "--name", NAME, "--config", self.export / "enrichment_config.json",
            "--trained-from", "2025-03-01", "--trained-to", "2025-03-02", "--threshold", threshold,
            *options, code=code,
        )  # fmt: skip

    def alias(self, alias, version, *options, code=0):
        return self.run(
            "alias", NAME, alias, version, "--by", "anna", "--reason", "why", *options, code=code
        )


@pytest.fixture
def registry(tmp_path, export):
    return Registry(tmp_path, export)


def test_an_imported_model_is_a_folder_that_sha256sum_checks(registry):
    symbol = sorted(registry.export.glob("*.features.npy"))[0]
    registry.add(None, "--reference", symbol)
    shown = registry.json("show", NAME, 1)
    folder = pathlib.Path(shown["path"])
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=True)
    assert shown["digest"] == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert json.loads((folder / "feature_names.json").read_text()) == registry.names
    assert (folder / "booster.json").read_text() == booster(registry.names)
    same = (registry.export / "enrichment_config.json").read_bytes()
    assert (folder / "enrichment_config.json").read_bytes() == same
    reference = numpy.load(folder / "drift_reference.npy")
    assert numpy.array_equal(reference, numpy.load(symbol), equal_nan=True)
    assert shown["metadata"]["threshold"] == 0.55
    assert registry.json("verify")["is_sound"]


def test_what_does_not_fit_the_features_is_refused_by_name(registry):
    names = registry.names
    swapped = [names[1], names[0], *names[2:]]
    for text, said in [
        (booster(swapped), f"feature_names.{names[1]}: the model has column 0"),
        (booster(names[1:]), f"feature_names.{names[0]}: the model has no such column"),
        (booster([*names, "mood"]), "feature_names.mood: the model has column"),
        ("{}", "learner"),
        ("PK", "model.json"),
    ]:
        assert said in registry.add(text, code=3)
    assert "predicts a probability" in registry.add(None, "--output", "margin", code=3)
    assert "--features" in registry.add(booster([], len(names)), code=2)
    order = registry.folder / "order.json"
    order.write_text(json.dumps(names))
    registry.add(booster([], len(names)), "--features", order)
    order.write_text(json.dumps(swapped))
    registry.add(booster([], len(names)), "--features", order, code=3)
    assert registry.json("list")["models"][0]["versions"] == [1]


def test_exit_codes_tell_whose_mistake_it_was(registry):
    assert "no registry" in registry.run("list", code=3)
    registry.add()
    registry.add(threshold="none")
    assert "champion_no_l2" in registry.alias("champion", 1, code=1)
    assert "champion" in registry.alias("champoin", 1, code=2)
    assert "version" in registry.alias("candidate", "one", code=2)
    assert "it has 1, 2" in registry.alias("candidate", 3, code=3)
    registry.alias("candidate", 1, "--expect", "none")
    assert "version 1 (epoch 1)" in registry.alias("candidate", 2, "--expect", "none", code=1)
    assert "already" in registry.alias("candidate", 1, code=1)
    registry.alias("candidate", 2, "--expect", 1)
    flips = registry.json("history", NAME)["flips"]
    assert [(flip["from"], flip["to"], flip["by"]) for flip in flips] == [
        (None, 1, "anna"),
        (1, 2, "anna"),
    ]
    registry.run("recalibrate", NAME, 2, "--temperature", 1.4)
    assert registry.json("show", NAME, 3)["metadata"]["temperature"] == 1.4
    assert "already" in registry.run("recalibrate", NAME, 3, "--temperature", 1.4, code=1)


def test_verify_finds_damage_and_says_where(registry):
    registry.add()
    registry.alias("candidate", 1)
    path = pathlib.Path(registry.json("show", NAME, 1)["path"]) / "metadata.json"
    content = path.read_text()
    path.write_text(content.replace("0.55", "0.45"))
    assert "metadata.json" in registry.run("show", NAME, 1, code=3)
    result = run("model", "verify", "--json", "--registry", registry.folder / "models")
    assert result.returncode == 1
    assert "metadata.json" in json.loads(result.stdout)["findings"][0]["detail"]
    path.write_text(content)
    history = registry.folder / "models" / NAME / "aliases.jsonl"
    history.write_text(history.read_text().replace("anna", "otto"))
    assert "line 1" in registry.run("history", NAME, code=3)


def test_of_many_processes_exactly_one_sets_an_alias(registry):
    for threshold in (0.5, 0.6):
        registry.add(threshold=threshold)
    registry.alias("candidate", 1)

    def race(number):
        return run(
            "model", "alias", NAME, "candidate", 2, "--expect", 1, "--by", f"process {number}",
            "--reason", "race", "--registry", registry.folder / "models",
        ).returncode  # fmt: skip

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(race, range(8)))
    assert codes == [0] + [1] * 7
    assert len(registry.json("history", NAME)["flips"]) == 2
    assert registry.json("verify")["is_sound"]
