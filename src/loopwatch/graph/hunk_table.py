"""All hunks so far, in columns: some 65 bytes for each, and 8 for each line."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from loopwatch.graph.topology import NONE

if TYPE_CHECKING:
    from loopwatch.diffing.fragments import Fragment


class HunkTable:
    """Hunks by number, in the order in which they were added; versions never go back."""

    def __init__(self) -> None:
        self.version = array("i")
        self.file = array("i")  # the number that all names of a file share
        self.path = array("i")  # that of this name
        self.old_start = array("i")
        self.new_start = array("i")
        self.old_count = array("i")
        self.new_count = array("i")
        self.weight = array("i")
        self.before_key = array("Q")
        self.after_key = array("Q")
        self.marks = bytearray()
        self.undoes = array("i")  # the hunk it takes back, or ``NONE``
        self.edit_size = array("i")  # hunks of the edit that it is the first of, or 0
        self.lines = array("q")  # of all halves, in order
        self.ends = array("I", (0,))  # of each half in them
        self._first = 0  # hunk of the edit that is read now

    def append(self, version: int, file: int, path: int, hunk: Fragment) -> int:
        """Remember a hunk and return its number.

        One that has no line that means something is only counted, unless it is the first of
        its edit; then the number is ``NONE``.
        """
        is_first = not self.version or (self.version[-1], self.path[-1]) != (version, path)
        if is_first:
            self._first = len(self.version)
        elif not hunk.before and not hunk.after:
            self.edit_size[self._first] += 1
            return NONE
        self.version.append(version)
        self.file.append(file)
        self.path.append(path)
        self.old_start.append(hunk.old_start)
        self.new_start.append(hunk.new_start)
        self.old_count.append(hunk.old_count)
        self.new_count.append(hunk.new_count)
        self.weight.append(min(hunk.weight, 1 << 30))
        self.before_key.append(hunk.before_key)
        self.after_key.append(hunk.after_key)
        self.marks.append(hunk.marks)
        self.undoes.append(NONE)
        self.edit_size.append(0)
        self.edit_size[self._first] += 1
        for half in (hunk.before, hunk.after):
            self.lines.extend(half)
            self.ends.append(len(self.lines))
        return len(self.version) - 1

    def before(self, number: int) -> tuple[int, ...]:
        """Return the lines that a hunk took out, as hashes."""
        return tuple(self.lines[self.ends[2 * number] : self.ends[2 * number + 1]])

    def after(self, number: int) -> tuple[int, ...]:
        """Return the lines that a hunk brought in, as hashes."""
        return tuple(self.lines[self.ends[2 * number + 1] : self.ends[2 * number + 2]])

    def has_lines(self, number: int) -> bool:
        """Tell whether a hunk has any line that means something."""
        return self.ends[2 * number] < self.ends[2 * number + 2]

    def hunks_of(self, version: int) -> range:
        """Return the numbers of a version's hunks."""
        start = bisect_left(self.version, version)
        return range(start, bisect_right(self.version, version))

    def siblings(self, number: int) -> int:
        """Return how many hunks of the same edit and file a hunk is one of."""
        while not self.edit_size[number]:
            number -= 1
        return self.edit_size[number]
