"""Files: which blob each path was, and which paths go on as others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from loopwatch.diffing.fragments import MECHANICAL, MOVES, Fragment, Mark, Trace
from loopwatch.graph.edits import FileEdit, Step
from loopwatch.graph.histories import Histories
from loopwatch.graph.paths import Paths
from loopwatch.graph.returns import Return, Visit
from loopwatch.graph.topology import Topology
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.history import Change, Rename
from loopwatch.model.unit import Granularity

EMPTY_BLOBS = frozenset(  # all empty files are equal, and none is another one renamed
    map(
        bytes.fromhex,
        (
            "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
        ),
    )
)

OLD = itemgetter(1)  # of a change: what the file was

Moved = tuple[bytes, bytes]  # what a file was before it was renamed: its path and state


@dataclass(slots=True)
class FileWatch:
    """Follows every path."""

    topology: Topology
    id_width: int
    paths: Paths = field(default_factory=Paths)
    histories: Histories = field(init=False)
    renamed_from: dict[bytes, bytes] = field(default_factory=dict)  # the newest of each name
    _left: set[bytes] = field(default_factory=set)  # names that a file has left for another

    def __post_init__(self) -> None:
        self.histories = Histories(self.topology, self.id_width)

    def follow(
        self, version: int, changes: Sequence[Change], renames: Sequence[Rename]
    ) -> Mapping[bytes, Moved]:
        """Let files that come go on with the history of those that they were.

        Returns:
            What was renamed, by its new path. The rest of ``renames`` does not fit the changes.
        """
        come = {path: new for path, old, new in changes if old is None}
        gone = {path: old for path, old, new in changes if new is None}
        moved: dict[bytes, Moved] = {}
        for old_path, new_path in renames:
            if new_path not in come or (state := gone.pop(old_path, None)) is None:
                continue
            del come[new_path]
            moved[new_path] = old_path, state
            self._rename(version, moved[new_path], new_path)
        if come:
            self._follow_copies(version, come, changes, moved)
        for path in sorted(self._left & come.keys()):
            self.paths.part(path)
            self._left.discard(path)
        return moved

    def _rename(self, version: int, old: Moved, new_path: bytes) -> None:
        """Note that a path is gone, without a verdict: the file goes on elsewhere."""
        old_path, state = old
        number = self.paths.number
        self.histories.enter(number(old_path), version, state, ABSENT)
        self.histories.begin_as(number(new_path), number(old_path), version)
        self.paths.join(old_path, new_path)
        self._left.add(old_path)
        self.renamed_from[new_path] = old_path

    def _follow_copies(
        self,
        version: int,
        come: Mapping[bytes, bytes | None],
        changes: Sequence[Change],
        moved: Mapping[bytes, Moved],
    ) -> None:
        """Let a file that begins as what another one was before the edit share its history."""
        wanted = set(come.values()) - EMPTY_BLOBS
        before = {old: path for path, old, new in changes if new and old in wanted}
        before |= {state: path for path, (_, state) in moved.items()}
        for path, state in come.items():
            if state in wanted and (original := before.get(state)) is not None:
                number = self.paths.number
                self.histories.begin_as(number(path), number(original), version)
                self.paths.share(original, path)

    def enter(
        self, version: int, changes: Sequence[Change], moved: Mapping[bytes, Moved]
    ) -> list[Step]:
        """Take in what a version changed; return the files that may be back in a state."""
        staying = _staying(changes, moved) if moved else changes
        told = self.histories.enter_all(version, staying, self.paths.numbers)
        return steps(told, moved) if told else []

    def found(
        self, version: int, step: Step, edit: FileEdit | None, merged: frozenset[int]
    ) -> Return | None:
        """Return what a file returns to at a version that may return."""
        number = self.paths.number(step.path)
        if step.path != step.old_path and step.old == step.new:
            run, marks = self.histories.own_returns(number, version), MOVES
        else:
            run, marks = self.histories.returns(number, version), shared_marks(edit)
        if run is None:
            return None
        visits, since = run
        return Return(
            granularity=Granularity.FILE,
            path=self.paths.names[number],  # the one that is kept anyway
            symbol=None,
            visits=tuple(visits),
            since=since,
            marks=marks,
            trace=shared_trace(edit, visits),
            is_absence=any(visit.state == ABSENT for visit in visits[since:]),
            is_arrival=self.histories.was_entered_by(merged, number, step.new or ABSENT),
        )


@dataclass(frozen=True, slots=True)
class Comings:
    """What vanishes with one version, and what appears: any of it may have been renamed."""

    gone: Mapping[bytes, bytes]  # paths, by their blob ids
    come: Sequence[tuple[bytes, bytes]]  # paths and their blob ids

    @classmethod
    def of(cls, changes: Sequence[Change]) -> "Comings":
        """Find them among the changes of a version; where nothing vanishes, nothing matters."""
        gone = {old: path for path, old, new in changes if new is None and old}
        come = [(path, new) for path, old, new in changes if old is None and new] if gone else []
        return cls(gone, come)

    def renames(self) -> list[Rename]:
        """Return what was renamed and stayed as it was."""
        gone = self.gone
        return [
            (gone[new], path) for path, new in self.come if new in gone and new not in EMPTY_BLOBS
        ]

    def has_more(self, renames: Sequence[Rename]) -> bool:
        """Tell whether more may have been renamed than that."""
        return len(renames) != min(len(self.gone), len(self.come))


def steps(changes: Sequence[Change], moved: Mapping[bytes, Moved]) -> list[Step]:
    """Return changes with renames as one step each."""
    return [
        Step(path, *moved.get(path, (path, old)), new)
        for path, old, new in _staying(changes, moved)
    ]


def _staying(changes: Sequence[Change], moved: Mapping[bytes, Moved]) -> Sequence[Change]:
    """Return the changes without those of paths that a file has left for another."""
    if not moved:
        return changes
    left = {old_path for old_path, _ in moved.values()}
    return [change for change in changes if change[0] not in left]


def has_arrivals(changes: Sequence[Change]) -> bool:
    """Tell whether any of the paths is new."""
    return None in map(OLD, changes)


def shared_marks(edit: FileEdit | None, symbol: str | None = None) -> Mark:
    """Return what makes an edit of a file, or of a symbol, mean less: all its hunks are marked."""
    hunks = hunks_of(edit, symbol) if edit else ()
    if edit and not hunks and not edit.is_whole:
        return Mark.LAYOUT  # line ends, or the one at the end of the file
    marks = Mark.NOTHING
    for hunk in hunks:
        if not hunk.marks & (MECHANICAL | MOVES):
            return Mark.NOTHING
        marks |= hunk.marks
    return marks


def shared_trace(
    edit: FileEdit | None, visits: Iterable[Visit], symbol: str | None = None
) -> Trace:
    """Return how far all that comes and goes in a cycle only prints or logs.

    Between two states it is the same in each turn, so the edit of one turn tells it.
    """
    if edit is None or len({visit.state for visit in visits}) > 2:
        return Trace.NOTHING
    told = (hunk.trace for hunk in hunks_of(edit, symbol) if hunk.before or hunk.after)
    return min(told, default=Trace.NOTHING)


def hunks_of(edit: FileEdit, symbol: str | None) -> Sequence[Fragment]:
    """Return the hunks of an edit, or those of a symbol, if there are any."""
    return (edit.inside(symbol) if symbol is not None else ()) or edit.hunks


def is_inside(symbol: str | None, holder: str) -> bool:
    """Tell whether a symbol is another one or lies inside it."""
    return symbol is not None and (symbol == holder or symbol.startswith(f"{holder}."))
