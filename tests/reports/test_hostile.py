"""Nothing that a repository holds gets out of its place, in any format."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.reports import dot, explain
from loopwatch.reports.registry import WRITERS
from loopwatch.reports.style import PLAIN, Style
from loopwatch.verdicts.quoting import HIDDEN
from tests.reports.samples import FULL, hostile

ANYTHING = st.text(st.characters(codec=None) | st.sampled_from('\x1b\n\t"\\&<{}[]%\u202e\udcff'))
LOUD = Style(verbose=True)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STATEMENT = re.compile(
    r"""
      digraph\ loopwatch\ \{ | \} | subgraph\ cluster_\d+\ \{
    | (?: graph | node | edge | f\d+_s\d+ (?:\ ->\ f\d+_s\d+)? )
      \ \[ (?: \w+ = (?: \w+ | "(?:[^"\\]|\\.)*" ) (?:,\ )? )+ \];
    """,
    re.VERBOSE,
)


def every_text(text: str, style: Style) -> dict[str, str]:
    report = hostile(text)
    said = {name: writer(report, style) for name, writer in WRITERS.items()}
    said["explain"] = explain.render(report, report.findings[0], style)
    return said


@given(ANYTHING)
def test_nothing_hidden_comes_out_but_line_ends(text: str) -> None:
    for said in every_text(text, LOUD).values():
        assert not HIDDEN.search(said.replace("\n", ""))
        said.encode("utf-8")


@given(ANYTHING)
def test_dot_is_made_of_whole_statements(text: str) -> None:
    rows = dot.render(hostile(text), LOUD).splitlines()
    assert all(STATEMENT.fullmatch(row.strip()) for row in rows)
    assert sum(row.endswith("{") for row in rows) == sum(row.strip() == "}" for row in rows)


@given(ANYTHING)
def test_colour_only_adds(text: str) -> None:
    bare = every_text(text, LOUD)
    painted = every_text(text, Style(verbose=True, colour=True))
    assert {name: COLOUR.sub("", said) for name, said in painted.items()} == bare


@pytest.mark.parametrize("text", ["x" * 10_000, "x " * 5_000, "\x1b" * 10_000])
def test_endless_lines_are_cut_with_a_count(text: str) -> None:
    for name in ("text", "concise", "dot"):
        assert "more characters]" in WRITERS[name](hostile(text), PLAIN)


def test_no_colour_unless_asked() -> None:
    for name, said in every_text("x", PLAIN).items():
        assert "\x1b" not in said, name


def test_ids_of_tests_survive_rich() -> None:
    assert "test_units[1h]" in WRITERS["text"](FULL, Style(colour=True))


def test_the_surroundings_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = WRITERS["text"](FULL, Style(colour=True))
    for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "20"}.items():
        monkeypatch.setenv(name, value)
    assert WRITERS["text"](FULL, Style(colour=True)) == before


def test_reports_come_out_the_same_twice() -> None:
    for writer in WRITERS.values():
        assert writer(FULL, LOUD) == writer(FULL, LOUD)
