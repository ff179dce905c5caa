"""Follows every unit through the versions and tells what returns at each of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.diffing.fragments import Fragment, Mark
from loopwatch.graph.contents import Contents
from loopwatch.graph.edits import FileEdit, file_edit, mark_moves
from loopwatch.graph.histories import Histories
from loopwatch.graph.paths import Paths
from loopwatch.graph.returns import Return, Visit
from loopwatch.graph.sites import SiteIndex, SiteReturn
from loopwatch.graph.symbol_changes import STATE_WIDTH, SymbolChange, changed_symbols, moves
from loopwatch.graph.topology import Topology
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.history import Change, History
from loopwatch.model.unit import Granularity

CounterTest = Callable[[bytes, Sequence[bytes], Sequence[bytes]], bool]
MOVES = Mark.MOVED_IN | Mark.MOVED_OUT
ID_WIDTH = 20  # bytes of a blob id; 32 where the repository uses SHA-256


@dataclass(slots=True)
class Observer:
    """Reads versions oldest first and keeps what it takes to recognise a return."""

    topology: Topology
    history: History
    units: frozenset[Granularity]
    contents: Contents
    is_flat: Callable[[bytes], bool]  # paths that are followed by their id only
    is_counter: CounterTest  # do these lines differ in version numbers and counters only?
    id_width: int = ID_WIDTH
    has_changed: bool = False  # did the version that was looked at last change anything?
    paths: Paths = field(default_factory=Paths)
    files: Histories = field(init=False)
    symbols: Histories = field(init=False)
    sites: SiteIndex = field(init=False)
    _symbol_numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = Histories(self.topology, self.id_width)
        self.symbols = Histories(self.topology, STATE_WIDTH)
        self.sites = SiteIndex(self.topology.sees)

    def returns(self) -> Iterator[tuple[int, list[Return]]]:
        """Yield each version with the units that return at it."""
        for version, changes in enumerate(self.history.changes()):
            self.has_changed = bool(changes)
            yield version, self.look(version, changes) if changes else []

    def look(self, version: int, changes: Sequence[Change]) -> list[Return]:
        """Take in what one version changed, and return what returns at it."""
        merged = self._merged(version)
        self._follow_renames(version, changes)
        looks_inside = self.units & {Granularity.SYMBOL, Granularity.SITE}
        edits = {c[0]: edit for c in changes if (edit := self._edit(c))} if looks_inside else {}
        mark_moves(edits.values())
        found = []
        for change in changes:
            returned = self._file_return(version, change, edits.get(change[0]), merged)
            if returned is not None:
                found.append(returned)
        if Granularity.SITE in self.units:
            for edit in edits.values():
                found.extend(self._site_returns(version, edit, merged))
        if Granularity.SYMBOL in self.units:
            found.extend(self._symbol_returns(version, tuple(edits.values()), merged))
        return found

    def _merged(self, version: int) -> frozenset[int]:
        if version not in self.topology.other_parents:
            return frozenset()
        return frozenset(self.topology.merged_by(version))

    def _follow_renames(self, version: int, changes: Sequence[Change]) -> None:
        """Let paths that appear go on with the history of those that vanish in the same edit."""
        gone = {old: path for path, old, new in changes if new is None and old}
        come = [(path, new) for path, old, new in changes if old is None and new]
        if not gone or not come:
            return
        pairs = [(gone[new], path) for path, new in come if new in gone]
        if len(pairs) < min(len(gone), len(come)):
            pairs = list(self.history.renames(version, changes))
        number = self.paths.number
        for old_path, new_path in pairs:
            self.files.begin_as(number(new_path), number(old_path), version)
            self.paths.join(old_path, new_path)

    # files

    def _file_return(
        self, version: int, change: Change, edit: FileEdit | None, merged: frozenset[int]
    ) -> Return | None:
        path, old, new = change
        number = self.paths.number(path)
        state = new or ABSENT
        may_return = self.files.has_been(number, version, state)
        self.files.enter(number, version, old or ABSENT, state)
        if not may_return or Granularity.FILE not in self.units:
            return None
        found = self.files.returns(number, version)
        if found is None:
            return None
        visits, since = found
        return Return(
            granularity=Granularity.FILE,
            path=path,
            symbol=None,
            visits=tuple(visits),
            since=since,
            marks=_shared_marks(edit),
            is_absence=any(v.state == ABSENT for v in visits[since:]),
            is_arrival=self._has_arrived(self.files, number, state, merged),
        )

    def _has_arrived(
        self, histories: Histories, unit: int, state: bytes, merged: frozenset[int]
    ) -> bool:
        """Tell whether the versions that a merge brings in put the unit into that state."""
        track = histories.tracks.get(unit)
        if not merged or track is None:
            return False
        return any(track.version(index) in merged for index in track.places(state))

    # what is inside files

    def _edit(self, change: Change) -> FileEdit | None:
        path, old_id, new_id = change
        if self.is_flat(path):
            return None
        new = self.contents.get(path, new_id)
        old = self.contents.get(path, old_id) if new else None
        return file_edit(path, old, new) if old and new else None

    # sites

    def _site_returns(
        self, version: int, edit: FileEdit, merged: frozenset[int]
    ) -> Iterator[Return]:
        family = self.paths.family(edit.path)
        found = [(hunk, self.sites.find(version, family, hunk)) for hunk in edit.hunks]
        for hunk, returns in found:
            has_arrived = bool(merged) and self.sites.was_made_by(merged, family, hunk)
            number = self.sites.add(version, family, self.paths.number(edit.path), hunk)
            for site in returns:
                self.sites.link(number, site)
                yield self._site_return(edit, hunk, site, has_arrived)

    def _site_return(
        self, edit: FileEdit, hunk: Fragment, site: SiteReturn, has_arrived: bool
    ) -> Return:
        sites = self.sites
        visits, since = sites.visits(site)
        return Return(
            granularity=Granularity.SITE,
            path=edit.path,
            symbol=hunk.symbol or sites.symbol[site.walk[0]],
            visits=tuple(visits),
            since=since,
            hunks=tuple(sites.run(site)),
            marks=self._site_marks(edit, hunk, site),
            weight=hunk.weight,
            lines=site.matched,
            is_exact=site.is_exact,
            is_insertion=site.is_insertion,
            is_deletion=site.is_deletion,
            is_arrival=has_arrived,
            old_line=hunk.old_start,
            new_line=hunk.new_start,
        )

    def _site_marks(self, edit: FileEdit, hunk: Fragment, site: SiteReturn) -> Mark:
        """Return what makes a return mean less.

        A move at either end is enough: what only moved was never lost. All else
        has to be so at both ends.
        """
        ends = [hunk.marks, *(Mark(self.sites.marks[number]) for number in site.walk[:-1])]
        marks = ends[0]
        for mark in ends[1:]:
            marks &= mark
        marks &= ~MOVES
        for mark in ends:
            marks |= mark & MOVES
        old, new = edit.halves(hunk)
        if old and new and self.is_counter(edit.path, old, new):
            marks |= Mark.NUMBERS
        return marks

    # symbols

    def _symbol_returns(
        self, version: int, edits: Sequence[FileEdit], merged: frozenset[int]
    ) -> Iterator[Return]:
        changes = [c for edit in edits if not edit.is_whole for c in changed_symbols(edit)]
        whole = [c for edit in edits if edit.is_whole for c in changed_symbols(edit)]
        for move in moves(edits, [*changes, *whole]):
            self.symbols.begin_as(
                self._symbol(move.new_path, move.new_name),
                self._symbol(move.old_path, move.old_name),
                version,
            )
        for change in changes:
            if (found := self._symbol_return(version, change, merged)) is not None:
                yield found

    def symbol_visits(self, path: bytes, name: str, version: int) -> list[Visit]:
        """Return the states of a symbol, as remembered at a version, oldest first."""
        return self.symbols.visits(self._symbol(path, name), version)

    def _symbol(self, path: bytes, name: str) -> int:
        key = (self.paths.family(path), name)
        return self._symbol_numbers.setdefault(key, len(self._symbol_numbers))

    def _symbol_return(
        self, version: int, change: SymbolChange, merged: frozenset[int]
    ) -> Return | None:
        number = self._symbol(change.path, change.name)
        old, new = change.states
        may_return = self.symbols.has_been(number, version, new)
        self.symbols.enter(number, version, old, new)
        found = self.symbols.returns(number, version) if may_return else None
        if found is None:
            return None
        visits, since = found
        return Return(
            granularity=Granularity.SYMBOL,
            path=change.path,
            symbol=change.name,
            visits=tuple(visits),
            since=since,
            is_absence=any(v.state == ABSENT for v in visits[since:]),
            is_arrival=self._has_arrived(self.symbols, number, new, merged),
            old_line=change.old.start_line if change.old else 1,
            new_line=change.new.start_line if change.new else 1,
        )


def _shared_marks(edit: FileEdit | None) -> Mark:
    """Return the marks that all hunks of an edit share."""
    if edit is None or not edit.hunks:
        return Mark.NOTHING
    marks = edit.hunks[0].marks
    for hunk in edit.hunks[1:]:
        marks &= hunk.marks
    return marks & ~MOVES
