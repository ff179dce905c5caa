"""All hunks so far, in columns: some 50 bytes for each, and 8 for each line."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from loopwatch.graph.topology import NONE

if TYPE_CHECKING:
    from loopwatch.diffing.fragments import Fragment

LARGE = (1 << 16) - 1  # what does not fit in two bytes stands elsewhere


class SmallNumbers:
    """Numbers from 0 by place, two bytes for each of those that are small, as most are."""

    __slots__ = ("_large", "_small")

    def __init__(self) -> None:
        self._small = array("H")
        self._large: dict[int, int] = {}

    def append(self, number: int) -> None:
        """Add the next number."""
        if number >= LARGE:
            self._large[len(self._small)] = number
        self._small.append(min(number, LARGE))

    def __getitem__(self, place: int) -> int:
        """Return a number."""
        number = self._small[place]
        return number if number < LARGE else self._large[place]


class HunkTable:
    """Hunks by number, in the order in which they were added; versions never go back.

    All hunks that one version makes of one file are an *edit*.
    """

    def __init__(self) -> None:
        self.version = array("i")
        self.file = array("i")  # the number that all names of a file share
        self.old_start = array("i")
        self.new_start = array("i")
        self.old_count = SmallNumbers()
        self.new_count = SmallNumbers()
        self.weight = SmallNumbers()
        self.before_key = array("Q")
        self.after_key = array("Q")
        self.marks = bytearray()
        self.undoes = array("i")  # the hunk it takes back, or ``NONE``
        self.lines = array("q")  # of all hunks, end to end: those that went, those that came
        self.ends = array("I")  # of each hunk in them
        self.come = bytearray()  # how many of them came: ``MOST_LINES`` at most
        self._first = array("i")  # by edit: its first hunk
        self._path = array("i")  # … the number of the name that the file had
        self._size = array("i")  # … its hunks, those without a line that means something too

    def append(self, version: int, file: int, path: int, hunk: Fragment) -> int:
        """Remember a hunk and return its number.

        One that has no line that means something is only counted, unless it is the first of
        its edit; then the number is ``NONE``.
        """
        if not self.version or (self.version[-1], self._path[-1]) != (version, path):
            self._first.append(len(self.version))
            self._path.append(path)
            self._size.append(0)
        elif not hunk.before and not hunk.after:
            self._size[-1] += 1
            return NONE
        self._size[-1] += 1
        self.version.append(version)
        self.file.append(file)
        self.old_start.append(hunk.old_start)
        self.new_start.append(hunk.new_start)
        self.old_count.append(hunk.old_count)
        self.new_count.append(hunk.new_count)
        self.weight.append(hunk.weight)
        self.before_key.append(hunk.before_key)
        self.after_key.append(hunk.after_key)
        self.marks.append(hunk.marks)
        self.undoes.append(NONE)
        self.lines.extend(hunk.before)
        self.lines.extend(hunk.after)
        self.ends.append(len(self.lines))
        self.come.append(len(hunk.after))
        return len(self.version) - 1

    def path(self, number: int) -> int:
        """Return the number of the name that the file of a hunk had."""
        return self._path[self._edit(number)]

    def before(self, number: int) -> tuple[int, ...]:
        """Return the lines that a hunk took out, as hashes."""
        start = self.ends[number - 1] if number else 0
        return tuple(self.lines[start : self.ends[number] - self.come[number]])

    def after(self, number: int) -> tuple[int, ...]:
        """Return the lines that a hunk brought in, as hashes."""
        end = self.ends[number]
        return tuple(self.lines[end - self.come[number] : end])

    def has_lines(self, number: int) -> bool:
        """Tell whether a hunk has any line that means something."""
        return self.ends[number] > (self.ends[number - 1] if number else 0)

    def hunks_of(self, version: int) -> range:
        """Return the numbers of a version's hunks."""
        start = bisect_left(self.version, version)
        return range(start, bisect_right(self.version, version))

    def like(self, number: int) -> list[int]:
        """Return the hunks that did the same to the same file in the same edit, this one too."""
        keys = self.before_key[number], self.after_key[number]
        return [
            one
            for one in self.hunks_of(self.version[number])
            if (self.before_key[one], self.after_key[one]) == keys
            and self.file[one] == self.file[number]
        ]

    def siblings(self, number: int) -> int:
        """Return how many hunks of the same edit and file a hunk is one of."""
        return self._size[self._edit(number)]

    def _edit(self, number: int) -> int:
        return bisect_right(self._first, number) - 1
