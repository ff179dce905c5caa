"""Fragments: hunks reduced to what is compared."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing.bare_lines import MOST_LINES, meaningful, squeezed
from loopwatch.diffing.fragments import FORMATTED, Fragment, Mark, _tokens, fragments

LINES = st.lists(
    st.sampled_from([b"one()", b"two()", b"three()", b"else:", b"  one()", b""]), max_size=8
)


def fragment(old: Sequence[bytes], new: Sequence[bytes]) -> Fragment:
    [only] = fragments(old, new)
    return only


@pytest.mark.parametrize(
    "line",
    b"|}|});|---|else:|} else {|return None|return|return nil, err|if err != nil {|pass|try:|end|"
    b"finally {|return true;|Ok(())|<<<<<<< HEAD|>>>>>>> 1a2b3c4 (fix)".split(b"|"),
)
def test_some_lines_prove_nothing(line: bytes) -> None:
    assert meaningful([line]) == []


@pytest.mark.parametrize(
    "line",
    [
        b"return total",
        b"x = None",
        b"elsewhere()",
        b"pass_on()",
        b"if err == nil {",
        b"return 2",
        b"end = 1",
        b"} catch (error) {",  # fixes rename it to and fro
        b"throw err;",
        b"except Exception:",
    ],
)
def test_others_do(line: bytes) -> None:
    assert meaningful([line]) == [line]


def test_a_line_counts_once_and_only_so_many_do() -> None:
    lines = [b"go(%d)" % number for number in range(2 * MOST_LINES)]
    assert meaningful([lines[0], *lines]) == lines[:MOST_LINES]


@given(st.binary(max_size=20))
def test_layout_goes(line: bytes) -> None:
    bare = squeezed(line)
    assert squeezed(bare) == bare
    assert squeezed(b"\t " + line + b" ") == bare
    assert bare.split() == line.split() or bare == squeezed(line.rstrip(b", \t\n\r\v\f"))


@given(LINES, LINES)
def test_what_undoes_an_edit_has_its_halves_swapped(old: list[bytes], new: list[bytes]) -> None:
    """Where both ways are cut into the same hunks, each is the other's mirror image."""
    there, back = fragments(old, new), fragments(new, old)
    if [(h.old_start, h.old_count, h.new_start, h.new_count) for h in there] != [
        (h.new_start, h.new_count, h.old_start, h.old_count) for h in back
    ]:
        return
    for one, other in zip(there, back, strict=True):
        assert (one.before_key, one.after_key) == (other.after_key, other.before_key)
        assert (one.before, one.after) == (other.after, other.before)
        assert one.weight == other.weight


@given(LINES, LINES)
def test_places_are_those_of_the_lines(old: list[bytes], new: list[bytes]) -> None:
    for hunk in fragments(old, new):
        assert 1 <= hunk.old_start <= len(old) + 1
        assert 1 <= hunk.new_start <= len(new) + 1
        before = old[hunk.old_start - 1 :][: hunk.old_count]
        after = new[hunk.new_start - 1 :][: hunk.new_count]
        assert list(before) != list(after)
        for half, lines in ((hunk.before, before), (hunk.after, after)):
            told = lines if hunk.is_indentation else map(squeezed, lines)
            assert set(half) <= set(map(hash, meaningful(told)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([b"go( a, b )"], [b"go(a, b)"]),
        ([b"go(a, b)"], [b"go(", b"    a,", b"    b,", b")"]),
        ([b"x = 'a'"], [b'x = "a"']),
        ([b"x = 'say \"a\"'"], [b'x = "say \\"a\\""']),
        ([b"go();"], [b"go()"]),
        ([b"go((a) => a + 1)"], [b"go(a => a + 1)"]),
    ],
)
def test_layout(old: list[bytes], new: list[bytes]) -> None:
    assert fragment(old, new).marks & Mark.LAYOUT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([b"go(a)"], [b"go(b)"]),
        ([b"go(a)"], [b"go(a, b)"]),
        ([b"go((a) => b)"], [b"go(b => b)"]),
        ([], [b"go()"]),
        ([b""], [b"go()"]),
    ],
)
def test_no_layout(old: list[bytes], new: list[bytes]) -> None:
    assert not fragment(old, new).marks & Mark.LAYOUT


@given(st.lists(st.text("ab'\"\\\\;,()[]=> \t\v", max_size=9), max_size=3))
def test_tokens_keep_what_no_formatter_touches(lines: list[str]) -> None:
    text = [line.encode() for line in lines]
    assert _tokens(text).translate(None, FORMATTED) == b"".join(text).translate(None, FORMATTED)


def test_what_differs_by_indentation_alone_differs() -> None:
    one = fragment([b"go(1)"], [b"    go(1)"])
    assert one.before_key != one.after_key
    assert one.before != one.after
    assert one.before == fragment([b"go(1)"], [b"        go(1)"]).before
    assert one.weight == 2 * len(b"go(1)")


def test_what_prints_is_a_trace_wherever_it_stands() -> None:
    assert fragment([b"print(1)"], [b"    print(1)"]).is_trace
