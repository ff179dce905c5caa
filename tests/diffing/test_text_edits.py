"""Edits between two texts: they turn one into the other, and their points are where they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing import text_edits as module
from loopwatch.diffing.text_edits import Point, common_ends, text_edits

LINES = st.lists(
    st.sampled_from([b"a\n", b"ab\n", b"cb\n", b"c\r\n", b"d\re\n", b"\n", b"\xff\xc3\n"]),
    max_size=12,
)
REST = st.sampled_from([b"", b"f", b"g\r"])  # of a last line that does not end


def point(text: bytes, offset: int) -> Point:
    return text.count(b"\n", 0, offset), offset - text.rfind(b"\n", 0, offset) - 1


def check(old: bytes, new: bytes) -> int:
    """Return how many edits there are, after a look at all that they promise."""
    edits = text_edits(old, new)
    text = old
    later = len(old)
    for start, old_end, new_end, at, old_point, new_point in edits:
        assert start <= old_end <= later  # from the last one to the first, none twice
        later = start
        assert (at, old_point) == (point(text, start), point(text, old_end))
        # What is before is as it was, what comes after is as it is to be.
        rest = len(text) - old_end
        text = text[:start] + new[len(new) - rest - (new_end - start) : len(new) - rest]
        text += new[len(new) - rest :]
        assert new_point == point(text, new_end)
    assert text == new
    return len(edits)


@given(LINES, LINES, LINES, LINES, REST, REST)
@pytest.mark.parametrize("least", [0, 500])
def test_edits_turn_the_old_text_into_the_new(
    least: int,
    head: list[bytes],
    one: list[bytes],
    other: list[bytes],
    tail: list[bytes],
    old_rest: bytes,
    new_rest: bytes,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LEAST_PARTED", least)
        check(b"".join([*head, *one, *tail, old_rest]), b"".join([*head, *other, *tail, new_rest]))


def numbered(*changed: int) -> bytes:
    return b"".join(b"other(%d);\n" % n if n in changed else b"some(%d);\n" % n for n in range(100))


@pytest.mark.parametrize(
    ("changed", "count"), [((5,), 1), ((5, 6), 1), ((5, 20), 1), ((5, 90), 2), ((5, 50, 90), 3)]
)
def test_what_lies_between_two_changes_is_left_out(changed: tuple[int, ...], count: int) -> None:
    assert check(numbered(), numbered(*changed)) == count


def test_few_bytes_are_one_edit_that_holds_no_more() -> None:
    old, new = b"f(a, b);\n", b"f(a, c, b);\n"
    assert text_edits(old, new) == [(5, 5, 8, (0, 5), (0, 5), (0, 8))]
    assert check(old, new) == 1


@given(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=5000))
def test_common_ends_are_equal_and_the_longest(one: bytes, other: bytes, middle: bytes) -> None:
    old, new = middle + one + middle, middle + other + middle
    head, tail = common_ends(old, new)
    assert head + tail <= min(len(old), len(new))
    assert old[:head] == new[:head]
    assert old[len(old) - tail :] == new[len(new) - tail :]
    assert head == min(len(old), len(new)) or old[head] != new[head]
