"""Which hunks brought in, and which took out, each line of a file.

All files of a long history are asked about at any time: a file that code moved from is
looked at with each edit of the one that has the code now. What is kept of a line is
therefore small, and ready.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice, takewhile

from loopwatch.graph.chain import Chain
from loopwatch.graph.hunk_table import HunkTable
from loopwatch.graph.topology import NONE

TAKEN, BROUGHT = 0, 1  # the halves of a hunk
RIVALS = 4  # times as many rewrites with a line are looked at as hunks count


@dataclass(slots=True)
class Places:
    """The hunks of all files, by file and line, and by both halves as a whole."""

    hunks: HunkTable
    _lines: Chain = field(default_factory=Chain)  # an entry for each line of the rewrites
    _known: int = 0  # rewrites whose lines are there

    def add(self) -> None:
        """Take in the hunk that was appended to the table last."""
        if self._known == len(self.hunks.rewrites):
            return  # it does what another one has done
        for key in self._line_keys(self._known):
            self._lines.add(key)
        self._known += 1
        if self._lines.is_full:
            self._lines.grow(key for n in range(self._known) for key in self._line_keys(n))

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
        doing, rewrites = self.hunks.doing, self.hunks.rewrites
        known, ends, come, owners = rewrites.lines, rewrites.ends, rewrites.come, rewrites.file
        newest, before, mask = self._lines.newest, self._lines.before, self._lines.mask
        for file in files:
            for line in lines:
                found: list[int] = []
                entry, left = newest[hash((file, half, line)) & mask], RIVALS * most
                while entry != NONE and left:
                    if known[entry] == line:
                        rewrite = bisect_right(ends, entry)
                        is_come = entry >= ends[rewrite] - come[rewrite]
                        if is_come == half and owners[rewrite] == file:
                            found.extend(islice(doing(rewrite), most))
                            left -= 1
                    entry = before[entry]
                for number in found if len(found) <= most else nlargest(most, found):
                    votes[number] = votes.get(number, 0) + 1
        return votes

    def with_line(self, half: int, file: int, line: int, first: int) -> Iterator[int]:
        """Yield the hunks of a file, from a number on, that brought in, or took out, a line."""
        rewrites, newest = self.hunks.rewrites, self.hunks.newest
        for entry in self._lines.find(hash((file, half, line))):
            if rewrites.lines[entry] == line:
                rewrite = bisect_right(rewrites.ends, entry)
                if newest[rewrite] < first:
                    continue  # as nearly all in a long history
                is_come = entry >= rewrites.ends[rewrite] - rewrites.come[rewrite]
                if is_come == half and rewrites.file[rewrite] == file:
                    yield from takewhile(first.__le__, self.hunks.doing(rewrite))

    def equal(self, file: int, before_key: int, after_key: int) -> Iterator[int]:
        """Yield the hunks of a file with these halves, of each rewrite newest first."""
        rewrites = self.hunks.rewrites
        for rewrite in rewrites.equal(file, before_key, after_key):
            if rewrites.has_lines(rewrite):
                yield from self.hunks.doing(rewrite)

    def _line_keys(self, rewrite: int) -> Iterator[int]:
        rewrites = self.hunks.rewrites
        file = rewrites.file[rewrite]
        for half, lines in enumerate((rewrites.before(rewrite), rewrites.after(rewrite))):
            for line in lines:
                yield hash((file, half, line))
