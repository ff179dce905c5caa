"""Which hunks brought in, and which took out, each line of a file.

Few of the files of a long history change at any time. Those that changed last are
kept ready; for another one, what is needed is made again from its hunks.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwatch.graph.hunk_table import HunkTable

MOST_LINES = 300_000  # in the hunks of the files that are ready; about 0.1 KB each

Numbers = dict[int, "int | array[int]"]  # of hunks, oldest first, by the hash of something


@dataclass(slots=True)
class FilePlaces:
    """The hunks of one file."""

    brought: Numbers = field(default_factory=dict)  # by line
    taken: Numbers = field(default_factory=dict)
    exact: Numbers = field(default_factory=dict)  # by both halves as a whole
    size: int = 0  # lines

    def take(self, hunks: HunkTable, number: int) -> int:
        """Take in a hunk; return the number of its lines."""
        before, after = hunks.before(number), hunks.after(number)
        for numbers, half in ((self.brought, after), (self.taken, before)):
            for line in half:
                _put(numbers, line, number)
        _put(self.exact, both(hunks.before_key[number], hunks.after_key[number]), number)
        self.size += len(before) + len(after)
        return len(before) + len(after)


NOTHING = FilePlaces()


@dataclass(slots=True)
class Places:
    """The hunks of all files, numbered by the caller; a bounded number is kept ready."""

    hunks: HunkTable
    most_lines: int = MOST_LINES
    _numbers: Numbers = field(default_factory=dict)  # by file
    _ready: OrderedDict[int, FilePlaces] = field(default_factory=OrderedDict)
    _size: int = 0  # lines of those that are ready

    def add(self, file: int, number: int) -> None:
        """Take in a hunk of a file."""
        _put(self._numbers, file, number)
        if file in self._ready:
            self._size += self._ready[file].take(self.hunks, number)

    def of(self, file: int) -> FilePlaces:
        """Return what there is of a file."""
        ready = self._ready.get(file)
        if ready is not None:
            self._ready.move_to_end(file)
            return ready
        if file not in self._numbers:
            return NOTHING
        ready = FilePlaces()
        for number in noted(self._numbers, file):
            ready.take(self.hunks, number)
        self._keep(file, ready)
        return ready

    def _keep(self, file: int, ready: FilePlaces) -> None:
        self._ready[file] = ready
        self._size += ready.size
        while self._size > self.most_lines and len(self._ready) > 1:
            self._size -= self._ready.popitem(last=False)[1].size


def both(before_key: int, after_key: int) -> int:
    """Return what tells hunks that are equal as a whole."""
    return hash((before_key, after_key))


def _put(numbers: Numbers, key: int, number: int) -> None:
    known = numbers.get(key)
    if known is None:
        numbers[key] = number  # most lines come, or go, but once: an array for each is too much
    elif isinstance(known, int):
        numbers[key] = array("i", (known, number))
    else:
        known.append(number)


def noted(numbers: Numbers, key: int) -> Sequence[int]:
    """Return the hunks that are known by a key, oldest first."""
    known = numbers.get(key, ())
    return (known,) if isinstance(known, int) else known
