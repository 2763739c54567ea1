"""MLflow servers on loopback: a small one that can be made to fail, and the real one."""

import collections
import contextlib
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

API = "/api/2.0/mlflow/"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.body = {"error_code": code, "message": message}


class Fake:
    """The part of MLflow's REST API that models need, kept in memory.

    `fail` is asked first, with the method and the path, and may answer in its own way: with a
    status, or with bytes that are sent as they are before the connection is closed.
    """

    def __init__(self):
        self.models, self.versions, self.experiments, self.runs = {}, {}, {}, {}
        self.artifacts, self.sizes = {}, {}
        self.requests = collections.Counter()
        self.authorizations = set()
        self.fail = lambda method, path: None
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                url = urllib.parse.urlsplit(self.path)
                path = urllib.parse.unquote(url.path)
                fake.requests[self.command, path] += 1
                fake.authorizations.add(self.headers.get("Authorization"))
                failure = fake.fail(self.command, path)
                if isinstance(failure, bytes):
                    self.wfile.write(failure)
                    return
                try:
                    if failure:
                        raise Refusal(failure, "SOME_ERROR", "told to fail")
                    query = dict(urllib.parse.parse_qsl(url.query))
                    status, content = 200, fake.answer(self.command, path, query, body)
                except Refusal as error:
                    status, content = error.status, error.body
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", len(content))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = "http://" + self.place
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, query, body):
        if path.startswith(ARTIFACTS):
            return self.artifact(method, path.removeprefix(ARTIFACTS + "/"), query, body)
        what = path.removeprefix(API)
        return getattr(self, what.replace("/", "_").replace("-", "_"), self.unknown)(
            **(query if method == "GET" else json.loads(body))
        )

    def unknown(self, **_):
        raise Refusal(404, "ENDPOINT_NOT_FOUND", "no such path")

    def artifact(self, method, name, query, body):
        if method == "PUT":
            self.artifacts[name] = body
            return {}
        if "path" in query:
            found = [name for name in self.artifacts if name.startswith(query["path"] + "/")]
            rest = [(name, name.removeprefix(query["path"] + "/")) for name in found]
            return {
                "files": [
                    {"path": short, "is_dir": False,
                     "file_size": self.sizes.get(short, len(self.artifacts[name]))}
                    for name, short in rest
                ]
            }  # fmt: skip
        if name not in self.artifacts:
            raise Refusal(500, "INTERNAL_ERROR", "no such file")
        return self.artifacts[name]

    def known(self, name):
        if name not in self.models:
            raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", f"no model {name}")
        return self.models[name]

    def registered_models_get(self, name):
        aliases = [{"alias": a, "version": str(v)} for a, v in self.known(name).items()]
        return {"registered_model": {"name": name, "aliases": aliases}}

    def registered_models_create(self, name):
        self.models[name] = {}
        self.versions[name] = []
        return {}

    def registered_models_alias(self, name, alias, version):
        self.known(name)[alias] = int(version)
        return {}

    def model_versions_get(self, name, version):
        self.known(name)
        if not 0 < int(version) <= len(self.versions[name]):
            raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", f"no version {version}")
        return {"model_version": self.versions[name][int(version) - 1]}

    def model_versions_search(self, filter, max_results, page_token="0"):
        """One version a page, the last one first, so that both matter."""
        name = filter.removeprefix("name='").removesuffix("'")
        place = int(page_token)
        page = {"model_versions": self.versions[name][::-1][place : place + 1]}
        if place + 1 < len(self.versions[name]):
            page["next_page_token"] = str(place + 1)
        return page

    def model_versions_create(self, name, source, run_id, tags):
        number = str(len(self.versions[name]) + 1)
        version = {"name": name, "version": number, "source": source, "tags": tags}
        self.versions[name].append(version)
        return {"model_version": version}

    def experiments_get_by_name(self, experiment_name):
        if experiment_name not in self.experiments:
            raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", "no experiment")
        return {"experiment": {"experiment_id": self.experiments[experiment_name]}}

    def experiments_create(self, name):
        self.experiments[name] = str(len(self.experiments) + 1)
        return {"experiment_id": self.experiments[name]}

    def runs_create(self, experiment_id, run_name, start_time):
        run = f"run{len(self.runs)}"
        self.runs[run] = "RUNNING"
        uri = f"mlflow-artifacts:/{experiment_id}/{run}/artifacts"
        return {"run": {"info": {"run_id": run, "artifact_uri": uri}}}

    def runs_update(self, run_id, status, end_time):
        self.runs[run_id] = status
        return {}


@contextlib.contextmanager
def real(folder):
    """The URL of a server of MLflow's own, with its database and artifacts in `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = pathlib.Path(sys.executable).with_name("mlflow")
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(
            [
                program, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
                "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
                "--artifacts-destination", folder / "artifacts", "--serve-artifacts",
            ],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True,
            env=os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"},
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url + "/health", timeout=5).close()
                break
            assert server.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.1)
        else:
            raise AssertionError((folder / "server.log").read_text())
        yield url
    finally:
        # Its workers are children of its own.
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
