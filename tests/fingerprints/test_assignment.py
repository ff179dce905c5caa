"""The best assignment, against all there are."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from loopwatch.fingerprints.assignment import LARGEST, Edge, assign

WORTHS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 20), max_size=14
)


def best(worths: dict[tuple[int, int], int]) -> int:
    """Try every assignment."""
    return max(
        sum(worths.get((row, column), 0) for row, column in enumerate(columns))
        for columns in permutations(range(5))
    )


@given(WORTHS)
def test_the_sum_is_the_largest(worths: dict[tuple[int, int], int]) -> None:
    chosen = list(assign(Edge(*pair, worth / 20) for pair, worth in worths.items()))
    assert len({one.row for one in chosen}) == len({one.column for one in chosen}) == len(chosen)
    assert abs(sum(one.worth for one in chosen) - best(worths) / 20) < 1e-9


@given(WORTHS, st.randoms(use_true_random=False))
def test_the_order_of_edges_does_not_matter(worths: dict[tuple[int, int], int], chance) -> None:  # type: ignore[no-untyped-def]
    edges = [Edge(*pair, worth / 20) for pair, worth in worths.items()]
    shuffled = chance.sample(edges, len(edges))
    assert list(assign(edges)) == list(assign(shuffled))


def test_what_is_too_large_is_paired_greedily() -> None:
    size = LARGEST + 1
    edges = [Edge(row, column, 1.0) for row in range(size) for column in (row, (row + 1) % size)]
    chosen = list(assign(edges))
    assert len({one.column for one in chosen}) == len(chosen) >= size // 2
