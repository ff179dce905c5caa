"""What hunks do to the lines of a file, each thing once, in columns.

Branches that are merged back and forth bring the same again and again: of five thousand
commits of a large project three hunks of four, and as many of their lines.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING

from loopwatch.graph.chain import Chain
from loopwatch.graph.small_numbers import SmallNumbers

if TYPE_CHECKING:
    from loopwatch.diffing.fragments import Fragment


class Rewrites:
    """The two halves of hunks by number: some 35 bytes for each, and 8 for each line."""

    def __init__(self) -> None:
        self.file = array("i")  # the number that all names of a file share
        self.before_key = array("Q")
        self.after_key = array("Q")
        self.weight = SmallNumbers()
        self.lines = array("q")  # of all, end to end: those that went, those that came
        self.ends = array("I")  # of each in them
        self.come = bytearray()  # how many of them came: ``MOST_LINES`` at most
        self._chain = Chain()

    def __len__(self) -> int:
        return len(self.file)

    def number(self, file: int, hunk: Fragment) -> int:
        """Return the number of what a hunk does to a file; a new one if it is the first to."""
        for number in self.equal(file, hunk.before_key, hunk.after_key):
            if (self.before(number), self.after(number)) == (hunk.before, hunk.after):
                return number
        self.file.append(file)
        self.before_key.append(hunk.before_key)
        self.after_key.append(hunk.after_key)
        self.weight.append(hunk.weight)
        self.lines.extend(hunk.before)
        self.lines.extend(hunk.after)
        self.ends.append(len(self.lines))
        self.come.append(len(hunk.after))
        self._chain.add(self._key(len(self) - 1))
        if self._chain.is_full:
            self._chain.grow(map(self._key, range(len(self))))
        return len(self) - 1

    def equal(self, file: int, before_key: int, after_key: int) -> Iterator[int]:
        """Yield the numbers of what has these halves, newest first: one, but for layout."""
        wanted = file, before_key, after_key
        for number in self._chain.find(hash(wanted)):
            if (self.file[number], self.before_key[number], self.after_key[number]) == wanted:
                yield number

    def before(self, number: int) -> tuple[int, ...]:
        """Return the lines that went, as hashes."""
        return tuple(self.lines[self._start(number) : self.ends[number] - self.come[number]])

    def after(self, number: int) -> tuple[int, ...]:
        """Return the lines that came, as hashes."""
        end = self.ends[number]
        return tuple(self.lines[end - self.come[number] : end])

    def has_lines(self, number: int) -> bool:
        """Tell whether any line means something."""
        return self.ends[number] > self._start(number)

    def _start(self, number: int) -> int:
        return self.ends[number - 1] if number else 0

    def _key(self, number: int) -> int:
        return hash((self.file[number], self.before_key[number], self.after_key[number]))
