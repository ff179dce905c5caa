"""Reads again what a version did to a file: for the few hunks that turn out to matter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from loopwatch.diffing.bare_lines import meaningful, squeezed
from loopwatch.diffing.fragments import Mark
from loopwatch.diffing.memo import Recent
from loopwatch.graph.contents import Contents, FileContent
from loopwatch.graph.edits import FileEdit, file_edit
from loopwatch.graph.histories import Histories
from loopwatch.graph.paths import Paths
from loopwatch.graph.sites import SiteIndex

EDITS = 200  # that are kept, at most, and …
HUNKS = 10_000  # … of all of them: where one is asked for, the others of its edit often are
Halves = tuple[Sequence[bytes], Sequence[bytes]]  # lines before and after


@dataclass(slots=True)
class Rereading:
    """Finds an edit by version and path, and a hunk by its number."""

    files: Histories
    paths: Paths
    contents: Contents
    sites: SiteIndex
    before: Callable[[int, bytes], bytes | None]  # as ``History.before``
    _edits: Recent[tuple[bytes, int], FileEdit] = field(
        default_factory=lambda: Recent(EDITS, HUNKS)
    )

    def edit(self, path: bytes, version: int) -> FileEdit | None:
        """Return what a version did to a file; None if that cannot be told any longer."""
        at = path, version
        known = self._edits.get(at)
        if known is None and (contents := self._contents(path, version)) is not None:
            known = file_edit(path, *contents)
            self._edits.put(at, known, len(known.hunks))
        return known

    def ids(self, path: bytes, version: int) -> tuple[bytes | None, bytes | None] | None:
        """Return the blob ids of a file before and after a version that changed it."""
        visits = self.files.last(self.paths.number(path), version)
        if len(visits) < 2 or visits[-1].version != version:
            return None
        old_id, new_id = (visit.state or None for visit in visits)
        old_id = self.before(version, path) or old_id
        assert isinstance(old_id, bytes | None)
        assert isinstance(new_id, bytes | None)
        return old_id, new_id

    def _contents(self, path: bytes, version: int) -> tuple[FileContent, FileContent] | None:
        """Return a file before and after a version that changed it."""
        ids = self.ids(path, version)
        if ids is None:
            return None
        old, new = (self.contents.get(path, one) for one in ids)
        return (old, new) if old is not None and new is not None else None

    def sides(self, path: int, merge: int, other: int) -> Halves | None:
        """Return the lines of a file in a merge and in its other parent, where they differ."""
        found = [self.files.last(path, version) for version in (merge, other)]
        states = [visits[-1].state if visits else b"" for visits in found]
        if states[0] == states[1] or not all(states):
            return None
        name = self.paths.names[path]
        here, there = (
            self.contents.get(name, state) for state in states if isinstance(state, bytes)
        )
        return (here.lines, there.lines) if here and there else None

    def hunk(self, number: int) -> tuple[FileEdit, int] | None:
        """Return the edit that a hunk is part of, and the hunk's place in it."""
        sites = self.sites
        edit = self.edit(self.paths.names[sites.path(number)], sites.version[number])
        if edit is None:
            return None
        place = edit.place(sites.old_start[number], sites.new_start[number])
        return (edit, place) if place is not None else None

    def marks(self, number: int) -> Mark:
        """Return what makes a hunk mean less, as far as can still be told."""
        told = self.hunk(number)
        return told[0].understood().hunks[told[1]].marks if told else Mark.NOTHING

    def halves(self, number: int) -> Halves | None:
        """Return the lines of a hunk, before and after."""
        sites = self.sites
        path = self.paths.names[sites.path(number)]
        contents = self._contents(path, sites.version[number])
        if contents is None:
            return None
        old, new = sites.old_start[number] - 1, sites.new_start[number] - 1
        return (
            contents[0].lines[old : old + sites.old_count[number]],
            contents[1].lines[new : new + sites.new_count[number]],
        )

    def bare(self, number: int) -> frozenset[int] | None:
        """Return the lines of a hunk that changes indentation alone, as other hunks have them.

        None of any other: such a hunk has its lines as they stand, others without layout.
        """
        halves = self.halves(number)
        if halves is None:
            return None
        before, after = (list(map(squeezed, half)) for half in halves)
        if before != after:
            return None
        return frozenset(map(hash, meaningful(before)))

    def around(self, number: int, *, is_after: bool) -> tuple[Sequence[bytes], int, int] | None:
        """Return a hunk's file after (or before) its edit, and from and to which line it goes."""
        sites = self.sites
        contents = self._contents(self.paths.names[sites.path(number)], sites.version[number])
        if contents is None:
            return None
        start = (sites.new_start if is_after else sites.old_start)[number] - 1
        count = (sites.new_count if is_after else sites.old_count)[number]
        return contents[is_after].lines, start, start + count
