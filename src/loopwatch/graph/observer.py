"""Follows every unit through the versions and tells what returns at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loopwatch.diffing.fragments import Mark
from loopwatch.fingerprints.cache import NO_CACHE, Cache
from loopwatch.graph.arrivals import Arrivals
from loopwatch.graph.contents import Contents, is_never, name
from loopwatch.graph.edits import FileEdit, Step, file_edit, mark_moves
from loopwatch.graph.file_watch import Comings, FileWatch, Moved, has_arrivals, steps
from loopwatch.graph.flips import Flips
from loopwatch.graph.late_moves import LateMoves
from loopwatch.graph.no_evidence import NoEvidence, Told, nothing_told
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.returns import Return
from loopwatch.graph.site_watch import SiteWatch
from loopwatch.graph.sites import SiteIndex
from loopwatch.graph.symbol_watch import SymbolWatch
from loopwatch.graph.syntax_gate import has_conflict
from loopwatch.graph.topology import NONE, Topology
from loopwatch.graph.tree_watch import TreeWatch
from loopwatch.model.history import Change, History, Rename
from loopwatch.model.options import INSIDE
from loopwatch.model.unit import Granularity

if TYPE_CHECKING:
    from loopwatch.graph.evidence_watch import EvidenceWatch

CounterTest = Callable[[bytes, Sequence[bytes], Sequence[bytes]], bool]
ID_WIDTH = 20  # bytes of a blob id; 32 where the repository uses SHA-256


@dataclass(slots=True)
class Observer:
    """Reads versions oldest first and keeps what it takes to recognise a return."""

    topology: Topology
    history: History
    units: frozenset[Granularity]
    contents: Contents
    is_flat: Callable[[bytes], bool]  # paths that are followed by their id only
    is_fix: Callable[[int], bool]  # does the version of that number mean to fix something?
    is_counter: CounterTest  # do these lines differ in version numbers and counters only?
    told: Told = nothing_told  # what detectors said of a version
    cache: Cache = NO_CACHE
    is_quiet: Callable[[bytes], bool] = is_never
    is_prose: Callable[[bytes], bool] = is_never  # documents, by their names
    id_width: int = ID_WIDTH
    changed: Sequence[Change] = ()  # by the version that was looked at last
    explained: int = NONE  # a version of which all is told, also what it only brings in
    files: FileWatch = field(init=False)
    arrivals: Arrivals = field(init=False)
    late_moves: LateMoves = field(init=False)
    trees: TreeWatch = field(init=False)
    symbols: SymbolWatch = field(init=False)
    sites: SiteWatch = field(init=False)
    rereading: Rereading = field(init=False)
    defects: EvidenceWatch | NoEvidence = field(init=False)
    _looks_further: bool = field(init=False)  # than which files may be back in a state

    def __post_init__(self) -> None:
        self.files = FileWatch(self.topology, self.id_width)
        self.arrivals = Arrivals(self.topology, self.files, self._is_in_conflict)
        self.trees = TreeWatch(self.topology, self.id_width)
        paths = self.files.paths
        index = SiteIndex(self.topology.sees, paths.sources)
        self.rereading = Rereading(
            self.files.histories, paths, self.contents, index, self.history.before
        )
        self.symbols = SymbolWatch(self.topology, self.files, self.rereading)
        self.late_moves = LateMoves(self.rereading, self.arrivals.changed)
        self.sites = SiteWatch(paths, index, self.rereading)
        self.defects = self._evidence()
        has_more = bool(self.units - {Granularity.FILE})
        self._looks_further = has_more or not isinstance(self.defects, NoEvidence)

    def _evidence(self) -> EvidenceWatch | NoEvidence:
        """Return what follows observed defects; all that it takes is loaded only where they are."""
        if self.told is nothing_told and not self.units & INSIDE:
            return NoEvidence(Flips(self.topology.sees))
        from loopwatch.graph.evidence_watch import EvidenceWatch
        from loopwatch.graph.texts import Texts

        texts = Texts(self.files, self.contents, self.history.files_at_start)
        return EvidenceWatch(
            self.topology,
            self.told,
            texts,
            self.rereading,
            self.is_quiet,
            self.is_prose,
            self.cache,
        )

    def returns(self) -> Iterator[tuple[int, list[Return]]]:
        """Yield each version with the units that return at it."""
        for version, changes in enumerate(self.history.changes()):
            self.changed = changes
            is_merge = version in self.topology.other_parents
            is_start = not version and self.told is not nothing_told  # what was known at first
            yield version, self.look(version, changes) if changes or is_merge or is_start else []

    def look(self, version: int, changes: Sequence[Change]) -> list[Return]:
        """Take in what one version changed, and return what returns at it."""
        looks_inside = bool(self.units & INSIDE) and not self.history.is_gap(version)
        moved: Mapping[bytes, Moved] = {}
        if has_arrivals(changes):
            moved = self.files.follow(version, changes, self._renames(version, changes))
        may_return = self.files.enter(version, changes, moved)
        if not (may_return or self._looks_further):
            return []  # as for most versions, where only files are followed
        # Where only files are followed, their ids tell what a merge only brings in.
        merged = self._merged(version) if looks_inside else frozenset()
        now = self._at_once(version, steps(changes, moved), merged) if looks_inside else ()
        edits = self._edits(now)
        found: list[Return] = []
        for step in may_return if Granularity.FILE in self.units else ():
            self._understand(edits.get(step.path))
            returned = self.files.found(version, step, edits.get(step.path), merged)
            found.extend([returned] if returned else [])
        if Granularity.TREE in self.units and (tree := self.history.tree(version)):
            returned = self.trees.found(version, tree, merged)
            found.extend([returned] if returned and not found else [])
        symbols: list[Return] = []
        for edit in edits.values():  # one by one, so that each is read and parsed but once
            self._catch_up(version, edit)
            if Granularity.SITE in self.units:
                found.extend(self._site_returns(version, edit, merged))
            if Granularity.SYMBOL in self.units:
                symbols.extend(self.symbols.returns(version, edit, merged))
        if merged and Granularity.SITE in self.units:
            found.extend(self.sites.dropped(version, merged, self.is_fix))
        found.extend(symbols)
        if isinstance(self.defects, NoEvidence):
            return found
        undone = frozenset(returned.left for returned in found)
        renames = {name(old_path): name(path) for path, (old_path, _) in moved.items()}
        defects = self.defects.returns(version, changes, renames, edits, merged, undone)
        return [*defects, *found]

    def _merged(self, version: int) -> frozenset[int]:
        if version not in self.topology.other_parents:
            return frozenset()
        return frozenset(self.topology.merged_by(version))

    def _at_once(
        self, version: int, steps: Sequence[Step], merged: frozenset[int]
    ) -> Sequence[Step]:
        """Return what of a version has to be looked into now.

        The main line brings in each change once, and somebody goes on with it. What was ever
        wrong in a file is followed from version to version.
        """
        is_side = bool(merged and self.topology.line[version])
        if not is_side or version == self.explained or self.is_fix(version):
            return steps
        return self.arrivals.put_off(version, steps, merged, self.defects.has_stood)

    def _is_in_conflict(self, blob_id: bytes) -> bool:
        content = self.contents.read(blob_id)
        return isinstance(content, bytes) and has_conflict(content)

    def _catch_up(self, version: int, edit: FileEdit) -> None:
        """Look into what merges brought to a file before; what an edit brings back hangs on it."""
        if edit.is_whole:
            return
        paths = self.files.paths
        for arrival, file in self.arrivals.due(version, paths.sources(paths.family(edit.path))):
            late = self.rereading.edit(paths.names[arrival.path], arrival.merge)
            if late is not None and Granularity.SITE in self.units:
                self.sites.take(arrival.merge, file, late)
            if late is not None and late.has_parser and Granularity.SYMBOL in self.units:
                self.symbols.gate.take(arrival.merge, file, late)

    def _renames(self, version: int, changes: Sequence[Change]) -> Sequence[Rename]:
        """Return which paths that appear go on with the history of those that vanish."""
        comings = Comings.of(changes)
        pairs = comings.renames()
        if not comings.has_more(pairs):
            return pairs
        if version in self.topology.other_parents:  # its other side has told
            left = set(comings.gone.values())
            told = [(self.files.renamed_from.get(path, path), path) for path, _ in comings.come]
            return [pair for pair in told if pair[0] in left] or pairs
        return self.history.renames(version, changes)

    def _edits(self, steps: Sequence[Step]) -> dict[bytes, FileEdit]:
        """Look into the files that change, and mark what only moved between them.

        What is asked of each edit is worked out while its lines are at hand: those of very
        many files are let go before all of them are read.
        """
        edits: dict[bytes, FileEdit] = {}
        for step in steps:
            if (edit := self._edit(step)) is not None:
                edits[step.path] = edit
                edit.glance()
        for old_path, new_path in sorted(mark_moves(edits.values())):
            self.files.paths.share(old_path, new_path)
        return edits

    def _edit(self, step: Step) -> FileEdit | None:
        if step.old == step.new or self.is_flat(step.path):
            return None
        # The older one first: the parser goes on from it.
        old = self.contents.get(step.old_path, step.old)
        new = self.contents.get(step.path, step.new) if old else None
        if not (old and new) or old.is_minified or new.is_minified:
            return None
        return file_edit(step.path, old, new, step.old_path)

    def _site_returns(
        self, version: int, edit: FileEdit, merged: frozenset[int]
    ) -> Iterator[Return]:
        found = list(self.sites.returns(version, edit, merged))
        if any(not returned.is_arrival for returned in found):
            self._understand(edit)
        hunks = {hunk.new_start: hunk for hunk in edit.hunks} if found else {}
        for returned in found:
            yield returned.marked(hunks[returned.new_line].marks & Mark.NUMBERS)

    def _understand(self, edit: FileEdit | None) -> None:
        """Tell the hunks of an edit their symbols, and all that makes them mean less."""
        if edit is None:
            return
        edit.understand()
        for hunk in edit.hunks:
            old, new = edit.halves(hunk)
            if old and new and self.is_counter(edit.path, old, new):
                hunk.marks |= Mark.NUMBERS
