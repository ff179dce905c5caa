"""All hunks so far, in columns: some 35 bytes for each, beside those of its lines."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from loopwatch.graph.rewrites import Rewrites
from loopwatch.graph.small_numbers import SmallNumbers
from loopwatch.graph.topology import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopwatch.diffing.fragments import Fragment


class HunkTable:
    """Hunks by number, in the order in which they were added.

    All hunks that one version makes of one file are an *edit*. Of two of one file that one
    version remembers, the newer one is added later; else versions may go back.
    """

    def __init__(self) -> None:
        self.version = array("i")
        self.old_start = array("i")
        self.new_start = array("i")
        self.old_count = SmallNumbers()
        self.new_count = SmallNumbers()
        self.marks = bytearray()
        self.undoes = array("i")  # the hunk it takes back, or ``NONE``
        self.rewrites = Rewrites()
        self._rewrite = array("i")  # by hunk: what it does
        self._same = array("i")  # … the last one before that did the same, or ``NONE``
        self.newest = array("i")  # by rewrite: the last hunk that did it
        self._first = array("i")  # by edit: its first hunk
        self._path = array("i")  # … the number of the name that the file had
        self._size = array("i")  # … its hunks, those without a line that means something too
        self._newest_version = array("i")  # … up to it; they never go back
        self._late: dict[int, list[int]] = {}  # edits that were added after newer ones, by version

    def append(self, version: int, file: int, path: int, hunk: Fragment) -> int:
        """Remember a hunk and return its number.

        One that has no line that means something is only counted, unless it is the first of
        its edit; then the number is ``NONE``.
        """
        if not self.version or (self.version[-1], self._path[-1]) != (version, path):
            self._begin(version, path)
        elif not hunk.before and not hunk.after:
            self._size[-1] += 1
            return NONE
        self._size[-1] += 1
        self.version.append(version)
        self.old_start.append(hunk.old_start)
        self.new_start.append(hunk.new_start)
        self.old_count.append(hunk.old_count)
        self.new_count.append(hunk.new_count)
        self.marks.append(hunk.marks)
        self.undoes.append(NONE)
        rewrite = self.rewrites.number(file, hunk)
        if rewrite == len(self.newest):
            self.newest.append(NONE)
        self._rewrite.append(rewrite)
        self._same.append(self.newest[rewrite])
        self.newest[rewrite] = len(self.version) - 1
        return len(self.version) - 1

    def _begin(self, version: int, path: int) -> None:
        """Begin an edit."""
        newest = self._newest_version[-1] if self._first else NONE
        if version < newest:
            self._late.setdefault(version, []).append(len(self._first))
        self._newest_version.append(max(version, newest))
        self._first.append(len(self.version))
        self._path.append(path)
        self._size.append(0)

    def path(self, number: int) -> int:
        """Return the number of the name that the file of a hunk had."""
        return self._path[self._edit(number)]

    def file(self, number: int) -> int:
        """Return the number that all names of the file of a hunk share."""
        return self.rewrites.file[self._rewrite[number]]

    def weight(self, number: int) -> int:
        """Return how many characters the lines of a hunk have."""
        return self.rewrites.weight[self._rewrite[number]]

    def keys(self, number: int) -> tuple[int, int]:
        """Return the keys of the halves of a hunk: what it took out, and what it brought in."""
        rewrite = self._rewrite[number]
        return self.rewrites.before_key[rewrite], self.rewrites.after_key[rewrite]

    def before(self, number: int) -> tuple[int, ...]:
        """Return the lines that a hunk took out, as hashes."""
        return self.rewrites.before(self._rewrite[number])

    def after(self, number: int) -> tuple[int, ...]:
        """Return the lines that a hunk brought in, as hashes."""
        return self.rewrites.after(self._rewrite[number])

    def doing(self, rewrite: int) -> Iterator[int]:
        """Yield the hunks that do a rewrite, newest first."""
        number = self.newest[rewrite]
        while number != NONE:
            yield number
            number = self._same[number]

    def hunks_of(self, version: int) -> list[int]:
        """Return the numbers of a version's hunks."""
        turns = self._newest_version
        edits = range(bisect_left(turns, version), bisect_right(turns, version))
        own = (edit for edit in edits if self.version[self._first[edit]] == version)
        return [
            number
            for edit in (*own, *self._late.get(version, ()))
            for number in range(self._first[edit], self._end(edit))
        ]

    def first_since(self, version: int) -> int:
        """Return the number of a hunk before which all are of older versions."""
        edit = bisect_left(self._newest_version, version)
        return self._first[edit] if edit < len(self._first) else len(self.version)

    def like(self, number: int) -> list[int]:
        """Return the hunks that did the same to the same file in the same edit, this one too."""
        rewrite = self._rewrite[number]
        return [one for one in self.hunks_of(self.version[number]) if self._rewrite[one] == rewrite]

    def siblings(self, number: int) -> int:
        """Return how many hunks of the same edit and file a hunk is one of."""
        return self._size[self._edit(number)]

    def _end(self, edit: int) -> int:
        """Return the number after that of the last hunk of an edit."""
        return self._first[edit + 1] if edit + 1 < len(self._first) else len(self.version)

    def _edit(self, number: int) -> int:
        return bisect_right(self._first, number) - 1
