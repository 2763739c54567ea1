"""What pages say to type: their commands and queries, and a folder in which these can be tried."""

import functools
import itertools
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import rollouts
import trading
from conftest import PROGRAM, ROOT, output, run

# The made models' strategy differs from the one that pages name.
MODEL_NAME = "CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4"
MODELS = {"SL0.5_TP1_H4": "SL0.05_TP0.1_H10m"}
PROGRAMS = ("tapedeck", "scripts/")


def blocks(text):
    """The language and the text of each block of code, fenced or indented."""
    found = []
    fence, lines = None, []
    for line in [*text.splitlines(), ""]:
        if fence is not None:
            if line.strip() == "```":
                found.append((fence, "\n".join(lines)))
                fence, lines = None, []
            else:
                lines.append(line)
        elif line.startswith("```"):
            fence = line[3:].strip()
        elif line.startswith("    "):
            lines.append(line[4:])
        elif lines:
            found.append(("", "\n".join(lines)))
            lines = []
    return found


def commands(path):
    """Each command line of a page, as one line without its comment."""
    found = []
    for language, text in blocks(path.read_text()):
        if language not in ("", "sh", "bash"):
            continue
        for line in text.replace("\\\n", " ").splitlines():
            if line.startswith(PROGRAMS):
                found.append(" ".join(without_comment(line).split()))
    return found


def links(text):
    """The files of this repository that a page links to."""
    found = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    return [target for target in found if "://" not in target]


def without_comment(line):
    """A `#` after a space begins a comment, unless it is quoted."""
    quote = None
    for place, letter in enumerate(line):
        if quote:
            quote = None if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "#" and line[place - 1] in " \t":
            return line[:place]
    return line


def queries(path, store):
    """The queries of a page that are for a store, `sqlite` or `postgres`, and whether for both."""
    for language, text in blocks(path.read_text()):
        if language in ("sql", f"sql {store}"):
            yield text, language == "sql"


def options(line):
    """The options that a command line of tapedeck uses, none of other programs behind a pipe."""
    words = itertools.takewhile(lambda word: word not in ("|", ">"), shlex.split(line))
    return [word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)]


@functools.cache
def help_text(name):
    return run(*name.split(), "--help").stdout


def name(line):
    """The command's name, of one word or two, or None where there is no such command."""
    words = line.split()[1:3]
    for found in (" ".join(words), words[0]):
        if re.search(rf"Usage: tapedeck {re.escape(found)}[ \n]", help_text(found)):
            return found
    return None


def unknown_options(line):
    """The options of a command line that the help of its command does not have."""
    known = set(re.findall(r"(?:^|[ ,])(--?[a-z][a-z-]*)", help_text(name(line)), re.M))
    return [option for option in options(line) if option not in known]


class Workbench:
    """A folder laid out as the pages have it: a tape, models, a scenario and a rollout.

    The rollout waits for the signature that opens all lanes; BTCUSDC is its canary.
    """

    def __init__(self, folder):
        self.folder = folder
        tapes = folder / ".tapes"
        tapes.mkdir(parents=True)
        rollouts.make(tapes)
        (tapes / "market.tape").rename(tapes / "month.tape")
        shutil.rmtree(tapes / "work")
        (folder / "scenarios/rollouts").mkdir(parents=True)
        plan = {**rollouts.PLAN, "canarySymbol": "BTCUSDC"}
        (folder / "scenarios/rollouts/focal.json5").write_text(json.dumps(plan))
        self.write("shadow-month")
        self.write("canary-btc", rollout={
            "plan": "scenarios/rollouts/focal.json5", "training": ".tapes",
            "stress": [".tapes/stress"],
        }, commands=rollouts.approvals()[:1])  # fmt: skip
        (folder / "scenarios/stress").mkdir()
        crash = {"kind": "flashCrash", "at": "3h", "fall": "4m", "recovery": "4m"}
        stress = {"base": "scenarios/shadow-month.json5", "injections": [crash]}
        (folder / "scenarios/stress/flash-crash.json5").write_text(json.dumps(stress))
        result = self.bash("tapedeck rollout start scenarios/canary-btc.json5 --quiet")
        assert result.returncode == 7, result.stderr

    def write(self, name, **more):
        """A scenario of that name, as `trading` has it."""
        scenario = trading.scenario(".tapes/month.tape", ".tapes/models")
        scenario["window"] = {"from": "2025-01-01T02:00", "to": "2025-01-02T20:00"}
        path = self.folder / f"scenarios/{name}.json5"
        path.write_text(json.dumps({**scenario, **more}, indent=2))

    def copy(self, folder):
        """Another folder of the same content, in which a command may change what it likes."""
        other = object.__new__(Workbench)
        other.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return other

    def bash(self, line):
        """Runs a line as somebody would type it."""
        for theirs, ours in MODELS.items():
            line = line.replace(theirs, ours)
        programs = self.folder.parent / "programs"
        programs.mkdir(exist_ok=True)
        if not (programs / "tapedeck").exists():
            (programs / "tapedeck").symlink_to(pathlib.Path(PROGRAM).resolve())
        path = f"{programs}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], cwd=self.folder, text=True,
            capture_output=True, timeout=120, check=False, env={**os.environ, "PATH": path},
        )  # fmt: skip


def pages():
    """README.md and everything under docs, but for what is made from the program's own words."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in found if "reference" not in path.parts]


def query(journal, text):
    """What `tapedeck journal sql` answers, as rows."""
    return json.loads(output("journal", "sql", text, "--json", "--journal", journal))
