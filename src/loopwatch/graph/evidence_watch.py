"""Evidence: what detectors said about each version, turned into returns of defects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from loopwatch.fingerprints.cache import NO_CACHE, Cache
from loopwatch.fingerprints.describing import Describing
from loopwatch.fingerprints.node_ids import node_id
from loopwatch.graph.before_range import Beginnings, is_before
from loopwatch.graph.contents import name
from loopwatch.graph.coverage import Coverage
from loopwatch.graph.defect_table import DefectTable
from loopwatch.graph.defect_watch import DefectWatch, IsQuiet
from loopwatch.graph.departing import Departing
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.no_evidence import Told, nothing_told
from loopwatch.graph.places_of_tests import PlacesOfTests
from loopwatch.graph.reaching import Reaching
from loopwatch.graph.report_store import ReportStore
from loopwatch.graph.report_watch import ReportWatch
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.returns import Return
from loopwatch.graph.suite_watch import SuiteWatch
from loopwatch.graph.syntax_watch import SyntaxWatch
from loopwatch.graph.texts import Texts
from loopwatch.graph.topology import NONE, Topology
from loopwatch.model.evidence import DefectKind
from loopwatch.model.history import Change

MOST_BY_CHANCE = 40  # tests that turn at one version; what turns more of them is one thing


@dataclass(slots=True)
class EvidenceWatch:
    """Follows the defects that detectors report."""

    topology: Topology
    told: Told
    texts: Texts
    rereading: Rereading
    is_quiet: IsQuiet
    is_prose: IsQuiet  # what is only written down explains no turn of a check
    cache: Cache = NO_CACHE
    table: DefectTable = field(default_factory=DefectTable)
    beginnings: Beginnings = field(init=False)
    flips: Flips = field(init=False)
    suite: SuiteWatch = field(init=False)
    reports: ReportWatch = field(init=False)
    syntax: SyntaxWatch = field(init=False)
    turns: DefectWatch = field(init=False)
    reaching: Reaching = field(init=False)
    _reached: dict[tuple[int, int], bool] = field(default_factory=dict)  # by test and version
    _changed: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    _met: set[bytes] = field(default_factory=set)  # paths that have changed
    _begun: set[int] = field(default_factory=set)  # versions before the range that were looked at

    def __post_init__(self) -> None:
        self.beginnings = Beginnings(self.topology)
        sees = self.beginnings.sees
        self.flips = Flips(sees, lambda number: self.table[number].is_flaky)
        self.reaching = Reaching(self.texts)
        places, parent = PlacesOfTests(self.texts), self.beginnings.parent
        departing = Departing(self.texts, sees, self._changed, places, self.cache)
        self.suite = SuiteWatch(self.table, self.flips, self.texts, departing, places, parent)
        coverage = Coverage(sees, parent)
        describing = Describing(self.cache)
        store = ReportStore(
            self.table, self.flips, self.texts, departing, coverage, describing=describing
        )
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
        edits: Mapping[bytes, FileEdit],
        merged: frozenset[int],
        undone: frozenset[int],
    ) -> Iterator[Return]:
        """Yield what observed defects do at a version.

        Args:
            version: its number.
            changes: what it changed.
            renames: files that go on under another name, old to new.
            edits: what it did to the files that were looked into, by path.
            merged: versions that it brings in, if it is a merge.
            undone: earlier versions whose change of code this one takes back.
        """
        paths = tuple(path for path, _, _ in changes)
        if self.told is not nothing_told:
            self._changed[version] = paths
            self._look_before(version, changes)
        told = [*self.told(version, changes), *self.syntax.look(version, edits.values())]
        gone = frozenset(path for path, _, new in changes if new is None)
        gone -= {path.encode("utf-8", "surrogateescape") for path in renames}
        if not told and not self.reports.has_stood(gone):
            return
        found = chain(
            self.suite.look(version, told), self.reports.look(version, told, renames, gone, edits)
        )
        flips = [self._marked(flip, merged) for flip in found]
        for flip in flips:
            if not self._is_explained(flip):
                self.table[flip.track].is_flaky = True
        self._doubt(flips)
        yield from self.turns.returns(version, flips, paths, undone)

    def has_stood(self, path: bytes) -> bool:
        """Tell whether anything was ever reported of a file."""
        return self.reports.has_stood(frozenset((path,)))

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
        paths = (path for version in self._between(flip) for path in self._changed[version])
        return not all(self.is_prose(path) for path in paths)

    def _doubt(self, flips: Sequence[Flip]) -> None:
        """Find out which of the tests that turned again turn by chance: each for itself."""
        tests = [f for f in flips if self.table[f.track].first.kind is DefectKind.TEST]
        for flip in tests if len(tests) <= MOST_BY_CHANCE else ():
            one = self.table[flip.track]
            if one.is_flaky:
                continue
            past = [*self.flips.past(flip.track, flip.version), flip]
            if len(past) > 2:
                one.is_flaky = any(not self._is_reached(turn) for turn in past)

    def _is_reached(self, flip: Flip) -> bool:
        """Tell whether an edit since the last word of a test may have turned it."""
        test = node_id(self.table[flip.track].first.subject).path
        if flip.since == NONE or flip.is_arrival or not test:
            return True
        if (flip.track, flip.version) not in self._reached:
            path = test.encode("utf-8", "surrogateescape")
            changed = {changed for at in self._between(flip) for changed in self._changed[at]}
            versions = flip.since, flip.version
            is_reached = self.reaching.may_turn(path, sorted(changed), versions)
            self._reached[flip.track, flip.version] = is_reached
        return self._reached[flip.track, flip.version]

    def _between(self, flip: Flip) -> list[int]:
        """Return the edits since the last word of a check, up to that at which it turned."""
        every = (v for v in range(flip.since + 1, flip.version + 1) if v in self._changed)
        return [version for version in every if self.topology.sees(flip.version, version)]

    def _marked(self, flip: Flip, merged: frozenset[int]) -> Flip:
        """Mark a flip that a merge only brings in: its other side had turned the same way."""
        other = [f for f in self.flips.of_track.get(flip.track, ()) if f.version in merged]
        is_test = self.table[flip.track].first.kind is DefectKind.TEST
        is_brought = bool(other) and other[-1].is_present is flip.is_present
        is_brought |= bool(merged) and not is_test  # what stands in a file came with the file
        return replace(flip, is_arrival=True) if is_brought else flip
