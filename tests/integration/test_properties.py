"""What holds for every history: loops are found under noise, progress is quiet, the past stays.

Histories are drawn, made real by one ``git fast-import`` each, and scanned.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwatch import app
from loopwatch.model.finding import Finding, Kind, Level
from loopwatch.model.report import Report
from loopwatch.sources import fixture
from loopwatch.sources.fixture import DEFAULT_AUTHOR, EPOCH, History, ToldVersion

GAP = 900  # seconds between two versions
FEW = settings(max_examples=8)
X, Y, Z = (
    "    return sum(items)",
    "    return sum(items) - discount(items)",
    "    return exact(items)",
)

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One version to be made: subject and all files."""

    subject: str
    files: Files


def built(told: Sequence[Told], folder: Path, *, start: int = EPOCH) -> list[str]:
    """Make a history in a folder, one version after the other; return the commit ids."""
    versions = tuple(
        ToldVersion(
            label=f"v{number}",
            subject=version.subject,
            body="",
            author=DEFAULT_AUTHOR,
            authored=start + GAP * number,
            committed=start + GAP * number,
            branch="main",
            parents=(f"v{number - 1}",) if number else (),
            files=tuple(sorted(version.files.items())),
        )
        for number, version in enumerate(told)
    )
    ids = fixture.build(History(about="drawn", versions=versions), folder)
    return [ids[version.label] for version in versions]


