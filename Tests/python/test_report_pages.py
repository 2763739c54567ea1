"""The pages of reports as a reader meets them: in a browser, and number by number against their JSON."""

import json
import re

import page_check
import pytest
import rollouts
from conftest import output, run

BROWSER = pytest.mark.skipif(page_check.PROGRAM is None, reason="Chromium is not installed")
HOSTILE = "<script>alert('anna')</script>"
KINDS = ["canary", "shadow", "trades"]
# By their folders.
PAGES = [*KINDS, "crash"]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The reports of a rollout that waits for its first signature, asked by a name full of markup."""
    folder = tmp_path_factory.mktemp("pages")
    plan = {**rollouts.PLAN, "operators": [{"name": "<b>anna</b>", "role": "<b>lead</b>"}]}
    kill = {"by": HOSTILE, "reason": "| a `drill` |\n# <img src=x onerror=alert(2)>"}
    commands = [
        {"at": "2025-01-01T03:30", "kill": "trading", **kill},
        {"at": "2025-01-01T04:00", "unkill": "trading", **kill},
    ]
    scenario = rollouts.make(folder, commands, plan)
    journal = folder / "journal.sqlite"
    result = run("rollout", "start", scenario, "--journal", journal, "--quiet")
    assert result.returncode == 7, result.stderr
    for kind in KINDS:
        output("report", kind, "--journal", journal, "--out", folder / kind, "--quiet")
    stress = {"base": str(scenario), "injections": [{"kind": "flashCrash", "at": "6h", "fall": "4m"}]}
    (folder / "crash.json5").write_text(json.dumps(stress))
    own = ["--journal", folder / "crash.sqlite", "--out", folder]
    result = run("stress", folder / "crash.json5", *own, "--quiet")
    assert result.returncode in (0, 1, 5), result.stderr
    return folder


@pytest.fixture(scope="module")
def browser():
    with page_check.Chromium() as browser:
        yield browser


@pytest.mark.parametrize("kind", PAGES)
def test_every_number_of_a_page_is_the_jsons(reports, kind):
    page = (reports / kind / "index.html").read_text()
    document = json.loads((reports / kind / "report.json").read_text())
    assert len(page_check.Numbers(page).found) > 20
    assert page_check.differences(page, document) == []


def test_a_number_that_differs_is_found(reports):
    page = (reports / "canary/index.html").read_text()
    document = json.loads((reports / "canary/report.json").read_text())
    document["banner"]["extensions_max"] += 1
    del document["line"]["margin"]
    found = page_check.differences(page, document)
    assert {said.split(" is ")[0] for said in found} == {"banner.extensions_max", "line.margin"}


@BROWSER
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_read_on_a_phone_a_laptop_and_paper(reports, kind, browser):
    assert page_check.problems(browser, reports / kind / "index.html") == []


@BROWSER
def test_what_spoils_a_page_is_found(tmp_path, browser):
    page = tmp_path / "spoiled.html"
    page.write_text(
        """<!DOCTYPE html><title>spoiled</title>
        <p style="width:3000px">wide</p>
        <p style="color:#aaa;background:#fff">pale</p><p style="font-size:6px">small</p>
        <svg class="figure" viewBox="0 0 100 10"><text y="9">figure</text></svg>
        <img src="http://127.0.0.1:9/x.png"><script>console.log("said")</script>
        <a href="#nowhere">link</a>"""
    )
    laptop = next(view for view in page_check.VIEWS if view.name == "laptop")
    found = browser.open(page, laptop, "light") + browser.evaluate(page_check.AUDIT)
    for said in [
        "console.log: ['said']",
        "request: http://127.0.0.1:9/x.png",
        "the page is",
        "runs over the side",
        "text has a contrast of 2.32",
        "text of 6px",
        "a figure has no title",
        "a figure has no desc",
        "a link leads nowhere",
    ]:
        assert any(said in each for each in found), (said, found)


@pytest.mark.parametrize("kind", PAGES)
def test_names_full_of_markup_are_shown_and_not_obeyed(reports, kind):
    page = (reports / kind / "index.html").read_text()
    for tag in ["<script>alert", "<img", "<b>"]:
        assert tag not in page
    assert kind != "canary" or "&lt;script&gt;alert(&#39;anna&#39;)&lt;/script&gt;" in page
    markdown = (reports / kind / "report.md").read_text()
    # Code shows what it holds.
    assert "<script>" not in re.sub(r"(`+).*?\1", "", markdown)
    assert "\n# <img" not in markdown


def test_a_terminal_shows_the_verdict_on_one_screen(reports, tmp_path):
    shown = output("report", "canary", "--journal", reports / "journal.sqlite", "--out", "r", cwd=tmp_path)
    lines = shown.splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines if not line.startswith("  tapedeck")), shown
    assert "Awaited: A sign-off or refusal of canary" in shown
    assert "r/index.html" in shown


def test_a_page_of_a_small_run_is_small(reports):
    for kind in PAGES:
        assert (reports / kind / "index.html").stat().st_size < 1_000_000
