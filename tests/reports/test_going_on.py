"""Reports name commands that go on from a finding only where these know it."""

import itertools
from dataclasses import replace

import pytest

from loopwatch.model.edit import Hunk
from loopwatch.model.finding import StateVisit
from loopwatch.model.report import Report, Source
from loopwatch.reports.registry import WRITERS
from loopwatch.reports.style import Style
from tests.reports.samples import FULL, LOOP, edit

IDS = [f"{number:040x}" for number in range(1, 41)]
HUNKS = [
    Hunk(path="src/dur.py", start_line=line, before=("a",) * 200, after=("b",) * 200)
    for line in (1, 500, 900)
]
LONG = replace(  # more steps, lines and blocks than are told
    LOOP,
    edits=tuple(edit(to, of, "fix", *HUNKS) for of, to in itertools.pairwise(IDS)),
    states=(
        StateVisit(label="X", versions=tuple(IDS[::2])),
        StateVisit(label="Y", versions=tuple(IDS[1::2])),
    ),
)
OF_GIT = replace(FULL, findings=(LONG, *FULL.findings))
OF_SESSIONS = replace(OF_GIT, source=Source(kind="sessions", name="shop", range="logs"))
COMMANDS = ("loopwatch explain", "loopwatch ignore")


def said(format_: str, report: Report, style: Style) -> str:
    return WRITERS[format_](report, style)


@pytest.mark.parametrize("is_verbose", [False, True], ids=["", "verbose"])
@pytest.mark.parametrize("format_", sorted(WRITERS))
def test_nothing_knows_what_was_found_in_a_session(format_: str, *, is_verbose: bool) -> None:
    told = said(format_, OF_SESSIONS, Style(verbose=is_verbose))
    assert not [command for command in COMMANDS if command in told]


@pytest.mark.parametrize("format_", ["github", "html", "markdown", "sarif", "text"])
def test_what_was_found_in_a_repository_can_be_explained(format_: str) -> None:
    assert f"loopwatch explain {LONG.id}" in said(format_, OF_GIT, Style())