def scanned(told: Sequence[Told], *, start: int = EPOCH) -> tuple[Report, list[str]]:
    """Return the report on a history, and the ids of its versions."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "drawn"
        ids = built(told, root, start=start)
        return app.scan(app.ScanRequest(folder=root)), ids


def loud(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.level is not Level.NOTE]


# histories

FRESH = st.integers(0, 10**9)  # what a line is made of, so that it never comes twice


def function(name: str, line: str, extra: Sequence[str] = ()) -> str:
    body = [f"    {name}_items = checked({name!r}, items)", *extra, line]
    return "\n".join([f"def {name}(items):", *body]) + "\n"


@st.composite
def noise(draw: st.DrawFn, number: int) -> tuple[str, str]:
    """Draw an edit of something else: its subject, and a line that is new to the history."""
    subject = draw(st.sampled_from(["feat: more", "fix: another thing", "chore: tidy", "wip", ""]))
    return subject or "update", f"    step_{number}_{draw(FRESH)}(items)"


@dataclass(frozen=True, slots=True)
class Layers:
    """The files of a history in the making: a function that loops, and what lies around it."""

    line: str  # of the function that loops
    path: str = "src/shop.py"
    other: tuple[str, ...] = ()  # lines of another function in the same file
    beside: tuple[str, ...] = ()  # lines of another file
    below: bool = False  # the other function stands below the one that loops

    def files(self) -> Files:
        total = function("total", self.line)
        other = function("other", "    return None", self.other)
        parts = [total, other] if self.below else [other, total]
        beside = function("beside", "    return None", self.beside)
        return {self.path: "\n\n".join(parts), "src/beside.py": beside}


@st.composite
def planted(draw: st.DrawFn, states: str = "XYXY") -> list[Told]:
    """Draw a history in which fixes take one function through some states, under noise."""
    text = {"X": X, "Y": Y, "Z": Z}
    layers = Layers(line=text[states[0]])
    told = [Told("feat: a shop", layers.files())]
    for turn, state in enumerate(states[1:]):
        for _ in range(draw(st.integers(0, 3))):
            subject, line = draw(noise(len(told)))
            kind = draw(st.sampled_from(["beside", "other", "swap", "rename"]))
            if kind == "beside":
                layers = replace(layers, beside=(*layers.beside, line))
            elif kind == "other":
                layers = replace(layers, other=(*layers.other, line))
            elif kind == "swap":
                layers = replace(layers, below=not layers.below)
                subject = "refactor: sort functions"
            else:
                layers = replace(layers, path=f"src/shop{len(told)}.py")
                subject = "refactor: another name"
            told.append(Told(subject, layers.files()))
        layers = replace(layers, line=text[state])
        told.append(Told(f"fix: total is wrong, {turn}", layers.files()))
    return told


@st.composite
def progress(draw: st.DrawFn) -> list[Told]:
    """Draw a history in which no line ever comes twice: rewrites, insertions, deletions."""
    lines: list[str] = [f"    begin_{n}(items)" for n in range(draw(st.integers(0, 3)))]
    told = [Told("feat: a shop", {"src/shop.py": function("total", X, lines)})]
    for number in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(lines)))
        count = draw(st.integers(0, 2))
        come = [
            f"    step_{number}_{n}(items, {draw(FRESH)})" for n in range(draw(st.integers(1, 3)))
        ]
        lines = [*lines[:start], *come, *lines[start + count :]]
        subject = draw(st.sampled_from(["fix: items", "fix: crash", "feat: step", "refactor: x"]))
        told.append(Told(subject, {"src/shop.py": function("total", X, lines)}))
    return told


# properties


@FEW
@given(planted("XYXY"))
def test_two_rounds_are_found_under_any_noise(told: list[Told]) -> None:
    report, ids = scanned(told)
    fixes = [n for n, version in enumerate(told) if version.subject.startswith("fix: total")]
    found = [f for f in loud(report) if f.symbol == "total"]
    assert [(f.kind, f.level, f.rounds) for f in found] == [(Kind.OSCILLATION, Level.ERROR, 2)]
    assert [level.value for level, _ in found[0].level_at] == ["warning", "error"]
    assert found[0].closed_at == ids[fixes[1]]
    assert found[0].last_at == ids[fixes[2]]
    assert found[0].is_open
    assert loud(report) == found  # and nothing else is


@FEW
@given(planted("XYX"))
def test_one_round_by_fixes_is_found_under_any_noise(told: list[Told]) -> None:
    report, ids = scanned(told)
    [found] = loud(report)
    assert (found.kind, found.level, found.rounds) == (Kind.OSCILLATION, Level.WARNING, 1)
    assert found.closed_at == ids[-1]


@FEW
@given(planted("XYZ"))
def test_noise_alone_is_quiet(told: list[Told]) -> None:
    assert loud(scanned(told)[0]) == []


@settings(max_examples=20)
@given(progress())
def test_where_nothing_comes_twice_nothing_is_found(told: list[Told]) -> None:
    report, _ = scanned(told)
    assert report.findings == ()


@pytest.mark.parametrize(
    "states",
    [
        ("", "    go(1, items)\n", "    go(2, items)\n", "    go(3, items)\n"),
        ("    pass\n", "    go(1, items)\n", "    go(2, items)\n", "    go(3, items)\n"),
        ("    x = 0\n", "", "    y = one(items)\n", "    y = two(items)\n"),
    ],
)
def test_one_fix_after_the_other_at_one_place_is_progress(states: Sequence[str]) -> None:
    told = [
        Told(f"fix: total, {n}", {"a.py": f"def total(items):\n    check(items)\n{state}{X}\n"})
        for n, state in enumerate(states)
    ]
    assert scanned(told)[0].findings == ()


def said_at(report: Report, ids: Sequence[str]) -> dict[str, tuple[object, ...]]:
    """Return what was said of each finding by the end of some versions."""
    known = set(ids)
    return {
        finding.id: (
            finding.closed_at,
            tuple((level, at) for level, at in finding.level_at if at in known),
        )
        for finding in report.findings
        if finding.closed_at in known and finding.level is not Level.NOTE
    }


@FEW
@given(planted("XYXYXY"), st.data())
def test_later_versions_change_nothing_that_was_said(told: list[Told], data: st.DataObject) -> None:
    until = data.draw(st.integers(1, len(told)))
    before, ids = scanned(told[:until])
    after, all_ids = scanned(told)
    assert all_ids[:until] == ids
    assert said_at(after, ids) == said_at(before, ids)


def test_the_same_loop_in_another_file_later_changes_nothing_that_was_said() -> None:
    states = [(X, X), (Y, X), (X, X), (X, Y), (X, X), (X, Y)]
    told = [
        Told(f"fix: total, {n}", {"a.py": function("total", a), "b.py": function("total", b)})
        for n, (a, b) in enumerate(states)
    ]
    before, ids = scanned(told[:3])
    after, _ = scanned(told)
    assert len(before.findings) == 1
    assert said_at(after, ids) == said_at(before, ids)
    assert {path for finding in after.findings for path in finding.paths} == {"a.py", "b.py"}


@FEW
@given(planted("XYXY"), st.integers(1, 10**8))
def test_ids_hold_when_commits_are_made_anew(told: list[Told], shift: int) -> None:
    first, ids = scanned(told)
    start = Told("chore: begin", {"README": "a shop\n"})
    later, _ = scanned(told, start=EPOCH + shift)
    rebased, _ = scanned(
        [start, *(replace(t, files={**t.files, "README": "a shop\n"}) for t in told)]
    )
    for other in (later, rebased):
        assert [(f.id, f.level, f.rounds) for f in loud(other)] == [
            (f.id, f.level, f.rounds) for f in loud(first)
        ]
        assert {v.id for v in other.versions}.isdisjoint(ids)


def test_old_rounds_do_not_hide_new_ones() -> None:
    """What counts is how soon the state was returned to that was left last."""
    states = [X, Y, X] + [X] * 35 + [Y, X, Y, X]
    told = [
        Told("update", {"a.py": function("total", line), "log.py": f"number = 'run {n} of it'\n"})
        for n, line in enumerate(states)
    ]
    assert [(f.kind, f.level) for f in loud(scanned(told)[0])] == [(Kind.OSCILLATION, Level.ERROR)]


def test_a_name_that_is_used_again_is_another_file() -> None:
    """``app.py`` becomes ``app_old.py``, and a new ``app.py`` is written."""
    more = [f"    step_{n}(items)" for n in range(8)]
    one, two = function("total", X, more), function("total", Y, more)
    new = function("main", "    return start(items)") + "\n" + function("total", Y)
    told = [
        Told("feat: app", {"app.py": one}),
        Told("refactor: keep the old app", {"app_old.py": one}),
        Told("feat: a new app", {"app_old.py": one, "app.py": new}),
        Told("fix: discount in the old app", {"app_old.py": two, "app.py": new}),
        Told("fix: no discount in the new app", {"app_old.py": two, "app.py": new.replace(Y, X)}),
    ]
    assert loud(scanned(told)[0]) == []


def run(folder: Path, environment: Mapping[str, str]) -> bytes:
    """Return what `loopwatch scan` writes in JSON in some environment."""
    command = [sys.executable, "-m", "loopwatch", "scan", "--format", "json"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


ENVIRONMENTS = [
    {"PYTHONHASHSEED": "1"},
    {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "LANGUAGE": "de"},
    {"COLUMNS": "20", "TERM": "dumb", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
]


def test_the_report_is_the_same_everywhere(tmp_path: Path) -> None:
    layers, lines = Layers(line=X), [X, Y, X, Y, Z, X, Y]
    told = [
        Told(
            f"fix: total, {n}", replace(layers, line=line, other=(f"    step_{n}(items)",)).files()
        )
        for n, line in enumerate(lines)
    ]
    built(told, tmp_path / "shop")
    expected = run(tmp_path / "shop", {"PYTHONHASHSEED": "0"})
    report: dict[str, Any] = json.loads(expected)
    assert report["summary"]["errors"] >= 1
    for environment in ENVIRONMENTS:
        assert run(tmp_path / "shop", environment) == expected, environment
