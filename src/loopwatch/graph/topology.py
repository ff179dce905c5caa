"""Which version comes from which, along first parents.

Versions are numbered oldest first. A *line* is a run of first parents: the main
line from the newest version down, and a line of its own for each side branch,
from the version where it forks off. What a version remembers are its first-parent
ancestors, so that a state is compared with the parent's and never with the
neighbour in log order.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

NONE = -1  # no parent inside the range


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


def topology(newest_first: Iterable[Sequence[bytes]]) -> tuple[Topology, list[bytes]]:
    """Return the topology of commits, and their ids oldest first.

    Args:
        newest_first: for each commit its id and its parents' ids, children before parents.

    Source:
        Lines are those of ``git log --first-parent``: where two children share a
        first parent, it belongs to the line that was begun first, main before all.
    """
    rows = [tuple(row) for row in newest_first]
    number = {row[0]: len(rows) - 1 - index for index, row in enumerate(rows)}
    line = array("i", [NONE]) * len(rows)
    first = array("i", [NONE]) * len(rows)
    others: dict[int, tuple[int, ...]] = {}
    tips: dict[int, int] = {}
    outside: dict[int, str] = {}
    lines = 0
    for row in rows:
        version = number[row[0]]
        if line[version] == NONE:
            line[version], lines = lines, lines + 1
            tips[line[version]] = NONE
        for place, parent_id in enumerate(row[1:]):
            parent = number.get(parent_id, NONE)
            if parent == NONE:
                if place == 0:
                    outside[version] = parent_id.decode()
                continue
            if place == 0:
                first[version] = parent
                if line[parent] == NONE or line[version] < line[parent]:
                    line[parent] = line[version]
            else:
                others[version] = (*others.get(version, ()), parent)
                if line[parent] == NONE:
                    line[parent], lines = lines, lines + 1
                    tips[line[parent]] = version
    fork = array("i", [NONE]) * lines
    depth = array("i", [0]) * len(rows)
    for version, parent in enumerate(first):
        if parent == NONE:
            depth[version] = 1
            continue
        depth[version] = depth[parent] + 1
        if line[parent] != line[version]:
            fork[line[version]] = parent
    shape = Topology(
        line=line,
        first_parent=first,
        depth=depth,
        other_parents=others,
        tip_of=tips,
        fork=fork,
        outside=outside,
    )
    return shape, [row[0] for row in reversed(rows)]
