"""The shape of history, against git itself and against a slow but plain reading of the graph."""

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.topology import NONE, Topology, topology
from loopwatch.sources.git_history import read_topology
from loopwatch.sources.git_process import Git
from loopwatch.sources.git_selection import Selection, start_topology
from tests.builders import Repo

Parents = Sequence[Sequence[int]]  # of each commit, by number; first parents first


def name(number: int) -> bytes:
    return (number + 1).to_bytes(20)


def shape_of(parents: Parents) -> Topology:
    """Return the topology of commits that are numbered oldest first."""
    rows = [[name(n), *map(name, parents[n])] for n in reversed(range(len(parents)))]
    shape, ids = topology(rows)
    assert list(ids) == [name(n) for n in range(len(parents))]
    return shape


def first_parents(parents: Parents, version: int) -> list[int]:
    """Return a version and its first-parent ancestors, nearest first."""
    chain = [version]
    while parents[chain[-1]]:
        chain.append(parents[chain[-1]][0])
    return chain


def reachable(parents: Parents, version: int) -> set[int]:
    """Return a version and all of its ancestors."""
    found, waiting = set(), [version]
    while waiting:
        found.add(version := waiting.pop())
        waiting.extend(parents[version])
    return found


@st.composite
def graphs(draw: st.DrawFn) -> Parents:
    """Draw a history whose newest commit reaches all others, some of them roots."""
    size = draw(st.integers(1, 14))
    drawn = [
        draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True)) if n else []
        for n in range(size)
    ]
    kept = sorted(reachable(drawn, size - 1))
    number = {old: new for new, old in enumerate(kept)}
    return [[number[parent] for parent in drawn[old]] for old in kept]


@given(graphs())
def test_a_version_sees_its_first_parents_and_nothing_else(parents: Parents) -> None:
    shape = shape_of(parents)
    for version in range(len(parents)):
        chain = first_parents(parents, version)
        seen = [earlier for earlier in range(len(parents)) if shape.sees(version, earlier)]
        assert seen == sorted(chain)
        assert list(shape.ancestors(version)) == chain[1:]
        newest = {shape.line[earlier]: earlier for earlier in sorted(chain)}
        assert shape.reach(version) == newest
        assert shape.depth[version] == len(chain)
        assert shape.first_parent[version] == (chain[1] if chain[1:] else NONE)


@given(graphs())
def test_a_merge_brings_in_what_its_first_parent_did_not_have(parents: Parents) -> None:
    shape = shape_of(parents)
    for merge, before in enumerate(parents):
        if len(before) < 2:
            continue
        had = reachable(parents, before[0])
        brought = list(shape.merged_by(merge))
        assert sorted(brought) == sorted(reachable(parents, merge) - had - {merge})


@given(graphs())
def test_lines_are_runs_of_first_parents(parents: Parents) -> None:
    shape = shape_of(parents)
    newest = len(parents) - 1
    main = [v for v in range(len(parents)) if shape.line[v] == 0]
    assert main == sorted(first_parents(parents, newest))
    for version in range(len(parents)):
        line = shape.line[version]
        parent = shape.first_parent[version]
        if parent != NONE and shape.line[parent] != line:
            assert shape.fork[line] == parent
        children = [v for v in range(len(parents)) if shape.first_parent[v] == version]
        assert sum(shape.line[child] == line for child in children) <= 1


@given(graphs())
def test_of_each_line_it_is_known_who_sees_it_and_where_it_comes_from(parents: Parents) -> None:
    shape = shape_of(parents)
    last, roots = shape.last_seen(), shape.roots()
    for line in set(shape.line):
        own = [version for version, one in enumerate(shape.line) if one == line]
        chains = [first_parents(parents, version) for version in range(len(parents))]
        assert last[line] == max(c[0] for c in chains if not set(own).isdisjoint(c))
        assert roots[line] == shape.line[first_parents(parents, own[0])[-1]]


@given(graphs())
def test_a_side_line_is_told_by_a_merge_of_its_newest_version(parents: Parents) -> None:
    shape = shape_of(parents)
    for line in set(shape.line) - {0}:
        tip = max(v for v in range(len(parents)) if shape.line[v] == line)
        assert tip in parents[shape.tip_of[line]][1:]


@pytest.mark.parametrize(
    ("parents", "line"),
    [
        ([], []),
        ([[]], [0]),
        ([[], [0], [1]], [0, 0, 0]),
        ([[], [0], [0], [1, 2]], [0, 0, 1, 0]),  # a branch, merged
        ([[], [], [0, 1]], [0, 1, 0]),  # two roots
        ([[], [0], [0], [0], [1, 2, 3]], [0, 0, 1, 2, 0]),  # an octopus
        ([[], [0], [1], [2, 1]], [0, 0, 0, 0]),  # a merge of what is there already
    ],
)
def test_lines(parents: Parents, line: list[int]) -> None:
    assert list(shape_of(parents).line) == line


def test_parents_before_the_range_are_outside() -> None:
    shape, _ = topology([[name(2), name(1)], [name(1), name(0)]])
    assert shape.outside == {0: name(0).hex()}
    assert list(shape.first_parent) == [NONE, 0]


def test_versions_are_added_on_the_main_line() -> None:
    shape = shape_of([[], [0], [0], [1, 2]])
    assert [shape.append(), shape.append()] == [4, 5]
    assert [v for v in range(6) if shape.sees(5, v)] == [0, 1, 3, 4, 5]
    assert shape.depth[5] == 5


def test_the_first_version_may_be_an_added_one() -> None:
    shape, _ = topology(())
    assert shape.append() == 0
    assert shape.append() == 1
    assert shape.sees(1, 0)
    assert list(shape.depth) == [1, 2]


def imported(folder: Path, parents: Parents) -> list[str]:
    """Make commits with these parents on the branch main; return their ids."""
    stream = []
    for number, before in enumerate(parents):
        stream.append(f"commit refs/heads/c{number}\nmark :{number + 1}\n")
        stream.append(f"committer A <a@example.com> {1_700_000_000 + 60 * number} +0000\n")
        stream.append("data 0\n")
        words = ["from", *["merge"] * len(before)]
        stream += [f"{w} :{p + 1}\n" for w, p in zip(words, before, strict=False)]
        stream.append(f"get-mark :{number + 1}\n")
    stream.append(f"reset refs/heads/main\nfrom :{len(parents)}\n")
    command = ["git", "-C", str(folder), "fast-import", "--quiet"]
    done = subprocess.run(command, input="".join(stream).encode(), capture_output=True, check=True)
    return done.stdout.decode().split()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_git_says_the_same(repo: Repo, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    drawn = [chance.sample(range(n), min(n, chance.choice([1, 1, 1, 2, 2, 3]))) for n in range(25)]
    ids = imported(repo.path, drawn)
    with start_topology(Git(repo.path), Selection(("main",))) as process:
        shape, told = read_topology(process)
    number = {commit.hex(): n for n, commit in enumerate(told)}
    assert sorted(number) == sorted(repo.git("rev-list", "main").split())
    for commit in ids:
        if commit not in number:
            continue
        chain = repo.git("rev-list", "--first-parent", commit).split()
        version = number[commit]
        assert [number[one] for one in chain] == [version, *shape.ancestors(version)]
        if version in shape.other_parents:
            brought = repo.git("rev-list", f"{commit}^1..{commit}").split()
            merged = {told[v].hex() for v in shape.merged_by(version)}
            assert merged == set(brought) - {commit}
