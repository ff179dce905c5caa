"""Which hunks brought in, and which took out, each line of a file.

All files of a long history are asked about at any time: a file that code moved from is
looked at with each edit of the one that has the code now. What is kept of a line is
therefore small, and ready.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from loopwatch.graph.chain import Chain
from loopwatch.graph.hunk_table import HunkTable
from loopwatch.graph.topology import NONE

TAKEN, BROUGHT = 0, 1  # the halves of a hunk


@dataclass(slots=True)
class Places:
    """The hunks of all files, by file and line, and by both halves as a whole."""

    hunks: HunkTable
    _lines: Chain = field(default_factory=Chain)  # an entry for each line of the table
    _hunks: Chain = field(default_factory=Chain)  # an entry for each hunk

    def add(self, number: int) -> None:
        """Take in the hunk that was appended to the table last."""
        self._hunks.add(self._hunk_key(number))
        for key in self._line_keys(number):
            self._lines.add(key)
        if self._hunks.is_full:
            self._hunks.grow(map(self._hunk_key, range(number + 1)))
        if self._lines.is_full:
            self._lines.grow(key for n in range(number + 1) for key in self._line_keys(n))

    # The hot loop: one more call for each line would double it.
    def votes(
        self, half: int, files: Iterable[int], lines: Collection[int], most: int
    ) -> dict[int, int]:
        """Return how many of some lines each hunk brought in, or took out.

        Args:
            half: which of the two.
            files: whose hunks count.
            lines: hashes, each once.
            most: how many hunks of a file count for one line: the newest.
        """
        votes: dict[int, int] = {}
        known, ends, come, owners = (
            self.hunks.lines,
            self.hunks.ends,
            self.hunks.come,
            self.hunks.file,
        )
        newest, before, mask = self._lines.newest, self._lines.before, self._lines.mask
        for file in files:
            for line in lines:
                entry, left = newest[hash((file, half, line)) & mask], most
                while entry != NONE and left:
                    if known[entry] == line:
                        number = bisect_right(ends, entry)
                        is_come = entry >= ends[number] - come[number]
                        if is_come == half and owners[number] == file:
                            votes[number] = votes.get(number, 0) + 1
                            left -= 1
                    entry = before[entry]
        return votes

    def with_line(self, half: int, file: int, line: int) -> Iterator[int]:
        """Yield the hunks of a file that brought in, or took out, a line, newest first."""
        for entry in self._lines.find(hash((file, half, line))):
            if self.hunks.lines[entry] == line:
                number = bisect_right(self.hunks.ends, entry)
                is_come = entry >= self.hunks.ends[number] - self.hunks.come[number]
                if is_come == half and self.hunks.file[number] == file:
                    yield number

    def equal(self, file: int, before_key: int, after_key: int) -> Iterator[int]:
        """Yield the hunks of a file with these halves, newest first."""
        hunks, wanted = self.hunks, (file, before_key, after_key)
        for number in self._hunks.find(hash(wanted)):
            keys = hunks.file[number], hunks.before_key[number], hunks.after_key[number]
            if keys == wanted and hunks.has_lines(number):
                yield number

    def _hunk_key(self, number: int) -> int:
        hunks = self.hunks
        return hash((hunks.file[number], hunks.before_key[number], hunks.after_key[number]))

    def _line_keys(self, number: int) -> Iterator[int]:
        file = self.hunks.file[number]
        for half, lines in enumerate((self.hunks.before(number), self.hunks.after(number))):
            for line in lines:
                yield hash((file, half, line))
