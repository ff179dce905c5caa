"""Markdown: what a parser makes of it, whatever the repository holds."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from loopwatch.model.edit import Hunk
from loopwatch.model.report import Report
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.markdown import MARKER, MOST_IN_FULL, MOST_IN_SHORT, render
from loopwatch.reports.markdown_text import cell, code, fenced
from loopwatch.reports.style import PLAIN, Style
from tests.reports.hostile_texts import ANYTHING, HARMLESS, MARK, TEXTS, marked
from tests.reports.observed_samples import LOOP_OF_TESTS, OBSERVED, of
from tests.reports.samples import EMPTY, FULL, LOOP, NOTE, SETTLED, V2, edit

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
CODE = {"code_inline", "fence"}
OURS = re.compile(
    r"<!-- loopwatch:report -->|<sub>|</sub>|</details>"
    r"|<details><summary>(?:What was changed|The walk and the lines|Evidence, confidence \d\.\d\d)"
    r"</summary>"
)


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def skeleton(report: Report) -> list[str]:
    """Return what a report is made of, without its words."""
    return [token.type for token in tokens(render(report)) if token.type != "text"]


def assert_nothing_broke_out(report: Report) -> None:
    told = list(tokens(render(replace(report, findings=report.findings * 3))))  # in short too
    assert not {token.type for token in told} & {"link_open", "image", "em_open", "s_open"}
    for token in told:
        if token.type not in {*CODE, "inline"}:
            assert MARK not in token.content, token.type
        if token.type in {"html_block", "html_inline"}:
            assert all(OURS.fullmatch(row) for row in token.content.splitlines()), token.content


@given(ANYTHING)
def test_no_text_breaks_out(text: str) -> None:
    assert_nothing_broke_out(marked(text))


@pytest.mark.parametrize("text", TEXTS)
def test_no_known_trick_breaks_out(text: str) -> None:
    assert_nothing_broke_out(marked(text))


@given(ANYTHING)
def test_the_report_is_built_as_with_a_harmless_text(text: str) -> None:
    assert skeleton(marked(text)) == skeleton(marked("x"))


def test_the_check_can_fail() -> None:
    assert any(token.type == "link_open" for token in tokens("[a](b)"))
    assert HARMLESS.findings


@given(ANYTHING)
def test_a_code_span_holds_its_text(text: str) -> None:
    shown = plain(text)
    (inline,) = (token for token in PARSER.parse(f"a {code(shown)} b") if token.type == "inline")
    _, span, _ = inline.children or []
    assert span.type == "code_inline" and span.content == shown


@given(ANYTHING)
def test_a_cell_is_one_cell_and_code(text: str) -> None:
    row = f"| a | b |\n| --- | --- |\n| {cell(plain(text))} | b |\n"
    inside = [token for token in PARSER.parse(row) if token.type == "inline"][2:]
    assert len(inside) == 2 and inside[1].content == "b"
    (span,) = inside[0].children or []
    assert span.type == "code_inline"
    assert span.content.replace("\\x7c", "|") == plain(text).replace("\\x7c", "|")


@given(ANYTHING)
def test_a_block_ends_where_it_should(text: str) -> None:
    rows = fenced([f"- {plain(text)}", plain(text)], "diff")
    (block,) = PARSER.parse("\n".join(rows))
    assert block.type == "fence"
    assert block.content == f"- {plain(text)}\n{plain(text)}\n"


def test_a_pipe_behind_a_backslash_is_shown_by_its_number() -> None:
    assert cell("a|b") == "`a\\|b`"
    assert cell("a\\|b") == "`a\\\\x7cb`"  # parsers do not agree on what is left of it


def test_a_block_is_fenced_by_more_than_it_holds() -> None:
    rows = fenced(["````", "- a"], "diff")
    assert rows == ["`````diff", "````", "- a", "`````"]
    assert [token.type for token in PARSER.parse("\n".join(rows))] == ["fence"]


def test_nothing_found_is_one_line_behind_the_marker() -> None:
    told = "loopwatch: nothing to report. 412 commits, 0 loops, 0 lost fixes, 0 notes, 0 ignored."
    assert render(EMPTY) == f"{MARKER}\n{told}\n"


def test_one_loop_fits_a_screen() -> None:
    said = render(of(LOOP_OF_TESTS, *OBSERVED.defects))
    folded = re.compile(r"<details><summary>.*?</details>", re.DOTALL)
    assert len(folded.sub("> folded", said).splitlines()) <= 30
    assert "A fix has to satisfy **all of these at once**:" in said
    assert (
        "| `9be7713` | 2026-11-16 10:11 | pass | **FAIL** | fix | `fix: hours are read` |" in said
    )


def test_how_to_end_it_is_said_of_what_goes_on() -> None:
    ended = replace(LOOP, is_open=False)
    for finding, is_said in ((LOOP, True), (ended, False), (SETTLED, False)):
        said = render(replace(FULL, findings=(finding,)), Style(verbose=True))
        assert ("To end it: " in said) is is_said


def test_what_is_raised_is_live_and_loud_unless_asked_for() -> None:
    report = replace(FULL, findings=(LOOP, SETTLED, NOTE))
    assert "### loopwatch: 1 loop\n" in render(report)
    assert "### loopwatch: 2 loops\n" in render(report, Style(has_settled=True))
    assert "### loopwatch: 2 loops, 1 backtrack\n" in render(report, Style(verbose=True))
    assert "nothing to report" in render(replace(FULL, findings=(SETTLED, NOTE)))


@pytest.mark.parametrize("style", [PLAIN, Style(verbose=True)])
def test_a_comment_is_never_too_long(style: Style) -> None:
    line = "\U0001f600" * 1_000
    hunks = tuple(Hunk(path="a", start_line=1, before=(line,) * 50, after=()) for _ in range(9))
    wide = replace(LOOP, edits=(edit(V2, None, line, *hunks),), path="a", symbol=line, why=(line,))
    said = render(replace(FULL, findings=(wide,) * 200), style)
    assert len(said.encode("utf-8")) <= 65_536
    assert "more findings" in said and "1,207 commits" in said


def test_many_findings_are_counted_rather_than_poured_out() -> None:
    said = render(replace(FULL, findings=(LOOP,) * 100))
    assert said.count("**Fix loop**") == MOST_IN_FULL + MOST_IN_SHORT
    assert "- 70 more findings\n" in said


def test_long_diffs_are_cut_with_a_count() -> None:
    rows = tuple(f"row {number}" for number in range(100))
    long = Hunk(path="src/dur.py", start_line=1, before=rows, after=())
    said = render(replace(FULL, findings=(replace(LOOP, edits=(edit(V2, None, "fix", long),)),)))
    assert said.count("\n- row ") == 40 and "- ... 60 more lines" in said


def test_endless_names_are_cut_with_a_count() -> None:
    said = render(replace(FULL, findings=(replace(LOOP, symbol="x" * 10_000),)))
    assert clipped("x" * 10_000, 160) in said
