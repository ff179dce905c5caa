"""What merges of side lines only bring in: put off, and looked into with the next edit."""

from collections.abc import Sequence

from loopwatch.graph.arrivals import Arrival, Arrivals
from loopwatch.graph.edits import Step
from loopwatch.graph.file_watch import FileWatch
from loopwatch.graph.topology import Topology, topology

PATH = b"a.py"

# main   0 - 1 ------- 4 ----------- 8
#         \    \        \           /
# side     2 -- 3 ------ 5 -- 6 ---'
#                         `-- 7 (a line of its own, which 8 takes in, too)
PARENTS = ((), (0,), (0,), (2, 1), (1,), (3, 4), (5,), (5,), (4, 6, 7))


def shape() -> Topology:
    rows = [[b"%d" % n, *(b"%d" % p for p in PARENTS[n])] for n in range(len(PARENTS))]
    return topology(reversed(rows))[0]


def followed(states: dict[int, tuple[bytes | None, bytes | None]]) -> Arrivals:
    """Return arrivals over files of which one went from state to state, by version."""
    files = FileWatch(shape(), 1)
    for version, (old, new) in states.items():
        files.enter(version, [(PATH, old, new)], {})
    return Arrivals(files.topology, files, lambda blob_id: blob_id == b"!")


def rest(arrivals: Arrivals, merge: int, old: bytes | None, new: bytes | None) -> Sequence[Step]:
    """Return what has to be looked into at a merge at once."""
    merged = frozenset(arrivals.topology.merged_by(merge))
    steps = [Step(PATH, PATH, old, new)]
    kept = arrivals.put_off(merge, steps, merged, lambda path: path != PATH)
    arrivals.files.enter(merge, [(PATH, old, new)], {})
    return kept


def due(arrivals: Arrivals, version: int) -> list[int]:
    return [arrival.merge for arrival, _ in arrivals.due(version, [0])]


def test_what_the_other_side_did_is_put_off() -> None:
    arrivals = followed({0: (None, b"a"), 1: (b"a", b"b")})
    assert rest(arrivals, 3, b"a", b"b") == []
    assert list(arrivals.changed[3]) == [0]
    assert arrivals.due(6, [0]) == [(Arrival(3, 0), 0)]
    assert arrivals.due(6, [0]) == []


def test_what_the_own_side_did_too_is_looked_into() -> None:
    arrivals = followed({0: (None, b"a"), 1: (b"a", b"b"), 2: (b"a", b"c")})
    assert len(rest(arrivals, 3, b"c", b"b")) == 1
    assert due(arrivals, 6) == []


def test_what_neither_side_has_is_looked_into() -> None:
    arrivals = followed({0: (None, b"a"), 1: (b"a", b"b")})
    assert len(rest(arrivals, 3, b"a", b"x")) == 1


def test_what_is_not_as_on_the_other_side_is_looked_into() -> None:
    arrivals = followed({1: (b"a", b"b")})
    assert len(rest(arrivals, 3, b"c", b"x")) == 1


def test_what_no_side_has_changed_came_from_before_the_range() -> None:
    arrivals = followed({})
    assert rest(arrivals, 3, b"a", b"b") == []
    assert due(arrivals, 6) == [3]


def test_an_unresolved_conflict_is_looked_into() -> None:
    assert len(rest(followed({}), 3, b"a", b"!")) == 1


def test_what_came_before_is_no_work_of_the_own_side() -> None:
    arrivals = followed({0: (None, b"a"), 1: (b"a", b"b")})
    rest(arrivals, 3, b"a", b"b")
    arrivals.files.enter(4, [(PATH, b"b", b"c")], {})
    assert rest(arrivals, 5, b"b", b"c") == []
    assert due(arrivals, 4) == [], "main has no part in the side"
    assert due(arrivals, 3) == [], "not yet"
    assert due(arrivals, 5) == [3]
    assert due(arrivals, 6) == [5]
    assert due(arrivals, 7) == []


def test_a_file_that_comes_has_nothing_to_catch_up_with() -> None:
    arrivals = followed({1: (None, b"b")})
    assert rest(arrivals, 3, None, b"b") == []
    assert due(arrivals, 6) == []


def test_a_path_that_matters_is_looked_into() -> None:
    arrivals = followed({0: (None, b"a"), 1: (b"a", b"b")})
    steps = [Step(PATH, PATH, b"a", b"b")]
    assert arrivals.put_off(3, steps, frozenset({1}), lambda path: path == PATH) == steps


def test_a_renamed_file_is_looked_into() -> None:
    arrivals = followed({0: (None, b"a"), 1: (b"a", b"b")})
    steps = [Step(PATH, b"old.py", b"a", b"b")]
    assert arrivals.put_off(3, steps, frozenset({1}), lambda path: path != PATH) == steps


def test_lines_that_have_ended_are_forgotten() -> None:
    parents = ((), (0,), (0,), (2, 1), (1, 3), (4,), (1,), (6, 5), (5, 7))
    rows = [[b"%d" % n, *(b"%d" % p for p in parents[n])] for n in range(len(parents))]
    files = FileWatch(topology(reversed(rows))[0], 1)
    arrivals = Arrivals(files.topology, files, lambda blob_id: blob_id == b"!")
    for version, old, new in ((0, None, b"a"), (1, b"a", b"b")):
        files.enter(version, [(PATH, old, new)], {})
    rest(arrivals, 3, b"a", b"b")
    files.enter(5, [(PATH, b"b", b"c")], {})
    rest(arrivals, 7, b"b", b"c")
    assert list(arrivals._waiting) == [files.topology.line[7]]
