"""What is said of one version, for people (golden) and for machines."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dev
from loopwatch.model.edit import Role
from loopwatch.model.explanation import Explanation, Step, ToldReturn
from loopwatch.model.finding import Kind, Level
from loopwatch.model.unit import Granularity, Unit
from loopwatch.model.version import Version
from loopwatch.reports import explain_commit
from loopwatch.reports.explain_commit import MOST_RETURNS, document, render, render_json
from loopwatch.reports.json_doc import unescaped
from loopwatch.reports.style import Style
from loopwatch.verdicts.quoting import HIDDEN
from tests.conftest import Golden
from tests.reports.samples import FULL, LOOP, V1, V2, V3, version

PAGE = dev.ROOT / "docs" / "explain.md"
ANYTHING = st.text(st.characters(codec=None) | st.sampled_from('\x1b\n\t"\\&<[]\u202e\udcff'))


def step(identity: str, subject: str | None, role: Role = Role.FIX) -> Step:
    made = replace(version(identity, subject or "", 0), subject=subject)
    return Step(version=made, role=role, is_admitted=role is Role.REVERT)


RAISED = ToldReturn(
    unit=Unit(granularity=Granularity.SITE, path="src/dur.py", symbol="parse_duration"),
    line=14,
    kind=Kind.OSCILLATION,
    level=Level.ERROR,
    confidence=0.95,
    why="the same states in turn, 2 rounds",
    is_mechanical=False,
    quiet=None,
    is_arrival=False,
    rounds=2,
    period=2,
    back_to=V1,
    left=step(V2, "fix: plain numbers"),
    hours=0.1333,
    edits=1,
    finding=LOOP.id,
)
QUIET = replace(
    RAISED,
    unit=Unit(granularity=Granularity.FILE, path="uv.lock"),
    line=None,
    kind=Kind.BACKTRACK,
    level=Level.NOTE,
    why="it says that it takes something back",
    quiet="lock file",
    rounds=1,
    back_to=None,
    hours=75.0,
    edits=31,
    finding=None,
)
LAYOUT = replace(QUIET, quiet=None, why="mechanical: layout only", is_mechanical=True)
ARRIVED = replace(QUIET, quiet=None, why="a merge brings it in", is_arrival=True)
TOLD = Explanation(
    source=FULL.source,
    at=step(V3, "fix: hours and days are read again"),
    from_version=V2,
    returns=(RAISED, QUIET, LAYOUT, ARRIVED),
    findings=(LOOP.id,),
)
DEFECTS = replace(
    RAISED,
    unit=Unit(granularity=Granularity.DEFECT, path="src/dur.py", symbol="parse_duration"),
    line=None,
    why="two observed defects take turns: removing one brings another back",
)
TRADED = replace(
    DEFECTS,
    kind=Kind.TRADE,
    level=Level.NOTE,
    why="it removes one defect and introduces another",
    rounds=1,
    back_to=None,
)
OBSERVED = replace(TOLD, returns=(DEFECTS, TRADED))
NOTHING = replace(TOLD, returns=(), findings=(), from_version=None)
STAGED = replace(TOLD, at=Step(version=Version(id="index", subject=None), role=Role.OTHER,
                               is_admitted=False), findings=())  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told"),
    [("raised", TOLD), ("observed", OBSERVED), ("nothing", NOTHING), ("staged", STAGED)],
)
def test_text(name: str, told: Explanation, golden: Golden) -> None:
    golden(f"reports/explain_commit_{name}.txt", render(told, FULL))


def test_json(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain_commit, "__version__", "1.2.3")
    golden("reports/explain_commit_raised.json", render_json(TOLD))


def test_many_returns_are_counted_rather_than_poured_out() -> None:
    many = replace(TOLD, returns=(RAISED,) * (MOST_RETURNS + 3))
    assert "3 more returns: -v" in render(many, FULL)
    said = render(many, FULL, Style(verbose=True))
    assert said.count("why:") == MOST_RETURNS + 3


def test_each_field_is_documented() -> None:
    told = document(TOLD)
    returned = told["returns"]
    assert isinstance(returned, list)
    fields = [name for row in _rows(PAGE) for name in re.findall(r"`(\w+)`", row)]
    assert sorted(fields) == sorted([*told, *returned[0]])


def _rows(page: Path) -> list[str]:
    """Return the first column of each table of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line.split("|")[1] for line in lines if line.startswith("| `")]


@given(ANYTHING)
def test_nothing_of_a_repository_gets_out_of_its_place(text: str) -> None:
    unit = Unit(granularity=Granularity.SYMBOL, path=text, symbol=text)
    bad = replace(RAISED, unit=unit, why=text, quiet=text, left=step(V2, text), finding=text)
    at = replace(step(V3, text), version=replace(version(V3, text, 0), agent=text))
    source = replace(FULL.source, name=text, range=text)
    told = replace(TOLD, at=at, returns=(bad,), source=source)
    for said in (render(told, FULL), render_json(told)):
        assert not HIDDEN.search(said.replace("\n", ""))
        said.encode("utf-8")
    assert unescaped(json.loads(render_json(told))["returns"][0]["path"]) == text
