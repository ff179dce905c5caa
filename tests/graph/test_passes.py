"""Passes: told by lists, the same answer as one list of versions for each test."""

from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.passes import Passes

NAMES = [f"t.py::test_{n}" for n in range(20)]


@given(
    st.lists(st.lists(st.sampled_from(NAMES), unique=True).map(tuple), max_size=5),
    st.lists(st.integers(0, 4), max_size=20),
)
def test_each_test_passed_where_a_list_says_so(
    lists: list[tuple[str, ...]], told: list[int]
) -> None:
    passes = Passes()
    expected: dict[str, set[int]] = {}
    for version, number in enumerate(told):
        if number < len(lists):
            passes.add(version, lists[number])
            for name in lists[number]:
                expected.setdefault(name, set()).add(version)
    assert {name: passes.of(name) for name in NAMES} == {
        name: expected.get(name, set()) for name in NAMES
    }
