"""What a run was asked about, counted."""

import pytest

from loopwatch.graph.topology import topology
from loopwatch.verdicts.tally import Tally

CHANGE = ((b"a.py", None, b"1"),)


@pytest.mark.parametrize(
    ("asked", "edits", "versions"),
    [
        (None, 3, 4),  # a root, and what it starts from
        ({2}, 1, 2),  # what comes before it
        ({1, 2}, 2, 3),
        ({0}, 1, 2),  # a root
        (set(), 0, 0),
    ],
)
def test_versions_are_edits_and_what_they_start_from(
    asked: set[int] | None, edits: int, versions: int
) -> None:
    shape, _ = topology([[b"c", b"b"], [b"b", b"a"], [b"a"]])
    tally = Tally(shape, None if asked is None else frozenset(asked))
    for version in range(3):
        tally.take(version, CHANGE)
        tally.count_mechanical(version, 2)
    assert (tally.edits, tally.versions, tally.mechanical) == (edits, versions, 2 * edits)


def test_a_range_starts_from_one_version() -> None:
    shape, _ = topology([[b"d", b"c", b"b"], [b"c", b"x"], [b"b", b"x"]])  # x is not read
    for asked in (None, frozenset({0, 1, 2})):
        tally = Tally(shape, asked)
        for version in range(3):
            tally.take(version, CHANGE)
        assert tally.versions == 4


def test_paths_are_those_of_the_versions_asked_about() -> None:
    shape, _ = topology([[b"b", b"a"], [b"a"]])
    tally = Tally(shape, frozenset({1}))
    tally.take(0, ((b"old.py", None, b"1"),))
    tally.take(1, ((b"new.py", None, b"1"),))
    assert not tally.has_path("old.py")
    assert tally.has_path("new.py")
    assert Tally(shape).has_path("whatever")
