"""Which edits may bring back what an earlier one took away, told by their words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.contents import FileContent, lines_of
from loopwatch.graph.edits import FileEdit, file_edit
from loopwatch.graph.topology import NONE
from loopwatch.graph.word_gate import MOST_VERSIONS, LastVersions, WordGate

FIRST = b"one(alpha)\ntwo(beta)\nsix(gamma)"
SECOND = b"one(kappa)\ntwo(beta)\nsix(gamma)"
THIRD = b"one(kappa)\ntwo(theta)\nsix(gamma)"
FOURTH = b"one(kappa)\ntwo(theta)\nsix(omega)"

Step = tuple[int, bytes, bytes]  # a version; what it found and what it left


def edit(old: bytes, new: bytes) -> FileEdit:
    """Return what takes a file from one text to another."""
    before, after = (FileContent(lines=lines_of(text), size=len(text)) for text in (old, new))
    return file_edit(b"a.py", before, after)


def told(steps: list[Step], sees: Callable[[int, int], bool] = int.__gt__) -> list[list[int]]:
    """Return what is said of each edit of a file."""
    gate = WordGate()
    return [gate.leaving(version, 1, edit(old, new), sees) for version, old, new in steps]


@given(st.lists(st.tuples(st.integers(0, 9), st.sets(st.integers(-40, 40)))))
def test_the_last_version_of_each_word_is_known(notes: list[tuple[int, set[int]]]) -> None:
    table, last = LastVersions(), dict.fromkeys(range(-40, 41), NONE)
    for version, words in notes:
        table.note([*words, *words], version)
        last.update({word: max(version, last[word]) for word in words})
        assert {word: table.get(word) for word in last} == last


def test_what_is_read_late_hides_no_newer_word() -> None:
    gate = WordGate()
    gate.leaving(4, 1, edit(FIRST, SECOND), int.__gt__)
    gate.take(2, 1, edit(FIRST, SECOND))
    assert gate.leaving(6, 1, edit(SECOND, FIRST), int.__gt__) == [4]


@pytest.mark.parametrize(("forgotten", "left"), [(None, [3]), (3, []), (5, [])])
def test_what_two_edits_left_was_there_before_the_first(
    forgotten: int | None, left: list[int]
) -> None:
    steps = [(3, FIRST, SECOND), (5, SECOND, THIRD), (7, THIRD, FIRST)]
    assert told(steps, lambda _, earlier: earlier != forgotten) == [[], [], left]


def test_what_three_edits_left_is_not_looked_for() -> None:
    steps = [(3, FIRST, SECOND), (4, SECOND, THIRD), (5, THIRD, FOURTH), (7, FOURTH, FIRST)]
    assert told(steps) == [[], [], [], []]


def test_two_files_of_one_version_bring_nothing_back_to_each_other() -> None:
    steps = [(3, FIRST, SECOND), (3, SECOND, FIRST)]  # copies, which share their history
    assert told(steps, int.__ge__) == [[], []]


def test_the_versions_that_may_have_left_a_state_are_few() -> None:
    places = range(MOST_VERSIONS + 1)
    old = [b"\n".join(b"old_%d()\nkept_%d()" % (at, at) for at in places)]
    for at in places:
        old.append(old[-1].replace(b"old_%d()" % at, b"new_%d()" % at))
    steps = [(at, old[at], old[at + 1]) for at in places]
    assert told([*steps, (9, old[-1], old[0])])[-1] == [*places][:0:-1]
