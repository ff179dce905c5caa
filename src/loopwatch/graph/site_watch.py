"""Sites: the hunks that take each other back, and the fixes that a merge loses."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from loopwatch.diffing.bare_lines import is_name, squeezed, words
from loopwatch.diffing.fragments import MOVES, Fragment, Mark, Trace
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.paths import Paths
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.returns import Return, Visit
from loopwatch.graph.site_search import SiteSearch
from loopwatch.graph.sites import SiteIndex, SiteReturn
from loopwatch.graph.topology import NONE
from loopwatch.model.unit import Granularity

ALIKE = 0.5  # of the words that a change brings in, for another to be it in other words


@dataclass(slots=True)
class SiteWatch:
    """Follows every hunk of every file that is looked into."""

    paths: Paths
    index: SiteIndex
    rereading: Rereading

    def returns(self, version: int, edit: FileEdit, merged: frozenset[int]) -> Iterator[Return]:
        """Take in what a version does to one file, and yield the sites that return.

        A file that comes or goes as a whole has no sites: it is told as a file.
        """
        if edit.is_whole:
            return
        family, number = self.paths.family(edit.path), self.paths.number(edit.path)
        found = [(hunk, self._found(version, family, edit, hunk)) for hunk in edit.hunks]
        arrived = [bool(merged) and self.index.was_made_by(merged, family, h) for h, _ in found]
        edit.is_arrival = bool(merged) and all(arrived)
        if any(sites and not has for (_, sites), has in zip(found, arrived, strict=True)):
            edit.understand()
        for (hunk, sites), has_arrived in zip(found, arrived, strict=True):
            added = self._add(version, family, number, hunk, sites)
            for site in sites:
                yield self._return(edit, hunk, added, site, has_arrived=has_arrived)

    def take(self, version: int, file: int, edit: FileEdit) -> None:
        """Take in what a merge brought to a file, of which nothing is told any more.

        Args:
            version: the merge.
            file: the number that all names of the file share.
            edit: what it did.
        """
        path = self.paths.number(edit.path)
        found = [(hunk, self._found(version, file, edit, hunk)) for hunk in edit.hunks]
        for hunk, sites in found:
            self._add(version, file, path, hunk, sites)

    def _add(
        self, version: int, file: int, path: int, hunk: Fragment, sites: Iterable[SiteReturn]
    ) -> int:
        """Remember a hunk and what it takes back; return its number, or ``NONE``."""
        number = self.index.add(version, file, path, hunk)
        for site in sites:
            self.index.link(number, site)
        return number

    def dropped(
        self, merge: int, merged: frozenset[int], is_fix: Callable[[int], bool]
    ) -> Iterator[Return]:
        """Yield the fixes of its other side that a merge leaves out."""
        hunks = (h for v in sorted(merged) if is_fix(v) for h in self.index.hunks_of(v))
        by_path: dict[int, list[int]] = {}
        for hunk in hunks:
            by_path.setdefault(self.index.path(hunk), []).append(hunk)
        for path, numbers in by_path.items():
            contents = self.rereading.sides(path, merge, max(merged))
            if contents is None:
                continue
            here, there = ({hash(squeezed(line)) for line in side} for side in contents)
            for number in numbers:
                if self._is_dropped(number, here, there):
                    yield self._dropped(path, number, merge)

    def _is_dropped(self, number: int, here: set[int], there: set[int]) -> bool:
        before, after = self.index.before(number), set(self.index.after(number))
        if not after or not after <= there or after & here:
            return False
        return bool(before) and set(before) <= here

    def _dropped(self, path: int, number: int, merge: int) -> Return:
        at = (NONE, self.index.version[number], merge)
        told = self.rereading.hunk(number)
        hunk = told[0].understood().hunks[told[1]] if told else None
        return Return(
            granularity=Granularity.SITE,
            path=self.paths.names[path],
            symbol=hunk.symbol if hunk else None,
            visits=tuple(Visit(version, index % 2) for index, version in enumerate(at)),
            since=0,
            hunks=(number,),
            marks=hunk.marks & ~MOVES if hunk else Mark.NOTHING,
            weight=self.index.weight(number),
            lines=len(self.index.after(number)),
            is_dropped=True,
            trace=hunk.trace if hunk else Trace.NOTHING,
            old_line=self.index.old_start[number],
            new_line=self.index.old_start[number],
        )

    def _found(self, version: int, family: int, edit: FileEdit, hunk: Fragment) -> list[SiteReturn]:
        search = SiteSearch(self.index, version, family, hunk)
        sites = search.sites()
        if sites or not (hunk.before and hunk.after):
            return sites
        again = search.left_again()
        if again is not None and self._is_reworded(again, edit, hunk):
            return [search.taken_back((again,))]
        return []

    def _is_reworded(self, number: int, edit: FileEdit, hunk: Fragment) -> bool:
        """Tell whether a hunk brings in, in other words, what the hunk ``number`` took out."""
        taken_out = self.rereading.halves(number)
        if taken_out is None:
            return False
        old, new = edit.halves(hunk)
        before = words(old)
        then, now = (
            {word for word in words(lines) - before if is_name(word)}
            for lines in (taken_out[0], new)
        )
        return bool(then and now) and len(then & now) >= ALIKE * min(len(then), len(now))

    def _return(
        self, edit: FileEdit, hunk: Fragment, number: int, site: SiteReturn, *, has_arrived: bool
    ) -> Return:
        visits, since = self.index.visits(number, site)
        return Return(
            granularity=Granularity.SITE,
            path=edit.path,
            symbol=hunk.symbol,
            visits=tuple(visits),
            since=since,
            hunks=tuple(self.index.run(number, site)),
            marks=self._marks(hunk, site),
            weight=hunk.weight,
            lines=site.matched,
            is_exact=site.is_exact,
            siblings=self.index.siblings(site.walk[0]),
            is_insertion=site.is_insertion,
            is_deletion=site.is_deletion,
            is_kept=site.is_insertion and not has_arrived and edit.keeps(hunk),
            is_swept=site.is_insertion and self._goes_with_its_place(hunk, site),
            is_arrival=has_arrived,
            trace=hunk.trace,
            old_line=hunk.old_start,
            new_line=hunk.new_start,
        )

    def _goes_with_its_place(self, hunk: Fragment, site: SiteReturn) -> bool:
        """Tell whether more of the lines on both sides of an insertion go with it than come in.

        What the file was before had these lines, so it is not back.
        """
        put_in, stays = set(self.index.after(site.walk[0])), set(hunk.after)
        gone = [line in put_in for line in hunk.before if line not in stays]
        if not any(gone) or gone[0] or gone[-1]:
            return False
        return gone.count(False) > len(stays.difference(hunk.before))

    def _marks(self, hunk: Fragment, site: SiteReturn) -> Mark:
        """Return what makes a return mean less.

        A move at either end is enough: what only moved was never lost. All else
        can be told from the returning hunk, as the others have the same lines.
        """
        marks = hunk.marks
        for number in site.walk:
            marks |= Mark(self.index.marks[number]) & MOVES
        return marks
