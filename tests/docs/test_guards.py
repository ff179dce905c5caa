"""The page of guards: its tables are made anew, and what it says of them holds."""

import re
from itertools import pairwise

import pytest

from benchmarks import guards
from benchmarks._guard_calls import Call, Change, calls_of
from benchmarks._guard_list import GUARDS
from benchmarks._guard_rules import Rule
from benchmarks._guard_sessions import HEALTHY, LOOP, SESSIONS
from benchmarks.guards import US, Cell

PAGE = guards.PAGE.read_text(encoding="utf-8")
REAL = re.compile(r"<!-- guards: real -->\n(.*?)<!-- end -->", re.DOTALL)
REWRITTEN = {"OpenHands", "Gemini CLI", "cctx", "mwreverts"}  # rules whose packages were run
RULES = {guard.name: guard.rule for guard in GUARDS}


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Cell]]:
    return guards.cells()


def test_the_page_is_true(rows: dict[str, list[Cell]], request: pytest.FixtureRequest) -> None:
    true = guards.written(PAGE, rows)
    if request.config.getoption("--update-golden"):
        guards.PAGE.write_text(true, encoding="utf-8", newline="\n")
    else:
        assert true == PAGE, "run `python3 dev.py golden tests/docs`?"


def test_loopwatch_sees_every_loop_and_no_healthy_session(rows: dict[str, list[Cell]]) -> None:
    for cell, session in zip(rows[US], SESSIONS, strict=True):
        if session.kind == LOOP:
            assert cell is not None, session.name
        else:
            assert cell is None, session.name


def test_loopwatch_is_not_told_what_comes_later(rows: dict[str, list[Cell]]) -> None:
    """A loop is seen before its session ends: it is cut off, and not looked back upon."""
    for cell, session in zip(rows[US], SESSIONS, strict=True):
        assert cell is None or cell <= len(calls_of(session.story)) // 2, session.name


def test_nobody_else_is_right_everywhere(rows: dict[str, list[Cell]]) -> None:
    right = [
        name
        for name, row in rows.items()
        if all(
            (cell is not None) == (one.kind == LOOP)
            for cell, one in zip(row, SESSIONS, strict=True)
            if one.kind in {LOOP, HEALTHY}
        )
    ]
    assert right == [US]  # what the page says; else rewrite it


def test_what_was_run_agrees_with_what_was_rewritten() -> None:
    found = REAL.search(PAGE)
    assert found is not None
    head, _, *told = found[1].rstrip().split("\n")
    assert head.split(" | ")[1:] == guards.table({}).split("\n")[0].split(" | ")[1:]
    real = {row.split(" | ")[0].removeprefix("| "): row.split(" | ")[1:] for row in told}
    for name in REWRITTEN:
        (cells,) = (row for full, row in real.items() if full.startswith(name))
        mine = [guards.first_call(RULES[name], one) for one in SESSIONS]
        shown = [guards.shown(cell, one) for cell, one in zip(mine, SESSIONS, strict=True)]
        assert [cell.removesuffix(" |") for cell in cells] == shown, name


# --- the rules, each at its edge ---


def calls(keys: str) -> list[Call]:
    """Return a call for each letter, all in one turn."""
    return [
        Call(number=n, turn=1, tool="Bash", arguments=key, output="")
        for n, key in enumerate(keys, start=1)
    ]


def edits(texts: str) -> list[Call]:
    """Return an edit of one file from each letter to the next."""
    made = []
    for number, (old, new) in enumerate(pairwise(texts), start=1):
        change = Change(path="a.py", old=old, new=new, after=new)
        asked = old + new
        made.append(
            Call(number=number, turn=1, tool="Edit", arguments=asked, output="", change=change)
        )
    return made


def runs(failures: str) -> list[Call]:
    """Return a test run for each letter, which names what fails; "." is none."""
    return [
        Call(
            number=n,
            turn=1,
            tool="Bash",
            arguments="test",
            output=failed,
            status=int(failed != "."),
            failures=() if failed == "." else (failed,),
            passed=3,
        )
        for n, failed in enumerate(failures, start=1)
    ]


@pytest.mark.parametrize(
    ("name", "speaks", "silent"),
    [
        ("OpenHands", calls("aaaa"), calls("aaa")),
        ("OpenHands", calls("ababab"), calls("xbabab"[:5])),
        ("Gemini CLI", calls("abcde" * 5), calls("x" + "abcde" * 5)[:25]),
        ("Gemini CLI", calls("aaaaa"), calls("abcdef" * 5)),
        ("opencode", calls("xaaa"), calls("aabaa")),
        ("Roo Code", calls("aaaa"), calls("aaa")),
        ("Cline", calls("aaa"), calls("aabaa")),
        ("Cline", calls("ab" * 20), calls("ab" * 19)),
        ("Cline", runs("aaa"), runs("aba")),
        ("forgecode", calls("abcabcabc"), calls("abcabc")),
        ("forgecode", calls("abababa"[:5]), calls("abab")),
        ("Crush", calls("aaaaaabcde"), calls("aaaaabcdef")),
        ("OpenClaw, switched on", calls("a" * 11), calls("a" * 10)),
        ("cctx", calls("aba" + "a"), calls("aab")),
        ("ggcode", edits("ababa"), edits("abcde")),
        ("mwreverts", edits("aba"), edits("abcd")),
        ("mwreverts", edits("abcdefghijklmnopa"), edits("abcdefghijklmnopqa")),
        ("RuboCop, SQLFluff", edits("abcdefghijklmnopqa"), edits("abcdef")),
        ("sovereign-agent", edits("xabab"), edits("xabac")),
        ("sovereign-agent", calls("aaa"), calls("aa")),
        ("octopusgarden", edits("xabab"), edits("xabca")),
        ("Ordinex", runs("aba"), runs("abc")),
        ("Ordinex", runs("...") + runs("a.b."), runs("a...")),
        (
            "RegressionLedger",
            [*edits("ab"), *runs("x"), *edits("ab")],
            [*edits("ab"), *edits("ab")],
        ),
    ],
)
def test_rules_at_their_edges(name: str, speaks: list[Call], silent: list[Call]) -> None:
    rule: Rule = RULES[name]
    assert rule(speaks)
    assert not rule(silent)


def test_every_rule_has_an_edge_here() -> None:
    marks = test_rules_at_their_edges.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for mark in marks for case in mark.args[1]} == set(RULES)
