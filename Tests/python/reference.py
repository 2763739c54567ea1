"""Pages that the program's own words are made into: see scripts/reference."""

import csv
import io
import json
import pathlib
import sys
import tempfile

from conftest import ROOT, output

NOTE = "*Made by `scripts/reference`; a test compares it with the program.*"
# Every column that there is, on the tape of tests.
FEATURES = {
    "tapes": ["Tests/Fixtures/golden.tape"],
    "bar": "1m",
    "features": {
        "baseline": True, "btc": {"set": "full"}, "l2": {"set": "standard"},
        "fracDiff": {"d": [0.4, 0.5], "minWeight": 0.001}, "interactions": True,
    },
}  # fmt: skip
# What each row has beside its own columns.
COMMON = ["run", "seq", "at_ns", "hash"]


def commands():
    overview = output("--help")
    names = [line[2:].split("  ")[0].strip() for line in overview.splitlines() if line.startswith("  tapedeck ")]
    parts = [f"# Commands\n\n{NOTE}\n\n```text\n{overview}```\n"]
    for name in names:
        text = output(*name.split()[1:], "--help")
        parts.append(f"## {name}\n\n```text\n{text}```\n")
    return "\n".join(parts)


def features(folder):
    scenario = folder / "features.json5"
    scenario.write_text(json.dumps(FEATURES))
    output("features", scenario, "-o", folder / "features", "--quiet", cwd=ROOT)
    columns = json.loads((folder / "features/columns.json").read_text())["columns"]
    rows = "\n".join(
        f"| {number} | `{column['name']}` | {column['family']} | {'yes' if column['price_scaled'] else ''} |"
        for number, column in enumerate(columns)
    )
    return f"""# Features

{NOTE}

The columns of a row in which every family is on, in their order; what each of them means is in [features](../features.md).
Those that scale with the price are divided by the close before drift is measured. With the source `logClose` the
fractional differences are called `frac_diff_logclose_...`.

| place | column | family | scales with the price |
|---|---|---|---|
{rows}
"""


def journal(folder):
    location = folder / "journal.sqlite"
    output("replay", "scenarios/golden-shadow.json5", "--journal", location, "--quiet", cwd=ROOT)

    def ask(query):
        text = output("journal", "sql", query, "--csv", "--journal", location)
        return list(csv.DictReader(io.StringIO(text)))

    parts = [f"""# The journal's tables

{NOTE}

Names, types as SQLite has them, and where a value may be null; PostgreSQL has the same names, with `bigint`, `text`
and `bytea`. What the rows mean, and in which units, is in [the journal](../journal.md). The columns `run`, `seq`, `at_ns`
and `hash`, which every table of rows has, are left out of its list.
"""]  # fmt: skip
    for row in ask("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY type, name"):
        columns = ask(f"SELECT name, type, \"notnull\" FROM pragma_table_info('{row['name']}')")
        if set(COMMON) <= {column["name"] for column in columns}:
            columns = [column for column in columns if column["name"] not in COMMON]
            kind = "rows"
        else:
            kind = row["type"]
        parts.append(f"## {row['name']} ({kind})\n")
        if row["type"] == "view":
            parts.append(", ".join(f"`{column['name']}`" for column in columns) + "\n")
            continue
        parts.append("| column | type | |\n|---|---|---|")
        for column in columns:
            null = "" if column["notnull"] == "1" else "may be null"
            parts.append(f"| `{column['name']}` | {column['type'].lower()} | {null} |")
        parts.append("")
    return "\n".join(parts)


def write(target):
    """Each page, into a folder."""
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (target / "commands.md").write_text(commands())
        (target / "features.md").write_text(features(folder))
        (target / "journal.md").write_text(journal(folder))


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
