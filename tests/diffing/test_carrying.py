"""Lines that are carried forward through a difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing.carrying import carried


def lines(text: str) -> list[bytes]:
    return [letter.encode() for letter in text]


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("abXYc", "abXYc", 2),
        ("abXYc", "qabXYc", 3),  # something came above
        ("abXYc", "bXYc", 1),  # something went above
        ("abXYc", "abqqXYc", 4),  # just above
        ("abXYc", "abXYqqc", 2),  # just below
        ("abXYc", "abXqYc", None),  # in between
        ("abXYc", "abXc", None),
        ("abXYc", "", None),
    ],
)
def test_lines_keep_their_place(old: str, new: str, at: int | None) -> None:
    start = old.index("XY")
    assert carried(lines(old), lines(new), start, start + 2) == at


@given(st.text("abc", max_size=12), st.text("abc", max_size=12), st.data())
def test_what_is_carried_is_the_same(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    at = carried(lines(old), lines(new), start, end)
    if at is not None:
        assert new[at : at + end - start] == old[start:end]
