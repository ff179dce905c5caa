"""Evidence: what detectors said about each version, turned into returns of defects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from loopwatch.graph.before_range import Beginnings, is_before
from loopwatch.graph.contents import name
from loopwatch.graph.coverage import Coverage
from loopwatch.graph.defect_table import DefectTable
from loopwatch.graph.defect_watch import DefectWatch, IsQuiet
from loopwatch.graph.departing import Departing
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.no_evidence import Told, nothing_told
from loopwatch.graph.report_store import ReportStore
from loopwatch.graph.report_watch import ReportWatch
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.returns import Return
from loopwatch.graph.suite_watch import SuiteWatch
from loopwatch.graph.syntax_watch import SyntaxWatch
from loopwatch.graph.texts import Texts
from loopwatch.graph.topology import NONE, Topology
from loopwatch.model.evidence import DefectKind, Evidence
from loopwatch.model.history import Change


@dataclass(slots=True)
class EvidenceWatch:
    """Follows the defects that detectors report."""

    topology: Topology
    told: Told
    texts: Texts
    rereading: Rereading
    is_quiet: IsQuiet
    is_prose: IsQuiet  # what is only written down explains no turn of a check
    table: DefectTable = field(default_factory=DefectTable)
    beginnings: Beginnings = field(init=False)
    flips: Flips = field(init=False)
    suite: SuiteWatch = field(init=False)
    reports: ReportWatch = field(init=False)
    syntax: SyntaxWatch = field(init=False)
    turns: DefectWatch = field(init=False)
    _changed: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    _met: set[bytes] = field(default_factory=set)  # paths that have changed
    _begun: set[int] = field(default_factory=set)  # versions before the range that were looked at

    def __post_init__(self) -> None:
        self.beginnings = Beginnings(self.topology)
        sees = self.beginnings.sees
        self.flips = Flips(sees)
        departing = Departing(self.texts, sees, self._changed)
        self.suite = SuiteWatch(self.table, self.flips, self.texts, departing)
        coverage = Coverage(sees, self.beginnings.parent)
        store = ReportStore(self.table, self.flips, self.texts, departing, coverage)
        self.reports = ReportWatch(store)
        self.syntax = SyntaxWatch(self.reports.is_broken)
        self.turns = DefectWatch(
            self.topology, self.table, self.flips, self.rereading, self.is_quiet
        )

    def returns(
        self,
        version: int,
        changes: Sequence[Change],
        renames: Mapping[str, str],
        edits: Iterable[FileEdit],
        merged: frozenset[int],
        undone: frozenset[int],
    ) -> Iterator[Return]:
        """Yield what observed defects do at a version.

        Args:
            version: its number.
            changes: what it changed.
            renames: files that go on under another name, old to new.
            edits: what it did to the files that were looked into.
            merged: versions that it brings in, if it is a merge.
            undone: earlier versions whose change of code this one takes back.
        """
        paths = tuple(path for path, _, _ in changes)
        if self.told is not nothing_told:
            self._changed[version] = paths
            self._look_before(version, changes)
        told = [*self.told(version, changes), *self.syntax.look(version, edits)]
        gone = frozenset(path for path, _, new in changes if new is None)
        gone -= {path.encode("utf-8", "surrogateescape") for path in renames}
        if not told and not self.reports.has_stood(gone):
            return
        found = self._flips(version, told, renames, gone)
        flips = [self._marked(flip, merged) for flip in found]
        for flip in flips:
            if not self._is_explained(flip):
                self.table[flip.track].is_flaky = True
        yield from self.turns.returns(version, flips, paths, undone)

    def _look_before(self, version: int, changes: Sequence[Change]) -> None:
        """Take in what is known of files as they were before they change for the first time.

        Of a version before the range it is all that is known of it.
        """
        parent = self.beginnings.parent(version)
        fresh = [(path, None, old) for path, old, _ in changes if old and path not in self._met]
        self._met.update(path for path, _, _ in changes)
        is_first = is_before(parent) and parent not in self._begun
        if parent == NONE or not (fresh or is_first):
            return
        told = self.told(parent, fresh)
        if is_first:
            self._begun.add(parent)
            for flip in self.suite.look(parent, told):
                self.flips.add(flip)
        else:
            names = {name(path) for path, _, _ in fresh}
            told = [e for e in told if e.scope.roots and names.issuperset(e.scope.roots)]
        for flip in self.reports.look(parent, told, {}):
            self.flips.add(replace(flip, since=NONE))

    def _is_explained(self, flip: Flip) -> bool:
        """Tell whether an edit since the last word of it may have turned a check."""
        if flip.since == NONE or flip.is_arrival or flip.version not in self._changed:
            return True
        between = (v for v in range(flip.since + 1, flip.version + 1) if v in self._changed)
        seen = (version for version in between if self.topology.sees(flip.version, version))
        return not all(self.is_prose(path) for version in seen for path in self._changed[version])

    def _flips(
        self,
        version: int,
        told: Sequence[Evidence],
        renames: Mapping[str, str],
        gone: frozenset[bytes],
    ) -> Iterator[Flip]:
        yield from self.suite.look(version, told)
        yield from self.reports.look(version, told, renames, gone)

    def _marked(self, flip: Flip, merged: frozenset[int]) -> Flip:
        """Mark a flip that a merge only brings in: its other side had turned the same way."""
        other = [f for f in self.flips.of_track.get(flip.track, ()) if f.version in merged]
        is_test = self.table[flip.track].first.kind is DefectKind.TEST
        is_brought = bool(other) and other[-1].is_present is flip.is_present
        is_brought |= bool(merged) and not is_test  # what stands in a file came with the file
        return replace(flip, is_arrival=True) if is_brought else flip
