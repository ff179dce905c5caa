"""Observed defects: which take turns, come back, were traded or masked at a version."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from loopwatch.diffing.languages import is_code
from loopwatch.fingerprints.masks import masked
from loopwatch.graph.contents import name
from loopwatch.graph.defect_table import DefectTable
from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.returns import Return, Turn, TurnKind, Visit, distinct, walk_back
from loopwatch.graph.topology import Topology
from loopwatch.graph.trades import Walk, closed_walks, trade
from loopwatch.model.defect import Cause, Grade
from loopwatch.model.evidence import DefectKind
from loopwatch.model.unit import Granularity

NEAR = 10  # lines between two defects that one edit may have traded
MOST_PATHS = 12  # files of one turn that are told

IsQuiet = Callable[[bytes], bool]


@dataclass(slots=True)
class DefectWatch:
    """Turns flips of defects into returns, as the other units have them."""

    topology: Topology
    table: DefectTable
    flips: Flips
    rereading: Rereading
    is_quiet: IsQuiet
    _changed: dict[int, tuple[bytes, ...]] = field(default_factory=dict)  # where defects flip
    _cycled: set[int] = field(default_factory=set)  # defects that have taken turns
    _tried: set[int] = field(default_factory=set)  # defects that were removed, or came again

    def returns(
        self,
        version: int,
        flips: Iterable[Flip],
        changed: Sequence[bytes],
        undone: frozenset[int],
    ) -> Iterator[Return]:
        """Take in which defects flip at a version, and yield what that means.

        Args:
            version: its number.
            flips: what turned there, as far as it is known.
            changed: paths that the version changed.
            undone: earlier versions whose change of code this one takes back.
        """
        for flip in flips:
            self.flips.add(flip)
            self._changed.setdefault(version, tuple(changed))
        if version not in self._changed:
            return
        closed = [found for found in self._closed(version, undone) if found is not None]
        yield from closed
        told = {number for found in closed if found.turn for number in found.turn.defects}
        self._cycled |= told
        yield from self._back(version, told, undone)
        yield from self._traded(version, told)
        yield from self._masked(version)
        self._tried |= {flip.track for flip in self.flips.removed_at(version)}

    def is_open(self, found: Return) -> bool:
        """Tell whether a defect of a turn is there at its last sighting."""
        assert found.turn is not None
        return any(
            one.sightings and one.sightings[-1][1]
            for one in map(self.table.__getitem__, found.turn.defects)
        )

    def is_flaky(self, found: Return) -> bool:
        """Tell whether a return hangs on a check that both passes and fails on one content."""
        return found.turn is not None and any(
            self.table[group[0]].is_flaky for group in found.turn.groups
        )

    # --- what a version means ---

    def _closed(self, version: int, undone: frozenset[int]) -> Iterator[Return | None]:
        related = partial(self._related, version)
        for walk in closed_walks(version, self.flips, related):
            yield self._cycle(version, self._steady(walk), undone)

    def _steady(self, walk: Walk) -> Walk:
        """Return a walk whose groups begin with what stands for them: tests, then the oldest."""
        return Walk(
            edits=walk.edits,
            groups=tuple(tuple(sorted(group, key=self._rank)) for group in walk.groups),
        )

    def _rank(self, number: int) -> tuple[bool, bool, int]:
        one = self.table[number]
        return one.is_flaky, one.first.kind is not DefectKind.TEST, number

    def _cycle(self, version: int, walk: Walk, undone: frozenset[int]) -> Return | None:
        visits = self._visits(version, [group[0] for group in walk.groups])
        found = walk_back([visit.state for visit in visits])
        if found is None:
            return None
        run, since = tuple(visits[found[0] :]), found[1] - found[0]
        turns = [visit.state for visit in run]
        groups = [group for group in walk.groups if frozenset(group[:1]) in turns]
        if len(groups) < 2:
            return None
        groups.sort(key=lambda group: turns.index(frozenset(group[:1])))
        walk = Walk(edits=walk.edits, groups=tuple(groups))
        return self._return(TurnKind.CLOSED, walk, run, since, undone)

    def _visits(self, version: int, numbers: Sequence[int]) -> list[Visit]:
        """Return which of the defects was there in turn; begun anew where none was."""
        past = {number: self.flips.past(number, version) for number in numbers}
        present: set[int] = set()
        visits: list[Visit] = []
        for at in sorted({flip.version for flips in past.values() for flip in flips}):
            for flip in (f for flips in past.values() for f in flips if f.version == at):
                (present.add if flip.is_present else present.discard)(flip.track)
            if not present:
                visits.clear()
            elif len(present) == 1:
                visits.append(Visit(at, frozenset(present)))
        return distinct(visits)

    def _back(self, version: int, told: set[int], undone: frozenset[int]) -> Iterator[Return]:
        for flip in self.flips.introduced_at(version):
            before = self.flips.before(flip.track, version)
            if flip.is_arrival or flip.track in told or before is None or not before.is_removal:
                continue
            first = self.flips.before(flip.track, before.version)
            start = first.version if first is not None else before.since
            states: tuple[frozenset[int], ...] = (frozenset((flip.track,)), frozenset())
            visits = (
                Visit(start, states[0]),
                Visit(before.version, states[1]),
                Visit(version, states[0]),
            )
            walk = Walk(edits=(before.version, version), groups=((flip.track,),))
            self._tried.add(flip.track)
            is_swapped = self._is_swapped(flip.track, before.version, version)
            yield self._return(TurnKind.BACK, walk, visits, 0, undone, is_swapped=is_swapped)

    def _is_swapped(self, track: int, left: int, back: int) -> bool:
        """Tell whether a defect went as another came, and came back as another went."""
        come = (flip.track for flip in self.flips.introduced_at(left))
        gone = (flip.track for flip in self.flips.removed_at(back))
        return any(self._related(left, track, other) for other in come) and any(
            self._related(back, track, other) for other in gone
        )

    def _traded(self, version: int, told: set[int]) -> Iterator[Return]:
        for open_walk in trade(version, self.flips, partial(self._related, version)):
            if self._cycled.issuperset(open_walk.defects) or told.intersection(open_walk.defects):
                continue
            walk = self._steady(open_walk)
            gone, come = (frozenset(group) for group in walk.groups)
            start = self.flips.past(walk.groups[0][0], version)[-1].since
            visits = (Visit(start, gone), Visit(version, come))
            yield self._return(TurnKind.TRADED, walk, visits, 0, frozenset())

    def _masked(self, version: int) -> Iterator[Return]:
        for flip in self.flips.at.get(version, ()):
            if flip.is_present or flip.cause is not Cause.MASKED or flip.is_arrival:
                continue
            walk = Walk(edits=(version,), groups=((flip.track,),))
            visits = (Visit(flip.since, frozenset((flip.track,))), Visit(version, frozenset()))
            yield self._return(TurnKind.MASKED, walk, visits, 0, frozenset(), why=flip.why)

    def _return(
        self,
        kind: TurnKind,
        walk: Walk,
        visits: tuple[Visit, ...],
        since: int,
        undone: frozenset[int],
        *,
        why: str = "",
        is_swapped: bool = False,
    ) -> Return:
        paths = self._paths(walk)
        numbers = [group[0] for group in walk.groups]
        return Return(
            granularity=Granularity.DEFECT,
            path=paths[0] if paths else b"",
            symbol=self._symbol(paths[0], walk.edits)
            if paths and kind is not TurnKind.TRADED
            else None,
            visits=visits,
            since=since,
            is_exact=all(len(self.table[number].reasons) <= 1 for number in numbers),
            turn=Turn(
                kind=kind,
                groups=walk.groups,
                edits=walk.edits,
                paths=paths,
                is_certain=self._is_certain(walk, undone),
                has_test=any(self._home(number) is None for number in numbers),
                is_by_message=any(self.table[number].first.is_by_message for number in numbers),
                is_swapped=is_swapped,
                is_being_fixed=bool(self._tried.intersection(walk.defects)),
                why=why,
            ),
        )

    def _is_certain(self, walk: Walk, undone: frozenset[int]) -> bool:
        """Tell whether each defect is the same as before, or the code itself says so."""
        grades = [
            flip.grade
            for group in walk.groups
            for flip in self.flips.past(group[0], walk.edits[-1])
            if flip.version in walk.edits
        ]
        if all(grade is Grade.CERTAIN for grade in grades):
            return True
        return Grade.WEAK not in grades and walk.edits[0] in undone

    # --- where it is ---

    def _related(self, version: int, one: int, other: int) -> bool:
        """Tell whether one edit may have traded one defect for the other.

        Tests may fail for any code. What stands in a file is traded for what stands near it,
        or says something of the same names: one edit can change much, each for its own reason.
        """
        homes = [self._home(number) for number in (one, other)]
        if None in homes:
            return True
        if homes[0] == homes[1] and self._is_near(one, other):
            return True
        reports = [self.table[number].latest for number in (one, other)]
        if homes[0] == homes[1] and all(report.is_by_message for report in reports):
            return True  # the file is written anew, all of it
        if not all(report.kind is DefectKind.TYPE for report in reports):
            return False
        names = [set(masked(report.message).names) for report in reports]
        changed = self._changed.get(version, ())
        is_across = sum(home in changed for home in homes) < 2 and homes[0] != homes[1]
        return is_across or not names[0].isdisjoint(names[1])

    def _is_near(self, one: int, other: int) -> bool:
        """Tell whether two defects of a file stand in one symbol, or a few lines apart."""
        symbols = {self.table[number].symbol for number in (one, other)}
        if len(symbols) == 1 and None not in symbols:
            return True
        spans = [self.table[number].latest.span for number in (one, other)]
        lines = [span.start_line for span in spans if span is not None]
        return len(lines) == 2 and abs(lines[0] - lines[1]) <= NEAR

    def _home(self, number: int) -> bytes | None:
        """Return the file that a defect stands in; tests may fail for any."""
        latest = self.table[number].latest
        if latest.kind in {DefectKind.TEST, DefectKind.CRASH} or latest.path is None:
            return None
        return latest.path.encode("utf-8", "surrogateescape")

    def _paths(self, walk: Walk) -> tuple[bytes, ...]:
        """Return the files that all edits of a walk changed, code first; else those of any."""
        changed = [set(self._changed.get(version, ())) for version in walk.edits]
        paths = set.intersection(*changed) or set.union(*changed)
        homes = {self._home(number) for number in walk.defects}
        ranked = sorted(paths, key=lambda path: (path not in homes, *self._weight(path, walk)))
        return tuple(ranked[:MOST_PATHS])

    def _weight(self, path: bytes, walk: Walk) -> tuple[bool, bool, bool, bytes]:
        text = name(path)
        subjects = [self.table[number].first.subject for number in walk.defects]
        frames = [f for number in walk.defects for f in self.table[number].latest.frames]
        return (
            not any(frame.startswith(f"{text}:") for frame in frames),
            not is_code(text) or self.is_quiet(path),
            any(subject.startswith(text) for subject in subjects),
            path,
        )

    def _symbol(self, path: bytes, versions: Sequence[int]) -> str | None:
        """Return the innermost symbol that each of the edits changed in a file, if there is one."""
        common: set[str] | None = None
        for version in versions:
            edit = self.rereading.edit(path, version)
            if edit is None:
                continue
            symbols = {hunk.symbol for hunk in edit.understood().hunks if hunk.symbol}
            common = symbols if common is None else common & symbols
        return max(sorted(common), key=len) if common else None
