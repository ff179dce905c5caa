"""Sites: places whose lines an edit rewrites, and a later edit rewrites back.

``site_search`` finds them among the hunks that are kept here.
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
from loopwatch.graph.undoing import SHARE

MOST_PLACES = 24  # newest hunks that are looked at for one line


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

    def is_seen(self, version: int, hunk: int) -> bool:
        """Tell whether a version remembers a hunk of an earlier one."""
        earlier = self.version[hunk]
        return earlier < version and self.sees(version, earlier)

    def votes(self, half: int, path: int, lines: Collection[int]) -> dict[int, int]:
        """Return how many of some lines each hunk brought in, or took out: the newest of each."""
        return self.places.votes(half, self.sources(path), lines, MOST_PLACES)

    def was_made_by(self, versions: frozenset[int], path: int, hunk: Fragment) -> bool:
        """Tell whether one of ``versions`` made the same change, so that a merge only brings it."""
        places, first = self.places, self.first_since(min(versions))
        same = places.equal(path, hunk.before_key, hunk.after_key)
        if self._has(versions, takewhile(first.__le__, same)):
            return True  # as most of what a merge brings
        for half, lines in ((BROUGHT, hunk.after), (TAKEN, hunk.before)):
            made = sum(
                self._has(versions, places.with_line(half, path, line, first)) for line in lines
            )
            if made < SHARE * len(lines):
                return False
        return True

    def _has(self, versions: frozenset[int], hunks: Iterable[int]) -> bool:
        return any(self.version[number] in versions for number in hunks)

    def link(self, number: int, site: SiteReturn) -> None:
        """Note which hunks the hunk ``number`` takes back, so that rounds can be counted."""
        if len(site.walk) > 1:
            self._walks[number] = site.walk
        elif self.undoes[number] < 0:
            self.undoes[number] = site.walk[0]

    def is_left(self, number: int, family: int, bare: Collection[int] | None = None) -> bool:
        """Tell whether a later hunk has taken out what the hunk ``number`` brought in.

        ``bare`` are the lines that it brought in, if it keeps them with their indentation.
        """
        then, after = (self.version[number], number), self.after(number)
        for state in filter(None, (after or self.before(number), bare)):
            votes = self.votes(TAKEN if after else BROUGHT, family, state)
            if any(votes[h] >= SHARE * len(state) and (self.version[h], h) > then for h in votes):
                return True
        return False

    def came(self, number: int, bare: Collection[int] | None = None) -> int:
        """Return the version since which all that a hunk took out had been there, if one is known.

        It is ``NONE`` where nothing is known to have brought in any of it. ``bare`` are the lines
        that it took out, if it keeps them with their indentation.
        """
        votes = self.votes(BROUGHT, self.file(number), bare or self.before(number))
        mine = self.version[number]
        return max((self.version[h] for h in votes if self.is_seen(mine, h)), default=NONE)

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
