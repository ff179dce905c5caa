"""The histories of units: who remembers what, by branch and by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.before_range import number_before
from loopwatch.graph.histories import Histories
from loopwatch.graph.topology import Topology, topology
from loopwatch.graph.tracks import ABSENT

UNIT, OTHER = 1, 2


def shape_of(*parents: tuple[int, ...]) -> Topology:
    """Return the topology of commits that are numbered oldest first."""
    rows = [[b"%d" % n, *(b"%d" % p for p in parents[n])] for n in range(len(parents))]
    return topology(reversed(rows))[0]


def straight(length: int) -> Topology:
    return shape_of(*((n - 1,) if n else () for n in range(length)))


def entered(topology: Topology, states: dict[int, str], unit: int = UNIT) -> Histories:
    """Return histories in which a unit, absent at first, enters a state at each version."""
    histories = Histories(topology, 1)
    enter(histories, states, unit)
    return histories


def enter(histories: Histories, states: dict[int, str], unit: int, before: str = "") -> None:
    for version, state in states.items():
        parent = histories.topology.first_parent[version]
        visits = histories.visits(unit, parent) if parent >= 0 else []
        old = visits[-1].state if visits else before.encode()
        assert isinstance(old, bytes)
        histories.enter(unit, version, old, state.encode())


def told(histories: Histories, unit: int, version: int) -> list[tuple[int, object]]:
    return [(visit.version, visit.state) for visit in histories.visits(unit, version)]


def walked(histories: Histories, unit: int, version: int) -> str | None:
    """Return the states of the run that a version closes, as letters."""
    found = histories.returns(unit, version)
    if found is None:
        return None
    return "".join(v.state.decode() or "-" for v in found[0] if isinstance(v.state, bytes))


@given(st.text("abc", min_size=1, max_size=10))
def test_a_version_remembers_all_before_it_and_nothing_after(drawn: str) -> None:
    histories = Histories(straight(len(drawn)), 1)
    for version, state in enumerate(drawn):
        histories.enter(UNIT, version, drawn[version - 1 : version].encode(), state.encode())
    for version in range(len(drawn)):
        states = [state for _, state in told(histories, UNIT, version)]
        kept = [s for n, s in enumerate(drawn[: version + 1]) if n == 0 or drawn[n - 1] != s]
        assert states == [ABSENT, *(state.encode() for state in kept)]


@given(st.text("abc", min_size=1, max_size=12), st.data())
def test_the_end_of_a_history_begins_before_a_version(drawn: str, data: st.DataObject) -> None:
    histories = entered(straight(len(drawn)), dict(enumerate(drawn)))
    now = data.draw(st.integers(0, len(drawn) - 1))
    since = data.draw(st.integers(0, now))
    whole, end = histories.visits(UNIT, now), histories.visits(UNIT, now, since)
    assert end == whole[len(whole) - len(end) :]
    if end != whole:
        assert end[0].version < since
        assert all(visit.version >= since for visit in end[1:])


def test_a_state_before_the_range_counts() -> None:
    histories = Histories(straight(2), 1)
    histories.enter(UNIT, 0, b"a", b"b")
    histories.enter(UNIT, 1, b"b", b"a")
    assert walked(histories, UNIT, 1) == "aba"


def begun_before(main: int = 0, *, parent: bytes = b"w") -> Topology:
    """Return a main line and a side of it, both begun before the range, by versions 0 and 1.

    The side takes in 2 of main at 3, and main takes in the side at 4.

    Args:
        main: which of the two begins the main line.
        parent: of the first version of the side; nothing: it has none.
    """
    first, side = b"%d" % main, b"%d" % (1 - main)
    begun = {first: [first, b"x"], side: [side, parent] if parent else [side]}
    rows = [begun[b"0"], begun[b"1"], [b"2", first], [b"3", side, b"2"], [b"4", b"2", b"3"]]
    return topology(reversed(rows))[0]


@pytest.mark.parametrize("main", [0, 1])
@pytest.mark.parametrize("parent", [b"w", b""])
def test_each_line_begins_with_its_own_state_before_the_range(main: int, parent: bytes) -> None:
    side = 1 - main
    histories = Histories(begun_before(main, parent=parent), 1)
    for version in (0, 1):
        histories.enter(UNIT, version, *((b"c", b"d") if version == side else (b"a", b"b")))
    assert told(histories, UNIT, main) == [(-1, b"a"), (main, b"b")]
    assert told(histories, UNIT, side) == [(-1, b"c"), (side, b"d")]
    assert not histories.enter(UNIT, 3, b"d", b"a"), "where it never was"
    assert histories.returns(UNIT, 3) is None


def test_a_state_before_the_range_counts_on_each_line() -> None:
    histories = Histories(begun_before(), 1)
    histories.enter(UNIT, 0, b"a", b"b")
    histories.enter(UNIT, 1, b"c", b"d")
    assert histories.enter(UNIT, 3, b"d", b"c")
    assert walked(histories, UNIT, 3) == "cdc"


def test_who_took_a_unit_from_one_state_to_another() -> None:
    histories = entered(straight(4), {0: "a", 1: "b", 2: "c", 3: "d"})
    went = histories.went
    assert went(UNIT, 3, (b"b", b"d"), by=frozenset({2, 3}))
    assert went(UNIT, 3, (b"c", b"d"), by=frozenset({3}))
    assert not went(UNIT, 3, (b"a", b"d"), by=frozenset({2, 3})), "another one had a part in it"
    assert not went(UNIT, 3, (b"b", b"d"), by=frozenset({2}))
    assert not went(UNIT, 3, (b"b", b"c"), by=frozenset({2, 3})), "it is in another one by now"
    assert not went(UNIT, 3, (b"x", b"d"), by=frozenset({2, 3})), "it never was there"
    assert not went(OTHER, 3, (b"b", b"d"), by=frozenset({2, 3}))


@pytest.mark.parametrize("main", [0, 1])
def test_a_version_before_the_range_has_the_state_that_its_line_begins_with(main: int) -> None:
    histories = Histories(begun_before(main), 1)
    for version in (0, 1):
        histories.enter(UNIT, version, *((b"a", b"b") if version == main else (b"c", b"d")))
    before = [histories.last(UNIT, number_before(version)) for version in (main, 1 - main)]
    assert [visits[-1].state for visits in before] == [b"a", b"c"]


def test_of_a_unit_that_a_line_never_changed_the_state_before_the_range_is_not_known() -> None:
    histories = entered(begun_before(), {0: "b"})
    assert told(histories, UNIT, 1) == []


@pytest.mark.parametrize(
    ("states", "expected"),
    [("aba", "aba"), ("abab", "abab"), ("abcab", "abcab"), ("abc", None), ("abb", None)],
)
def test_returns(states: str, expected: str | None) -> None:
    histories = entered(straight(len(states)), dict(enumerate(states)))
    assert walked(histories, UNIT, len(states) - 1) == expected


def test_a_unit_that_another_version_changed_does_not_return_now() -> None:
    histories = entered(straight(4), {0: "a", 1: "b", 2: "a"})
    assert histories.returns(UNIT, 3) is None


def test_branches_do_not_see_each_other() -> None:
    # 0 - 1 - 3 - 4   the side, 2, forks from 0 and is merged by 4
    #  `---- 2 --'
    shape = shape_of((), (0,), (0,), (1,), (3, 2))
    histories = entered(shape, {0: "a", 1: "b", 2: "c", 3: "a"})
    assert told(histories, UNIT, 2) == [(-1, b""), (0, b"a"), (2, b"c")]
    assert walked(histories, UNIT, 3) == "aba"
    assert histories.was_entered_by(frozenset({2}), UNIT, b"c")
    assert not histories.was_entered_by(frozenset({2}), UNIT, b"b")


def test_a_branch_sees_its_ancestors() -> None:
    shape = shape_of((), (0,), (1,), (1,), (2, 3))
    histories = entered(shape, {0: "a", 1: "b", 2: "c", 3: "a"})
    assert walked(histories, UNIT, 3) == "aba"


def test_has_been_is_never_a_false_no() -> None:
    histories = entered(straight(3), {0: "a", 1: "b"})
    enter(histories, {2: "c"}, OTHER)
    histories.begin_as(OTHER, UNIT, 2)
    assert histories.has_been(OTHER, 2, b"a")
    assert histories.has_been(OTHER, 2, b"c")
    assert not histories.has_been(UNIT, 2, b"c")


def test_a_renamed_unit_goes_on_with_its_history() -> None:
    histories = entered(straight(4), {0: "a", 1: "b"})
    histories.enter(UNIT, 2, b"b", b"")
    histories.begin_as(OTHER, UNIT, 2)
    histories.enter(OTHER, 2, b"", b"b")
    histories.enter(OTHER, 3, b"b", b"a")
    assert told(histories, OTHER, 3) == [(-1, b""), (0, b"a"), (1, b"b"), (3, b"a")]
    assert walked(histories, OTHER, 3) == "aba"


def test_a_rename_is_not_known_before_it_happens_nor_beside_it() -> None:
    # 2, where the rename is, is a branch of its own
    shape = shape_of((), (0,), (0,), (1, 2))
    histories = entered(shape, {0: "a"})
    histories.begin_as(OTHER, UNIT, 2)
    histories.enter(OTHER, 2, b"", b"a")
    assert told(histories, OTHER, 1) == [(-1, b"")]
    assert told(histories, OTHER, 2) == [(-1, b""), (0, b"a")]


def test_a_unit_that_is_renamed_and_renamed_back_ends() -> None:
    histories = entered(straight(4), {0: "a"})
    for version, (new, old) in enumerate([(OTHER, UNIT), (UNIT, OTHER), (OTHER, UNIT)], start=1):
        histories.enter(old, version, b"a", b"")
        histories.begin_as(new, old, version)
        histories.enter(new, version, b"", b"a")
    assert (0, b"a") in told(histories, OTHER, 3)
    assert histories.has_been(OTHER, 3, b"a")


def test_a_unit_does_not_begin_as_itself() -> None:
    histories = entered(straight(2), {0: "a"})
    histories.begin_as(UNIT, UNIT, 1)
    assert histories.origins == {}


@given(st.text("abc", min_size=1, max_size=12))
def test_entering_tells_what_may_return(drawn: str) -> None:
    histories = Histories(straight(len(drawn)), 1)
    for version, state in enumerate(drawn):
        old = drawn[version - 1 : version].encode()
        may_return = histories.enter(UNIT, version, old, state.encode())
        assert may_return == (state in drawn[:version])
        assert may_return or histories.returns(UNIT, version) is None


def test_what_was_before_the_latest_origin_is_told_by_that_origin() -> None:
    histories = entered(straight(5), {0: "a", 1: "b"})
    enter(histories, {2: "c"}, OTHER)
    histories.begin_as(3, OTHER, 3)  # first a copy of one, then another one renamed
    histories.begin_as(3, UNIT, 4)
    histories.enter(3, 3, b"", b"c")
    assert histories.enter(3, 4, b"c", b"a")
    assert told(histories, 3, 3) == [(-1, b""), (2, b"c")]
    assert told(histories, 3, 4) == [(-1, b""), (0, b"a"), (1, b"b"), (4, b"a")]
    assert walked(histories, 3, 4) == "aba"
    assert histories.last(3, 4) == histories.visits(3, 4)[-2:]
