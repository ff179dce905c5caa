"""Versions that lie before a range, and of which something is known all the same.

In ``A..B`` nothing is read of how A came about; but what a detector said of A is how
things stood when the range began. Such a version has a number below ``NONE``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loopwatch.graph.topology import NONE, Topology


def number_before(version: int) -> int:
    """Return the number of the parent that a version has before the range; and the reverse."""
    return NONE - 1 - version


def is_before(version: int) -> bool:
    """Tell whether a number is that of a version before the range."""
    return version < NONE


def newest(versions: Iterable[int]) -> int:
    """Return the newest of some versions of one line; ``NONE`` among them are no versions."""
    return max((version for version in versions if version != NONE), default=NONE)


@dataclass(slots=True)
class Beginnings:
    """Which version each line of a range begins after."""

    topology: Topology
    _roots: dict[int, int] = field(init=False)  # version after the beginning, by line
    _numbers: dict[str, int] = field(default_factory=dict)  # by id

    def __post_init__(self) -> None:
        """Take in the parents that lie before the range; one of several versions has one number."""
        outside = self.topology.outside
        self._roots = {self.topology.line[version]: version for version in sorted(outside)}
        for version in sorted(outside):
            self._numbers.setdefault(outside[version], number_before(version))

    def sees(self, version: int, earlier: int) -> bool:
        """Tell whether ``earlier`` is ``version`` or in its past, along first parents."""
        if earlier >= NONE:
            return version >= NONE and self.topology.sees(version, earlier)
        return version == earlier or (not is_before(version) and self._of(version) == earlier)

    def parent(self, version: int) -> int:
        """Return the first parent of a version, before the range too, or ``NONE``."""
        if is_before(version):
            return NONE
        name = self.topology.outside.get(version)
        return self.topology.first_parent[version] if name is None else self._numbers[name]

    def _of(self, version: int) -> int:
        """Return the number of what a version's line begins after, or ``NONE``."""
        line = self.topology.line[version]
        while self.topology.fork[line] != NONE:
            line = self.topology.line[self.topology.fork[line]]
        root = self._roots.get(line, NONE)
        return self._numbers[self.topology.outside[root]] if root != NONE else NONE
