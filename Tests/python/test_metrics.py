"""Metrics of a run, as Prometheus checks, scrapes and judges them."""

import functools
import hashlib
import http.server
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
import rollouts
from conftest import PROGRAM, ROOT, output, run

GOLDEN = ROOT / "scenarios/golden-shadow.json5"
RULES = ROOT / "docs/prometheus/tapedeck.rules.yml"
DASHBOARD = ROOT / "docs/grafana/tapedeck.json"
SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)')

pytestmark = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="Debian's package prometheus is not installed"
)


def parsed(text):
    """The samples of an exposition: name and labels to value."""
    samples = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")
        key = (name, tuple(sorted(pairs)))
        assert key not in samples, line
        samples[key] = float(value)
    return samples


def sample(samples, name, **labels):
    return samples.get((name, tuple(sorted(labels.items()))))


def promtool(*words, **options):
    return subprocess.run(
        ["promtool", *map(str, words)],
        capture_output=True, text=True, timeout=60, check=False, **options,
    )


@pytest.fixture(scope="module")
def replay(tmp_path_factory):
    """The golden replay's journal and metrics."""
    folder = tmp_path_factory.mktemp("metrics")
    journal, metrics = folder / "journal.sqlite", folder / "tapedeck.prom"
    output("replay", GOLDEN, "--journal", journal, "--metrics-file", metrics, "-q", cwd=ROOT)
    return journal, metrics


def test_promtool_has_nothing_to_say_of_the_metrics(replay):
    result = promtool("check", "metrics", stdin=replay[1].open())
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert not list(replay[1].parent.glob("*.partial"))


def test_metrics_are_what_the_journal_says(replay):
    journal, metrics = replay
    samples = parsed(metrics.read_text())
    database = sqlite3.connect(journal)
    for table, column in [("trades", "ledger"), ("predictions", "role")]:
        rows = database.execute(f"SELECT symbol, {column}, count(*) FROM {table} GROUP BY 1, 2")
        if table == "predictions":
            rows = database.execute(
                "SELECT symbol, role, count(probability_ppb) FROM predictions GROUP BY 1, 2"
            )
        rows = rows.fetchall()
        assert rows
        for symbol, name, count in rows:
            found = sample(samples, f"tapedeck_{table}_total", symbol=symbol, **{column: name})
            assert found == count
    reached = sample(samples, "tapedeck_market_time_seconds")
    trades = database.execute(
        "SELECT symbol, ledger, entry_ns, 1.0 * net / entry_notional FROM trades"
    ).fetchall()
    for symbol, ledger in {row[:2] for row in trades}:
        own = [row[2:] for row in trades if row[:2] == (symbol, ledger)]
        for window, hours in [("run", 1e6), ("24h", 24)]:
            returns = [net for entry, net in own if entry / 1e9 >= reached - 3600 * hours]
            found = sample(
                samples, "tapedeck_expectancy_net_ratio",
                symbol=symbol, ledger=ledger, window=window,
            )
            assert found == pytest.approx(sum(returns) / len(returns), rel=1e-9)
    for table, in database.execute("SELECT name FROM sqlite_master WHERE name = 'measurements'"):
        rows = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        assert rows == sample(samples, "tapedeck_journal_rows_total", table=table) > 0
    for symbol, value in database.execute("SELECT symbol, value_ppb FROM measurements"):
        found = sample(samples, "tapedeck_warm_up_loss_ratio", symbol=symbol)
        assert found == value / 1e9
    assert sample(samples, "tapedeck_run_state", state="complete") == 1
    inference = "tapedeck_inference_duration_seconds"
    labels = {"symbol": "BTCUSDC", "role": "champion"}
    assert 0 < sample(samples, f"{inference}_sum", **labels) < 1
    assert sample(samples, f"{inference}_count", **labels) == sample(
        samples, f"{inference}_bucket", le="+Inf", **labels
    )


def test_a_run_with_metrics_keeps_the_same_journal(replay, tmp_path):
    output("replay", GOLDEN, "--journal", tmp_path / "plain.sqlite", "-q", cwd=ROOT)
    bodies = [
        output("journal", "export", "--body", "--journal", journal)
        for journal in (replay[0], tmp_path / "plain.sqlite")
    ]
    assert bodies[0] == bodies[1]


