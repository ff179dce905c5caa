"""Closed walks of defects, from timelines that can be read: x present, . absent, ? unknown."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.topology import NONE
from loopwatch.graph.trades import Walk, closed_walks, trade
from loopwatch.model.defect import Cause


def flips_of(timelines: Mapping[str, str], *, causes: Mapping[int, Cause] = {}) -> Flips:
    """Return the flips of one straight line of versions; defects are numbered A = 0, B = 1, …"""
    flips = Flips(lambda version, earlier: earlier <= version)
    length = max(map(len, timelines.values()))
    for version in range(length):
        for name, timeline in timelines.items():
            state = timeline[version]
            known = [v for v in range(version) if timeline[v] != "?"]
            before = known[-1] if known else NONE
            if state == "?" or (before != NONE and timeline[before] == state):
                continue
            if before == NONE and state == ".":
                continue
            flip = Flip(
                ord(name) - ord("A"),
                version,
                state == "x",
                since=before,
                cause=causes.get(version, Cause.FIXED),
            )
            flips.add(flip)
    return flips


def walks(timelines: Mapping[str, str]) -> dict[int, list[tuple[str, tuple[int, ...]]]]:
    """Return each closing version with the defects of its walks and the edits."""
    flips = flips_of(timelines)
    length = max(map(len, timelines.values()))
    found = {v: [told(w) for w in closed_walks(v, flips, lambda a, b: True)] for v in range(length)}
    return {version: told for version, told in found.items() if told}


def told(walk: Walk) -> tuple[str, tuple[int, ...]]:
    groups = ("".join(chr(ord("A") + track) for track in group) for group in walk.groups)
    return " ".join(groups), walk.edits


@pytest.mark.parametrize(
    ("timelines", "expected"),
    [
        ({"A": "x.x", "B": ".x."}, {2: [("A B", (1, 2))]}),  # the smallest cycle
        ({"A": "x.x.", "B": ".x.x"}, {2: [("A B", (1, 2))], 3: [("B A", (2, 3))]}),
        ({"A": "x..x", "B": ".x..", "C": "..x."}, {3: [("A B C", (1, 2, 3))]}),  # period three
        ({"A": "x.xx", "B": ".xx."}, {3: [("A B", (1, 3))]}),  # both are wrong for a while
        ({"A": "x?.x", "B": ".?x."}, {3: [("A B", (2, 3))]}),  # one version was not checked
        ({"AA": "x.x"}, {}),  # nothing was traded for it
        ({"A": "x..x", "B": ".x.."}, {}),  # version 2 satisfied both: no walk, a relapse
        ({"A": "x...", "B": ".x..", "C": "..x."}, {}),  # steady progress
        ({"A": "x.xx", "B": ".xxx"}, {}),  # both wrong, and nothing removed
        ({"A": "x?x", "B": ".x."}, {}),  # A was never seen to be gone
        (  # two defects come and go together
            {"A": "x.x", "B": "x.x", "C": ".x."},
            {2: [("AB C", (1, 2))]},
        ),
        (  # a third defect that flips in between means nothing
            {"A": "x..x", "B": ".xx.", "C": "..x."},
            {3: [("A B", (1, 3))]},
        ),
    ],
)
def test_closed_walks(
    timelines: dict[str, str], expected: dict[int, list[tuple[str, tuple[int, ...]]]]
) -> None:
    named = {name[0]: timeline for name, timeline in timelines.items()}
    assert walks(named) == expected


def test_a_masked_defect_was_not_removed() -> None:
    flips = flips_of({"A": "x.x", "B": ".x."}, causes={1: Cause.MASKED})
    assert list(closed_walks(2, flips, lambda a, b: True)) == []


def test_unrelated_defects_are_no_product() -> None:
    flips = flips_of({"A": "x.x", "B": "x.x", "C": ".x.", "D": ".x."})
    related = {frozenset((0, 2)), frozenset((1, 3))}
    found = closed_walks(2, flips, lambda a, b: frozenset((a, b)) in related)
    assert [walk.groups for walk in found] == [((0,), (2,)), ((1,), (3,))]


def test_what_lies_on_another_branch_is_not_seen() -> None:
    flips = flips_of({"A": "x.x", "B": ".x."})
    flips.sees = lambda version, earlier: earlier != 1
    assert list(closed_walks(2, flips, lambda a, b: True)) == []


def test_a_trade_is_what_one_edit_removed_and_introduced() -> None:
    flips = flips_of({"A": "x.", "B": ".x", "C": ".."})
    assert [walk.groups for walk in trade(1, flips, lambda a, b: True)] == [((0,), (1,))]


@given(st.lists(st.text("x.?", min_size=8, max_size=8), min_size=1, max_size=4))
def test_each_walk_is_one(rows: list[str]) -> None:
    """Whatever the timelines: the edits rise, and each group does what the walk says it does."""
    timelines = {chr(ord("A") + n): row for n, row in enumerate(rows)}
    flips = flips_of(timelines)
    for version in range(8):
        for walk in closed_walks(version, flips, lambda a, b: True):
            assert walk.edits[-1] == version
            assert list(walk.edits) == sorted(set(walk.edits))
            for start, end, group in zip(walk.edits, walk.edits[1:], walk.groups[1:], strict=False):
                for track in group:
                    assert rows[track][start] == "x" and rows[track][end] == "."
            for track in walk.groups[0]:
                assert rows[track][walk.edits[0]] == "."
                assert rows[track][: version + 1].rstrip("?")[-1] == "x"
