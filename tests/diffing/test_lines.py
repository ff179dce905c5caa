"""Blocks of changed lines: right, small, and fast on rewrites."""

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing import lines
from loopwatch.diffing.lines import Block, changed_blocks, rough_blocks

FEW = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"}"]), max_size=12)


def patched(old: Sequence[bytes], new: Sequence[bytes], blocks: Sequence[Block]) -> list[bytes]:
    """Return the old lines with each block's new lines in place of its old ones."""
    made: list[bytes] = []
    at = 0
    for old_start, old_end, new_start, new_end in blocks:
        made += [*old[at:old_start], *new[new_start:new_end]]
        at = old_end
    return [*made, *old[at:]]


def check(old: Sequence[bytes], new: Sequence[bytes]) -> list[Block]:
    """Return the blocks between two contents, after a look at all that they promise."""
    blocks = changed_blocks(old, new)
    assert patched(old, new, blocks) == list(new)
    for i, i2, j, j2 in blocks:
        assert i < i2 or j < j2
        if i < i2 and j < j2:
            assert old[i] != new[j]
            assert old[i2 - 1] != new[j2 - 1]
    for (_, i, _, j), (i2, _, j2, _) in pairwise(blocks):
        assert i2 - i == j2 - j > 0  # between two blocks are lines that stay
        assert list(old[i:i2]) == list(new[j:j2])
    return blocks


@given(FEW, FEW)
def test_blocks_turn_the_old_lines_into_the_new(old: list[bytes], new: list[bytes]) -> None:
    check(old, new)


@given(FEW, FEW)
def test_so_do_blocks_between_anchors(old: list[bytes], new: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "SMALL_GAP", 4)  # so that a few lines are many
        check(old, new)


@given(FEW, FEW)
def test_rough_blocks_do_as_well_and_lie_apart(old: list[bytes], new: list[bytes]) -> None:
    blocks = list(rough_blocks(old, new))
    assert patched(old, new, blocks) == new
    for (_, i, _, j), (i2, _, j2, _) in pairwise(blocks):
        assert i2 - i == j2 - j > 0
    exact = changed_blocks(old, new)
    assert bool(blocks) == bool(exact)


@given(FEW)
def test_equal_contents_have_no_blocks(same: list[bytes]) -> None:
    assert changed_blocks(same, list(same)) == []


@given(FEW, FEW, FEW, FEW)
def test_one_change_between_equal_ends_is_inside_its_bounds(
    head: list[bytes], old: list[bytes], new: list[bytes], tail: list[bytes]
) -> None:
    blocks = check([*head, *old, *tail], [*head, *new, *tail])
    assert sum(end - start for start, end, _, _ in blocks) <= len(old) + len(new)
    assert all(start >= len(head) for start, _, _, _ in blocks) or not set(old).isdisjoint(
        {*head, *tail, *new}
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "a", [(0, 0, 0, 1)]),
        ("a", "", [(0, 1, 0, 0)]),
        ("abc", "axc", [(1, 2, 1, 2)]),
        ("abc", "abbc", [(2, 2, 2, 3)]),  # a repeated line is put in after the first
        ("abcd", "xbcy", [(0, 1, 0, 1), (3, 4, 3, 4)]),
        ("abcdef", "defabc", [(0, 0, 0, 3), (3, 6, 6, 6)]),  # one half stays, the other moves
    ],
)
def test_blocks(old: str, new: str, expected: list[Block]) -> None:
    assert check(*([c.encode() for c in text] for text in (old, new))) == expected


def numbered(start: int, count: int) -> list[bytes]:
    return [b"line %d" % number for number in range(start, start + count)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (numbered(0, 60_000), numbered(100_000, 60_000)),  # nothing stays
        (numbered(0, 60_000), numbered(0, 60_000)[::-1]),  # everything stands elsewhere
        ([b"a", b"b"] * 30_000, [b"b", b"c"] * 30_000),  # no line is unique
        (numbered(0, 60_000), [line for n in range(60_000) for line in (b"line %d" % n, b"x")]),
    ],
    ids=["new", "reversed", "repeated", "interleaved"],
)
def test_big_rewrites_are_fast(old: list[bytes], new: list[bytes]) -> None:
    start = time.process_time()
    blocks = changed_blocks(old, new)
    assert time.process_time() - start < 4  # a quadratic diff takes minutes
    assert patched(old, new, blocks) == new


def test_a_small_change_of_a_big_file_is_small() -> None:
    old = numbered(0, 20_000)
    new = [*old[:5_000], b"new", *old[5_001:15_000], *old[15_010:]]
    assert check(old, new) == [(5_000, 5_001, 5_000, 5_001), (15_000, 15_010, 15_000, 15_000)]
