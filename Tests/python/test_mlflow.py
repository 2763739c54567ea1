"""Models to an MLflow server and back: what arrives, and what is refused."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest
from conftest import PROGRAM, ROOT, output, run
from mlflow_servers import Fake, real

MODELS = ROOT / "Tests/Fixtures/golden-models"
NAME = "CVNTrade_XGBoost_BTCUSDC_SL0.05_TP0.1_H10m"
METADATA = "tapedeck.sha256.metadata.json"
FILES = [
    "SHA256SUMS", "booster.json", "drift_reference.npy", "enrichment_config.json",
    "feature_names.json", "metadata.json",
]  # fmt: skip

pytestmark = pytest.mark.skipif(
    "tapedeck model push " not in output("--help"), reason="this program has no `model push`"
)


@pytest.fixture
def server():
    fake = Fake()
    yield fake
    fake.stop()


class Client:
    """Tapedeck with a registry of its own, without credentials unless they are given."""

    def __init__(self, url, registry):
        self.url = url
        self.registry = registry

    def run(self, verb, model, *options, code=0, **environment):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
        result = run(
            "model", verb, model, "--tracking", self.url, "--registry", self.registry, *options,
            env=kept | {"no_proxy": "127.0.0.1"} | environment,
        )  # fmt: skip
        assert result.returncode == code, (result.returncode, result.stdout, result.stderr)
        return result.stdout if code == 0 else result.stderr

    def push(self, model, **settings):
        return json.loads(self.run("push", model, "--json", **settings))

    def pull(self, model, **settings):
        return json.loads(self.run("pull", model, "--json", **settings))


@pytest.fixture
def pusher(server):
    return Client(server.url, MODELS)


@pytest.fixture
def puller(server, tmp_path):
    return Client(server.url, tmp_path / "models")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def same_folder(name, local, other, version):
    """Whether two registries hold the same bytes."""
    ours = MODELS / name / "versions" / str(local)
    theirs = other / name / "versions" / str(version)
    assert sorted(path.name for path in theirs.iterdir()) == FILES
    return all((ours / file).read_bytes() == (theirs / file).read_bytes() for file in FILES)


def test_a_pushed_version_says_what_it_holds_and_comes_back_the_same(server, pusher, puller):
    pushed = pusher.push(f"{NAME}@candidate")
    assert (pushed["local_version"], pushed["version"], pushed["was_there"]) == (2, 1, False)
    assert pushed["aliases"] == [{"alias": "candidate", "from": None}]
    folder = MODELS / NAME / "versions/2"
    tags = {tag["key"]: tag["value"] for tag in server.versions[NAME][0]["tags"]}
    assert tags == {
        "tapedeck.digest": digest(folder / "SHA256SUMS"),
        "tapedeck.version": output("--version").split()[1],
        **{f"tapedeck.sha256.{file}": digest(folder / file) for file in FILES},
    }
    assert server.models[NAME] == {"candidate": 1}
    assert set(server.runs.values()) == {"FINISHED"}
    for model in (NAME, f"{NAME}@candidate", f"{NAME}/1"):
        pulled = puller.pull(model)
        assert pulled["digest"] == tags["tapedeck.digest"]
        # Only the first one adds anything.
        assert (pulled["local_version"], pulled["was_there"]) == (1, model != NAME)
    assert same_folder(NAME, 2, puller.registry, 1)
    assert not (puller.registry / NAME / "versions/2").exists()


def test_what_the_server_has_is_not_pushed_twice_and_its_aliases_follow(server, pusher):
    pusher.push(f"{NAME}/1")
    pusher.push(f"{NAME}/2")
    server.models[NAME]["champion"] = 2
    uploads = sum(method == "PUT" for method, _ in server.requests.elements())
    text = pusher.run("push", f"{NAME}@champion")
    assert "is there already as version 1" in text
    assert "champion -> version 1 (was 2)" in text
    assert server.models[NAME] == {"champion": 1, "candidate": 2}
    assert len(server.versions[NAME]) == 2
    assert sum(method == "PUT" for method, _ in server.requests.elements()) == uploads
    version_tag(server, METADATA)["value"] = "0" * 64
    said = pusher.run("push", f"{NAME}/2", code=3)
    assert f"version 2: its tag {METADATA} was changed" in said


def version_tag(server, key):
    return next(tag for tag in server.versions[NAME][-1]["tags"] if tag["key"] == key)


def source(server):
    return server.versions[NAME][-1]["source"].removeprefix("mlflow-artifacts:/")


@pytest.fixture
def refused(pusher, puller, tmp_path):
    """Pulls what must be refused, and gives what is said of it; nothing may be left."""
    pusher.push(f"{NAME}/2")
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def refused(model=NAME, code=3):
        said = puller.run("pull", model, code=code, TMPDIR=str(temporary))
        assert not puller.registry.exists()
        assert not list(temporary.iterdir())
        return said

    return refused


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_was_changed_or_lost_is_named(server, refused, file):
    name = f"{source(server)}/{file}"
    server.artifacts[name] = server.artifacts[name][:-1] + b"!"
    assert f"{file} is not what was pushed" in refused()
    del server.artifacts[name]
    assert f"{file} is missing on the server" in refused()


@pytest.mark.parametrize(
    "name", ["../../../evil", "/etc/passwd", "..", "notes.txt", "booster.json/x"]
)
def test_an_artifact_that_is_no_file_of_the_model_is_refused(server, refused, name):
    server.artifacts[f"{source(server)}/{name}"] = b"x"
    assert f"{name} does not belong to a model" in refused()


def test_no_more_is_taken_than_the_server_lists(server, refused):
    size = len(server.artifacts[f"{source(server)}/metadata.json"])
    for listed, words in [
        (1 << 40, f"metadata.json has {1 << 40} bytes"),
        (size + 1, f"came with {size} bytes, the server lists {size + 1}"),
        (size - 1, f"larger than {size - 1} bytes"),
    ]:
        server.sizes["metadata.json"] = listed
        assert words in refused()


@pytest.mark.parametrize(
    ("key", "new_key", "value", "words"),
    [
        ("tapedeck.digest", None, "0" * 64, "is not the model that its tag tapedeck.digest names"),
        ("tapedeck.digest", None, "soon", "tapedeck.digest is no SHA-256"),
        ("tapedeck.digest", "other", None, "has no tag tapedeck.digest"),
        (METADATA, None, "0" * 64, "metadata.json is not what was pushed"),
        (METADATA, "other", None, f"has no tag {METADATA}"),
        (METADATA, "tapedeck.sha256.../evil", None, "names no file of a model"),
    ],
)
def test_a_tag_that_was_changed_is_named(server, puller, refused, key, new_key, value, words):
    tag = version_tag(server, key)
    right = dict(tag)
    tag.update(key=new_key or key, value=value or tag["value"])
    assert words in refused()
    tag.update(right)
    assert puller.pull(NAME)["version"] == 1


@pytest.mark.parametrize(
    "place",
    ["mlflow-artifacts:/1/../../etc", "mlflow-artifacts:/1//a", "mlflow-artifacts:/",
     "mlflow-artifacts://elsewhere/1", "s3://bucket/1", "/var/mlruns/1", ""],
)  # fmt: skip
def test_only_what_the_server_hands_out_itself_is_read(server, refused, place):
    server.versions[NAME][0]["source"] = place
    asked = sum(server.requests.values())
    assert "which the server does not hand out" in refused()
    # Which model, and which versions it has.
    assert sum(server.requests.values()) == asked + 2


def test_what_the_server_does_not_have_is_said(refused):
    assert "there is no model `CVNTrade_X_Y_SL1_TP1_H1`" in refused("CVNTrade_X_Y_SL1_TP1_H1")
    assert "it has candidate" in refused(f"{NAME}@champion")
    assert "no version 9" in refused(f"{NAME}/9")
    refused("nonsense", code=2)


def test_a_model_that_this_program_would_not_serve_is_refused(server, pusher, puller):
    """Everything was changed together: sums, digests and tags fit, the parts do not."""
    pusher.push(f"{NAME}/2")
    place = source(server)
    names = json.loads(server.artifacts[f"{place}/feature_names.json"])
    changed = json.dumps([names[1], names[0], *names[2:]]).encode()
    server.artifacts[f"{place}/feature_names.json"] = changed
    sums = "".join(
        f"{hashlib.sha256(server.artifacts[f'{place}/{file}']).hexdigest()}  {file}\n"
        for file in FILES[1:]
    ).encode()
    server.artifacts[f"{place}/SHA256SUMS"] = sums
    for file in ("SHA256SUMS", "feature_names.json"):
        digest = hashlib.sha256(server.artifacts[f"{place}/{file}"]).hexdigest()
        version_tag(server, f"tapedeck.sha256.{file}")["value"] = digest
    version_tag(server, "tapedeck.digest")["value"] = hashlib.sha256(sums).hexdigest()
    assert f"feature_names.{names[1]}" in puller.run("pull", NAME, code=3)
    assert not puller.registry.exists()


def test_each_failure_of_a_server_has_its_words_and_its_exit_code(server, pusher, puller):
    partial = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"
    for failure, code, words in [
        (401, 4, "401 (not logged in): SOME_ERROR: told to fail; check MLFLOW_TRACKING_USERNAME"),
        (403, 4, "403 (not allowed)"),
        (404, 3, "404 (not found)"),
        (400, 3, "400: SOME_ERROR"),
        (500, 4, "500 (its own failure)"),
        (partial, 4, "partial file"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<ok>", 3, "is this an MLflow server?"),
        (b"HTTP/1.1 302 FOUND\r\nLocation: http://example.com/\r\n\r\n", 3, "not followed"),
    ]:
        server.fail = lambda method, path: failure
        for client, verb in ((pusher, "push"), (puller, "pull")):
            said = client.run(verb, NAME, code=code)
            assert words in said and server.place in said
    assert not server.models and not puller.registry.exists()


def test_a_push_that_fails_half_way_leaves_no_version(server, pusher):
    server.fail = lambda method, path: 500 if path.endswith("/metadata.json") else None
    assert "metadata.json" in pusher.run("push", f"{NAME}/2", code=4)
    assert server.versions[NAME] == [] and list(server.runs.values()) == ["FAILED"]
    server.fail = lambda method, path: None
    assert pusher.push(f"{NAME}/2")["version"] == 1


def test_a_pull_whose_server_dies_half_way_leaves_nothing(server, pusher, puller):
    pusher.push(f"{NAME}/2")
    partial = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"
    server.fail = lambda method, path: partial if path.endswith("metadata.json") else None
    assert "partial file" in puller.run("pull", NAME, code=4)
    assert not puller.registry.exists()


def test_a_pull_that_is_interrupted_leaves_nothing(server, pusher, puller, tmp_path):
    pusher.push(f"{NAME}/2")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    is_asked, may_go_on = threading.Event(), threading.Event()

    def wait(method, path):
        if path.endswith("metadata.json"):
            is_asked.set()
            may_go_on.wait(30)

    server.fail = wait
    process = subprocess.Popen(
        [
            PROGRAM, "model", "pull", NAME, "--tracking", server.url, "--registry",
            puller.registry,
        ],
        stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(temporary)},
    )  # fmt: skip
    assert is_asked.wait(30)
    assert list(temporary.iterdir())
    process.send_signal(signal.SIGINT)
    assert b"interrupted" in process.communicate(timeout=30)[1]
    may_go_on.set()
    assert process.returncode == 130
    assert not list(temporary.iterdir()) and not puller.registry.exists()


def test_credentials_are_sent_and_never_printed(server, pusher, puller):
    server.fail = lambda method, path: 401
    said = pusher.run(
        "push", NAME, code=4, MLFLOW_TRACKING_USERNAME="anna", MLFLOW_TRACKING_PASSWORD="s3cret"
    )
    said += pusher.run("push", NAME, code=4, MLFLOW_TRACKING_TOKEN="t0ken")
    pusher.url = f"http://otto:pa55@{server.place}"
    said += pusher.run("push", NAME, code=4)
    pusher.url = f"ftp://otto:pa55@{server.place}"
    said += pusher.run("push", NAME, code=2)
    assert server.authorizations == {"Basic YW5uYTpzM2NyZXQ=", "Bearer t0ken", "Basic b3R0bzpwYTU1"}
    for secret in ("anna", "s3cret", "t0ken", "otto", "pa55"):
        assert secret not in said


def test_what_is_not_in_the_registry_is_not_pushed(server, pusher, puller):
    assert "there is no registry" in puller.run("push", NAME, code=3)
    assert "has no version 9" in pusher.run("push", f"{NAME}/9", code=3)
    assert "champion_no_l2 of" in pusher.run("push", f"{NAME}@champion_no_l2", code=3)
    assert "an alias that is one of champion" in pusher.run("push", f"{NAME}@other", code=2)
    assert not server.models


def test_nobody_listens(puller):
    puller.url = "http://127.0.0.1:1"
    assert "connect" in puller.run("pull", NAME, code=4)


def test_a_real_server_keeps_models_that_a_replay_takes(tmp_path):
    models = sorted(folder.name for folder in MODELS.iterdir())
    scenario = ROOT / "scenarios/golden-shadow.json5"
    with real(tmp_path) as url:
        pusher, puller = Client(url, MODELS), Client(url, tmp_path / "pulled")
        for name in models:
            for alias in ("champion", "candidate"):
                assert not pusher.push(f"{name}@{alias}")["was_there"]
        assert pusher.push(f"{NAME}@candidate")["was_there"]
        check_with_its_own_client(url, tmp_path)
        for name in models:
            for version, alias in enumerate(("champion", "candidate"), 1):
                assert puller.pull(f"{name}@{alias}")["local_version"] == version
                assert same_folder(name, version, puller.registry, version)
                output(
                    "model", "alias", name, alias, version, "--registry", puller.registry,
                    "--by", "anna", "--reason", "pulled",
                )  # fmt: skip
        assert "it has candidate, champion" in puller.run("pull", f"{NAME}@blue", code=3)
        assert "RESOURCE_DOES_NOT_EXIST" in puller.run("pull", f"{NAME}/9", code=3)
        for path in (tmp_path / "artifacts").rglob("booster.json"):
            path.write_bytes(path.read_bytes() + b"\n")
        shutil.rmtree(puller.registry / NAME)
        assert "booster.json is not what was pushed" in puller.run("pull", NAME, code=3)
        shutil.copytree(MODELS / NAME, puller.registry / NAME)
    text = scenario.read_text().replace("Tests/Fixtures/golden-models", str(puller.registry))
    (tmp_path / "pulled.json5").write_text(text)
    told = [
        output("replay", path, "--journal", tmp_path / "j.sqlite", "--quiet", cwd=ROOT)
        for path in (scenario, tmp_path / "pulled.json5")
    ]
    # The first line names the scenario and the run.
    assert told[0].splitlines()[1:] == told[1].splitlines()[1:]


def check_with_its_own_client(url, folder):
    """What MLflow's Python client, in a process of its own, reads of the pushed models."""
    program = """
import json, sys
from mlflow import MlflowClient
client = MlflowClient(sys.argv[1])
found = []
for alias in ("champion", "candidate"):
    version = client.get_model_version_by_alias(sys.argv[2], alias)
    run = client.get_run(version.run_id)
    experiment = client.get_experiment(run.info.experiment_id).name
    files = sorted(file.path for file in client.list_artifacts(version.run_id, "model"))
    path = client.download_artifacts(version.run_id, "model/SHA256SUMS")
    found.append([version.version, version.tags, version.status, run.info.status, experiment,
                  files, open(path).read()])
print(json.dumps(found))
"""
    result = subprocess.run(
        [sys.executable, "-c", program, url, NAME], check=True, stdout=subprocess.PIPE, text=True,
        timeout=120, cwd=folder, env=os.environ | {"MLFLOW_TRACKING_URI": url},
    )  # fmt: skip
    for number, found in enumerate(json.loads(result.stdout), 1):
        version, tags, status, run_status, experiment, files, sums = found
        local = MODELS / NAME / f"versions/{number}"
        assert (int(version), status, run_status) == (number, "READY", "FINISHED")
        assert experiment == "tapedeck"
        assert files == [f"model/{file}" for file in FILES]
        assert sums == (local / "SHA256SUMS").read_text()
        assert tags["tapedeck.digest"] == digest(local / "SHA256SUMS")
        for file in FILES:
            assert tags[f"tapedeck.sha256.{file}"] == digest(local / file)
