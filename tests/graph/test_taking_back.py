"""The quick look's conditions on lines and words, each beside what the site index makes of them."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing.fragments import fragments
from loopwatch.graph.site_search import SiteSearch
from loopwatch.graph.sites import SiteIndex
from loopwatch.graph.sketch import numbers_of, sketch, unpacked_lines, unpacked_words
from loopwatch.graph.taking_back import (
    PastEdit,
    Windows,
    has_run,
    left_by,
    may_be_raised,
    may_go_on,
)

HOUR = 3600
NOW = 1_700_000_000
WINDOWS = Windows(edits=30, since=NOW - 72 * HOUR, long_since=NOW - 720 * HOUR)


def lines(text: str) -> list[bytes]:
    """Return a line that means something for each letter."""
    return [f"do_{letter}(items)".encode() for letter in text]


def remembered(states: Sequence[str], *, hours: int = 1, gap: int = 1) -> list[PastEdit]:
    """Return the edits that lead through some states, the latest of them ``gap`` steps ago."""
    count = len(states) - 1
    return [
        PastEdit(
            age=(count - number) * gap,
            when=NOW - (count - number) * hours * HOUR,
            old=before.encode(),
            new=after.encode(),
            lines=made.packed_lines(),
            words=made.packed_words(),
            is_certain=True,
        )
        for number, (before, after) in enumerate(pairwise(states))
        for made in (sketch(b"a.py", lines(before), lines(after)),)
    ]


def goes_on(states: str, *, gap: int = 1) -> bool:
    *past, before, after = states.split()
    staged = sketch(b"a.py", lines(before), lines(after))
    return may_go_on(staged.hunks, remembered([*past, before], gap=gap), WINDOWS)


def is_raised(states: str, *, hours: int = 1) -> bool:
    *past, before, after = states.split()
    staged = sketch(b"a.py", lines(before), lines(after))
    return may_be_raised(staged.hunks, remembered([*past, before], hours=hours), WINDOWS)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("axb ayb axb", False),  # one round needs a message
        ("axb ayb axb ayb", True),
        ("axb ayb azb awb", False),  # always something new
        ("axb ayb azb axb ayb", False),  # period 3: the second round is not at its end
        ("axb ayb azb axb ayb azb", True),
        ("axb ayb azb axb ayb awb", False),
        ("axyzb aqrsb axyzb aqruvb", True),  # the second time in other words
        ("ab axb ab axb", False),  # to have been put in is no turn
        ("ab axb ab axb ab", True),
    ],
)
def test_a_war_takes_a_hunk_that_took_one_back(states: str, expected: bool) -> None:
    assert goes_on(states) is expected


def test_a_war_goes_on_within_the_window_of_edits() -> None:
    assert goes_on("axb ayb axb ayb", gap=30)
    assert not goes_on("axb ayb axb ayb", gap=31)
    assert goes_on("axb ayb azb axb ayb azb", gap=30)
    assert not goes_on("axb ayb azb axb ayb azb", gap=31)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("axb ayb axb", True),
        ("axb ayb azb", False),
        ("axb ayb azb axb", True),  # followed back, hunk by hunk
        ("ab axyzb ab", True),  # put in and taken out
        ("axyzb ab axyzb", True),  # lost and put back
        ("ab axyzb aqrb", False),  # something takes its place
    ],
)
def test_what_was_changed_not_long_ago_is_taken_back(states: str, expected: bool) -> None:
    assert is_raised(states) is expected


def test_windows_of_hours() -> None:
    assert is_raised("axyb auvb axyb", hours=72)
    assert is_raised("axyb auvb axyb", hours=700)  # line by line, both halves
    assert not is_raised("axyb auvb axyb", hours=721)
    assert not is_raised("axyb auvb axqb", hours=73)  # most of it
    assert not is_raised("axyb ab axyb", hours=73)  # one half


def test_an_edit_off_the_line_counts_for_words_alone() -> None:
    past = remembered(["axb", "ayb"])
    for edit in past:
        edit.age = None
    staged = sketch(b"a.py", lines("ayb"), lines("axb"))
    assert not may_be_raised(staged.hunks, past, WINDOWS)
    assert left_by(staged.words, past) == []


def test_a_symbol_returns_through_the_last_edit_with_a_word() -> None:
    past = remembered(["axb", "ayb", "axb", "ayb"])
    staged = sketch(b"a.py", lines("ayb"), lines("axb"))
    assert left_by(staged.words, past) == past[-1:]
    for edit in past:
        edit.is_certain = False  # any of them may be of another file
    assert left_by(staged.words, past) == [past[2], past[0]]
    fresh = sketch(b"a.py", lines("ayb"), lines("aqb"))
    assert left_by(fresh.words, past) == []


def test_three_edits_close_together_may_be_a_war() -> None:
    assert has_run(remembered(["a", "b", "c", "d"]), WINDOWS)
    assert not has_run(remembered(["a", "b", "c"]), WINDOWS)
    assert not has_run(remembered(["a", "b", "c", "d"], gap=31), WINDOWS)


@given(st.text("abcdef", max_size=8), st.text("abcdef", max_size=8))
def test_a_sketch_is_read_as_it_was_written(before: str, after: str) -> None:
    made = sketch(b"a.py", lines(before), lines(after))
    read = unpacked_lines(numbers_of(made.packed_lines(), "I"))
    assert [(h.before, h.after, h.before_key, h.after_key) for h in read] == [
        (h.before, h.after, h.before_key, h.after_key) for h in made.hunks
    ]
    words = unpacked_words(numbers_of(made.packed_words(), "Q"))
    assert words.come == frozenset().union(*(one.come for one in made.words))
    assert words.gone == frozenset().union(*(one.gone for one in made.words))


def test_bytes_that_are_cut_off_tell_nothing() -> None:
    assert unpacked_lines(numbers_of(b"abc", "I")) == []
    assert unpacked_words(numbers_of(b"abc", "Q")).come == frozenset()


@given(st.lists(st.text("abcdefgh", max_size=6), min_size=3, max_size=7))
def test_every_site_that_the_index_finds_is_seen(states: list[str]) -> None:
    """Whatever happens to a few lines, the index finds nothing that the conditions rule out."""
    index = SiteIndex(sees=lambda version, earlier: earlier < version)
    for version, (before, after) in enumerate(pairwise(states)):
        if before == after:
            continue
        found, second = [], []
        for hunk in fragments(lines(before), lines(after)):
            sites = SiteSearch(index, version, 0, hunk).sites()
            found += sites
            added = index.add(version, 0, 0, hunk)
            for site in sites:
                index.link(added, site)
                period = len(site.walk) + 1
                second += [site] if len(index.visits(added, site)[0]) >= 2 * period else []
        staged = sketch(b"a.py", lines(before), lines(after))
        past = remembered(states[: version + 1])
        if found:
            assert may_be_raised(staged.hunks, past, WINDOWS)
        if second:
            assert may_go_on(staged.hunks, past, WINDOWS)
