import itertools
import subprocess
import sys
from dataclasses import replace

import pytest

from loopwatch.model.edit import Hunk
from loopwatch.model.finding import Finding, StateVisit
from loopwatch.model.report import Report
from loopwatch.reports import concise, explain, text
from loopwatch.reports.names import date, duration, letter
from loopwatch.reports.style import Style
from loopwatch.reports.timeline import visits
from tests.reports.samples import EMPTY, FULL, LOOP, LOST_FIX, NOTE, SETTLED, TRADED, V2, edit


def with_findings(*findings: Finding) -> Report:
    return replace(FULL, findings=findings)


def test_what_was_looked_at_is_said_also_when_nothing_was_found() -> None:
    assert text.render(EMPTY) == "412 commits, 0 loops, 0 lost fixes, 0 notes, 0 ignored.\n"
    assert concise.render(EMPTY) == text.render(EMPTY)


def test_the_text_fits_the_width() -> None:
    assert all(len(row) <= 80 for row in text.render(FULL, Style(verbose=True)).splitlines())


def test_notes_are_only_counted_unless_asked() -> None:
    assert NOTE.id not in text.render(FULL) and "1 note (-v shows it)" in text.render(FULL)
    assert NOTE.id in text.render(FULL, Style(verbose=True))


def test_settled_findings_come_after_the_live_ones() -> None:
    said = text.render(with_findings(SETTLED, LOOP))
    assert 0 < said.index(LOOP.id) < said.index("HISTORY") < said.index(SETTLED.id)


def test_many_findings_are_told_in_short() -> None:
    many = [replace(LOOP, id=f"{number:012x}") for number in range(12)]
    said = text.render(with_findings(*many))
    assert "LOOP 10 " in said and "LOOP 11 " not in said
    assert "MORE  2 findings" in said and many[11].id in said


def test_a_long_walk_shows_its_ends_and_says_so() -> None:
    ids = [f"{number:040x}" for number in range(1, 41)]
    steps = [edit(to, of, "fix") for of, to in itertools.pairwise(ids)]
    states = (
        StateVisit(label="X", versions=tuple(ids[::2])),
        StateVisit(label="Y", versions=tuple(ids[1::2])),
    )
    finding = replace(LOOP, edits=tuple(steps), states=states)
    assert "    ... 25 more: loopwatch explain" in text.render(with_findings(finding))
    assert " more: " not in text.render(with_findings(finding), Style(verbose=True))
    assert [visit.version for visit in visits(finding)] == ids


def test_long_hunks_keep_both_sides_and_say_what_is_cut() -> None:
    said = text.render(with_findings(LOST_FIX))
    assert "- ... 11 more lines" in said and "+ for (const wait of WAITS) {" in said


def test_code_of_windows_files_shows_no_carriage_returns() -> None:
    both = Hunk(path="src/dur.py", start_line=1, before=("a\r",), after=("b\r",))
    one = replace(both, after=("a",))
    for hunk, is_shown in ((both, False), (one, True)):
        finding = replace(LOOP, edits=(edit(V2, None, "fix", hunk),))
        assert ("\\x0d" in text.render(with_findings(finding))) is is_shown
        assert ("\\x0d" in explain.render(FULL, finding)) is is_shown


@pytest.mark.parametrize("kept", [{"edits": ()}, {"states": ()}, {"path": None, "symbol": None}])
def test_a_finding_may_lack_anything(kept: dict[str, None]) -> None:
    finding = replace(LOOP, **kept)  # type: ignore[arg-type]
    for said in (text.render(with_findings(finding)), explain.render(FULL, finding)):
        assert finding.id in said


def test_uncommitted_versions_go_by_their_names() -> None:
    finding = replace(TRADED, last_at="index", closed_at="worktree")
    said = explain.render(FULL, finding)
    assert "last turn:  index" in said and "closed:     worktree" in said


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (1_794_823_320, "2026-11-16 10:02"),
        (0, " " * 16),
        (2**62, " " * 16),  # git keeps any number that it is given
        (-1, "1969-12-31 23:59"),
    ],
)
def test_dates(seconds: int, shown: str) -> None:
    assert date(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (-5, "0 s"), (59, "59 s"), (3_600, "1 h"), (90_061, "1 d 1 h"), (61, "1 min 1 s")],
)
def test_durations(seconds: int, shown: str) -> None:
    assert duration(seconds) == shown


def test_letters() -> None:
    assert [letter(0), letter(25), letter(26), letter(53)] == ["A", "Z", "A2", "B3"]


def test_rich_is_loaded_only_for_colour() -> None:
    code = (
        "import sys; from loopwatch.reports.registry import WRITERS;"
        "from loopwatch.reports import explain;"
        "sys.exit(bool({'rich', 'networkx', 'git', 'click'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
