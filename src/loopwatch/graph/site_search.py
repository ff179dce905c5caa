"""Looks for the sites that a hunk brings back to an earlier state.

A site's identity needs both halves of the change: what a hunk takes out is what
an earlier hunk brought in, and what it brings in is what that one took out.
Between the two, other edits may have rewritten the same lines; the site is then
followed back from hunk to hunk, as ``git blame`` would.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from loopwatch.diffing.fragments import Fragment
from loopwatch.graph.line_places import BROUGHT, TAKEN
from loopwatch.graph.sites import SiteIndex, SiteReturn
from loopwatch.graph.undoing import SHARE, covers, is_undone, least_matched

LONGEST_PERIOD = 8  # hunks that a site is followed back


@dataclass(frozen=True)
class SiteSearch:
    """Asks what a hunk, which is not in the index yet, takes back."""

    index: SiteIndex
    version: int  # of the hunk
    path: int  # of its file: the number that all names of it share
    hunk: Fragment

    def sites(self) -> list[SiteReturn]:
        """Return how the hunk takes back earlier ones."""
        hunk = self.hunk
        if not hunk.before and not hunk.after:
            return []
        if (exact := self._equal()) is not None:
            return [self.taken_back((exact,))]
        inverse = [self.taken_back((number,)) for number in self._inverses()]
        if inverse or not (hunk.before and hunk.after):
            return inverse
        walk = self._followed()
        return [self.taken_back(walk)] if walk else []

    def left_again(self) -> int | None:
        """Return the hunk that brought a state back which this one now leaves again.

        If what it brings in is what that one took out, in other words, the
        cycle has gone another round.
        """
        index, gone = self.index, set(self.hunk.before)
        for number in sorted(self._brought, reverse=True):
            is_back = index.undoes[number] >= 0 and self._is_seen(number)
            if is_back and covers(index.after(number), gone, SHARE):
                return number
        return None

    def taken_back(self, walk: tuple[int, ...]) -> SiteReturn:
        """Return the site that the hunk brings back, by the hunks since its state was left."""
        before, after = self.index.before(walk[0]), self.index.after(walk[-1])
        return SiteReturn(
            walk=walk,
            matched=_common(before, self.hunk.after) + _common(after, self.hunk.before),
            is_exact=self._is_exact(walk),
            is_insertion=not before,
            is_deletion=not self.index.after(walk[0]),
        )

    @cached_property
    def _brought(self) -> dict[int, int]:
        """How many of the lines that the hunk takes out each earlier hunk brought in."""
        return self.index.votes(BROUGHT, self.path, self.hunk.before)

    def _is_seen(self, number: int) -> bool:
        return self.index.is_seen(self.version, number)

    def _is_exact(self, walk: tuple[int, ...]) -> bool:
        """Tell whether each hunk took out, line by line, what the one before it brought in."""
        own = self.hunk.before_key, self.hunk.after_key
        went, came = zip(*map(self.index.keys, walk), own, strict=True)
        return came == (*went[1:], went[0])

    def _equal(self) -> int | None:
        hunk, equal = self.hunk, self.index.places.equal
        for source in self.index.sources(self.path):
            for number in equal(source, hunk.after_key, hunk.before_key):
                if self._is_seen(number):
                    return number
        return None

    def _inverses(self) -> list[int]:
        """Return the hunks that the hunk takes back, part by part, latest first."""
        index = self.index
        gone, come = set(self.hunk.before), set(self.hunk.after)
        votes = dict(self._brought)
        for number, count in index.votes(TAKEN, self.path, self.hunk.after).items():
            votes[number] = votes.get(number, 0) + count
        found: list[int] = []
        taken: set[int] = set()
        least = least_matched(len(gone), len(come))
        for number in sorted(votes, key=lambda h: (-votes[h], -h)):
            if votes[number] < least:
                break
            left, back = gone - taken, come - taken
            if not is_undone(index.before(number), index.after(number), left, back):
                continue
            if self._is_seen(number):
                found.append(number)
                taken.update(index.before(number), index.after(number))
        return found

    def _followed(self) -> tuple[int, ...]:
        """Follow the lines that went back through the hunks that brought them."""
        index, until = self.index, self.version
        wanted, lines, votes = set(self.hunk.after), self.hunk.before, self._brought
        walk: list[int] = []
        while lines and len(walk) < LONGEST_PERIOD:
            best = max(
                (h for h in votes if index.version[h] < until and self._is_seen(h)
                 and votes[h] >= SHARE * len(lines)),
                key=lambda h: (votes[h], h),
                default=None,
            )  # fmt: skip
            if best is None:
                return ()
            walk.append(best)
            lines, until = index.before(best), index.version[best]
            if lines and covers(lines, wanted, SHARE):
                return tuple(reversed(walk))
            votes = index.votes(BROUGHT, self.path, lines)
        return ()


def _common(lines: Iterable[int], other: Iterable[int]) -> int:
    return len(set(lines) & set(other))
