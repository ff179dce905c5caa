"""Pairs things one to one so that the sum of what the pairs are worth is the largest.

The Hungarian method, on a sparse graph: one shortest augmenting path for each row.

Source:
    Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
    assignment problems", Computing 38, 1987.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from typing import NamedTuple

LARGEST = 400  # rows or columns of one problem; a larger one is solved greedily


class Edge(NamedTuple):
    """A pair that may be made."""

    row: int
    column: int
    worth: float  # above 0; a pair that is not made is worth 0


def assign(edges: Iterable[Edge]) -> Iterator[Edge]:
    """Yield the edges of a best assignment, by row; what is over ``LARGEST`` is paired greedily."""
    chosen: list[Edge] = []
    for component in _components(edges):
        rows, columns = {edge.row for edge in component}, {edge.column for edge in component}
        if len(component) == 1:
            chosen.extend(component)
        elif max(len(rows), len(columns)) > LARGEST:
            chosen.extend(greedy(component))
        else:
            chosen.extend(_hungarian(component))
    yield from sorted(chosen)


def greedy(edges: Iterable[Edge]) -> Iterator[Edge]:
    """Yield the best edge, then the best of those that are left, and so on."""
    rows: set[int] = set()
    columns: set[int] = set()
    for edge in sorted(edges, key=lambda edge: (-edge.worth, edge.row, edge.column)):
        if edge.row not in rows and edge.column not in columns:
            rows.add(edge.row)
            columns.add(edge.column)
            yield edge


def _components(edges: Iterable[Edge]) -> list[list[Edge]]:
    """Split a problem into those that have nothing to do with one another."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    every = sorted(edges)
    for edge in every:
        parent[root(~edge.column)] = root(edge.row)  # columns are negative
    parts: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in every:
        parts[root(edge.row)].append(edge)
    return list(parts.values())


def _hungarian(edges: list[Edge]) -> Iterator[Edge]:
    worth: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for edge in edges:
        worth[edge.row][edge.column] = max(edge.worth, worth[edge.row].get(edge.column, 0.0))
    top = max(edge.worth for edge in edges)
    solver = _Solver({row: _costs(row, columns, top) for row, columns in worth.items()})
    for row in worth:
        solver.augment(row)
    for row, column in sorted(solver.column_of.items()):
        if column >= 0:
            yield Edge(row, column, worth[row][column])


def _costs(row: int, columns: Mapping[int, float], top: float) -> dict[int, float]:
    """Return what each pair costs; a column of its own lets a row stay alone."""
    return {**{column: top - worth for column, worth in columns.items()}, ~row: top}


class _Solver:
    """Shortest augmenting paths; potentials keep the costs of edges that are left at 0 or above."""

    def __init__(self, costs: Mapping[int, Mapping[int, float]]) -> None:
        self.costs = costs
        self.column_of: dict[int, int] = {}
        self.row_of: dict[int, int] = {}
        self.price: defaultdict[int, float] = defaultdict(float)  # of columns

    def augment(self, row: int) -> None:
        """Give a row a column, and others new ones where that is better for all."""
        distance: dict[int, float] = {}
        came: dict[int, int] = {}  # the row from which a column is reached
        done: list[tuple[int, float]] = []
        heap: list[tuple[float, int]] = []
        settled: set[int] = set()
        self._relax(row, 0.0, distance, came, heap)
        while True:
            length, column = heappop(heap)
            if column in settled:
                continue
            settled.add(column)
            holder = self.row_of.get(column)
            if holder is None:
                break
            done.append((column, length))
            held = self.costs[holder][column] - self.price[column]
            self._relax(holder, length - held, distance, came, heap)
        for other, before in done:
            self.price[other] += before - length
        self._flip(row, column, came)

    def _relax(
        self,
        row: int,
        base: float,
        distance: dict[int, float],
        came: dict[int, int],
        heap: list[tuple[float, int]],
    ) -> None:
        for column, cost in self.costs[row].items():
            length = base + cost - self.price[column]
            if length < distance.get(column, float("inf")):
                distance[column], came[column] = length, row
                heappush(heap, (length, column))

    def _flip(self, row: int, column: int, came: Mapping[int, int]) -> None:
        while True:
            holder = came[column]
            before = self.column_of.get(holder)
            self.column_of[holder], self.row_of[column] = column, holder
            if holder == row or before is None:
                return
            column = before
