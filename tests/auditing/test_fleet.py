"""Sessions added up: each is in one row of each table, and what is not known is said to be so."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from loopwatch.auditing.fleet import fleet
from loopwatch.entrypoints.main import main
from loopwatch.model.fleet import FleetRow
from loopwatch.model.progress import Work
from loopwatch.model.report import Report, Source
from loopwatch.model.version import Trajectory
from loopwatch.reports import html_page, markdown, text
from loopwatch.reports.fleet import TITLES
from loopwatch.reports.json_doc import schema
from loopwatch.reports.moments import week
from loopwatch.reports.style import PLAIN, Style
from tests.conftest import Golden
from tests.reports.samples import EMPTY, FULL
from tests.reports.session_samples import HOW
from tests.sources.session_log.stories import (
    BEFORE,
    BY_NAME,
    FIX_A,
    LAX,
    STRICT,
    Ask,
    Step,
    Story,
    Write,
    swap,
)
from tests.sources.session_log.writers import claude_code, codex


def session(agent: str | None, report: Report = EMPTY, **different: Any) -> Report:
    counts = {name: getattr(report.summary, name) for name in ("errors", "warnings", "notes")}
    how = replace(HOW, **counts, **different)
    line = Trajectory(id="s", versions=5, start=None, end="e", agent=agent, progress=how)
    return replace(report, trajectories=(line,))


SESSIONS = (
    session("agent-a"),
    session(
        "agent-a",
        FULL,
        in_loops=0.5,
        tokens=3_000,
        usd=None,
        models=("model-b", "model-a"),
        work=Work.TESTS,
    ),
    session("agent-b", tokens=None, usd=None, models=(), project=None, began=None, work=None),
    session(None, edits=0, in_loops=0.0, tokens=2_345_678, usd=12.3, began=1_767_603_600 - 86_400),
)


def row(rows: tuple[FleetRow, ...], name: str | None) -> FleetRow:
    (found,) = (row for row in rows if row.name == name)
    return found


def test_each_session_is_in_one_row_of_each_table() -> None:
    told = fleet(SESSIONS)
    for table in (told.agents, told.models, told.work, told.projects, told.weeks):
        assert sum(one.sessions for one in table) == len(SESSIONS)
        assert sum(one.edits for one in table) == 12
        assert sum(one.errors for one in table) == FULL.summary.errors
        assert sum(one.notes for one in table) == FULL.summary.notes
        assert sum(one.looped for one in table) == 1


def test_a_row_adds_up() -> None:
    told = row(fleet(SESSIONS).agents, "agent-a")
    assert (told.sessions, told.looped, told.edits) == (2, 1, 8)
    assert told.tokens == 4_000
    assert told.in_loops == 0.375  # 1,500 of 4,000 tokens
    assert (told.usd, told.unpriced) == (0.5, 1)


def test_by_edits_where_a_session_tells_no_tokens() -> None:
    both = (session("a", in_loops=1.0, edits=1), session("a", edits=3, tokens=None))
    assert fleet(both).agents[0].in_loops == 0.25


def test_what_is_not_told_is_none() -> None:
    told = row(fleet(SESSIONS).agents, "agent-b")
    assert (told.tokens, told.usd, told.unpriced) == (None, None, 1)
    assert row(fleet(SESSIONS).models, None).sessions == 1


def test_a_session_counts_for_the_model_with_most_tokens() -> None:
    assert [one.name for one in fleet(SESSIONS).models] == ["model-b", "model-a", None]


def test_what_went_worst_is_first_and_weeks_are_in_order() -> None:
    told = fleet(SESSIONS)
    assert [one.name for one in told.agents] == ["agent-a", "agent-b", None]
    assert [one.name for one in told.weeks] == ["2026-W01", "2026-W02", None]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1970-W01"),
        (1_767_571_199, "2026-W01"),  # the last second of a Sunday
        (1_767_571_200, "2026-W02"),
        (1_609_459_200, "2020-W53"),  # the first of January 2021
        (10**18, None),
        (-(10**18), None),
        (None, None),
    ],
)
def test_weeks(seconds: int | None, expected: str | None) -> None:
    assert week(seconds) == expected


def test_tables_of_a_real_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text(claude_code.log(BY_NAME["reworded"]))
    Path("b.jsonl").write_text(codex.log(BY_NAME["steady-progress"], age=codex.Age.ITEMS))
    main(["audit", ".", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, schema())
    assert [one["name"] for one in told["fleet"]["agents"]] == ["claude-code", "codex"]
    assert [one["errors"] for one in told["fleet"]["agents"]] == [1, 0]
    assert {one["name"] for one in told["fleet"]["weeks"]} == {"2026-W02"}
    assert [(one["name"], one["sessions"]) for one in told["fleet"]["work"]] == [("fix", 2)]
    progress = [one["progress"] for one in told["trajectories"]]
    assert [(one["work"], one["errors"]) for one in progress] == [("fix", 1), ("fix", 0)]
    assert all(one["name"] and "/" not in one["name"] for one in told["fleet"]["projects"])
    began = {one["progress"]["began"] for one in told["trajectories"]}
    assert all(moment.startswith("2026-01-05T09:0") for moment in began)


def test_most_edits_decide_what_a_session_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = Ask(text="Write a README")
    readme: list[Step] = [
        asked,
        Write(path="README.md", content="a\n"),
        Write(path="README.md", content="b\n"),
    ]
    story = Story(name="docs", files=BEFORE, steps=[FIX_A, swap(STRICT, LAX), *readme])
    Path("a.jsonl").write_text(claude_code.log(story))
    main(["audit", ".", "--format", "jsonl"])
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    (told,) = (line["session"] for line in lines if "session" in line)
    assert (told["edits"], told["work"]) == (3, "docs")


def joined(*sessions: Report) -> Report:
    return replace(
        FULL,
        source=Source(kind="sessions", name="logs", range="4 sessions"),
        fleet=fleet(sessions),
    )


def test_in_text(golden: Golden) -> None:
    told = text.render(joined(*SESSIONS), PLAIN)
    golden("reports/text_fleet.txt", told[told.index("FLEET") :])


def test_in_markdown(golden: Golden) -> None:
    golden("reports/markdown_fleet.md", markdown.render(replace(EMPTY, fleet=fleet(SESSIONS))))
    assert "added up" in markdown.render(joined(*SESSIONS))


def test_a_table_with_one_row_says_nothing_new() -> None:
    assert "FLEET" not in text.render(joined(SESSIONS[0]))
    assert "FLEET" in text.render(joined(SESSIONS[0]), Style(verbose=True))
    assert "added up" not in markdown.render(joined(SESSIONS[0]))


def test_on_a_page() -> None:
    told = html_page.render(joined(*SESSIONS))
    assert "The same sessions, added up" in told
    for title in TITLES:
        assert f'<th scope="col">{title}</th>' in told
    assert "<td>agent-b</td>" in told and "+: and what 2 sessions cost" in told
    assert "added up" not in html_page.render(joined(SESSIONS[0]))
    hostile = html_page.render(joined(session("<script>", project="\x1b[31m&"), *SESSIONS))
    assert "<script" not in hostile and "\x1b" not in hostile


def test_kinds_of_work() -> None:
    told = fleet(SESSIONS)
    assert [(one.name, one.sessions) for one in told.work] == [("tests", 1), ("fix", 2), (None, 1)]


def test_names_stay_in_their_place() -> None:
    hostile = session("a\x1b[31m|`x`\n" + "y" * 500, project="<b>|")
    told = joined(hostile, *SESSIONS)
    assert "\x1b" not in text.render(told)
    rows = [row for row in markdown.render(told).splitlines() if row.startswith("| ")]
    assert "\\|" in "".join(rows)
    assert all(len(row) < 300 for row in rows)


def test_many_rows_are_cut_and_counted() -> None:
    many = joined(*(session(f"agent-{number:03}") for number in range(50)))
    assert "... 30 more (-v shows them)" in text.render(many)
    assert "… 40 more" in markdown.render(many)
    assert "agent-049" in text.render(many, Style(verbose=True))
