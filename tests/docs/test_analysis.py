"""The SQL of docs/analysis.md, run as it stands there on an audit of our own sessions."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import dev
from loopwatch.entrypoints.main import main

PAGE = (dev.ROOT / "docs" / "analysis.md").read_text(encoding="utf-8")
SQL = re.compile(r"^```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
IN_COST = {"edits", "turns", "seconds", "tokens", "usd"}
NOT_ASKED = {  # of a finding: what is for people, or for machines that follow one loop
    *("why", "level_at", "settled", "states", "edits", "advice", "cost"),
    "defects",
}
Row = dict[str, Any]


def blocks() -> Iterator[tuple[str, str]]:
    """Yield the SQL of the page, each block with the section that it stands in."""
    for found in SQL.finditer(PAGE):
        yield SECTION.findall(PAGE[: found.start()])[-1], found[1]


class Analysis:
    """The page, done: what each section gives, and the lines that it was given."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        with duckdb.connect() as connection:
            for section, sql in blocks():
                for statement in connection.extract_statements(sql):
                    done = connection.execute(statement)
                    names = [one[0] for one in done.description or ()]
                    self.rows[section] = [
                        dict(zip(names, row, strict=True)) for row in done.fetchall()
                    ]
            self.types = {
                table: dict(
                    connection.execute(
                        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?",
                        [table],
                    ).fetchall()
                )
                for table in ("sessions", "findings")
            }
        told = [json.loads(line) for line in Path("audit.jsonl").read_text("utf-8").splitlines()]
        self.sessions = [one["session"] for one in told if "session" in one]
        self.findings = [one for one in told if "id" in one]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysis]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("analysis"))
        logs = dev.ROOT / "fixtures" / "sessions"
        assert main(["audit", str(logs), "-q", "--no-cache", "--output", "jsonl=audit.jsonl"]) == 1
        yield Analysis()


def test_every_column_of_the_lines_is_read(done: Analysis) -> None:
    assert set(done.types["sessions"]) == set(done.sessions[0])
    told = set(done.findings[0]) - NOT_ASKED | IN_COST
    assert set(done.types["findings"]) == told
    assert not set(done.types["sessions"].values()) & {"JSON", "NULL"}


def test_nothing_is_lost_on_the_way_to_parquet(done: Analysis) -> None:
    with duckdb.connect() as connection:
        kept = connection.execute("FROM 'sessions.parquet'")
        names = [one[0] for one in kept.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in kept.fetchall()]
        ids = connection.execute("SELECT id, edits, usd FROM 'findings.parquet'").fetchall()
    assert len(rows) == len(done.sessions) > 50
    for row, told in zip(rows, done.sessions, strict=True):
        began = row["began"] and f"{row['began'].isoformat()}Z"
        assert {**row, "began": began} == told
    assert ids == [(one["id"], one["cost"]["edits"], one["cost"]["usd"]) for one in done.findings]


def test_who_goes_in_circles_most(done: Analysis) -> None:
    rows = done.rows["Which agent, model and kind of work goes in circles most"]
    assert rows
    for row in rows:
        same = [
            one
            for one in done.sessions
            if one["edits"] and all(one[key] == row[key] for key in ("agent", "model", "work"))
        ]
        looped = sum(one["errors"] + one["warnings"] > 0 for one in same)
        assert (row["number"], row["looped"]) == (len(same), looped)
        assert row["percent"] == round(100 * looped / len(same), 1)
    assert [row["percent"] for row in rows] == sorted((r["percent"] for r in rows), reverse=True)


def test_what_loops_cost(done: Analysis) -> None:
    rows = done.rows["What loops cost, by week"]
    assert sum(row["number"] for row in rows) == len(done.sessions)
    spent = sum(round(one["tokens"] * one["in_loops"]) for one in done.sessions if one["tokens"])
    assert sum(row["tokens_in_loops"] or 0 for row in rows) == spent > 0
    assert sum(row["unpriced"] for row in rows) == sum(one["usd"] is None for one in done.sessions)


def test_the_dearest_loops(done: Analysis) -> None:
    rows = done.rows["The dearest loops, and where they are"]
    prices = [one["cost"]["usd"] for one in done.findings if one["level"] != "note"]
    dearest = sorted((one for one in prices if one is not None), reverse=True)
    told = [row["usd"] for row in rows if row["usd"] is not None]
    assert told == [round(one, 2) for one in dearest][: len(told)]
    assert len(rows) == min(20, len(prices)) and all(row["log"] for row in rows)


def test_which_ended_worse(done: Analysis) -> None:
    rows = done.rows["Sessions that ended worse than they began"]
    worse = {
        one["path"]
        for one in done.sessions
        if len(one["defects"]) > 1 and one["defects"][-1] >= one["defects"][0] > 0
    }
    assert {row["path"] for row in rows} == worse and worse


def test_each_session_that_edits_has_one_length(done: Analysis) -> None:
    rows = done.rows["Does it help to begin anew?"]
    assert sum(row["number"] for row in rows) == sum(one["edits"] > 0 for one in done.sessions)
    assert rows[0]["length"] == "up to 3 prompts"


def test_every_section_with_sql_was_run(done: Analysis) -> None:
    assert set(done.rows) == {section for section, _ in blocks()}
    assert len(done.rows) == 7
