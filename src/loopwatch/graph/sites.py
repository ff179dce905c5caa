"""Sites: places whose lines an edit rewrites, and a later edit rewrites back.

A site's identity needs both halves of the change: what a hunk takes out is what
an earlier hunk brought in, and what it brings in is what that one took out.
Between the two, other edits may have rewritten the same lines; the site is then
followed back from hunk to hunk, as ``git blame`` would.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import islice, takewhile

from loopwatch.diffing.fragments import Fragment
from loopwatch.graph.hunk_table import HunkTable
from loopwatch.graph.line_places import BROUGHT, TAKEN, Places
from loopwatch.graph.returns import Visit
from loopwatch.graph.topology import NONE
from loopwatch.graph.undoing import SHARE, covers, is_undone, least_matched

MOST_PLACES = 24  # newest hunks that are looked at for one line
LONGEST_PERIOD = 8  # hunks that a site is followed back


@dataclass(frozen=True, slots=True)
class SiteReturn:
    """A hunk that brings a site back, with the hunks since the state was left."""

    walk: tuple[int, ...]  # hunk numbers, oldest first, from the one that left the state
    matched: int  # meaningful lines that match
    is_exact: bool  # both halves are equal, line by line
    is_insertion: bool  # the hunk that left the state only inserted: taking it out proves little
    is_deletion: bool  # the hunk that left the state only deleted: now the lines are back


@dataclass
class SiteIndex(HunkTable):
    """All hunks so far, with what is needed to find the one that a new hunk undoes.

    ``sees(version, earlier)`` tells whether the earlier version is remembered;
    ``sources(path)`` gives a file and those that code moved from into it.
    """

    sees: Callable[[int, int], bool]
    sources: Callable[[int], tuple[int, ...]] = lambda path: (path,)
    places: Places = field(init=False)
    _walks: dict[int, tuple[int, ...]] = field(default_factory=dict)  # longer than ``undoes``

    def __post_init__(self) -> None:
        HunkTable.__init__(self)
        self.places = Places(self)

    def add(self, version: int, path: int, name: int, hunk: Fragment) -> int:
        """Remember a hunk and return its number, or ``NONE``.

        ``path`` is the number that all names of the file share, ``name`` that of this one.
        """
        number = self.append(version, path, name, hunk)
        if number != NONE:
            self.places.add()
        return number

    def find(self, version: int, path: int, hunk: Fragment) -> list[SiteReturn]:
        """Return how ``hunk``, which is not added yet, takes back earlier ones."""
        if not hunk.before and not hunk.after:
            return []
        if (exact := self._equal(version, path, hunk)) is not None:
            return [self._return((exact,), hunk)]
        inverse = [self._return((h,), hunk) for h in self._inverses(version, path, hunk)]
        if inverse or not (hunk.before and hunk.after):
            return inverse
        walk = self._followed(version, path, hunk)
        return [self._return(walk, hunk)] if walk else []

    def left_again(self, version: int, path: int, hunk: Fragment) -> int | None:
        """Return the hunk that brought a state back which ``hunk`` now leaves again.

        If what ``hunk`` brings in is what that one took out, in other words, the
        cycle has gone another round.
        """
        votes = self._votes(BROUGHT, path, hunk.before)
        gone = set(hunk.before)
        for number in sorted(votes, reverse=True):
            if self.undoes[number] >= 0 and covers(self.after(number), gone, SHARE):
                return number if self._is_seen(version, number) else None
        return None

    def again(self, number: int, hunk: Fragment) -> SiteReturn:
        """Return the site return of a hunk that takes back ``number`` in other words."""
        return self._return((number,), hunk)

    def _return(self, walk: tuple[int, ...], hunk: Fragment) -> SiteReturn:
        before, after = self.before(walk[0]), self.after(walk[-1])
        return SiteReturn(
            walk=walk,
            matched=_common(before, hunk.after) + _common(after, hunk.before),
            is_exact=self._is_exact(walk, hunk),
            is_insertion=not before,
            is_deletion=not self.after(walk[0]),
        )

    def _is_exact(self, walk: tuple[int, ...], hunk: Fragment) -> bool:
        """Tell whether each hunk took out, line by line, what the one before it brought in."""
        went, came = zip(*map(self.keys, walk), (hunk.before_key, hunk.after_key), strict=True)
        return came == (*went[1:], went[0])

    def _equal(self, version: int, path: int, hunk: Fragment) -> int | None:
        for source in self.sources(path):
            for number in self.places.equal(source, hunk.after_key, hunk.before_key):
                if self._is_seen(version, number):
                    return number
        return None

    def _is_seen(self, version: int, hunk: int) -> bool:
        earlier = self.version[hunk]
        return earlier < version and self.sees(version, earlier)

    def _inverses(self, version: int, path: int, hunk: Fragment) -> list[int]:
        """Return the hunks that ``hunk`` takes back, part by part, latest first."""
        gone, come = set(hunk.before), set(hunk.after)
        votes = self._votes(BROUGHT, path, hunk.before)
        for number, count in self._votes(TAKEN, path, hunk.after).items():
            votes[number] = votes.get(number, 0) + count
        found: list[int] = []
        taken: set[int] = set()
        least = least_matched(len(gone), len(come))
        for number in sorted(votes, key=lambda h: (-votes[h], -h)):
            if votes[number] < least:
                break
            left, back = gone - taken, come - taken
            if not is_undone(self.before(number), self.after(number), left, back):
                continue
            if self._is_seen(version, number):
                found.append(number)
                taken.update(self.before(number), self.after(number))
        return found

    def _followed(self, version: int, path: int, hunk: Fragment) -> tuple[int, ...]:
        """Follow the lines that went back through the hunks that brought them."""
        wanted, lines, until = set(hunk.after), hunk.before, version
        walk: list[int] = []
        while lines and len(walk) < LONGEST_PERIOD:
            votes = self._votes(BROUGHT, path, lines)
            best = max(
                (h for h in votes if self.version[h] < until and self._is_seen(version, h)
                 and votes[h] >= SHARE * len(lines)),
                key=lambda h: (votes[h], h),
                default=None,
            )  # fmt: skip
            if best is None:
                return ()
            walk.append(best)
            lines, until = self.before(best), self.version[best]
            if lines and covers(lines, wanted, SHARE):
                return tuple(reversed(walk))
        return ()

    def _votes(self, half: int, path: int, lines: Collection[int]) -> dict[int, int]:
        """Return how many of some lines each hunk brought in, or took out: the newest of each."""
        return self.places.votes(half, self.sources(path), lines, MOST_PLACES)

    def was_made_by(self, versions: frozenset[int], path: int, hunk: Fragment) -> bool:
        """Tell whether one of ``versions`` made the same change, so that a merge only brings it."""
        find, oldest = self.places.with_line, min(versions)
        for half, lines in ((BROUGHT, hunk.after), (TAKEN, hunk.before)):
            made = sum(self._is_of(versions, oldest, find(half, path, line)) for line in lines)
            if made < SHARE * len(lines):
                return False
        return True

    def _is_of(
        self, versions: frozenset[int], oldest: int, groups: Iterable[Iterable[int]]
    ) -> bool:
        """Tell whether one of some hunks, in groups with the newest first, is of ``versions``."""
        at = ((self.version[number] for number in group) for group in groups)
        return any(version in versions for one in at for version in takewhile(oldest.__le__, one))

    def link(self, number: int, site: SiteReturn) -> None:
        """Note which hunks the hunk ``number`` takes back, so that rounds can be counted."""
        if len(site.walk) > 1:
            self._walks[number] = site.walk
        elif self.undoes[number] < 0:
            self.undoes[number] = site.walk[0]

    def is_left(self, number: int, family: int) -> bool:
        """Tell whether a later hunk has taken out what the hunk ``number`` brought in."""
        after = self.after(number)
        state = after or self.before(number)
        votes = self._votes(TAKEN if after else BROUGHT, family, state)
        then = self.version[number], number
        return any(votes[h] >= SHARE * len(state) and (self.version[h], h) > then for h in votes)

    def came(self, number: int) -> int:
        """Return the version since which all that a hunk took out had been there, if one is known.

        It is ``NONE`` where nothing is known to have brought in any of it.
        """
        votes = self._votes(BROUGHT, self.file(number), self.before(number))
        mine = self.version[number]
        return max((self.version[h] for h in votes if self._is_seen(mine, h)), default=NONE)

    def run(self, number: int, site: SiteReturn) -> list[int]:
        """Return the hunks of a site's whole run, oldest first; the last is ``number``.

        The walk to the last hunk but one goes on with all hunks but the last: it is the turn
        before, and begins one hunk earlier.
        """
        run, turn = deque((*site.walk, number)), len(site.walk)
        while before := self._walk(run[turn - 1]):
            if before[1:] != tuple(islice(run, turn - 1)):
                break
            run.appendleft(before[0])
        return list(run)

    def _walk(self, number: int) -> tuple[int, ...]:
        """Return the hunks that a hunk takes back, if there are any."""
        undone = self.undoes[number]
        return self._walks.get(number) or ((undone,) if undone >= 0 else ())

    def visits(self, number: int, site: SiteReturn) -> tuple[list[Visit], int]:
        """Return the states of a site through its whole run, as ``Return`` has them.

        A run of hunks that take each other back goes round through as many states as it
        takes hunks to come back.
        """
        run = self.run(number, site)
        period = len(site.walk) + 1
        at = [NONE, *(self.version[h] for h in run)]
        visits, since = [Visit(v, i % period) for i, v in enumerate(at)], len(at) - 1 - period
        if since > 0 and not self.before(run[0]):
            return visits[1:], since - 1  # to have been put in is no turn of a cycle
        return visits, since


def _common(lines: Iterable[int], other: Iterable[int]) -> int:
    return len(set(lines) & set(other))
