"""Entries by key, newest first, in two columns: some 7 bytes for each entry.

A dictionary of lists would take 20 times as much. Entries are numbered as they come; what
they stand for, and whether a key is really theirs, is known to the owner of the chain.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from loopwatch.graph.topology import NONE

FEW = 1 << 12  # places at first
MOST = 2  # entries for each place; one that is passed over costs less than a place of its own


class Chain:
    """A hash table whose entries lie end to end, each knowing the one before it in its place."""

    def __init__(self, places: int = FEW) -> None:
        """Make an empty chain; ``places`` is a power of 2."""
        self.newest = array("i", (NONE,)) * places  # entry by place
        self.mask = places - 1  # the bits of a key that tell its place
        self.before = array("i")  # by entry: the next older one of its place, or NONE

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to ``grow``: too many in one place make searching slow."""
        return len(self.before) > MOST * len(self.newest)

    def add(self, key: int) -> None:
        """Add the next entry."""
        place = key & self.mask
        self.before.append(self.newest[place])
        self.newest[place] = len(self.before) - 1

    def grow(self, keys: Iterable[int]) -> None:
        """Make room for more entries, given the keys of all so far."""
        self.newest = array("i", (NONE,)) * (2 * len(self.newest))
        self.mask = len(self.newest) - 1
        self.before = array("i")
        for key in keys:
            self.add(key)

    def find(self, key: int) -> Iterator[int]:
        """Yield the entries that may have a key, newest first."""
        entry = self.newest[key & self.mask]
        while entry != NONE:
            yield entry
            entry = self.before[entry]