def test_the_file_is_whole_whenever_it_is_read(tmp_path):
    metrics = tmp_path / "tapedeck.prom"
    words = ["--journal", tmp_path / "j.sqlite", "--metrics-file", metrics, "--speed", "2400x"]
    running = subprocess.Popen(
        [PROGRAM, "replay", GOLDEN, "-q", *words],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    began, times = time.monotonic(), []
    while running.poll() is None:
        if metrics.exists():
            text = metrics.read_text()
            assert text.endswith("\n")
            times.append(sample(parsed(text), "tapedeck_market_time_seconds"))
        time.sleep(0.02)
    assert running.returncode == 0
    assert times == sorted(times)
    # Three seconds of replay: about one file a second, and not one for each slice.
    assert 3 <= len(set(times)) <= time.monotonic() - began + 3


def test_a_file_that_cannot_be_written_ends_the_run_before_it_begins(tmp_path):
    result = run(
        "replay", GOLDEN, "--journal", tmp_path / "j.sqlite",
        "--metrics-file", tmp_path / "absent" / "tapedeck.prom", "-q", cwd=ROOT,
    )
    assert result.returncode == 4
    assert "absent/tapedeck.prom" in result.stderr


def test_a_rollout_tells_its_stage_and_lanes(tmp_path):
    scenario, metrics = rollouts.make(tmp_path), tmp_path / "tapedeck.prom"
    places = ["--journal", tmp_path / "j.sqlite", "--metrics-file", metrics, "-q"]
    assert run("rollout", "start", scenario, *places).returncode == 7
    samples = parsed(metrics.read_text())
    stages = {
        dict(labels)["stage"]: value
        for (name, labels), value in samples.items() if name == "tapedeck_rollout_stage"
    }
    assert [stage for stage, value in stages.items() if value] == ["shadow_review"]
    assert sample(samples, "tapedeck_run_state", state="awaiting") == 1
    assert sample(samples, "tapedeck_lane_on_candidate", symbol="ETHUSDT") == 0
    evidence = run("rollout", "status", "--json", *places[:2]).stdout
    digest = hashlib.sha256(evidence.encode()).hexdigest()
    signed = ["--by", "anna", "--reason", "as agreed", *places[:2]]
    output("rollout", "approve", "canary", "--evidence", digest, *signed)
    assert run("rollout", "continue", *places).returncode == 7
    samples = parsed(metrics.read_text())
    assert sample(samples, "tapedeck_rollout_stage", stage="canary_review") == 1
    assert sample(samples, "tapedeck_rollout_stage", stage="shadow_review") == 0
    assert sample(samples, "tapedeck_lane_on_candidate", symbol="ETHUSDT") == 1
    assert sample(samples, "tapedeck_lane_on_candidate", symbol="BTCUSDC") == 0
    assert promtool("check", "metrics", stdin=metrics.open()).stdout == ""


@pytest.mark.parametrize(
    ("verb", "path"),
    [("rules", RULES), ("dashboard", DASHBOARD), ("reference", ROOT / "docs/metrics.md")],
)
def test_what_is_committed_is_what_the_program_prints(verb, path):
    assert output("metrics", verb) == path.read_text()


def test_the_dashboard_asks_for_metrics_that_there_are():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    names = set(re.findall(r"`(tapedeck_\w+)`", (ROOT / "docs/metrics.md").read_text()))
    asked = set()
    for panel in panels:
        for target in panel["targets"]:
            asked |= set(re.findall(r"tapedeck_\w+", target["expr"]))
    assert asked
    assert {re.sub("_bucket$", "", name) for name in asked} <= names
    places = [(panel["gridPos"]["y"], panel["gridPos"]["x"]) for panel in panels]
    assert len(set(places)) == len(panels)


# Rules


def rules():
    """Each rule's lines as a dictionary; the file has no other shape."""
    found = []
    for line in RULES.read_text().splitlines():
        name, _, value = line.strip().removeprefix("- ").partition(": ")
        if name == "alert":
            found.append({})
        if found and value:
            found[-1][name] = value.strip("'\"")
    return found


def seconds(text):
    return int(text[:-1]) * {"m": 60, "h": 3600, "d": 86400}[text[-1]]


def series(rule, breaches):
    """What has to be so for a rule of one comparison to fire, or just not to."""
    expression, own = rule["expr"], f"job=\"{rule['alert']}\""
    if expression.startswith("histogram_quantile"):
        limit = float(expression.rsplit(" ", 1)[1])
        steps = [0.0001, 0.001, 0.01, 0.1, 0.5, 1, 5]
        return [
            (
                f'tapedeck_inference_duration_seconds_bucket{{{own},le="{le}"}}',
                "0+10x100" if step > limit * (1 if breaches else 0.01) else "0x100",
            )
            for le, step in [*((str(step), step) for step in steps), ("+Inf", 1e9)]
        ]
    if expression.startswith("count by"):
        return [
            pair
            for symbol in ("ST" if breaches else "S")
            for pair in [
                (f'tapedeck_focal_loss_active{{{own},symbol="{symbol}"}}', "1x100"),
                (
                    f'tapedeck_expectancy_net_ratio{{{own},symbol="{symbol}",ledger="acted",'
                    'window="48h"}',
                    "-0.01x100",
                ),
            ]
        ]
    name, labels, sign, limit = re.fullmatch(
        r"(\w+)(?:\{(.*)\})? (>|<|==) (\S+)", expression
    ).groups()
    step = {">": 0.01, "<": -0.01, "==": 0}[sign] if breaches else {"==": -1}.get(sign, 0)
    labels = ",".join(filter(None, [own, labels]))
    return [(f"{name}{{{labels}}}", f"{float(limit) + step}x100")]


def expectation(rule, seconds, fires):
    """Whether a rule fires for its own series; others may cross its threshold too."""
    own = f"alertname=\"{rule['alert']}\",job=\"{rule['alert']}\""
    samples = [{"labels": f"{{alertname=\"{rule['alert']}\"}}", "value": 1}] if fires else []
    return {
        "expr": f'count by (alertname) (ALERTS{{{own},alertstate="firing"}})',
        "eval_time": f"{seconds}s",
        "exp_samples": samples,
    }


def test_promtool_accepts_the_rules():
    result = promtool("check", "rules", RULES)
    assert result.returncode == 0, result.stderr
    assert f"{len(rules())} rules found" in result.stdout


def test_each_rule_fires_beyond_its_threshold_and_not_at_it(tmp_path):
    tests = []
    for breaches in (True, False):
        inputs, expectations = [], []
        for rule in rules():
            pending = seconds(rule["for"]) if "for" in rule else 0
            inputs += [
                {"series": name, "values": values} for name, values in series(rule, breaches)
            ]
            expectations.append(expectation(rule, pending + 600, breaches))
            if pending:
                expectations.append(expectation(rule, pending - 60, False))
        tests.append(
            {"interval": "1m", "input_series": inputs, "promql_expr_test": expectations}
        )
    assert len(tests[0]["promql_expr_test"]) > len(rules())
    path = tmp_path / "tests.yml"
    document = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}
    path.write_text(json.dumps(document))
    result = promtool("test", "rules", path)
    assert result.returncode == 0, result.stdout[:3000] + result.stderr[:3000]


