"""Which version comes from which, along first parents.

Versions are numbered oldest first. A *line* is a run of first parents: the main
line from the newest version down, and a line of its own for each side branch,
from the version where it forks off. What a version remembers are its first-parent
ancestors, so that a state is compared with the parent's and never with the
neighbour in log order.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from loopwatch.model.object_ids import ObjectIds

NONE = -1  # no parent inside the range
TOGETHER = 1000  # names that are turned into ids at once


@dataclass(slots=True)
class Topology:
    """The shape of one range of history; all columns are indexed by version number."""

    line: array[int]  # line of each version; 0 is the main line
    first_parent: array[int]  # version number, or NONE
    depth: array[int]  # first-parent steps from the start of the range
    other_parents: dict[int, tuple[int, ...]]  # of merges: those inside the range
    tip_of: dict[int, int]  # of each side line: the merge that brings it in, or NONE
    fork: array[int]  # of each line: the version that it starts from, or NONE
    outside: dict[int, str]  # first parents that lie before the range, by version
    _brought_by: dict[int, list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.line)

    def append(self) -> int:
        """Add a version on the main line, after the newest one, and return its number."""
        version = len(self.line)
        self.first_parent.append(version - 1 if version else NONE)
        self.depth.append(self.depth[version - 1] + 1 if version else 1)
        self.line.append(0)
        if not self.fork:
            self.fork.append(NONE)
            self.tip_of[0] = NONE
        return version

    def sees(self, version: int, earlier: int) -> bool:
        """Tell whether ``earlier`` is ``version`` or one of its first-parent ancestors."""
        lines, target = self.line, self.line[earlier]
        while version >= earlier:
            if lines[version] == target:
                return True
            version = self.fork[lines[version]]
            if version == NONE:
                return False
        return False

    def reach(self, version: int) -> dict[int, int]:
        """Return the newest version of each line that ``version`` sees."""
        newest: dict[int, int] = {}
        while version != NONE:
            line = self.line[version]
            newest[line] = version
            version = self.fork[line]
        return newest

    def last_seen(self) -> array[int]:
        """Return of each line the last version that sees any of it."""
        last = array("i", [NONE]) * len(self.fork)
        for version, line in enumerate(self.line):
            last[line] = version
        for line in range(len(last) - 1, 0, -1):  # a line forks off from one that was begun before
            if (fork := self.fork[line]) != NONE:
                last[self.line[fork]] = max(last[self.line[fork]], last[line])
        return last

    def roots(self) -> array[int]:
        """Return of each line the one that it comes from in the end, or itself."""
        roots = array("i", range(len(self.fork)))
        for line, fork in enumerate(self.fork):  # each forks off from one that was begun before
            if fork != NONE:
                roots[line] = roots[self.line[fork]]
        return roots

    def ancestors(self, version: int) -> Iterator[int]:
        """Yield the first-parent ancestors of ``version``, nearest first."""
        version = self.first_parent[version]
        while version != NONE:
            yield version
            version = self.first_parent[version]

    def merged_by(self, merge: int) -> Iterator[int]:
        """Yield the versions that ``merge`` brings in: reachable, but not by its first parent.

        To be asked for each merge in order: what earlier ones have brought in is
        remembered, so that all merges together cost little more than one walk.
        """
        trunk = self.first_parent[merge]
        seen: set[int] = set()
        todo = list(self.other_parents.get(merge, ()))
        while todo:
            version = todo.pop()
            if version in seen or (trunk != NONE and self._has(trunk, version)):
                continue
            seen.add(version)
            yield version
            todo.extend(self.other_parents.get(version, ()))
            if self.first_parent[version] != NONE:
                todo.append(self.first_parent[version])
        for version in seen:
            self._brought_by.setdefault(version, []).append(merge)

    def _has(self, version: int, earlier: int) -> bool:
        """Tell whether ``earlier`` is in the history of ``version``, by whatever parents."""
        if self.sees(version, earlier):
            return True
        return any(self.sees(version, merge) for merge in self._brought_by.get(earlier, ()))


def topology(
    newest_first: Iterable[Sequence[bytes]], id_of: Callable[[bytes], bytes] = bytes
) -> tuple[Topology, ObjectIds]:
    """Return the topology of commits, and their ids, oldest first.

    Args:
        newest_first: for each commit its name and its parents' names, children before parents.
        id_of: returns the id that a name stands for, or the ids of names end to end.

    Source:
        Lines are those of ``git log --first-parent``: where two children share a
        first parent, it belongs to the line that was begun first, main before all.
    """
    # Of each name that was told and has not come: no commit after its own tells it again.
    number: defaultdict[bytes, int] = defaultdict(count().__next__)
    order, trunks = array("i"), array("i")  # of each row: its number, and its first parent's
    merged: dict[int, tuple[int, ...]] = {}  # of rows: the numbers of other parents
    ids, names = ObjectIds(), list[bytes]()
    for at, row in enumerate(newest_first):
        names.append(row[0])
        if len(names) == TOGETHER:
            ids.extend(id_of(b"".join(names)), len(names))
            names.clear()
        order.append(number[row[0]])
        del number[row[0]]
        trunks.append(number[row[1]] if len(row) > 1 else NONE)
        if len(row) > 2:
            merged[at] = tuple(number[parent] for parent in row[2:])
    if names:
        ids.extend(id_of(b"".join(names)), len(names))
    ids.reverse()
    named = {own: id_ for id_, own in number.items()}
    last = len(order) - 1
    version_of = array("i", [NONE]) * (len(order) + len(named) + 1)  # the last one is that of NONE
    for at, own in enumerate(order):
        version_of[own] = last - at
    first = array("i", (version_of[own] for own in reversed(trunks)))
    others = {
        last - at: inside
        for at, parents in merged.items()
        if (inside := tuple(v for own in parents if (v := version_of[own]) != NONE))
    }
    line, tips = _lines(first, others)
    shape = Topology(
        line=line,
        first_parent=first,
        depth=_depths(first),
        other_parents=others,
        tip_of=tips,
        fork=_forks(first, line, len(tips)),
        outside={
            last - at: id_of(named[own]).hex()
            for at, own in enumerate(trunks if named else ())
            if own != NONE and version_of[own] == NONE
        },
    )
    return shape, ids


def _lines(
    first: Sequence[int], others: Mapping[int, Sequence[int]]
) -> tuple[array[int], dict[int, int]]:
    """Return the line of each version, and the merge that brings each line in."""
    line = array("i", [NONE]) * len(first)
    tips: dict[int, int] = {}
    for version in range(len(first) - 1, -1, -1):
        own = line[version]
        if own == NONE:
            own = line[version] = len(tips)
            tips[own] = NONE
        parent = first[version]
        if parent != NONE and not NONE < line[parent] <= own:
            line[parent] = own
        for other in others.get(version, ()):
            if line[other] == NONE:
                line[other] = len(tips)
                tips[line[other]] = version
    return line, tips


def _depths(first: Sequence[int]) -> array[int]:
    """Return the depth of each version."""
    depth = array("i")
    for parent in first:
        depth.append(depth[parent] + 1 if parent != NONE else 1)
    return depth


def _forks(first: Sequence[int], line: Sequence[int], lines: int) -> array[int]:
    """Return the version that each line starts from."""
    fork = array("i", [NONE]) * lines
    for version, parent in enumerate(first):
        if parent != NONE and line[parent] != line[version]:
            fork[line[version]] = parent
    return fork
