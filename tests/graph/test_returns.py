"""Returns, rounds and periods, told by letters: each is a state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.returns import PackedVisits, Return, Visit, walk_back
from loopwatch.model.unit import Granularity


def returned(states: str) -> Return | None:
    """Return what the last of some states returns to."""
    found = walk_back(states)
    if found is None:
        return None
    start, since = found
    visits = tuple(Visit(version, state) for version, state in enumerate(states))
    return Return(
        granularity=Granularity.FILE, path=b"a.py", symbol=None,
        visits=visits[start:], since=since - start,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("states", "run", "period", "rounds"),
    [
        ("xyx", "xyx", 2, 1),  # the contract's own examples
        ("xyxy", "xyxy", 2, 2),
        ("xyxyx", "xyxyx", 2, 2),
        ("xyxyxy", "xyxyxy", 2, 3),
        ("abca", "abca", 3, 1),
        ("abcab", "abcab", 3, 1),
        ("abcabc", "abcabc", 3, 2),
        ("abcabcabc", "abcabcabc", 3, 3),
        ("pqxyx", "xyx", 2, 1),  # what came before has nothing to do with it
        ("xyzyx", "xyzyx", 3, 1),  # there and back by the same way
        ("xyxzx", "xzx", 2, 1),  # to the latest equal state, not to the first
        ("xyxzxzx", "xzxzx", 2, 2),
    ],
)
def test_rounds(states: str, run: str, period: int, rounds: int) -> None:
    found = returned(states)
    assert found is not None
    assert "".join(str(visit.state) for visit in found.visits) == run
    assert (found.period, found.rounds) == (period, rounds)
    assert found.version == len(states) - 1


@pytest.mark.parametrize("states", ["", "a", "ab", "abc", "abac"])
def test_a_new_state_is_no_return(states: str) -> None:
    assert walk_back(states) is None


@given(st.integers(1, 20))
def test_a_war_has_a_round_for_every_second_state(returns: int) -> None:
    found = returned(("xy" * (returns + 2))[: returns + 2])
    assert found is not None
    assert (found.period, found.rounds) == (2, (returns + 2) // 2)


@given(st.text("abcd", max_size=12))
def test_walk_back_finds_the_latest_cycle(drawn: str) -> None:
    states = "".join(s for n, s in enumerate(drawn) if n == 0 or drawn[n - 1] != s)
    found = returned(states)
    if found is None:
        assert states[-1:] not in states[:-1] or not states
        return
    turn = states[states.rindex(states[-1], 0, len(states) - 1) :]
    run = [visit.state for visit in found.visits]
    assert run[found.since :] == list(turn)
    assert set(run) == set(turn)  # no state of another cycle
    before = len(states) - len(run) - 1
    assert before < 0 or states[before] not in turn  # and all of this one
    assert found.left == len(states) - len(turn) + 1
    assert len(found.steps) == len(turn) - 1
    assert found.period >= 2
    assert found.rounds >= 1


def test_packed_visits_are_the_same() -> None:
    states = (b"", b"x\0", b"", b"\0y", b"x\0")
    visits = tuple(Visit(number - 1, state) for number, state in enumerate(states))
    found = Return(granularity=Granularity.FILE, path=b"a", symbol=None, visits=visits, since=1)
    packed = found.packed()
    assert isinstance(packed.visits, PackedVisits)
    assert tuple(packed.visits) == visits
    assert (packed.visits[-1], packed.visits[1:3]) == (visits[-1], visits[1:3])
    assert tuple(packed.packed().visits) == visits
    assert (packed.left, packed.period, packed.rounds) == (found.left, found.period, found.rounds)


@pytest.mark.parametrize("states", [(0, 1, 0), (b"x", b"yy", b"x"), (b"", frozenset({1}), b"")])
def test_states_that_are_no_ids_of_one_width_stay_as_they_are(states: tuple[object, ...]) -> None:
    visits = tuple(Visit(version, state) for version, state in enumerate(states))
    found = Return(granularity=Granularity.SITE, path=b"a", symbol=None, visits=visits, since=0)
    assert found.packed() is found