def test_every_rule_has_an_id_a_severity_and_a_runbook():
    for rule in rules():
        assert rule["severity"] in ("P1", "P2", "warn")
        assert rule["runbook_url"] == f"docs/runbooks/{rule['alert_id']}.md"
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)


# A server


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, as a text that Prometheus reads."""

    def guess_type(self, path):
        return "text/plain; version=0.0.4"

    def log_message(self, *_):
        pass


@pytest.fixture
def prometheus(tmp_path):
    """A server that scrapes a folder's `tapedeck.prom` every second, and judges as often."""
    started = []

    def start(folder):
        handler = functools.partial(Quiet, directory=folder)
        files = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=files.serve_forever, daemon=True).start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # Waiting times are the market's; here they would be the test's.
        text = re.sub(r" +(for|keep_firing_for): .*\n", "", RULES.read_text())
        (tmp_path / "rules.yml").write_text(text)
        (tmp_path / "prometheus.yml").write_text(
            json.dumps(
                {
                    "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                    "rule_files": ["rules.yml"],
                    "scrape_configs": [
                        {
                            "job_name": "tapedeck",
                            "metrics_path": "/tapedeck.prom",
                            "static_configs": [
                                {"targets": [f"127.0.0.1:{files.server_address[1]}"]}
                            ],
                        }
                    ],
                }
            )
        )
        server = subprocess.Popen(
            [
                "prometheus", f"--config.file={tmp_path / 'prometheus.yml'}",
                f"--storage.tsdb.path={tmp_path / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        started.append((server, files))
        return f"http://127.0.0.1:{port}/api/v1/"

    yield start
    for server, files in started:
        server.terminate()
        server.wait(10)
        files.shutdown()
        files.server_close()


def answer(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return json.load(reply)["data"]
    except (urllib.error.URLError, ConnectionError):
        return None


def firing(api):
    alerts = (answer(api + "alerts") or {"alerts": []})["alerts"]
    return {alert["labels"]["alertname"]: alert for alert in alerts if alert["state"] == "firing"}


def test_a_server_scrapes_a_replay_and_its_rules_fire(replay, prometheus):
    samples = parsed(replay[1].read_text())
    api = prometheus(replay[1].parent)
    # What the golden two hours are: too short for the longest window, and losing money. Their
    # books are fresh.
    expected = {"TapedeckWarmUpLossAct"}
    for window, name in [("24h", "24hWarn"), ("48h", "48hAct")]:
        values = [
            value for (metric, labels), value in samples.items()
            if metric == "tapedeck_expectancy_net_ratio"
            and ("window", window) in labels and ("ledger", "acted") in labels
        ]
        if min(values) < 0:
            expected.add("TapedeckExpectancyNetRealized" + name)
    assert len(expected) == 3
    deadline = time.monotonic() + 15
    while not expected <= set(firing(api)) and time.monotonic() < deadline:
        time.sleep(0.2)
    alerts = firing(api)
    assert expected <= set(alerts)
    assert alerts["TapedeckWarmUpLossAct"]["labels"]["alert_id"] == "warm_up_loss"
    assert "TapedeckL2FeatureFreshnessSecondsAct" not in alerts
    query = urllib.parse.quote('tapedeck_trades_total{ledger="acted"}')
    scraped = answer(f"{api}query?query={query}")["result"]
    assert scraped
    for each in scraped:
        symbol = each["metric"]["symbol"]
        found = sample(samples, "tapedeck_trades_total", symbol=symbol, ledger="acted")
        assert float(each["value"][1]) == found
